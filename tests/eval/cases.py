"""Evaluation sets → cases: a folder of articles, a question, and whether the folder answers it.

The sets stand in ``../shared/data`` beside the repository and are never copied into it. A case
"without" its gold article is the same question over a folder from which that article is really
absent, so that its words are absent from the index too.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


GIVEN = "squad-given"
"""The kind of case in which the sentences of the right article alone are looked at."""


@dataclass(frozen=True)
class Case:
    """One question over one folder. ``cell`` names the kind of case, ``group`` what must not be
    split between training and test, ``gold`` the articles that answer, ``answers`` the strings
    one of which a sentence that answers holds, ``short`` the answer in a few words, where the
    ``answers`` are evidence for it."""

    cell: str
    group: str
    question: str
    answered: bool
    gold: frozenset[str]
    answers: tuple[str, ...]
    short: str = ""


@dataclass(frozen=True)
class Bench:
    """A folder of articles (file name → (title, text)) and its cases."""

    name: str
    articles: dict[str, tuple[str, str]]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class _Item:
    """A question with the article it was written for."""

    question: str
    article: str
    answers: tuple[str, ...]
    topic: str


def squeezed(text: str) -> str:
    """Without white space, for comparing across line breaks."""
    return re.sub(r"\s", "", text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def squad() -> tuple[dict[str, tuple[str, str]], list[_Item], list[_Item]]:
    """SQuAD: paragraphs as articles, answerable questions, unanswerable ones."""
    data = json.loads((DATA / "squad" / "dev_12_articles.json").read_text())
    articles, answerable, unanswerable = {}, [], []
    for topic in data["data"] if isinstance(data, dict) else data:
        for paragraph in topic["paragraphs"]:
            name = f"squad-{_digest(paragraph['context'])}.md"
            articles[name] = (topic["title"].replace("_", " "), paragraph["context"])
            for qa in paragraph["qas"]:
                answers = tuple({a["text"] for a in qa.get("answers", [])})
                item = _Item(qa["question"], name, answers, topic["title"])
                (unanswerable if qa.get("is_impossible") else answerable).append(item)
    return articles, answerable, unanswerable


def natural_questions() -> tuple[dict[str, tuple[str, str]], list[_Item]]:
    """Natural Questions: gold passages as articles, their questions."""
    articles, items = {}, []
    for line in (DATA / "nq" / "nq-open-oracle.jsonl").read_text().splitlines():
        row = json.loads(line)
        gold = next(c for c in row["ctxs"] if c.get("isgold", True))
        name = f"nq-{_digest(gold['text'])}.md"
        articles[name] = (gold["title"], gold["text"])
        items.append(_Item(row["question"], name, tuple(row["answers"]), name))
    return articles, items


def clapnq() -> tuple[dict[str, tuple[str, str]], list[_Item], list[_Item]]:
    """CLAPNQ: passages as articles, answerable questions, ones their passage does not answer."""
    articles: dict[str, tuple[str, str]] = {}
    found: dict[str, list[_Item]] = {"answerable": [], "unanswerable": []}
    for kind, items in found.items():
        for line in (DATA / "clapnq" / f"clapnq_dev_{kind}.jsonl").read_text().splitlines():
            row = json.loads(line)
            passage = row["passages"][0]
            name = f"clapnq-{_digest(passage['text'])}.md"
            articles[name] = (passage["title"], passage["text"])
            chosen = [s for o in row["output"] for s in o.get("selected_sentences") or () if s]
            items.append(_Item(row["input"], name, tuple(dict.fromkeys(chosen)), name))
    return articles, found["answerable"], found["unanswerable"]


def multihop_queries() -> list[dict[str, Any]]:
    """The given MultiHop-RAG questions, as they stand in the file."""
    lines = (DATA / "multihop_rag" / "queries.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _case(cell: str, item: _Item, answered: bool) -> Case:
    gold = frozenset({item.article}) if answered else frozenset[str]()
    return Case(cell, item.topic, item.question, answered, gold, item.answers if answered else ())


def _half(
    name: str,
    articles: dict[str, tuple[str, str]],
    items: list[_Item],
    count: int,
    rng: random.Random,
) -> Bench:
    """Half of the articles; ``count`` questions each with and without their article in it."""
    inside = set(rng.sample(sorted(articles), len(articles) // 2))
    having = [i for i in items if i.article in inside]
    lacking = [i for i in items if i.article not in inside]
    cases = [_case(name, i, True) for i in rng.sample(having, min(count, len(having)))]
    cases += [_case(name, i, False) for i in rng.sample(lacking, min(count, len(lacking)))]
    return Bench(name, {n: articles[n] for n in sorted(inside)}, tuple(cases))


def _fives(
    name: str,
    articles: dict[str, tuple[str, str]],
    items: list[_Item],
    count: int,
    rng: random.Random,
) -> Iterator[Bench]:
    """``count`` folders of five articles of one topic, each with five questions that one of them
    answers and five that another article of the topic would."""
    topics: dict[str, list[_Item]] = {}
    for item in items:
        topics.setdefault(item.topic, []).append(item)
    names = sorted(t for t, its in topics.items() if len({i.article for i in its}) >= 10)
    for number in range(count):
        its = topics[names[number % len(names)]]
        inside = set(rng.sample(sorted({i.article for i in its}), 5))
        having = [i for i in its if i.article in inside]
        lacking = [i for i in its if i.article not in inside]
        cases = [_case(name, i, True) for i in rng.sample(having, min(5, len(having)))]
        cases += [_case(name, i, False) for i in rng.sample(lacking, min(5, len(lacking)))]
        yield Bench(f"{name}-{number}", {n: articles[n] for n in sorted(inside)}, tuple(cases))


def _multihop_case(query: dict[str, Any], name_of: Mapping[str, str]) -> Case:
    """A question with the articles of its evidence; those about one most used article are a group."""
    evidence = query.get("evidence") or []
    often = _evidence_counts()
    most_used = max((e["article_id"] for e in evidence), key=lambda a: (often[a], a), default="")
    inference = query["question_type"] == "inference_query"
    return Case(
        "multihop", f"multihop-{most_used or query['id']}", query["query"], bool(evidence),
        frozenset(name_of[e["article_id"]] for e in evidence),
        tuple(e["fact"] for e in evidence),
        str(query["answer"]) if inference else "",
    )  # fmt: skip


@cache
def _evidence_counts() -> Counter[str]:
    return Counter(e["article_id"] for q in multihop_queries() for e in q.get("evidence") or [])


def multihop_benches(articles_folder: Path, rng: random.Random, small: int) -> Iterator[Bench]:
    """MultiHop-RAG: all articles with all questions, then ``small`` folders of five articles,
    half of them with a question's evidence and half without."""
    files = {p.name: p for p in sorted(articles_folder.iterdir())}
    by_number = {name[:4]: name for name in files}
    queries = multihop_queries()
    cases = [_multihop_case(query, by_number) for query in queries]
    texts = {name: ("", path.read_text()) for name, path in files.items()}
    asked = [c for c in cases if not c.answered]
    asked += rng.sample([c for c in cases if c.answered], 350)
    yield Bench("multihop", texts, tuple(asked))
    having = [c for c in cases if c.answered and len(c.gold) <= 3]
    for number in range(small):
        case = rng.choice(having)
        others = sorted(set(files) - case.gold)
        answered = number % 2 == 0
        names = set(rng.sample(others, 5 - len(case.gold) if answered else 5))
        names |= case.gold if answered else set()
        small_case = Case(
            "multihop-five", case.group, case.question, answered,
            case.gold if answered else frozenset(), case.answers if answered else (),
            case.short if answered else "",
        )  # fmt: skip
        yield Bench(f"multihop-five-{number}", {n: texts[n] for n in sorted(names)}, (small_case,))


