"""Starts the chat page, as ``broadsheet serve`` does: ``python app.py [--articles DIR] …``."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    main()
