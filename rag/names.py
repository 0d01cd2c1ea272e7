"""Names as written → single names, told apart into people, publishers and news agencies."""

from __future__ import annotations

import re


def terms(text: str) -> frozenset[str]:
    """Terms between bars, over several lines → their set."""
    return frozenset(term.strip() for term in " ".join(text.split()).split("|"))


_AGENCIES = terms(
    """reuters|thomson reuters|ap|associated press|the associated press|afp|agence france-presse|
    agence france presse|dpa|apa|ats|keystone-sda|efe|europa press|ansa|adnkronos|lusa|belga|anp|
    tt|ntb|ritzau|pap|ctk|čtk|tass|interfax|ria novosti|ukrinform|unian|xinhua|kyodo|kyodo news|
    jiji press|yonhap|yonhap news agency|kcna|pti|press trust of india|ani|ians|upi|bloomberg|
    sda|epd|kna|dpa-afx|bernama|antara|anadolu|anadolu agency|aa|irna|wam|spa|mena|sana|sapa|aap|
    australian associated press|the canadian press|canadian press|pa media|pa|press association|
    dow jones newswires|ips|inter press service|cnn|bbc|bbc news|npr|afp-jiji|voa|rfe/rl|askanews|
    agerpres|mti|tanjug|sta|bta|bns|agi|telam|télam|notimex|prensa latina|ukrinform|
    тасс|интерфакс|риа новости|афп|рейтер|укринформ|укрінформ|уніан|інтерфакс-україна|бта|танјуг|
    新华社|新华网|中新社|共同|時事|연합뉴스|رويترز|أ ف ب"""
)
_AGENCIES_UNNAMED = terms(
    "agencies|agency|news agencies|wire reports|wires|agencias|agences|agenturen"
)
_ORGANISATION_WORDS = terms(
    """agency|bureau|daily|desk|editorial|editors|gazette|guardian|herald|journal|magazine|media|
    network|news|newspaper|newsroom|online|post|press|radio|reporters|service|staff|team|
    television|times|tribune|tv|wire"""
)
_ROLE = re.compile(
    r"\b(?:editor|writer|reporter|correspondent|columnist|contributor|analyst|producer|journalist|"
    r"chief|critic|intern|fellow|photographer)s?$",
    re.IGNORECASE,
)
# "By News Desk", "By The Editorial Board": they say that the publisher wrote it, not who that is.
_UNSIGNED_WORDS = terms(
    """the|our|own|a|an|and|news|web|online|digital|editorial|editors|board|desk|staff|team|newsroom|
    bureau|service|reporters|writers|foreign|international|national|world|local|city|metro|sports|
    business|political|politics|special|admin|redaktion|redaction|redazione|redacción|rédaction"""
)
_PARTICLES = terms("al|bin|da|dal|de|del|della|den|der|di|dos|du|el|la|le|ten|ter|van|von|y")
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?d|m\.?d|ii|iii|iv)\.?", re.IGNORECASE)
_NO_NAME = frozenset({"", "-", "n/a", "none", "null", "unknown", "undefined"})
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’ʼ-]*")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;/]|\s(?:and|und|et|y|e|&)\s)\s*(?:(?:and|&)\s+)?")


def is_agency(name: str) -> bool:
    """Tells whether a name is one of the news agencies known here."""
    return name.strip().casefold() in _AGENCIES


def agencies_in(mark: str) -> str:
    """A mark that names agencies and nothing else ("(AP)", "— Reuters", "dpa/AFP", "Agencies") →
    their names as written, or "".
    """
    found = re.fullmatch(r"[\s(\[|*_–—-]*(?:©\s?)?([^()\[\]|]{2,60}?)[\s)\]|*_.]*", mark)
    if not found:
        return ""
    names = re.split(r"\s*[/,;&+]\s*|\s-\s|\s(?:and|und|y|et|e)\s", found[1])
    if "/" in found[1] and is_agency(names[0]) and re.fullmatch(r"[a-z]{2,3}", names[-1]):
        names = names[:-1]  # the agency's regional office: "dpa/lnw"
    if not all(is_agency(name) or _is_unnamed(name) for name in names):
        return ""
    # "pa" and "sta" are words as well: short names that are no abbreviations by their capitals
    # are taken for agencies in brackets only.
    plain = len(names) == 1 and len(names[0]) <= 3 and names[0].islower()
    return "" if plain and not re.match(r"\s*[(\[]", mark) and names[0] != "dpa" else found[1]


def _is_unnamed(name: str) -> bool:
    return name.strip().casefold() in _AGENCIES_UNNAMED


def is_unsigned(name: str) -> bool:
    """Tells whether a byline names no one: a role ("Staff Writer") or a desk ("News Desk")."""
    words = name.casefold().split()
    return bool(_ROLE.search(name)) or (bool(words) and _UNSIGNED_WORDS.issuperset(words))


def without_agency(name: str) -> tuple[str, str]:
    """A name with its agency's behind it ("Tom Roe Associated Press") → the name, the agency.

    The agency is "" where none is there. Single words are agencies here only where they are set
    apart by capitals: "Maria Ansa" is a person. A newspaper is told by its small letters behind a
    name in capitals ("TOM ROE Tarn Gazette").
    """
    words = name.split()
    shouted = re.fullmatch(r"((?:[A-Z][A-Z.'’-]* ){2,3})([A-Z][a-z].*)", name)
    if shouted and is_organisation(shouted[2]):
        return shouted[1].strip(), shouted[2]
    for count in (3, 2, 1):
        person, agency = words[:-count], " ".join(words[-count:])
        if len(person) < 2 or not is_agency(agency):
            continue
        if count > 1 or agency == "Reuters" or (agency.isupper() and not person[-1].isupper()):
            return " ".join(person), agency
    return name, ""


def is_organisation(name: str) -> bool:
    """Tells whether a name is of a publisher rather than of a person, as far as can be seen."""
    words = name.casefold().split()
    return (
        is_agency(name)
        or (len(words) > 1 and words[0] == "the")
        or not _ORGANISATION_WORDS.isdisjoint(words)
        or bool(re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", name.casefold()))
    )


def is_name(text: str) -> bool:
    """Tells whether a text is shaped like a name: a few words, capitals where names have them."""
    words = text.split()
    return (
        1 <= len(words) <= 6
        and all(
            _NAME_WORD.fullmatch(word)
            and (word[0].isupper() or not word[0].islower() or word in _PARTICLES)
            for word in words
        )
        and not words[0].islower()
    )


def split_names(text: str) -> tuple[str, ...]:
    """Names in a row ("A, B and C") → each once, without roles ("Staff Writer")."""
    names: list[str] = []
    for part in _BETWEEN_NAMES.split(" ".join(text.split())):
        part = part.strip(" .") if not _SUFFIX.fullmatch(part) else part
        if _SUFFIX.fullmatch(part) and names:
            names[-1] = f"{names[-1]}, {part}"
        elif part.casefold() not in _NO_NAME and not _ROLE.search(part) and part not in names:
            names.append(part)
    return tuple(names)
