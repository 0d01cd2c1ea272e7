"""An article's text → what other papers print of it: trimmed, retitled, added to, edited.

Every edit takes the random numbers it needs from the ``Random`` it is given, so a seed gives the
same edits again. The sentences that are put in are invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Edit = Callable[[str, Random], str]

_TOWNS = ["Ostwick", "Lenn", "Vesk", "Tarnmouth", "Quillhaven", "Great Lodden", "Port Ansel"]
_AGENCIES = ["Reuters", "AP", "AFP", "dpa", "HPA", "PA Media"]
_MONTHS = ["Jan.", "March", "May", "July", "Sept.", "Nov."]
_HEADLINES = [
    "What we know so far", "A question that will not go away", "Why it matters to all of us",
    "They did not see it coming", "The long road to a decision", "Nobody wants to be the last",
]  # fmt: skip
_LOCAL = [
    "In {town}, where {count} people signed a petition in the spring, the news was met with a shrug.",
    "The town hall of {town} said that it would look at the matter when the council meets on Monday.",
    '"We have been asking for this for {count} weeks," said Ida Marrow, who keeps a shop in {town}.',
    "Readers of this paper had written {count} letters about it since the turn of the year.",
    "The bus from {town} will run as usual, and the library keeps its hours, its head Jon Petrak said.",
    "A meeting for everyone is planned in the old school at {town}; there is room for {count}.",
    "For the region the question is a smaller one, but it has cost {town} a good deal of patience.",
]
_WORDS = (
    "also about almost nearly while since because however said told added noted later earlier group "
    "company people officials members several many large small recent former major new old part "
    "area number plan move effort issue matter case point result work report statement decision "
    "week month year day time help show give take make keep hold bring leave likely clear strong"
)


def paragraphs(text: str) -> list[str]:
    """A text → its paragraphs, the headline first."""
    return text.split("\n\n")


def swap_headline(text: str, random: Random) -> str:
    """Another headline."""
    return "\n\n".join([random.choice(_HEADLINES), *paragraphs(text)[1:]])


def trim_end(share: float) -> Edit:
    """The last ``share`` of the words left out."""

    def edit(text: str, random: Random) -> str:
        return lead(text, max(1, round(len(text.split()) * (1 - share))))

    return edit


def trim_middle(share: float) -> Edit:
    """Whole sentences left out at random places below the lead, ``share`` of all words."""

    def edit(text: str, random: Random) -> str:
        pieces = re.split(r"(?<=[.!?”\"])(\s+)", text)
        sentences, spaces = pieces[::2], [*pieces[1::2], ""]
        surplus = round(share * len(text.split()))
        order = list(range(1, len(sentences)))
        random.shuffle(order)
        gone: set[int] = set()
        for place in order:
            length = len(sentences[place].split())
            if length <= surplus:
                gone.add(place)
                surplus -= length
        kept = [i for i in range(len(sentences)) if i not in gone]
        return "".join(sentences[i] + spaces[i] for i in kept).strip()

    return edit


def trim_block(share: float) -> Edit:
    """One run of words left out of the middle, ``share`` of all."""

    def edit(text: str, random: Random) -> str:
        places = [match.span() for match in re.finditer(r"\S+", text)]
        length = round(len(places) * share)
        first = random.randint(len(places) // 10, len(places) - length - 1)
        return text[: places[first][0]] + text[places[first + length][0] :]

    return edit


def add_local_paragraph(text: str, random: Random) -> str:
    """A paragraph of two to four invented sentences put in below the lead or at the end."""
    town, count = random.choice(_TOWNS), random.randint(12, 900)
    sentences = random.sample(_LOCAL, random.randint(2, 4))
    local = " ".join(sentence.format(town=town, count=count) for sentence in sentences)
    parts = paragraphs(text)
    parts.insert(random.randint(min(2, len(parts)), len(parts)), local)
    return "\n\n".join(parts)


def change_quotes(text: str, random: Random) -> str:
    """Typographic and straight quotation marks, dashes and dots put in each other's place."""
    tables = [
        {"“": '"', "”": '"', "‘": "'", "’": "'", "—": " - ", "–": "-", "…": "..."},
        {"“": "«", "”": "»", "’": "'", "—": " – ", "...": "…"},
        {"“": "''", "”": "''", "’": "ʼ", "—": "--", "–": "—"},
    ]
    table = random.choice(tables)
    if table["“"] != '"':
        text = re.sub(r'"([^"]*)"', r"“\1”", text)
    for old, new in table.items():
        text = text.replace(old, new)
    return text