def benches(seed: int = 2026) -> Iterator[Bench]:
    """All folders with their cases, the same for the same seed."""
    rng = random.Random(seed)
    articles, answerable, unanswerable = squad()
    yield Bench(
        "squad",
        articles,
        tuple(_case("squad", i, True) for i in rng.sample(answerable, 400))
        + tuple(_case("squad-trick", i, False) for i in rng.sample(unanswerable, 200))
        + tuple(_case(GIVEN, i, True) for i in random.Random(seed).sample(answerable, 600)),
    )
    yield _half("squad-half", articles, answerable, 300, rng)
    yield from _fives("squad-five", articles, answerable, 60, rng)
    articles, items = natural_questions()
    yield _half("nq-half", articles, items, 400, rng)
    articles, answerable, unanswerable = clapnq()
    yield Bench(
        "clapnq",
        articles,
        tuple(_case("clapnq", i, True) for i in answerable[:150])
        + tuple(_case("clapnq", i, False) for i in unanswerable[:150]),
    )
    yield _half("clapnq-half", articles, answerable, 100, rng)
    yield from multihop_benches(DATA / "multihop_rag" / "articles", rng, 120)


def further_benches() -> Iterator[Bench]:
    """Every question of every set over all its articles, for the reading model to be fitted to."""
    articles, answerable, unanswerable = squad()
    yield _whole("squad", articles, answerable, unanswerable)
    articles, items = natural_questions()
    yield _whole("nq", articles, items, [])
    articles, answerable, unanswerable = clapnq()
    yield _whole("clapnq", articles, answerable, unanswerable)
    files = {path.name: path for path in sorted((DATA / "multihop_rag" / "articles").iterdir())}
    by_number = {name[:4]: name for name in files}
    yield Bench(
        "multihop",
        {name: ("", path.read_text()) for name, path in files.items()},
        tuple(_multihop_case(query, by_number) for query in multihop_queries()),
    )


def _whole(
    name: str, articles: dict[str, tuple[str, str]], yes: list[_Item], no: list[_Item]
) -> Bench:
    cases = [_case(name, item, True) for item in yes] + [_case(name, item, False) for item in no]
    return Bench(name, articles, tuple(cases))
