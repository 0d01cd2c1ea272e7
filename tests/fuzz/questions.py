"""Text → what is understood of it, as a coverage-guided run: see ``runner``.

The first byte chooses who reads the rest: the question reader, the follow-up reader (turn, question
and answer before it, divided by NUL), the reader of a language model's answer, of an upload's name,
of a saved answer, or of the conversation that the browser kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fuzz.runner import Target, main

KINDS = ("question", "follow-up", "draft", "name", "saved answer", "conversation")
QUESTIONS = (
    "What did Mayor Petrak say about the bridges' closure in 2024?",
    "How tall is the lighthouse, and who keeps it?",
    'Which "late frost" did the Lenn Post and BBC News report on between 3 and 5 May 2023?',
    "Did Time, not The Age, publish anything since last Friday?",
    "What is the newest on Коммерсантъ? 朝日新聞は何と言いましたか。",
    "Who leads it, and how old is she?",
)
DRAFTS = (
    "<think>x</think>The bridge is closed [1]. It cost 3.2 million [2, 3][4-6].\n\n- **No** (7).",
    "NO ANSWER",
)


def target() -> Target:
    """Imports the readers; called where that is watched."""
    from rag.errors import AnswerUnreadable
    from rag.saved_answers import read_turns
    from tests.fuzz import properties

    def run(data: bytes) -> None:
        kind, raw = KINDS[data[0] % len(KINDS)] if data else "", data[1:]
        text = raw.decode("utf-8", "surrogatepass" if len(raw) % 2 else "replace")
        if kind == "follow-up":
            turn, asked, answered = (*text.split("\0", 2), "", "")[:3]
            properties.check_follow_up(turn, asked, answered)
        elif kind == "draft":
            properties.check_draft(text)
        elif kind == "name":
            properties.check_name(text)
        elif kind == "conversation":
            properties.check_conversation(text)
        elif kind == "saved answer":
            try:
                read_turns(raw, "a.json")
            except AnswerUnreadable as error:
                assert not properties.UNFIT.search(str(error))
        else:
            properties.check_question(text)

    def run_text(data: bytes) -> None:
        try:
            run(data)
        except UnicodeDecodeError:  # of the choice above: no text in these bytes
            return

    return run_text


def seeds() -> Iterator[bytes]:
    """Questions, drafts, names and saved answers of every shape that has rules of its own."""
    from rag.page_conversation import Conversation, Exchange, save
    from rag.records import to_json
    from tests.test_saved_answers import answer

    def of(kind: str, text: str) -> bytes:
        return bytes([KINDS.index(kind)]) + text.encode()

    for question in QUESTIONS:
        yield of("question", question)
        yield of(
            "follow-up", f"And what about her?\0{question}\0Rosa Lint is the mayor of Ostwick."
        )
    yield from (of("draft", draft) for draft in DRAFTS)
    yield from (of("name", name) for name in ("../a\u202eb.txt", "a (2).tar.gz", "C:\\x\\y.md"))
    yield of("saved answer", to_json(answer()))
    yield of("conversation", save(Conversation((Exchange("Who?", answer()),))))


if __name__ == "__main__":
    main("tests.fuzz.questions", target, seeds)
