"""Evaluation sets → sentences that their article supports, and the same with something wrong in it.

Faithful are: CLAPNQ's answers, written by people over one passage; sentences of MultiHop-RAG's
evidence, of SQuAD that hold the answer, and of SciFact's rationales, word for word and lightly
rewritten ("3 May" for "May 3"). Apart stand SciFact's claims that the cited abstract supports, which
paraphrase freely and use words of their own. What is injected is
taken from another article and found here by expressions of its own, not by the code that is
measured. The sets stand in ``../shared/data`` and are never copied.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.chunking import sentence_spans
from tests.eval.cases import DATA, squad

EVIDENCE_CHARACTERS = 1_000  # what a chunk of 254 tokens has


CLAIMS = "SciFact's claims"
"""Written to be checked against an abstract and not from it, so not among the faithful in all."""


@dataclass(frozen=True)
class Case:
    """A sentence and what it cites. ``other`` is a chunk that it does not rest on, of the same
    article where there is one."""

    kind: str
    sentence: str
    evidence: str
    about: str
    published: date | None
    other: str


def faithful_cases() -> list[Case]:
    """Every faithful sentence of the four sets, each in a stable order."""
    cases = [*_clapnq(), *_scifact(), *_multihop(), *_squad()]
    rewritten = []
    for case in cases:
        if case.kind in ("MultiHop-RAG", "SQuAD", "SciFact"):
            sentence = rewrite(case.sentence)
            if sentence != case.sentence:
                rewritten.append(replace(case, kind=f"{case.kind}, rewritten", sentence=sentence))
    return [*cases, *rewritten]


def _sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text) if len(text[a:b].split()) > 3]


def _clapnq() -> Iterator[Case]:
    path = DATA / "clapnq" / "clapnq_dev_answerable.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for place, row in enumerate(rows):
        passage = row["passages"][0]
        other = rows[place - 1]["passages"][0]["text"]
        for sentence in _sentences(row["output"][0]["answer"]):
            yield Case("CLAPNQ", sentence, passage["text"], passage["title"], None, other)


def _scifact() -> Iterator[Case]:
    folder = DATA / "scifact"
    texts = {
        (row := json.loads(line))["id"]: row
        for line in (folder / "corpus.jsonl").read_text().splitlines()
    }
    seen: set[str] = set()
    last = next(iter(texts.values()))["text"]
    for line in (folder / "claims_train.jsonl").read_text().splitlines():
        claim = json.loads(line)
        for found in claim["evidence"][:1]:
            row = texts[found["doc"]]
            if found["label"] == "SUPPORT":
                other = last if last != row["text"] else ""
                about = row["title"]
                yield Case(CLAIMS, claim["claim"], row["text"], about, None, other)
                for sentence in _sentences(row["text"]):
                    if (
                        sentence in seen
                        or _place_of(row["text"], sentence) not in found["sentences"]
                    ):
                        continue
                    seen.add(sentence)
                    yield Case("SciFact", sentence, row["text"], about, None, other)
                last = row["text"]


def _place_of(text: str, sentence: str) -> int:
    """Which of a text's sentences it is, from 0."""
    return [text[a:b] for a, b in sentence_spans(text)].index(sentence)


def _multihop() -> Iterator[Case]:
    seen: set[str] = set()
    folder = DATA / "multihop_rag"
    paths = {p.name.split("-")[0].split(".")[0]: p for p in (folder / "articles").iterdir()}
    for line in (folder / "queries.jsonl").read_text().splitlines():
        for fact in json.loads(line)["evidence"]:
            text = paths[fact["article_id"]].read_text().partition("\n\n")[2]
            at = text.find(fact["fact"])
            if at < 0 or fact["fact"] in seen:
                continue
            seen.add(fact["fact"])
            around, other = _around(text, at)
            about = f"{fact['title']}\n{fact['source']}"
            day = date.fromisoformat(fact["published_at"][:10])
            for sentence in _sentences(fact["fact"])[:1]:
                yield Case("MultiHop-RAG", sentence, around, about, day, other)


def _around(text: str, at: int) -> tuple[str, str]:
    """The sentences around a place, and as many that are far from it."""
    spans = sentence_spans(text)
    half = EVIDENCE_CHARACTERS // 2
    near = [text[a:b] for a, b in spans if b > at - half and a < at + half + 200]
    far = [text[a:b] for a, b in spans if abs(a - at) > 2 * EVIDENCE_CHARACTERS]
    return "\n".join(near), "\n".join(far)[:EVIDENCE_CHARACTERS]


def _squad() -> Iterator[Case]:
    articles, items, _ = squad()
    of_topic: dict[str, list[str]] = {}
    for name, (topic, _text) in articles.items():
        of_topic.setdefault(topic, []).append(name)
    seen: set[str] = set()
    for item in items[::3]:
        topic, text = articles[item.article]
        sentence = next((s for s in _sentences(text) if min(item.answers) in s), "")
        if not sentence or sentence in seen:
            continue
        seen.add(sentence)
        others = of_topic[topic]
        other = articles[others[others.index(item.article) - 1]][1]
        yield Case("SQuAD", sentence, text, topic, None, other)


