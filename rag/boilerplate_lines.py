"""A line by itself → what it is instead of article text, or "" where it is text.

Only lines that are boilerplate from end to end count; corrections and updates are text.
"""

from __future__ import annotations

import re

from rag.credit_lines import is_credit
from rag.notes import is_correction


def whole(*alternatives: str) -> re.Pattern[str]:
    """Alternatives → the pattern of a line that is one of them from end to end."""
    return re.compile(rf"[\W_]*(?:{'|'.join(alternatives)})[\W_]*", re.IGNORECASE)


_PLACES = (
    r"(?:facebook|twitter|x|x \(twitter\)|twitter/x|linkedin|whatsapp|reddit|pinterest|telegram|"
    r"email|e-mail|mail|flipboard|tumblr|messenger|threads|bluesky|mastodon|sms|viber|vk|print|"
    r"pocket|copy link|link|instagram|youtube|tiktok|google news|rss)"
)

# What pages that show the beginning only say in its place, one after another on one line.
_PAYWALL = (
    r"(?:please )?(?:subscribe|sign (?:up|in)|log ?in|register)(?: now| or \w+(?: in| up)?)?"
    r" to (?:continue|keep) reading|(?:subscribe|log ?in|sign in|register)(?: now| here)?|"
    r"already (?:a|have an?) (?:subscriber|subscription|account|member)|"
    r"this (?:article|story|content|post) is (?:for|available to|exclusive to|reserved for) "
    r"(?:our )?(?:paid |paying )?(?:subscribers|members)(?: only)?|"
    r"you have (?:\d+|one|no) (?:more )?free (?:articles?|stories) (?:left|remaining)"
    r"(?: this (?:week|month))?"
)
# A label whose value was lost with the markup.
_STUB = whole(
    r"(?:first )?published(?: on| at)?|(?:last )?updated(?: on| at)?|posted(?: on| at)?|"
    r"veröffentlicht(?: am)?|aktualisiert(?: am)?|publié(?: le)?|mis à jour(?: le)?|publicado|"
    r"actualizado|pubblicato|aggiornato"
)

# What a line is when all of it matches; only lines of at most LINE_CHARACTERS are looked at.
LINE_CHARACTERS = 300
_WHOLE_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "share bar",
        whole(
            rf"(?:click to )?(?:share|post|send|pin|save|tweet|email)(?: this)?"
            rf"(?: (?:article|story|post|page|link))?(?: (?:on|to|via|by|with|using|in) {_PLACES})?"
            r"(?: \(opens in new window\))?",
            rf"{_PLACES}(?:[\s,|/•·]+(?:and )?{_PLACES})+",
            r"tweet|retweet|pin it|copy link|link copied|print this(?: page| article)?|"
            r"share (?:full|this) article|share options|share (?:this|on|via)|shares?|"
            r"facebook|twitter|linkedin|whatsapp|pinterest|reddit|flipboard|copied",
            r"\d+(?:\.\d+)?k? (?:shares?|views?|likes?|comments?)|add (?:a )?comments?|"
            r"(?:view|show|read|see)(?: all)?(?: \d+)? comments?",
        ),
    ),
    (
        "navigation",
        whole(
            r"skip to (?:the )?(?:main )?(?:content|navigation)|(?:main )?menu|home ?page|"
            r"back to (?:the )?top(?: button)?|scroll to top|to top|close(?: menu)?|search|"
            r"sign in|log ?in|register|subscribe(?: now)?|subscribe to continue(?: reading)?|"
            r"(?:next|previous|prev)(?: (?:article|post|story|page))?|loading|load more|"
            r"continue reading|read (?:the )?(?:full|more)(?: (?:story|article))?|show more|"
            r"view in browser|open in app|toggle navigation|go to homepage",
            r"(?:home\s*[>»›/|]\s*)(?:[\w &'’-]+\s*[>»›/|]\s*)*[\w &'’-]+",
            r"listen to (?:this )?(?:article|story)(?: \d+ min(?:utes)?)?|"
            r"\d+[ -]min(?:ute)?s?(?: read)?|(?:estimated )?reading time:? \d+ min(?:ute)?s?",
            r"(?:aggiornato (?:alle )?\d{1,2}[:.]\d{2}\W*)?\d+ minut[oi] di lettura|"
            r"lecture:? \d+ min|\d+ min(?:utes)? de lecture|lesezeit:? \d+ min(?:uten)?|"
            r"\d+ min(?:utos)? de lectura|more videos|\d+ words",
        ),
    ),
    (
        "subscription line",
        whole(
            rf"(?:{_PAYWALL})(?:[\W_]+(?:{_PAYWALL}))*",
            r"il vous reste [\d.,]+ ?% de cet article à lire.{0,80}",
            r"(?:jetzt )?(?:(?:unseren?|den|kostenlosen?) )*newsletter (?:jetzt )?"
            r"(?:kostenlos )?(?:abonnieren|bestellen)\b.{0,80}",
            r"you(?:[’']re| are)? (?:received?|receiving|got) this (?:e-?mail|message|newsletter) "
            r"because .{0,200}|unsubscribe(?:[\W_]+(?:manage|update|edit|change) (?:your )?"
            r"(?:e-?mail )?(?:preferences|settings|subscriptions?))?",
        ),
    ),
    (
        "advertisement",
        whole(
            r"advertisements?(?: ?[-–—] ?(?:continue|story|scroll|article).{0,60})?|"
            r"(?:story|article) continues (?:below|after) (?:this )?(?:advertisement|ad|video)|"
            r"(?:scroll|continue) (?:down )?(?:to continue )?(?:reading |below )?"
            r"(?:the|this|after) (?:advertisement|ad)|sponsored(?: content| links?)?|"
            r"promoted(?: content| stories)?|paid (?:content|post)|anzeige|werbung|publicité|"
            r"publicidad|pubblicità|реклама|bezahlte anzeige",
        ),
    ),
    (
        "comment form",
        whole(
            r"your email address will not be published.*|required fields are marked.*|"
            r"save my name,? (?:and )?e-?mail.*|post comment|cancel reply|"
            r"you must be (?:logged in|registered) to (?:post a comment|comment).*|"
            r"log in to (?:leave a )?(?:comment|reply).*|comments are closed.*|"
            r"this site uses akismet.*|learn how your comment data is processed.*",
        ),
    ),
    (
        "copyright line",
        whole(
            r"(?:©|\(c\) ?\d|copyright\b(?=.{0,12}\d{4}| ©)).{0,200}|all rights reserved|"
            r"our standards: the thomson reuters trust principles.{0,60}|"
            r"(?:무단 ?전재.{0,80}|저작권자 ?[ⓒ©(].{0,160})",
            r"(?:this material|the content) may not be (?:published|reproduced).{0,160}",
        ),
    ),
    (
        "picture credit",
        whole(
            r"(?:ap|afp|reuters|getty(?: images)?|epa|shutterstock|alamy|istock)"
            r"(?: (?:photo|images?|pool))?(?: ?/ ?[^.!?]{1,80})?",
            r"(?:photo(?:graph)?s?|image|picture|illustration|graphic|foto|bild)"
            r"(?: (?:credit|courtesy|source|by))*\s*(?:[:/©]|(?<= by)|(?<=courtesy) of)"
            r"\s*[^.!?]{1,120}\.?",
            r"(?:image|photo|picture) (?:caption|source),? .{1,200}|"
            r"(?:file )?(?:photo|image|picture) (?:by|via|from|courtesy of) [^.!?]{1,100}",
        ),
    ),
)

