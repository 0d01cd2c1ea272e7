"""The words by which a question marks a publisher's name: verbs and nouns of reporting."""

from __future__ import annotations

import re

from rag.names import terms

CALENDAR = terms(
    """january|february|march|april|may|june|july|august|september|october|november|december|jan|
    feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|
    saturday|sunday"""
)
_BASES = """
accuse add advise allege analyze anticipate argue assert attribute characterize cite claim commend
comment compare conclude confirm consider contend contrast cover credit criticize critique define
depict describe detail disclose discuss document dub emphasize estimate explain explore express
feature find focus forecast highlight hint identify illustrate imply indicate label list mention
name note outline point portray praise predict present print profile publish question quote rank
rate recognize recommend recount refer reference reiterate relay report reveal review say specify
speculate state stress suggest summarize tell think underline view warn write
"""
_IRREGULAR = terms(
    """said|wrote|written|told|found|shown|showed|thought|read|heard|
    saw|seen|implies|implied|specified|specifies|identified|identifies|analyse|
    analyses|analysed|emphasise|emphasised|emphasises|characterised|criticised|summarised|
    referred|referring|covers|aired|posted|appeared|appears|appear|broadcast"""
)
ARTICLES = terms("the|both|either|s|el|il|la|le")
JOINERS = terms("also|and|as|but|by|or|versus|vs|well")
DONE = re.compile(r"ed$|^(?:bought|built|held|hit|led|made|paid|run|sold|won)$")


def _inflected(base: str) -> tuple[str, ...]:
    stem = base.removesuffix("e")
    third = base + ("es" if base.endswith(("s", "sh")) else "s")
    return base, third, stem + "ed", stem + "ing"


