"""sentence-transformers alone: its default call for the chunks, and a product of matrices."""

from shared import run

REQUIREMENTS = ["sentence-transformers"]


def system(given):
    from sentence_transformers import SentenceTransformer

    embeddings = SentenceTransformer(given["model"])

    def search(vectors, question):
        return (vectors @ embeddings.encode(question)).argsort()[-10:].tolist()

    return lambda chunks: embeddings.encode(list(chunks)), search


if __name__ == "__main__":
    run(system)
