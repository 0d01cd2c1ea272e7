"""Asks questions and checks that every quote stands where its citation says.

    python -m tests.eval.check_quotes --questions FILE [--index DIR] [--count 200]

Checks against the index and against the file read again; prints the counts and the lengths of the
sentences shown, and exits with 1 at the first quote that does not stand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from rag.chatbot import Chatbot
from rag.settings import load_settings


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    chatbot = Chatbot(load_settings(index=options.index))
    lines = options.questions.read_text().splitlines()
    # Spread over the file, which is sorted by kind of question in some sets.
    picked = [lines[i] for i in np.linspace(0, len(lines) - 1, options.count).astype(int)]
    answered, quotes, lengths, seconds = 0, 0, [], []
    for line in picked:
        question = json.loads(line)["query"]
        started = time.perf_counter()
        answer = chatbot.ask(question)
        seconds.append(time.perf_counter() - started)
        answered += answer.status == "answered"
        for citation in answer.citations:
            text = chatbot.article(citation.article_id).text
            if text[citation.start : citation.end] != citation.quote:
                sys.exit(f"{citation.article_id}: {citation.quote!r} does not stand at its place")
            quotes += 1
            lengths.append(len(citation.quote))
        for found in chatbot.verify([answer]):
            if found.verdict != "verified":
                cited = found.citation
                sys.exit(f"{cited.article_id}: {cited.quote!r} is {found.verdict} in the file")
    print(
        f"{len(picked)} questions, {answered} answered, {quotes} quotes, each at its place in "
        f"index and file; characters median {np.median(lengths):.0f}, "
        f"p95 {np.percentile(lengths, 95):.0f}, longest {max(lengths)}; "
        f"seconds a question median {np.median(seconds[1:]):.3f}"
    )


if __name__ == "__main__":
    main()
