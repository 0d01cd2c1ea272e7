"""A noun of a question → the kind of thing that it asks for: "company", "year", "price", "city".

English nouns, singular and plural, that news asks by. A noun that means several things ("state",
"body") stands where it asks most often.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal[
    "person or body", "time", "number", "place", "reason", "quotation", "definition", "other"
]


def _nouns(words: str) -> frozenset[str]:
    """Nouns → the same with their plurals."""
    singular = words.split()
    plural = [f"{w[:-1]}ies" if re.search("[^aeiou]y$", w) else f"{w}s" for w in singular]
    return frozenset([*singular, *plural, *(f"{w}es" for w in singular if w[-1:] in "hsx")])


_PERSONS = _nouns("""
person man woman boy girl child king queen emperor empress president minister premier chancellor
mayor governor senator politician congressman lawmaker leader chief chairman chairwoman chairperson
director ceo founder founders cofounder author writer poet novelist playwright journalist reporter
editor columnist scientist researcher physicist chemist biologist mathematician astronomer geologist
engineer inventor economist historian philosopher theologian theorist scholar professor student
teacher doctor physician nurse lawyer judge justice attorney prosecutor actor actress singer
musician composer conductor artist painter sculptor photographer architect designer producer player
coach manager footballer quarterback striker goalkeeper midfielder captain driver athlete rider
runner swimmer boxer winner champion candidate nominee successor predecessor general admiral
commander officer soldier sergeant colonel spokesman spokeswoman spokesperson official ambassador
diplomat envoy pope bishop archbishop priest monk saint god goddess deity figure individual explorer
navigator sailor pilot astronaut businessman businesswoman entrepreneur investor billionaire
executive owner victim suspect employee worker resident critic expert analyst monarch ruler duke
prince princess lord activist celebrity guest member brother sister father mother husband
wife son daughter friend colleague assassin killer murderer rapper comedian presenter host
""") | {"people", "men", "women", "children"}  # fmt: skip
_BODIES = _nouns("""
company firm corporation business bank airline manufacturer maker carmaker publisher newspaper
magazine broadcaster network channel agency organization organisation institution institute
university college school group party team club league association union federation committee
commission council court tribunal parliament congress senate ministry department government
administration army navy entity body brand retailer startup band orchestra charity foundation
museum tribe dynasty family authority consortium laboratory operator supplier sponsor rival outlet
regulator watchdog denomination alliance coalition board
""") | {"police"}  # fmt: skip
_PLACES = _nouns("""
country city town village province region county district area location place continent island
river lake mountain sea ocean street road avenue building stadium venue airport port harbour harbor
capital planet territory colony neighbourhood neighborhood borough bay coast nation border park
hotel site square valley desert peninsula hometown birthplace suburb parish municipality room
headquarters facility
""") | {"state", "states"}  # fmt: skip
_TIMES = {
    "year": "year", "years": "year", "date": "day", "dates": "day", "day": "day", "days": "day",
    "month": "month", "months": "month", "century": "century", "centuries": "century",
    "decade": "decade", "decades": "decade", "time": "", "season": "", "era": "", "period": "",
    "weekday": "weekday", "week": "", "hour": "clock", "quarter": "", "dates:": "day",
}  # fmt: skip
_NUMBERS = {
    "percentage": "percent", "percent": "percent", "proportion": "share", "share": "share",
    "fraction": "share", "number": "", "amount": "", "price": "money",
    "cost": "money", "sum": "money", "total": "", "temperature": "temperature", "speed": "speed",
    "population": "", "distance": "length", "height": "length", "length": "", "width": "length",
    "depth": "length", "altitude": "length", "elevation": "length", "weight": "", "mass": "",
    "size": "", "age": "age", "rate": "", "score": "", "salary": "money", "budget": "money",
    "revenue": "money", "profit": "money", "income": "money", "fee": "money", "fine": "money",
    "margin": "", "average": "", "ratio": "", "magnitude": "", "turnover": "money", "capacity": "",
    "bail": "money", "endowment": "money", "toll": "", "attendance": "", "duration": "duration",
    "gdp": "", "wage": "money", "worth": "money",
}  # fmt: skip
_REASONS = _nouns("reason motive explanation rationale") | {"cause"}


def noun_meaning(word: str) -> tuple[Kind, str, str] | None:
    """A noun in lower case → the kind it asks for and its unit, see ``asked_kinds``; None where it
    says nothing. The third is empty: nothing is counted.
    """
    if word in _PERSONS or word in _BODIES:
        return "person or body", "", ""
    if word in _PLACES:
        return "place", "", ""
    if word in _TIMES:
        return "time", _TIMES[word], ""
    if word in _NUMBERS:
        return "number", _NUMBERS[word], ""
    return ("reason", "", "") if word in _REASONS else None


def role_nouns() -> frozenset[str]:
    """What people and bodies are called without their names: "mayor", "council", "farmers"."""
    return _PERSONS | _BODIES
