"""An article → questions that one of its sentences answers, made from that sentence's own words.

By a few patterns of English sentences with an auxiliary, whose question needs no other form of any
word: "The plant will cost 815 million crowns" → "How much will the plant cost?". Whether a question
is answered is not looked at here, nor whether it is a good one: ``page_examples`` asks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.chunking import Span, sentence_spans
from rag.phrase_words import ADJECTIVES, TITLES, VERBS
from rag.records import Article

Kind = Literal["how many", "how much", "when", "where", "why", "who", "said", "role", "age"]

LONGEST = 84
"""Characters of a question; longer ones are no invitation."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, of what kind it is, and the half-open span of the sentence it was made from."""

    question: str
    kind: Kind
    article_id: str
    span: Span


_WORD = r"[A-Za-z][\w’'-]*"
_NAME = r"(?:[A-Z][\w’'-]+)(?: (?:(?:of|de|van|von) )?[A-Z][\w’'-]+){0,3}"
_PERSON = r"[A-Z][\w’-]+(?: [A-Z]\.)?(?: (?:de|van|von|bin|al))?(?: [A-Z][\w’-]+){1,2}"
_SUBJECT = rf"(?:[Tt]he (?:{_WORD} ){{0,4}}?{_WORD}|{_NAME})"
_TAIL = rf"(?: (?:in|on|at|from|of|off|near|aboard) (?:the )?{_NAME})"
_OF = rf"(?: (?:of|in|to|against|for|from) (?:the )?(?:[a-z]+ )?{_WORD})"
_DONE = (
    r"(?:[a-z]{2,}ed|built|made|found|held|won|sold|paid|lost|given|taken|known|set|cut|hurt|"
    r"sent|heard|brought)(?: out| up| off| back)?"
)
_COUNT = (
    r"(?:\d[\d,.]*|(?:[A-Z][a-z]+|[a-z]+)teen|[Tt](?:wo|hree|en|welve|wenty|hirty)|[Ff](?:our|ive)|"
    r"[Ss](?:ix|even)|[Ee](?:ight|leven)|[Nn]ine)"
)
_DATED = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|1[5-9]\d\d|20\d\d)\b"
)
_TIME = (
    r"(?:in|on) (?:the (?:spring|summer|autumn|winter) of )?(?:early |late |mid-)?(?:\d{1,2} )?"
    + _DATED
)

_NUMBERED = rf"{_COUNT} (?P<n>(?!(?:m|b|tr)illion|percent)(?:[a-z]+ )?[a-z]+s|people)\b"
_UP_TO = r"(?:about |only |some |at least |up to )?"
_REST = r"(?P<r>[^,;:“”\"]{4,44}?)"