# A line that starts so is such a line to its end. Case matters where a sentence could start so.
_STARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("caption", re.compile(r"\(?(?:FILE PHOTO|FILE IMAGE|FILE)\b ?[:–—-]")),
    ("caption", re.compile(r"\[caption\b[^\]]*\].*\[/caption\]$")),
    (
        "picture credit",
        re.compile(
            r"[(\[](?:photo|image|picture|illustration|graphic|foto|file photo)"
            r"(?: credit| by| courtesy)?\b[^()\[\]]{0,160}[)\]]\W*$",
            re.I,
        ),
    ),
    (
        "link to another article",
        re.compile(
            r"(?:(?:read|see|watch|listen|learn) (?:more|also|next|now)|also read|read also|"
            r"see also|related|(?:read )?more on this(?: story)?|more from [\w .&'-]{2,40}|"
            r"recommended|must read|don[’']t miss|up next|mehr zum thema|lesen sie auch|"
            r"à lire aussi|lire aussi|lea también|leggi anche|читайте также|читайте також)"
            r"\s*(?:[:：|»>]|\s-\s)",
            re.I,
        ),
    ),
    ("link to another article", re.compile(r"(?:READ|WATCH|LISTEN|SEE)(?: MORE| ALSO)?\s*[:|]")),
    (
        "reporting credit",
        re.compile(
            r"\((?:additional |with )?(?:reporting|writing|editing|compiled|translated|edited|"
            r"written|produced|photos?|graphics?|files|input)\b[^()]{0,400}\)\W*$",
            re.I,
        ),
    ),
    (
        "reporting credit",
        re.compile(
            r"(?:additional )?(?:reporting|writing|edited|compiled|written) (?:and \w+ )?by "
            r"[^.!?\"“]{3,300}[;,] (?:additional )?(?:reporting|writing|editing|edited) "
            r"(?:and \w+ )?by [^!?\"“]{3,200}$",
            re.I,
        ),
    ),
)