def change_case(text: str, random: Random) -> str:
    """All in capitals, as some agencies file, and wrapped at 60 characters."""
    lines: list[str] = []
    for paragraph in paragraphs(text.upper()):
        lines += [*re.findall(r".{1,60}(?:\s+|$)", paragraph), ""]
    return "\n".join(lines)


def change_dateline(text: str, random: Random) -> str:
    """A dateline with an agency's mark put before the lead, and a credit below."""
    parts = paragraphs(text)
    day, agency = random.randint(1, 28), random.choice(_AGENCIES)
    mark = f"{random.choice(_TOWNS).upper()}, {random.choice(_MONTHS)} {day} ({agency}) - "
    body = [mark + parts[1], *parts[2:]] if len(parts) > 1 else [mark]
    credit = f"Reporting by {agency}; editing by Ida Marrow"
    return "\n\n".join([parts[0], *body, credit])


def edit_words(share: float) -> Edit:
    """``share`` of all words replaced, left out or put in, at places all over the text."""

    def edit(text: str, random: Random) -> str:
        new = _WORDS.split()
        pieces = re.split(r"(\s+)", text)
        words = range(0, len(pieces), 2)
        for place in random.sample(words, round(share * len(words))):
            kind = random.random()
            if kind < 0.7:
                pieces[place] = random.choice(new)
            elif kind < 0.85:
                pieces[place] = ""
            else:
                pieces[place] += " " + random.choice(new)
        return "".join(pieces)

    return edit


def in_turn(*edits: Edit) -> Edit:
    """Several edits, one after the other."""

    def edit(text: str, random: Random) -> str:
        for each in edits:
            text = each(text, random)
        return text

    return edit


def update_story(text: str, random: Random) -> str:
    """The next version of a running story: other figures, a new paragraph, the last one gone."""
    figures = sorted(set(re.findall(r"\b\d+\b", text)))
    for figure in random.sample(figures, min(2, len(figures))):
        text = re.sub(rf"\b{figure}\b", str(int(figure) + random.randint(1, 9)), text)
    parts = paragraphs(add_local_paragraph(text, random))
    return "\n\n".join(parts[:-1] if len(parts) > 4 else parts)


def lead(text: str, word_count: int) -> str:
    """A text → its first ``word_count`` words."""
    places = [match.end() for match in re.finditer(r"\S+", text)]
    return text[: places[min(word_count, len(places)) - 1]]


_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_RETOLD = (swap_headline, change_dateline, change_quotes)

EDITS: dict[str, Edit] = {
    "headline swapped": swap_headline,
    **{f"trimmed {share:.0%} from the end": trim_end(share) for share in _SHARES},
    **{f"trimmed {share:.0%}, sentences": trim_middle(share) for share in _SHARES},
    **{f"trimmed {share:.0%}, one piece": trim_block(share) for share in _SHARES},
    "local paragraph added": add_local_paragraph,
    "quotation marks, dashes": change_quotes,
    "capitals, wrapped": change_case,
    "dateline, agency, credit": change_dateline,
    "2% of words edited": edit_words(0.02),
    "5% of words edited": edit_words(0.05),
    "10% of words edited": edit_words(0.10),
    **{
        f"all at once, {share:.0%} trimmed": in_turn(
            trim_middle(share), edit_words(0.05), add_local_paragraph, *_RETOLD
        )
        for share in _SHARES
    },
}
"""Kinds of edit by name, in the order in which they are reported."""
