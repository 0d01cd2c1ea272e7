"""LlamaIndex's in-memory vector index, one node a chunk."""

from shared import run

REQUIREMENTS = ["llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers"]


def system(given):
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embeddings = HuggingFaceEmbedding(model_name=given["model"])

    def build(chunks):
        nodes = [TextNode(text=text) for text in chunks]
        index = VectorStoreIndex(nodes, embed_model=embeddings)
        return index.as_retriever(similarity_top_k=10)

    return build, lambda retriever, question: retriever.retrieve(question)


if __name__ == "__main__":
    run(system)