_SUBSCRIBE = re.compile(
    r"(?:subscribe to|sign up (?:to|for)|join|follow|like|get|download|receive)\s+(?:us|our)\b|"
    r"enter your e-?mail|(?:subscribe|sign up) (?:to|for) (?:the |\w+['’]s )?[\w' -]{0,40}"
    r"(?:newsletter|channel)|follow [\w @.]{2,30} on (?:facebook|twitter|x|instagram|telegram|"
    r"whatsapp|google news)",
    re.IGNORECASE,
)
_SUBSCRIBE_OBJECT = re.compile(
    r"newsletter|inbox|telegram|whatsapp|youtube|facebook|instagram|twitter|viber|tiktok|"
    r"google news|our app|mobile app|channel|podcast|alerts|e-?mail address|push notifications",
    re.IGNORECASE,
)
_THIRD_PERSON = re.compile(r"\b(?:he|she|they|said|says|told|who|users|according)\b", re.IGNORECASE)
SUBSCRIBE_WORDS = 35

# What the parts of a form for a newsletter or an account say, in whatever order they were read.
_FORM_PARTS = re.compile(
    r"(?P<a>(?:enter|provide) (?:a valid|your) e-?mail(?: address)?)|"
    r"(?P<b>privacy (?:notice|policy))|"
    r"(?P<c>thanks for (?:signing up|subscribing))|(?P<d>would like to (?:be emailed|receive))|"
    r"(?P<e>terms of (?:service|use))|(?P<f>check your (?:e-?mail|inbox))|"
    r"(?P<g>(?:sign up|subscribe) (?:to|for) (?:our|the)\b)|(?P<h>you (?:are agreeing|agree) to)|"
    r"(?P<i>(?:our|with your) free (?:\w+ ){0,4}(?:newsletter|email|account))"
)
_FORM_PARTS_NEEDED, _FORM_WORDS = 3, 120

_FIRST_PERSON_BIO = re.compile(
    r"(?:hi[,!] )?(?:I am|I['’]m|my name is) [A-Z].{0,120}\b(?:journalist|writer|reporter|editor|"
    r"author|blogger|columnist|correspondent|contributor|content creator)\b"
)
_SELF_DESCRIPTION = re.compile(
    r"Welcome to .{2,60}?,? (?:your|the|a|an) |(?:.{2,40} is )?your (?:number one|no\. ?1|#1|"
    r"trusted|go-to|daily|one-stop|premier|leading) (?:\w+ )?(?:source|destination|portal|"
    r"website|site|platform|guide)|about us\W*$|"
    r"we(?:[’']re| are) dedicated to (?:giving|providing|bringing)",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:tags?|filed under|topics?|categor(?:y|ies)|keywords|posted in|more about|schlagwörter)"
    r"\s*[:：]|about the authors?\W*$|"
    r"(?:this|the) (?:article|story|post|piece|report) (?:was )?(?:originally|first) "
    r"(?:appeared|published|posted)|the post .{5,200} (?:first )?appeared first|"
    r"(?:additional )?(?:reporting|writing|editing) by [A-Z]|with (?:reporting|files) (?:by|from) |"
    r"\(?with (?:agency )?inputs?\b[^.!?]{0,60}$|"
    r"contact (?:us|the author) (?:at|on|via)|load-date: .{4,40}$|end of document\W*$|"
    r"document [A-Z\d]{6,}\d{8,}\w*$|"
    r"(?:follow|contact) (?:him|her|them|the author) (?:on|at)|"
    r"if you (?:found|find) (?:a|an) (?:error|mistake)|заметили ошибку",
    re.IGNORECASE,
)


def line_reason(line: str) -> str:
    """What a line is instead of text, judged by itself; "" for text."""
    if len(line) <= 30 and _STUB.fullmatch(line):
        return "label without a value"
    if is_correction(line):
        return ""
    if _is_form(line):
        return "subscription line"
    if len(line) > LINE_CHARACTERS and not line.startswith("("):
        return ""
    for reason, pattern in _WHOLE_LINES:
        if pattern.fullmatch(line):
            return reason
    for reason, pattern in _STARTS:
        if pattern.match(line) and len(line.split()) <= 80:
            return reason
    if (
        len(line.split()) <= SUBSCRIBE_WORDS
        and _SUBSCRIBE.search(line)
        and _SUBSCRIBE_OBJECT.search(line)
        and not _THIRD_PERSON.search(line)
        and not re.search(r"[\"“”«]", line)
    ):
        return "subscription line"
    return ""


def _is_form(line: str) -> bool:
    small = line.casefold()
    if ("mail" not in small and "newsletter" not in small) or len(line.split()) > _FORM_WORDS:
        return False
    parts = {found.lastgroup for found in _FORM_PARTS.finditer(small)}
    return len(parts) >= _FORM_PARTS_NEEDED


def tail_reason(line: str) -> str:
    """What the last line of an article is instead of text; "" for text."""
    if not line or is_correction(line):
        return ""
    if is_credit(line):
        return "credit line"
    if len(line) <= 600 and _FIRST_PERSON_BIO.match(line):
        return "author's bio"
    if len(line) <= 400 and _SELF_DESCRIPTION.match(line):
        return "site's description of itself"
    if len(line) <= LINE_CHARACTERS and _TRAILING.match(line):
        return "line below the article"
    return ""
