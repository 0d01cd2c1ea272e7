"""A word of a question → the words that an article may have for it: other inflections of English
nouns and verbs that share no stem with it.

The search's stemmer takes "votes" for "vote", but not "bought" for "buy" or "crises" for "crisis".
No synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rag.lexical import terms

_IRREGULAR = """
man men|woman women|child children|person people|foot feet|tooth teeth|goose geese|mouse mice|
ox oxen|die dice|penny pence|brother brethren|this these|that those|
be is are was were been being|have has had|do does did done|go goes went gone|say says said|
make makes made|know knew known|think thought|take took taken|see saw seen|come came|
get got gotten|give gave given|find found|tell told|become became|leave left|feel felt|
bring brought|begin began begun|keep kept|hold held|write wrote written|stand stood|hear heard|
mean meant|meet met|run ran|pay paid|sit sat|speak spoke spoken|lie lay lain|lead led|
grow grew grown|lose lost|fall fell fallen|send sent|build built|understand understood|
draw drew drawn|break broke broken|spend spent|rise rose risen|drive drove driven|buy bought|
wear wore worn|choose chose chosen|seek sought|throw threw thrown|catch caught|deal dealt|
win won|forget forgot forgotten|lay laid|sell sold|fight fought|teach taught|eat ate eaten|
sing sang sung|strike struck stricken|hang hung hanged|shake shook shaken|ride rode ridden|
feed fed|shoot shot|drink drank drunk|fly flew flown|flee fled|bear bore borne born|
arise arose arisen|sleep slept|steal stole stolen|swear swore sworn|tear tore torn|
freeze froze frozen|hide hid hidden|blow blew blown|bind bound|bite bit bitten|breed bred|
cling clung|creep crept|dig dug|forbid forbade forbidden|foresee foresaw foreseen|
forgive forgave forgiven|grind ground|kneel knelt|light lit|mistake mistook mistaken|
overcome overcame|overtake overtook overtaken|prove proven|ring rang rung|shine shone|
show showed shown|shrink shrank shrunk|sink sank sunk|slide slid|spin spun|spring sprang sprung|
stick stuck|sting stung|stride strode|strive strove striven|sweep swept|swim swam swum|
swing swung|undergo underwent undergone|undertake undertook undertaken|wake woke woken|
weave wove woven|weep wept|wind wound|withdraw withdrew withdrawn|withstand withstood|burn burnt|
dream dreamt|learn learnt|spell spelt|spill spilt|leap leapt|lean leant|lend lent|bend bent|
sew sewn|sow sown|mow mown|swell swollen|uphold upheld|oversee oversaw overseen|
outdo outdid outdone|redo redid redone|rebuild rebuilt|resell resold|repay repaid|mislead misled|
misunderstand misunderstood|good better best|bad worse worst
"""
_ENDINGS = (
    ("ves", "f"), ("ves", "fe"), ("f", "ves"), ("fe", "ves"), ("is", "es"), ("es", "is"),
    ("us", "i"), ("i", "us"), ("um", "a"), ("a", "um"), ("on", "a"), ("a", "on"), ("ix", "ices"),
    ("ex", "ices"), ("ices", "ix"), ("ices", "ex"), ("eau", "eaux"), ("eaux", "eau"), ("es", ""),
    ("s", ""), ("", "s"), ("", "es"), ("men", "man"), ("man", "men"), ("zzes", "z"), ("sses", "s"),
)  # fmt: skip


@cache
def _groups() -> dict[str, frozenset[str]]:
    """The term of each form → all forms of its group."""
    groups: dict[str, frozenset[str]] = {}
    for group in " ".join(_IRREGULAR.split()).split("|"):
        forms = frozenset(group.split())
        for term in {term for form in forms for term in terms(form)}:
            groups[term] = groups.get(term, frozenset()) | forms
    return groups


def irregular_terms(word: str) -> tuple[str, ...]:
    """A word as written → the terms of its irregular forms, its own left out."""
    own = terms(_plain(word))
    return _terms_of(word, _groups().get(own[0], frozenset()) if len(own) == 1 else ())


def ending_terms(word: str) -> tuple[str, ...]:
    """A word as written → the terms that it would have with the ending of another number, its own
    left out. Most are no words, and one may be another word: "pares" for "Paris".
    """
    plain = _plain(word)
    return _terms_of(
        word,
        (
            plain[: len(plain) - len(ending)] + other
            for ending, other in _ENDINGS
            if plain.endswith(ending)
            and len(plain) - len(ending) >= (2 if {ending, other} == {"", "s"} else 3)  # "MPs"
        ),
    )


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.casefold())


def _terms_of(word: str, forms: Iterable[str]) -> tuple[str, ...]:
    found = {term for form in forms if len(of_form := terms(form)) == 1 for term in of_form}
    return tuple(sorted(found.difference(terms(word))))
