"""Evaluation sets → folders of articles with their questions file, as ``broadsheet eval`` takes them.

    python -m tests.eval.sets --cache DIR [SET…]

Writes and builds the sets below ``DIR/<set>/``: ``articles``, ``questions.jsonl`` and ``index``.
What stands there already is kept, so a second build embeds nothing. After a build every article is
compared with the set: a reader that loses a title or a line would otherwise look like bad
retrieval. The public sets stand in ``../shared/data`` beside the repository and are never copied
into it.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.chunking import sentence_spans
from rag.records import Article, BuildReport
from rag.settings import Settings
from tests.eval.cases import DATA, natural_questions, squad

ROOT = Path(__file__).resolve().parents[2]

Texts = dict[str, tuple[str, str]]
"""File name → (title, text)."""


@dataclass(frozen=True)
class EvaluationSet:
    """A folder of articles, a file of questions over it, and where its index is to be.

    ``texts`` is what the articles have to be read as, empty where the files are their own truth.
    """

    name: str
    articles: Path
    questions: Path
    index: Path
    article_count: int
    question_count: int
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def evaluation_set(name: str, cache: Path) -> EvaluationSet:
    """A set's name → its folder and questions, written below ``cache`` where they are not."""
    return (SETS | TRAINING_SETS)[name](cache / name)


# --- the sets ---------------------------------------------------------------------------------


def _sample(folder: Path) -> EvaluationSet:
    """The project's own articles and questions."""
    questions = Path(__file__).with_name("sample_questions.jsonl")
    return EvaluationSet("sample", ROOT / "articles", questions, folder / "index", 16, 112)


def _multihop(folder: Path) -> EvaluationSet:
    """MultiHop-RAG's articles and the given questions, null questions among them, as they are."""
    data = DATA / "multihop_rag"
    return EvaluationSet(
        "multihop", data / "articles", data / "queries.jsonl", folder / "index", 609, 1021
    )


def _squad(folder: Path) -> EvaluationSet:
    """Each paragraph an article, the answerable questions."""
    articles, items, _ = squad()
    questions = [(item.question, [item.article]) for item in items]
    return _written("squad", folder, articles, questions, counts=(466, 2301))


def _natural_questions(folder: Path) -> EvaluationSet:
    """Each gold passage an article."""
    articles, items = natural_questions()
    questions = [(item.question, [item.article]) for item in items]
    return _written("nq", folder, articles, questions, counts=(2600, 2655))


def _scifact(folder: Path) -> EvaluationSet:
    """Each abstract an article; a claim is answered by the abstracts it cites."""

    def name(number: str) -> str:
        # Nine digits: eight can be a day, and the file's name would then be its date.
        return f"scifact-{int(number):09}.md"

    rows = _rows(DATA / "scifact" / "corpus.jsonl")
    articles = {name(row["id"]): (row["title"], row["text"]) for row in rows}
    claims = _rows(DATA / "scifact" / "claims_train.jsonl")
    questions = [(claim["claim"], [name(number) for number in claim["cited"]]) for claim in claims]
    return _written("scifact", folder, articles, questions, counts=(5183, 809))


LONG_FOLDERS = 3


def _long(number: int, folder: Path) -> EvaluationSet:
    """Four of SQuAD's twelve articles, whole: short questions over few long articles, as in a
    reader's own folder. Evidence is the sentence of the paragraph that has the answer.
    """
    paragraphs, items, _ = squad()
    file_of = squad_topics()
    inside = sorted(set(file_of.values()))[number::LONG_FOLDERS]
    texts: dict[str, tuple[str, str]] = {}
    for file_name in inside:
        # In the order in which SQuAD gives them, which is that of the article.
        names = [name for name, of in file_of.items() if of == file_name]
        whole = "\n\n".join(paragraphs[name][1] for name in names)
        texts[file_name] = (paragraphs[names[0]][0], whole)
    questions = []
    for item in items:
        if file_of[item.article] in inside:
            sentence = _sentence_with(paragraphs[item.article][1], item.answers)
            questions.append((item.question, [sentence]))
    name = f"long-{number + 1}"
    return _written(name, folder, texts, questions, counts=(4, len(questions)), expected="evidence")


def squad_topics() -> dict[str, str]:
    """SQuAD's paragraphs as ``squad`` names them → the files of the whole articles they are of."""
    _, items, _ = squad()
    topics = sorted({item.topic for item in items})
    return {item.article: f"long-{topics.index(item.topic):02}.md" for item in items}