# --- rewriting ----------------------------------------------------------------------------------

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SMALL = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def rewrite(sentence: str) -> str:
    """The same in another notation: scales written out, days turned round, figures as words; a
    sentence with a quotation as it is.
    """
    if re.search(r"[\"“”‘`]", sentence):
        return sentence
    sentence = re.sub(
        r"\b(\d+(?:\.\d)?) million\b", lambda m: f"{round(float(m[1]) * 1_000_000):,}", sentence
    )
    sentence = re.sub(rf"\b({_MONTHS}) (\d{{1,2}}), (\d{{4}})\b", r"\2 \1 \3", sentence)
    sentence = re.sub(rf"\b({_MONTHS}) (\d{{1,2}})\b(?!,? \d)", r"\2 \1", sentence)
    sentence = re.sub(r"\s?(?:%|per cent\b)", " percent", sentence)
    sentence = re.sub(
        rf"(?<=\s)({'|'.join(_SMALL)})(?=\s)", lambda m: str(_SMALL.index(m[1]) + 2), sentence
    )
    sentence = sentence.replace("U.S.", "US").replace("U.K.", "UK")
    return sentence.replace("did not", "didn't").replace("is not", "isn't")


# --- something wrong ----------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<![\w.,:$-])\$?(?!0)\d[\d,]*(?:\.\d+)?(?: (?:million|billion|thousand))?(?![\w:-])%?"
    r"|(?<=\s)(?:two|three|four|five|six|seven|eight|nine|ten)(?=\s)"
)
_ORDINAL = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_DATE = re.compile(
    rf"\b(?:{_MONTHS}) \d{{1,2}}(?:, \d{{4}})?\b|\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b"
    rf"|\b(?:{_MONTHS}) \d{{4}}\b|(?<=in )(?:{_MONTHS})\b|(?<![\d,.$])\b(?:1[5-9]|20)\d\d\b(?![,.]\d)"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*\b|(?<=[a-z,] )[A-Z]{2,5}\b")
_NO_NAME = re.compile(
    rf"(?:{_MONTHS}|\w+day|The|This|That|And|But|Mr|Mrs|Dr|President|King|Queen|Prime|First|Minister"
    r"|Duke|Justice|General|Attorney|Secretary|Chief|Captain|Governor|Senator|Professor|Sir|Pope"
    r"|Judge|Major|Mayor|Director|Coach|CEO|CFO|COO|CTO|I+|IV|Oct|Nov|Dec|Jan|Feb|Aug|Sept?)\b"
)


def _numbers(text: str) -> list[re.Match[str]]:
    dated = [m.span() for m in _DATE.finditer(text)]
    return [m for m in _NUMBER.finditer(text) if not any(a <= m.start() < b for a, b in dated)]


def _dates(text: str) -> list[re.Match[str]]:
    return list(_DATE.finditer(text))


def _names(text: str) -> list[re.Match[str]]:
    return [m for m in _NAME.finditer(text) if not _NO_NAME.match(m.group())]


FINDERS: dict[str, Callable[[str], list[re.Match[str]]]] = {
    "number": _numbers,
    "date": _dates,
    "name": _names,
}


def wrong_sentences(cases: Sequence[Case], kind: str, rng: random.Random) -> Iterator[Case]:
    """Each sentence that has a number, date or name, with one of another article in its place."""
    find = FINDERS[kind]
    texts = "\n".join(dict.fromkeys(case.evidence for case in cases))
    small = set(re.findall(r"\b[a-z]+\b", texts))
    # A word in capitals that is also written small is an emphasis or a heading.
    pool = [m.group() for m in find(texts) if kind != "name" or m.group().lower() not in small]
    for case in cases:
        places = _places(case, kind)
        if not places:
            continue
        start, end = rng.choice(places)
        old = case.sentence[start:end]
        for _ in range(200):
            new = rng.choice(pool)
            if _alike(kind, old, new) and not _in(new, f"{case.evidence} {case.about}"):
                sentence = f"{case.sentence[:start]}{new}{case.sentence[end:]}"
                yield replace(case, sentence=sentence)
                break


def _places(case: Case, kind: str) -> list[tuple[int, int]]:
    places = [m.span() for m in FINDERS[kind](case.sentence)]
    if kind == "name":  # also where the sentence opens with a name, known from inside its article
        inside = {m.group() for m in _names(case.evidence)}
        opening = re.match(r"[A-Z]\w+(?: [A-Z][a-z]+)*", case.sentence)
        if opening and opening.group() in inside:
            places.append(opening.span())
    return places


def _alike(kind: str, old: str, new: str) -> bool:
    """A date of the same form; a name of as many words; anything for a number."""
    if kind == "date":
        return re.sub(r"\d", "0", re.sub(_MONTHS, "M", old)) == re.sub(
            r"\d", "0", re.sub(_MONTHS, "M", new)
        ) or (old.endswith("day") and new.endswith("day"))
    return kind == "number" or len(old.split()) == len(new.split())


def _in(new: str, text: str) -> bool:
    """Whether any word of what is injected stands in the text, so that it might be right."""
    words = re.findall(r"\w+", new)
    for word in list(words):
        if word in _SMALL:
            words.append(str(_SMALL.index(word) + 2))
        if word.isdigit() and 2 <= int(word) <= 10:
            words += [_SMALL[int(word) - 2], _ORDINAL[int(word) - 2]]
    return any(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in words)


def turned_round(case: Case) -> Case | None:
    """The sentence with a "not" put in or taken out; None where neither is simple."""
    if re.search(r" not ", case.sentence):
        return replace(case, sentence=re.sub(r" not ", " ", case.sentence, count=1))
    put, count = re.subn(
        r"\b(is|was|are|were|has|have|had|will|would|can|could)\b (?!not|no|never)",
        r"\1 not ", case.sentence, count=1,
    )  # fmt: skip
    return replace(case, sentence=put) if count else None
