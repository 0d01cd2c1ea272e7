"""``python -m rag`` does what ``broadsheet`` does."""

from rag.cli import main

if __name__ == "__main__":
    main()
