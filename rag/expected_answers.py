"""What a question asks for and a sentence → the spans of that kind in it.

By pattern, in English: names by their capitals, times, numbers with their units, places after
their prepositions, words of cause, quotations and definitions. What the question's own words cover
is left out. It does not say that a span answers: that is for who reads the sentence.
"""

from __future__ import annotations

import re

from rag.asked_kinds import Asked, Expected, overlaps
from rag.expected_names import persons, places
from rag.expected_numbers import numbers
from rag.expected_times import times
from rag.lexical import terms


def expected_spans(asked: Asked, sentence: str) -> list[Expected]:
    """The spans of the kind asked for, in order of place, that have a word the question lacks.

    Empty for a question of kind "other". Spans of one kind do not overlap.
    """
    find = _FINDERS.get(asked.kind)
    if find is None:
        return []
    return [
        found
        for found in find(asked, sentence)
        if not asked.words.issuperset(terms(sentence[found.start : found.end]))
    ]


def has_expected(asked: Asked, sentence: str) -> bool:
    """Whether a sentence has any span of the kind asked for."""
    return bool(expected_spans(asked, sentence))


_REASON = re.compile(
    r"\b(?:because(?:\sof)?|since|due\s(?:in\spart\s|largely\s|mainly\s)?to|owing\sto|thanks\sto|"
    r"in\sorder\sto|so\sthat|as\sa\s(?:result|consequence)|in\sresponse\sto|on\s(?:the\s)?grounds|"
    r"blam(?:ed?|ing)|caus(?:ed?|es|ing)|reasons?|led\sto|leads?\sto|leading\sto|result(?:ed|ing|s)?"
    r"\s(?:in|from)|therefore|thus|hence|prompted|forced|triggered|attributed|stemm?(?:ed|s|ing)|"
    r"motivated|driven\sby|after|amid|over\sfears?|for\sfear|fear(?:ing|s|ed)?|given\sthat|so|as|"
    r"for|by|intended|aimed?|hoped?|hoping|wanted|meant|allow(?:s|ed|ing)?|mak(?:es?|ing)|when|if|"
    r"with|without|to\s(?=[a-z]+\b)(?!(?:the|an?|his|her|its|their|this|that|be)\b))\b[^.;]*",
    re.IGNORECASE,
)
_SURE_REASON = re.compile(
    r"because|due|owing|thanks|in order|so that|in response|caus|reason|blam|attribut|prompt|"
    r"on (?:the )?grounds|over fear|for fear|given that|as a (?:result|con)|stem|result",
    re.IGNORECASE,
)


def _reasons(asked: Asked, sentence: str) -> list[Expected]:
    return [
        Expected(*m.span(), bool(_SURE_REASON.match(m.group()))) for m in _REASON.finditer(sentence)
    ]


_QUOTATION = re.compile(r"“[^“”]{2,}(?:”|$)|\"[^\"]{2,}\"|«[^«»]{2,}»|„[^„“”]{2,}[“”]")
_REPORTED = re.compile(
    r"\b(?:said|says|saying|told|tells|added|adds|call(?:s|ed|ing)|describ(?:es|ed|ing)|argu(?:es|ed)"
    r"|warn(?:s|ed)|claim(?:s|ed|ing)|announc(?:es|ed)|wrote|writes|tweeted|repl(?:ies|ied)|"
    r"according\sto|promis(?:es|ed)|admit(?:s|ted)|den(?:ies|ied)|declar(?:es|ed)|insist(?:s|ed)|"
    r"explain(?:s|ed)|predict(?:s|ed)|suggest(?:s|ed)|recommend(?:s|ed)|stat(?:es|ed)|asked|nam(?:ed|"
    r"ing)|spoke|responded|remarked|believ(?:es|ed)|thought|report(?:s|ed)|termed|referred|coined|"
    r"proposed|noted|criticis?z?ed|praised|complained|urged|words)\b",
    re.IGNORECASE,
)


def _quotations(asked: Asked, sentence: str) -> list[Expected]:
    """Words in quotation marks, and reported speech as uncertain."""
    found = [Expected(*m.span(), True) for m in _QUOTATION.finditer(sentence)]
    found += [
        Expected(*m.span(), False)
        for m in _REPORTED.finditer(sentence)
        if not overlaps(m.span(), found)
    ]
    return sorted(found, key=lambda e: e.start)


_DEFINITION = re.compile(
    r"\b(?:is|are|was|were|means?|meaning|meant|refers?\sto|denotes?|known\sas|called|defined\sas|"
    r"consists?\sof|stands?\sfor|describes?|becomes?|became|i\.e\.|or)\s[^.;]*"
    r"|[,(–—]\s?(?:an?|the|one\sof|who|which|then|also|[a-z]+)\s[^.;,()]*|\([^)]+\)|[\"“][^\"”]+[\"”]",
    re.IGNORECASE,
)
_SURE_DEFINITION = re.compile(
    r"(?:is|are|was|were)\s(?:an?|the|one)\s|(?:means?|refers?|denotes?|defined|stands?)\b|"
    r"[,(–—]\s?(?:an?|the)\s",
    re.IGNORECASE,
)


def _definitions(asked: Asked, sentence: str) -> list[Expected]:
    return [
        Expected(*m.span(), bool(_SURE_DEFINITION.match(m.group())))
        for m in _DEFINITION.finditer(sentence)
    ]


_FINDERS = {
    "person or body": persons,
    "time": times,
    "number": numbers,
    "place": places,
    "reason": _reasons,
    "quotation": _quotations,
    "definition": _definitions,
}
