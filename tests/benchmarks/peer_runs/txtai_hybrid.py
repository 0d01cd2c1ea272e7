"""txtai, hybrid: its own BM25 and its vectors, the texts kept with them."""

from shared import run

REQUIREMENTS = ["txtai", "sentence-transformers"]


def system(given):
    from txtai import Embeddings

    index = Embeddings(path=given["model"], hybrid=True, content=True)  # loads the model

    def build(chunks):
        index.index(enumerate(chunks))
        return index

    return build, lambda index, question: index.search(question, 10)


if __name__ == "__main__":
    run(system)
