"""Lines of text → the lines that are the article, and what was left out and why.

Written to err on the side of keeping: a stray line costs a reader a glance, a lost paragraph
costs an answer. Corrections and updates are text. Lines are whole paragraphs here (hard-wrapped
text rejoined), and only lines that are boilerplate from end to end are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.metadata import is_credit, is_sentence


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not article text, and what it is instead."""

    line: str
    reason: str


def _whole(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"[\W_]*(?:{'|'.join(alternatives)})[\W_]*", re.IGNORECASE)


_PLACES = (
    r"(?:facebook|twitter|x|x \(twitter\)|twitter/x|linkedin|whatsapp|reddit|pinterest|telegram|"
    r"email|e-mail|mail|flipboard|tumblr|messenger|threads|bluesky|mastodon|sms|viber|vk|print|"
    r"pocket|copy link|link|instagram|youtube|tiktok|google news|rss)"
)

# What a line is when all of it matches; only lines of at most LINE_CHARACTERS are looked at.
LINE_CHARACTERS = 300
_WHOLE_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "share bar",
        _whole(
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
        _whole(
            r"skip to (?:the )?(?:main )?(?:content|navigation)|(?:main )?menu|home ?page|"
            r"back to (?:the )?top(?: button)?|scroll to top|to top|close(?: menu)?|search|"
            r"sign in|log ?in|register|subscribe(?: now)?|subscribe to continue(?: reading)?|"
            r"(?:next|previous|prev)(?: (?:article|post|story|page))?|loading|load more|"
            r"continue reading|read (?:the )?(?:full|more)(?: (?:story|article))?|show more|"
            r"view in browser|open in app|toggle navigation|go to homepage",
            r"(?:home\s*[>»›/|]\s*)(?:[\w &'’-]+\s*[>»›/|]\s*)*[\w &'’-]+",
            r"listen to (?:this )?(?:article|story)(?: \d+ min(?:utes)?)?|"
            r"\d+[ -]min(?:ute)?s?(?: read)?|(?:estimated )?reading time:? \d+ min(?:ute)?s?",
        ),
    ),
    (
        "advertisement",
        _whole(
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
        _whole(
            r"your email address will not be published.*|required fields are marked.*|"
            r"save my name,? (?:and )?e-?mail.*|post comment|cancel reply|"
            r"you must be (?:logged in|registered) to (?:post a comment|comment).*|"
            r"log in to (?:leave a )?(?:comment|reply).*|comments are closed.*|"
            r"this site uses akismet.*|learn how your comment data is processed.*",
        ),
    ),
    (
        "copyright line",
        _whole(
            r"(?:©|\(c\) ?\d|copyright\b(?=.{0,12}\d{4}| ©)).{0,200}|all rights reserved|"
            r"our standards: the thomson reuters trust principles.{0,60}|"
            r"(?:this material|the content) may not be (?:published|reproduced).{0,160}",
        ),
    ),
    (
        "picture credit",
        _whole(
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

_RELATED = _whole(
    r"related(?: (?:articles?|stories|story|posts?|news|topics?|content|links?|reading|coverage))?|"
    r"you (?:may|might) (?:also )?(?:like|be interested in)|more (?:stories|news|articles?)|"
    r"(?:read|what to read) next|recommended(?: (?:for you|stories|articles|reading))?|"
    r"trending(?: (?:now|stories|news))?|most (?:read|popular|viewed|shared)|"
    r"latest (?:news|stories)|top stories|more (?:from|on|in) [\w .&'’-]{2,40}|"
    r"don[’']t miss|up next|editor[’']s picks|see also|also read|"
    r"also on [\w .&'’-]{2,30}|similar (?:articles|posts|news)|"
    r"mehr zum thema|das könnte sie auch interessieren|lesen sie auch|à lire aussi|"
    r"artículos relacionados|noticias relacionadas|читайте также|по теме|похожие новости"
)
_COMMENTS = _whole(
    r"leave a (?:reply|comment)(?: cancel reply)?|(?:\d+ )?(?:comments|replies|responses)"
    r"(?: \(\d+\))?|join the (?:conversation|discussion)|post a comment|reader comments|"
    r"add a comment|write a comment|have your say|comment on this (?:story|article)"
)
_FIRST_PERSON_BIO = re.compile(
    r"(?:hi[,!] )?(?:I am|I['’]m|my name is) [A-Z].{0,120}\b(?:journalist|writer|reporter|editor|"
    r"author|blogger|columnist|correspondent|contributor|content creator)\b"
)
_BIO = re.compile(
    r"\b(?:is|was|has been|works as) (?:an? |the )?(?:[\w’'-]+,? ){0,6}"
    r"(?:journalist|writer|reporter|editor|author|blogger|columnist|correspondent|contributor|professor|fellow|critic|producer)\b",
    re.IGNORECASE,
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
    r"contact (?:us|the author) (?:at|on|via)|"
    r"(?:follow|contact) (?:him|her|them|the author) (?:on|at)|"
    r"if you (?:found|find) (?:a|an) (?:error|mistake)|заметили ошибку",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\W*(?:correction|clarification|update|updated|editor[’']s note|corrects?|erratum)\b", re.I
)
_LIST_ITEM = re.compile(r"[-•*·–—▪●]\s|\(?\d{1,3}[.)]\s")


IMAGES_PER_LINE = 200
"""Beyond it nobody wrote the line for readers; looking on would take minutes on such a file."""


def without_images(line: str) -> str:
    """A line without Markdown images, whose captions may hold brackets of their own."""
    at = line.find("![")
    for _ in range(IMAGES_PER_LINE):
        if at < 0:
            break
        end = _closed(line, at + 1, "[", "]")
        if end and end < len(line) and line[end] == "(":
            end = _closed(line, end, "(", ")")
        elif end and end < len(line) and line[end] == "[":
            end = _closed(line, end, "[", "]")
        elif end:
            end = 0  # "Wow![1]" is no image
        if not end:
            at = line.find("![", at + 2)
            continue
        before, after = line[:at], line[end:]
        if before.endswith("[") and (link := re.match(r"\]\([^()\s]*\)", after)):
            before, after = before[:-1], after[link.end() :]
        line = (before.rstrip() + " " + after.lstrip()).strip()
        at = line.find("![")
    return line


def _closed(line: str, at: int, opening: str, closing: str) -> int:
    """The position after the bracket that closes the one at ``at``; 0 where none does."""
    depth = 0
    for place in range(at, min(len(line), at + 4000)):
        if line[place] == opening:
            depth += 1
        elif line[place] == closing:
            depth -= 1
            if depth == 0:
                return place + 1
    return 0


def sort_out(lines: Sequence[str]) -> tuple[list[str], list[LeftOut]]:
    """Paragraphs in reading order → those of the article, and those left out with the reason.

    Bylines, dates and titles stay: ``metadata`` reads and takes them.
    """
    kept: list[str] = []
    left: list[LeftOut] = []
    rest, comments = _without_comments([line for line in lines if line.strip()])
    # Characters of prose before each line, and how many lines of prose: the end's are the totals.
    lengths = [len(line) if _is_prose(line) else 0 for line in rest]
    prose = list(accumulate(lengths, initial=0))
    prose_lines = list(accumulate(map(bool, lengths), initial=0))
    at = 0
    while at < len(rest):
        line = without_images(rest[at])
        links = 2 * (prose_lines[-1] - prose_lines[at]) <= len(rest) - at - 1
        ends = _end_of_block(rest, at, prose[at], prose[-1] - prose[at], links=links)
        if ends > at:
            left += [LeftOut(each, "block below the article") for each in rest[at:ends]]
            at = ends
            continue
        reason = "image" if not line else _reason(line)
        if reason:
            left.append(LeftOut(rest[at], reason))
        else:
            kept.append(line)
        at += 1
    return _without_tail(kept, left + comments)


def _without_comments(lines: list[str]) -> tuple[list[str], list[LeftOut]]:
    """Cuts at the comments' heading, where more prose stands above it than below."""
    lengths = list(accumulate((len(line) if _is_prose(line) else 0 for line in lines), initial=0))
    for at, line in enumerate(lines):
        if len(line) <= 80 and _COMMENTS.fullmatch(line) and 2 * lengths[at] > lengths[-1]:
            return lines[:at], [LeftOut(each, "comments") for each in lines[at:]]
    return lines, []


def _is_prose(line: str) -> bool:
    return len(line.split()) >= 12 and bool(re.search(r"[.!?…。][\"'”’»)\]]*$", line))


def _reason(line: str) -> str:
    """What a line is instead of text, judged by itself; "" for text."""
    if len(line) > LINE_CHARACTERS and not line.startswith("("):
        return ""
    if _CORRECTION.match(line):
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


def _end_of_block(
    lines: Sequence[str], at: int, prose_before: int, prose_left: int, *, links: bool
) -> int:
    """Where the block that a heading at ``at`` opens ends; ``at`` itself where none opens there.

    A "Related articles" block runs to the end too where little prose
    follows and most lines below are ``links``; amid an article it is the links below the heading.
    """
    line = lines[at]
    if len(line) > 80:
        return at
    if _COMMENTS.fullmatch(line):
        return at + 1
    if not _RELATED.fullmatch(line):
        return at
    if links and 3 * prose_left <= prose_before:
        return len(lines)
    end = at + 1
    while end < len(lines) and _is_link(lines[end]):
        end += 1
    # A single line between "Related" and prose may be the prose's own heading: it stays.
    return end if end != at + 2 or end == len(lines) else at + 1


def _is_link(line: str) -> bool:
    """Whether a line below "Related" can be another article's headline; a subheading is shorter."""
    return 4 <= len(line.split()) <= 25 and not is_sentence(line)


def _without_tail(kept: list[str], left: list[LeftOut]) -> tuple[list[str], list[LeftOut]]:
    """Takes what only counts as boilerplate at an article's end: credits, bios, stray links."""
    tail: list[LeftOut] = []
    end = len(kept)
    while end > 1 and (reason := _tail_reason(kept[end - 1])):
        end -= 1
        tail.append(LeftOut(kept[end], reason))
        # A site's name between its description and the credit, a link above "Subscribe".
        above = kept[end - 1]
        between = reason != "credit line" and end > 1 and _tail_reason(kept[end - 2])
        named = reason == "site's description of itself" and above in kept[end]
        if (between or named) and end > 1 and len(above.split()) <= 4 and not is_sentence(above):
            end -= 1
            tail.append(LeftOut(above, "site name"))
    cut_below = bool(tail) or (bool(left) and _cut_at_end(kept, left))
    if cut_below and end > 3 and _is_stray_link(kept[:end]):
        end -= 1
        tail.append(LeftOut(kept[end], "link to another article"))
    return kept[:end], left + tail[::-1]


def _cut_at_end(kept: Sequence[str], left: Sequence[LeftOut]) -> bool:
    return left[-1].reason in (
        "subscription line", "share bar", "block below the article", "comments"
    )  # fmt: skip


def _is_stray_link(kept: Sequence[str]) -> bool:
    """Whether the last line is a headline with nothing below it, under an article of prose."""
    last, body = kept[-1], kept[1:-1]
    return (
        4 <= len(last.split()) <= 16
        and not re.search(r"[.!?…:;,\"”’)\]]$", last)
        and not _LIST_ITEM.match(last)
        and not _CORRECTION.match(last)
        and not body[-1].endswith(":")
        and 2 * sum(map(_is_prose, body)) >= len(body)
        and _is_prose(body[-1])
    )


def _tail_reason(line: str) -> str:
    if not line or _CORRECTION.match(line):
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


def without_bios(lines: Sequence[str], authors: Sequence[str]) -> tuple[list[str], list[LeftOut]]:
    """The body → without a last paragraph that describes one of the article's own authors."""
    kept = list(lines)
    left: list[LeftOut] = []
    while len(kept) > 3 and len(kept[-1]) <= 500:
        if not any(kept[-1].startswith(name) for name in authors) or not _BIO.search(kept[-1]):
            break
        left.insert(0, LeftOut(kept.pop(), "author's bio"))
    return kept, left