_FORMS: tuple[tuple[Kind, str, str], ...] = (
    ("how much", "How much {a} {s} cost?",
     rf"(?P<s>{_SUBJECT}{_TAIL}?) (?P<a>will|would|could) cost [^.]*?\d"),
    ("how much", "How much {a} {s} to cost?",
     rf"(?P<s>{_SUBJECT}{_OF}?) (?P<a>is|are) to cost [^.]*?\d"),
    ("how many", "How many {n} {a} {d}{r}?",
     rf"(?:All |About |At least |More than |Some )?{_COUNT} (?P<n>[a-z]+s|people|men|women)"
     rf" (?P<a>were|are|have|had) (?P<d>(?:been )?{_DONE}|fallen ill|died|on board|aboard)"
     rf"(?P<r>{_TAIL})"),
    ("how many", "How many {n} {a} {r}?",
     rf"There (?P<a>were|are) {_COUNT} (?P<n>[a-z]+s|people) "
     rf"(?P<r>(?:on board|aboard|in|on|at) (?:the )?{_NAME})"),
    ("how many", "How many {n} {a} {s} {d}?",
     rf"(?P<s>{_SUBJECT}{_TAIL}?) (?P<a>will|would|can|could) (?P<d>[a-z]+) {_UP_TO}{_NUMBERED}"),
    ("how many", "How many {n} {does} {s} {v}?",
     rf"(?P<s>{_SUBJECT}) (?P<v>[a-z]{{3,}}) {_UP_TO}{_NUMBERED}"),
    ("why", "Why {a} {s} {r}?",
     rf"(?P<s>{_SUBJECT}{_OF}?) (?P<a>was|were|is|are|will|would|could|cannot) {_REST},? because "
     r"(?!of it\b)"),
    ("why", "Why did {s} {v} {r}?",
     rf"(?P<s>{_SUBJECT}) (?P<v>[a-z]{{3,}}) {_REST},? because\b"),
    ("when", "When did {s} {v} {r}?",
     rf"(?P<s>{_SUBJECT}) (?P<v>[a-z]{{4,}}) (?P<r>(?:[a-z]+ ){{0,4}}{_NAME}) {_TIME}"),
    ("when", "When {a} {s} {d}{r}?",
     rf"(?P<s>{_SUBJECT}{_OF}?) (?P<a>was|were|will be) (?P<d>{_DONE})(?P<r>{_TAIL}?)"
     rf"(?: by [^,;]{{3,44}}?)? {_TIME}"),
    ("when", "When {a} {s} to {d}{r}?",
     rf"(?P<s>{_SUBJECT}{_OF}?) (?P<a>is|are) to (?P<d>[a-z]+)(?P<r>{_TAIL}?) {_TIME}"),
    ("where", "Where {a} {s} {d}?",
     rf"(?P<s>{_SUBJECT}) (?P<a>was|were|will be) (?P<d>{_DONE}) (?:in|at|near|off|under|beneath) "
     rf"(?:the )?(?:[a-z]+ ){{0,3}}?(?!{_DATED}){_NAME}"),
    ("who", "Who {d} {s}?",
     rf"(?P<s>{_SUBJECT}) (?:was|were) (?P<d>{_DONE}) by (?:the )?{_NAME}"),
    ("said", "What did {p} say about {t}?", rf"[”\"],? (?:said|says) (?P<p>{_PERSON})"),
    ("said", "What did {p} say about {t}?",
     rf"(?:^|[,”\"] )(?P<p>{_PERSON})(?:, [^,“”\"]{{4,60}},)? (?:said|says)\b"),
    ("said", "What did {p} say about {t}?", rf", (?P<p>{_PERSON}), (?:said|says)\b"),
    ("role", "Who is {p}?", rf"(?P<p>{_PERSON}), (?:who|an?|the) [a-z]"),
    ("age", "How old is {p}?", rf"(?P<p>{_PERSON}), \d\d, "),
)  # fmt: skip
_PATTERNS = tuple((kind, form, re.compile(pattern)) for kind, form, pattern in _FORMS)
_ANYWHERE = ("said", "role", "age")  # the others are held against a sentence's beginning alone
_NO_SUBJECT = re.compile(
    r"(?:the )?(?:they|he|she|it|there|this|that|these|those|who|which|what|we|you|i|people|one|"
    r"two|first|second|other|others|same|latter|former|rest|most|more|only|next|last|move|news|"
    r"decision|company|man|woman|couple|pair|team|group|since|after|before|when|while|if|as|but|"
    r"and|in|on|at|for|with|by|from|although|though|because|despite|during|until|so|then|now)\b",
    re.IGNORECASE,
)
_INNER = re.compile(
    r" (?:who|which|that|said|says|is|are|was|were|had|has|and|or|but|as|not|to|by|when|if|also|"
    r"would|could|will|can|may|might|must|should|now|then|only|just) ",
    re.IGNORECASE,
)


def example_questions(article: Article) -> Iterator[Example]:
    """An article in English → questions about it, in the order of its sentences."""
    if article.language != "en":
        return
    topic = topic_of(article.title, article.text)
    for span in sentence_spans(article.text):
        sentence, about = " ".join(article.text[span[0] : span[1]].split()), topic
        if sentence == article.title:
            sentence, about = _as_told(sentence, article.text, topic)
        for kind, form, pattern in _PATTERNS:
            match = pattern.search(sentence) if kind in _ANYWHERE else pattern.match(sentence)
            parts = match and _parts(match, kind, article, about)
            question = form.format(**parts) if parts else ""
            if question and len(question) <= LONGEST:
                yield Example(question, kind, article.id, span)


def specificity(question: str) -> int:
    """How much a question says of what it asks for; higher is better, below 4 it says little."""
    words = re.findall(r"[\w’'-]+", question)[1:]
    return sum((len(word) > 3) + word[0].isupper() for word in words)


def _as_told(title: str, text: str, topic: str) -> tuple[str, str]:
    """A headline as a sentence, with what it is about: "Ferry ran aground" speaks of the ferry."""
    first, _, rest = title.partition(" ")
    if re.search(rf"\b[Tt]he {re.escape(first.lower())}\b", text):
        return f"the {first.lower()} {rest}", f"the {first.lower()}"
    return title, topic


