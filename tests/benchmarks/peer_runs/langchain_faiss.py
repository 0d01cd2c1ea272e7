"""LangChain's FAISS store with its sentence-transformers embeddings, as its documentation begins."""

from shared import run

REQUIREMENTS = [
    "langchain-community",
    "langchain-huggingface",
    "sentence-transformers",
    "faiss-cpu",
]


def system(given):
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=given["model"])
    return (
        lambda chunks: FAISS.from_texts(list(chunks), embeddings),
        lambda index, question: index.similarity_search(question, k=10),
    )


if __name__ == "__main__":
    run(system)