def _sentence_with(paragraph: str, answers: Iterable[str]) -> str:
    sentences = [paragraph[start:end] for start, end in sentence_spans(paragraph)]
    having = (s for answer in sorted(answers) for s in sentences if answer in s)
    return next(having, sentences[0])


SETS: dict[str, Callable[[Path], EvaluationSet]] = {
    "sample": _sample,
    "multihop": _multihop,
    "squad": _squad,
    "nq": _natural_questions,
    "scifact": _scifact,
}
"""By name; all but the first need ``../shared/data``."""

TRAINING_SETS = {f"long-{number + 1}": partial(_long, number) for number in range(LONG_FOLDERS)}
"""More that the ranker is trained on; their questions are those of ``squad``."""


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- writing ----------------------------------------------------------------------------------


def _written(
    name: str,
    folder: Path,
    texts: Texts,
    questions: Iterable[tuple[str, list[str]]],
    counts: tuple[int, int],
    expected: str = "articles",
) -> EvaluationSet:
    articles = folder / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    for path in articles.iterdir():
        if path.name not in texts:
            path.unlink()
    for file_name, (title, text) in texts.items():
        _write_changed(articles / file_name, as_markdown(title, text))
    rows = [{"query": query, expected: found} for query, found in questions]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    _write_changed(folder / "questions.jsonl", "".join(line + "\n" for line in lines))
    if (len(texts), len(lines)) != counts:
        raise SystemExit(f"{name}: {len(texts)} articles and {len(lines)} questions, not {counts}.")
    return EvaluationSet(
        name, articles, folder / "questions.jsonl", folder / "index", *counts, texts
    )


def _write_changed(path: Path, text: str) -> None:
    raw = text.encode()
    if not path.exists() or path.read_bytes() != raw:
        path.write_bytes(raw)


def as_markdown(title: str, text: str) -> str:
    """A title and plain text → a Markdown file that says exactly that.

    What Markdown or HTML would take for markup is written as a character reference: an abstract
    with "<or=3 mg/l … >" is no HTML, and backslashes do not protect from that.
    """
    plain = re.sub(r"[\\`*_\[\]<>#&~|]", lambda found: f"&#{ord(found[0])};", text)
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n{plain}\n"


# --- building ---------------------------------------------------------------------------------


def default_chatbot(index: Path, articles: Path) -> Chatbot:
    """A chatbot with the defaults, whatever the environment and ``broadsheet.toml`` say."""
    given = {name: field.default for name, field in Settings.model_fields.items()}
    return Chatbot(Settings(**{**given, "index": index, "articles": articles}))


def build_set(chosen: EvaluationSet) -> Chatbot:
    """A set → the chatbot over its index, built where it is not, and checked."""
    chatbot = default_chatbot(chosen.index, chosen.articles)
    report = chatbot.build(chosen.articles, switch_folder=True)
    problems = list(differences(chosen, report, chatbot.article))
    if problems:
        shown = "\n  ".join(problems[:20])
        raise SystemExit(f"{chosen.name}: {len(problems)} articles are not as given:\n  {shown}")
    return chatbot


def differences(
    chosen: EvaluationSet, report: BuildReport, article: Callable[[str], Article]
) -> Iterable[str]:
    """What of a set is not in its index as the set has it, in words."""
    for failure in report.failures:
        yield f"{failure.path}: {failure.reason}"
    if report.article_count != chosen.article_count:
        yield f"{report.article_count} articles in the index, not {chosen.article_count}"
    for name, (title, text) in chosen.texts.items():
        found = article(name)
        if _words(found.title) != _words(title):
            yield f"{name}: title {found.title!r}, not {title!r}"
        if _letters(found.text) != _letters(title + text):
            yield f"{name}: text {found.text[:80]!r}…, not {text[:80]!r}…"
        if found.source or found.authors or found.published:
            yield f"{name}: source, authors or date found, where the set states none"


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _letters(text: str) -> str:
    """What a reader sees: neither white space nor control and format characters."""
    return "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")
    )


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], metavar="SET")
    parser.add_argument("--cache", type=Path, required=True)
    options = parser.parse_args()
    for name in options.sets or SETS:
        chosen = evaluation_set(name, options.cache)
        build_set(chosen)
        print(f"{name}: {chosen.article_count} articles, {chosen.question_count} questions")


if __name__ == "__main__":
    main()