def _parts(match: re.Match[str], kind: Kind, article: Article, topic: str) -> dict[str, str] | None:
    """What a pattern found, as it stands in a question; None where it makes no good one."""
    parts = {name: text or "" for name, text in match.groupdict().items()} | {"t": topic}
    if "p" in parts:
        parts["p"] = _person(parts["p"], article.text)
        return parts if parts["p"] and (topic or kind != "said") else None
    if "s" in parts:
        subject = parts["s"]
        if _NO_SUBJECT.match(subject) or _INNER.search(f" {subject} {parts.get('r', '')} "):
            return None
        if " " not in subject and re.search(rf"\b{re.escape(subject.lower())}\b", article.text):
            return None  # "Construction is to start": no name, and of what it is not said
        if subject.startswith(("The ", "the ")):
            plain = " " not in subject[4:] and subject[4:].islower()
            if plain and f"the {subject[4:]}" != parts["t"]:
                return None  # "the light" says which only where the article is about it
            parts["s"] = f"the {subject[4:]}"
        elif kind == "who" and subject.split()[-1] in article.authors:
            return None
    if "v" in parts:
        past = base_form(parts["v"])
        present = parts["v"].removesuffix("s")
        if not past and not (kind == "how many" and present in VERBS):
            return None
        plural = parts.get("s", "").split()[-1].endswith("s")
        parts["does"] = "did" if past else "do" if plural else "does"
        parts["v"] = past or present
    if parts.get("a") == "will be":
        parts |= {"a": "will", "d": f"be {parts['d']}"}
    return parts


def _person(name: str, text: str) -> str:
    """A name without the title before it, where the article treats it as a person's: says that
    they said something, by their last name. Empty where not.
    """
    words = name.split()
    while words and words[0].lower().strip(".") in _TITLES:
        words = words[1:]
    if len(words) < 2 or words[0] in _OPENERS:
        return ""
    last = re.escape(words[-1])
    speaks = (
        rf"\b{last} (?:said|says|added|told|asked)\b|"
        rf"\b(?:said|says) (?:[A-Z][\w’.-]+ )*{last}\b"
    )
    return " ".join(words) if re.search(speaks, text) else ""


_OPENERS = frozenset(
    ("The", "A", "An", "In", "On", "At", "To", "For", "With", "By", "From", "But", "And", "Or",
     "As", "So", "If", "When")
)  # fmt: skip
_TITLES = TITLES | {"mayor", "captain", "coach", "judge", "chief", "senator", "justice", "officer"}


_PAST = {
    "became": "become", "began": "begin", "bought": "buy", "broke": "break", "built": "build",
    "came": "come", "fell": "fall", "found": "find", "gave": "give", "held": "hold",
    "left": "leave", "lost": "lose", "made": "make", "met": "meet", "paid": "pay", "ran": "run",
    "rose": "rise",
    "sank": "sink", "sold": "sell", "told": "tell", "took": "take", "went": "go", "won": "win",
    "wrote": "write",
}  # fmt: skip


def base_form(verb: str) -> str:
    """A past form → what follows "did": "ran" is "run"; empty where it is none that is known."""
    if verb in _PAST:
        return _PAST[verb]
    if not verb.endswith("ed"):
        return ""
    stem = verb[:-2]
    forms = [stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else "", f"{stem[:-1]}y"]
    return next((form for form in forms if form in VERBS), "")


_NO_TOPIC = ADJECTIVES | {
    "most", "more", "than", "with", "from", "into", "over", "after", "time", "first", "second",
    "last", "next", "same", "other", "year", "years", "week", "months", "best", "only", "world",
}  # fmt: skip
_ADJECTIVE_OF_PLACE = re.compile(r"[A-Z]\w+(?:ian|ish|ese|ean|can|man|ench|ch)")


def topic_of(title: str, text: str) -> str:
    """What an article is about, as it calls it: words of its title that it often has after "the";
    empty where there are none.
    """
    words = re.findall(r"[\w’'-]+", title)
    best, most = "", 0.0
    for start in range(len(words)):
        for length in (1, 2, 3):
            phrase = words[start : start + length]
            last = phrase[-1].lower()
            if len(phrase) < length or len(last) < 4 or last in _NO_TOPIC or last.isdigit():
                continue
            if _ADJECTIVE_OF_PLACE.fullmatch(phrase[-1]):
                continue
            pattern = rf"(?<![\w’'-])the {re.escape(' '.join(phrase))}(?![\w’'-]|(?-i: [A-Z\d]))"
            found = re.findall(pattern, text, re.IGNORECASE)
            score = len(found) * (1 + 0.75 * (length - 1)) if len(found) > 1 else 0.0
            if score > most:
                best, most = f"the {found[0][4:]}", score
    return best
