"""Haystack's in-memory store with its sentence-transformers embedders."""

from shared import run

REQUIREMENTS = ["haystack-ai", "sentence-transformers-haystack", "sentence-transformers"]


def system(given):
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    of_documents = SentenceTransformersDocumentEmbedder(model=given["model"], progress_bar=False)
    of_documents.warm_up()
    of_question = SentenceTransformersTextEmbedder(model=given["model"], progress_bar=False)
    of_question.warm_up()

    def build(chunks):
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        documents = [Document(content=text) for text in chunks]
        store.write_documents(of_documents.run(documents)["documents"])
        return InMemoryEmbeddingRetriever(store, top_k=10)

    def search(retriever, question):
        embedding = of_question.run(question)["embedding"]
        return retriever.run(query_embedding=embedding)["documents"]

    return build, search


if __name__ == "__main__":
    run(system)
