"""A text → its words that carry meaning: what two texts about one thing are likely to share.

Left out are words of grammar, and those by which a sentence speaks of a source or joins another
("according", "moreover"); any sentence may have them.
"""

from __future__ import annotations

from functools import cache

from rag.lexical import terms

_SMALL = """
a about above across after again against ago all almost along already also although always am among
an and another any are around as at away back be became because become been before being below
between both but by came can come could did do does doing done down during each either else enough
even ever every few for from further get gets getting give given go goes going gone got had has have
having he her here hers herself him himself his how however i if in including instead into is it its
itself just kind like made make makes making many may me might mine more moreover most much must my
myself near nearly neither never no nor not now of off often on once one only onto or other others
our out over own per perhaps quite rather really s said same say says she should since so some
something still such t take than that the their theirs them themselves then there therefore these
they this those though through thus to together too toward towards under until up upon us used using
very via was way we were what when where whether which while who whom whose why will with within
without would yet you your according article articles report reported reports source sources state
stated states add added adds tell told describe described call called mention mentioned note noted
don didn isn aren wasn weren hasn haven hadn wouldn couldn shouldn doesn ll ve re
"""


@cache
def _small_terms() -> frozenset[str]:
    return frozenset(terms(_SMALL))


def content(text: str) -> list[str]:
    """A text → its words that carry meaning, as the search writes them, repeats kept."""
    return [t for t in terms(text) if t not in _small_terms() and (len(t) > 1 or t.isdigit())]