VERBS = _IRREGULAR | {form for base in _BASES.split() for form in _inflected(base)}
NOUNS = terms(
    """account|accounts|analysis|article|articles|assessment|assertion|assertions|blog|claim|
    claims|column|coverage|depiction|description|dispatch|editorial|editorials|exclusive|
    explanation|guide|guides|headline|headlines|interview|interviews|investigation|op|opinion|
    perspective|piece|pieces|podcast|portrayal|portrayals|post|posts|prediction|predictions|
    reportage|report|reporting|reports|review|reviews|stance|statement|statements|stories|story|
    study|take|tone|version|view"""
)
# Preposition before a publisher's name → what it hangs on where it tells of a report.
HANGS_ON = dict.fromkeys(("at", "in", "with"), VERBS | NOUNS) | {
    # "Raised by Time" tells of a report; where Time "raises" or "runs" something, it acts itself.
    "by": VERBS | NOUNS | terms("carried|given|offered|printed|provided|raised|run"),
    "from": VERBS
    | NOUNS
    | terms("headlines|latest|news|outlets|publications|source|sources|update|updates"),
    "of": terms("article|articles|edition|issue|piece|report|reports|stories|story"),
    "on": terms(
        """aired|appeared|broadcast|covered|discussed|featured|heard|posted|published|read|seen|
        shown"""
    ),
    "to": terms("according|compared|contrary|contrast|interview|speaking|spoke|spoken"),
}
OUTLETS = terms(
    """agency|agencies|blog|broadcaster|broadcasters|channel|correspondent|daily|editor|journal|
    journalist|journalists|magazine|magazines|network|newspaper|newspapers|newsroom|outlet|
    outlets|paper|papers|portal|publication|publications|publisher|publishers|reporter|
    reporters|site|sites|source|sources|staff|tabloid|website|websites|weekly|writer|writers|
    wire"""
)
BEFORE = terms(
    """per|via|tell|tells|telling|told|apres|enligt|ifolge|laut|secondo|segundo|segun|selon|
    volgens|данным|пишет|согласно|сообщает|据|據"""
)
BEHIND_UNSPACED = re.compile(r"\s?(?:报道|报导|報道|報導|称|稱|によ[るれ]|[은는이가의]?\s?보도)")
# "Did the paper change its coverage": such a verb tells of reporting only with what it changes.
CHANGES = terms(
    """agree|alter|altered|change|changed|contradict|contradicted|differ|differed|differs|disagree|
    maintain|maintained|shift|shifted"""
)
ABOUT = terms(
    """about|against|at|by|concerning|for|from|in|into|like|of|on|over|regarding|to|toward|towards|
    under|with|within"""
)
_AUXILIARIES = terms("did|do|does|had|has|have|would")
BETWEEN = (
    terms(
        """all|also|both|consistently|either|even|ever|explicitly|fail|failed|fails|first|initially|
    just|later|never|not|only|originally|previously|recently|subsequently|then"""
    )
    | _AUXILIARIES
)
ARTICLE_KINDS = CALENDAR | terms(
    """another|earlier|exclusive|first|initial|investigative|last|latest|later|new|news|next|
    original|own|previous|recent|second|subsequent|third|st|nd|rd|th"""
)
GRAMMAR = (
    BEFORE
    | BETWEEN
    | ABOUT
    | CALENDAR
    | terms(
        """a|according|after|am|an|and|another|any|are|as|at|be|because|before|been|being|
        besides|between|but|compared|consider|considering|contrary|despite|during|earlier|except|
        excepting|excluding|following|given|he|her|how|if|is|it|its|like|nor|or|our|per|read|s|
        she|since|so|such|than|that|the|their|there|these|they|this|those|though|through|today|
        tomorrow|unless|unlike|until|versus|vs|was|we|were|what|when|where|whereas|whether|which|
        while|who|whom|whose|why|without|yesterday|yet|you|your|will|can|could|may|might|should"""
    )
)
CLOSED = GRAMMAR | VERBS | CHANGES | NOUNS | OUTLETS | ARTICLE_KINDS
APOSTROPHES = ("'", "’", "ʼ")
QUOTES = "\"'“”‘’„‚«»‹›「」『』《》`"
_ITEM = (
    r"(?:(?:article|item|newspaper|one|outlet|paper|piece|publication|publisher|report|source)s?|"
    r"coverage|news|reporting|stor(?:y|ies)|those)"
)
_NOT = r"(?:\bnot|n['’ʼ]t)"
# What stands before a name that a question sets aside: "all sources but the BBC", "news not from
# Time". "Dubbed a hero, but not by Time" tells what Time wrote and sets nothing aside; nor does
# "no outlet other than Time", which is the one asked for.
SET_ASIDE = re.compile(
    rf"""(?P<wanted>\b(?:no|none|nobody|nothing)\s+(?:(?:one|else|of|other|the|{_ITEM})\s+)*)?
    (?:\bother\s+(?:{_ITEM}\s+)?than
    |\b(?:except(?:ing)?|excluding|besides|(?:apart|aside)\s+from|exception\s+of)
    |\b(?:all|any|each|every)(?:one|body|thing)?(?:\s+(?:of|other|the))*(?:\s+{_ITEM})?\s+but
    |{_NOT}\s+(?:(?:come|coming|taken)\s+)?from
    |\b{_ITEM},?\s+(?:(?:that|which)\s+)?(?:(?:are|is|was|were)\s*)?{_NOT}\s+
        (?:(?:published|written)\s+)?by)
    (?:\s+(?:any|anything|by|for|from|in|of|on|the|{_ITEM}))*[\s{QUOTES}]+\Z""",
    re.IGNORECASE | re.VERBOSE,
)
# Between names of a list that is set aside: "other than Time and the BBC".
AND_ASIDE = re.compile(rf"[{QUOTES}]?,?\s(?:(?:and|n?or)\s)?(?:(?:from|the)\s)*[{QUOTES}]?")
LIST_GOES_ON = re.compile(rf"[{QUOTES}]?(?:,|\s(?:and|n?or)\b)")
