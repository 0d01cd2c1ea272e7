"""A date as written → the day or the zoned moment it means, or None where it is not certain.

A date that can be read two ways, or lacks its year, is none. Where in an article a date may stand
is for the modules that read its lines and markup.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import urlsplit

from rag.metadata import is_url
from rag.records import Published

# One row per month: English, German, French, Spanish, Italian, Portuguese, Dutch, Russian ·
# Ukrainian, Polish, Czech, Slovak, Swedish, Danish, Norwegian, Finnish, Hungarian, Romanian,
# Bulgarian · Turkish, Greek, Catalan, Indonesian, Arabic. Croatian is left out: its October is
# Polish for November.
_MONTH_ROWS = (
    """january jan januar jänner janvier janv enero ene gennaio janeiro januari января янв січня
    stycznia ledna januára tammikuuta január ianuarie януари ocak oca ιανουαρίου ιαν gener يناير""",
    """february feb februar feber février févr febrero febbraio febb fevereiro fev februari февраля
    фев лютого lutego února februára helmikuuta február febr februarie февруари şubat şub
    φεβρουαρίου φεβ febrer فبراير""",
    """march mar märz mär mars marzo março maart марта мар березня marca března maaliskuuta március
    márc martie март mart μαρτίου μαρ març maret مارس""",
    """april apr avril avr abril abr aprile апреля апр квітня kwietnia dubna apríla huhtikuuta
    április ápr aprilie април nisan nis απριλίου απρ أبريل""",
    """may mai mayo maggio magg maio mei мая май травня maja května mája maj toukokuuta május máj
    mayıs μαΐου μαϊ maig مايو""",
    """june jun juni juin junio giugno giu junho июня июн червня czerwca června júna kesäkuuta
    június jún iunie юни haziran haz ιουνίου ιουν juny يونيو""",
    """july jul juli juillet juil julio luglio lug julho июля июл липня lipca července júla
    heinäkuuta július júl iulie юли temmuz tem ιουλίου ιουλ juliol يوليو""",
    """august aug août agosto ago augustus августа авг серпня sierpnia srpna augusta augusti
    elokuuta augusztus август ağustos ağu αυγούστου αυγ agost agustus أغسطس""",
    """september sep sept septembre septiembre setiembre settembre setembro сентября сен вересня
    września září septembra syyskuuta szeptember szept septembrie септември eylül eyl
    σεπτεμβρίου σεπ setembre سبتمبر""",
    """october oct oktober okt octobre octubre ottobre outubro октября окт жовтня października
    října októbra lokakuuta október octombrie октомври ekim οκτωβρίου οκτ أكتوبر""",
    """november nov novembre noviembre novembro ноября ноя листопада listopadu novembra listopada
    marraskuuta noiembrie ноември kasım kas νοεμβρίου νοε نوفمبر""",
    """december dec dezember dez décembre déc diciembre dic dicembre dezembro декабря дек грудня
    grudnia prosince decembra desember joulukuuta decembrie декември aralık δεκεμβρίου δεκ
    desembre ديسمبر""",
)
_MONTHS = {
    name.casefold(): row for row, names in enumerate(_MONTH_ROWS, 1) for name in names.split()
}

# Hours from UTC. Names that mean several zones (IST, BST) or change with the season (ET) are
# left out: the day alone is then kept.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip

_TIME_ZERO = datetime(1970, 1, 1, tzinfo=UTC)

_ORDINAL = r"(?:st|nd|rd|th|º|er|\.)?"
_DAY = "|".join(
    (
        r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})",
        r"(?P<y2>\d{4})[/.](?P<m2>\d{1,2})[/.](?P<d2>\d{1,2})\b\.?",
        r"(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})",
        rf"(?P<d4>\d{{1,2}}){_ORDINAL}[ -](?:de |of )?(?P<m4>[^\W\d_]{{3,12}})\.?,?[ -](?:de )?"
        r"(?P<y4>\d{4})",
        rf"(?P<m5>[^\W\d_]{{3,12}})\.? (?P<d5>\d{{1,2}}){_ORDINAL},? (?P<y5>\d{{4}})",
        r"(?P<d6>\d{1,2})\.(?P<m6>\d{1,2})\.(?P<y6>\d{4})",
        r"(?P<a7>\d{1,2})[/-](?P<b7>\d{1,2})[/-](?P<y7>\d{4})",
        r"(?P<y8>\d{4})(?:年|년) ?(?P<m8>\d{1,2})(?:月|월) ?(?P<d8>\d{1,2})(?:日|일)"
        r"(?: ?[(（][^()（）\d]{1,4}[)）])?",
        r"(?P<y9>\d{4})\.? (?P<m9>[^\W\d_]{3,12})\.? (?P<d9>\d{1,2})\b\.?",
        r"(?:ngày )?(?P<d0>\d{1,2}) tháng (?P<m0>\d{1,2}),?(?: năm)? (?P<y0>\d{4})",
    )
)
_CLOCK = (
    r"(?:(?P<later>오전|오후) ?)?"
    r"(?P<hour>\d{1,2})(?:[:.h]|[時时点點시] ?)(?P<minute>\d{2})[分분]?"
    r"(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<half>[ap]\.?m\.?)?(?: ?Uhr)? ?"
    r"(?P<zone>(?:(?:UTC|GMT) ?)?[+-]\d{2}:?\d{2}|(?:UTC|GMT) ?[+-]\d{1,2}(?![\d:])"
    r"|(?!by\b|von\b|par\b|por\b|di\b)[A-Za-z]{1,4}(?![A-Za-z]))?(?: ?\([A-Z]{2,5}\))?"
)
_TIME = (
    r"(?:[T ]|,? (?:at |um |à |a las |alle (?:ore )?|kl\.? ?|klo |om |o |в |о |об |@ ?|[-–|•·/] )?"
    # Pages whose markup is lost run the year and the time together ("May 14, 20248:32 AM").
    r"|(?<=\d{4})(?=\d{1,2}:\d{2} ?[ap]\.?m))"
    rf"{_CLOCK}(?:, (?-i:[A-Z]\w+(?: [A-Z]\w+)?)(?=\s*(?:$|[|•·])))?"  # "08:32, UK"
)
_WEEKDAY = (
    r"(?:[^\W\d_][\w'’ʼ]{1,12}\.?, |"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)? |"
    r"(?:lun|mar|mercre|jeu|vendre|same)di |dimanche |lunes |martes |miércoles |jueves |viernes |"
    r"sábado |domingo |(?:mon|diens|donners|frei|sams|sonn)tag |mittwoch |"
    r"(?:man|mån|tirs|tis|ons|tors|fre|lør|lör|søn|sön)dag |"
    r"(?:maanantai|tiistai|torstai|perjantai|lauantai|sunnuntai)(?:na)? |keskiviikko(?:na)? |"
    r"(?:ma|ti|ke|to|pe|la|su|mo|di|mi|do|fr|sa|so)\.? (?=\d)|"
    r"(?:الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الاربعاء|الخميس|الجمعة|السبت)،? )?"
    r"(?:den |le |el |il |am |on )?"
)
_DATE = re.compile(rf"{_WEEKDAY}(?:{_DAY})(?:{_TIME})?", re.IGNORECASE)
_TIME_FIRST = re.compile(rf"{_CLOCK},? (?=\w)", re.IGNORECASE)  # "08:32 BST, 14 May 2024"
UPDATED = (
    r"(?:(?:and |and was )?(?:last )?(?:updated?|modified)|aktualisiert|mise? à jour|"
    r"modifié|actualizado|aggiornato|atualizado|bijgewerkt|uppdaterad|oppdatert|opdateret|"
    r"päivitetty|aktualizacja|zaktualizowano|aktualizováno|frissítve|actualizat|"
    r"güncelle(?:me|ndi)|обновлено|оновлено|ενημερώθηκε|수정|更新)"
)
"""The pattern of a word that says that what follows is the day of an update."""
# "Year" in Slavic languages and the weekdays that stand last in Turkish, Hungarian and archives;
# then the end, or what may stand beside a date.
_DATE_REST = re.compile(
    r"(?P<belongs>(?:\s(?:года|г\.?|року|р\.?|roku|r\.))?"
    r"(?:,?\s(?:pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|hétfő|kedd|szerda|"
    r"csütörtök|péntek|szombat|vasárnap|(?:mon|tues|wednes|thurs|fri|satur|sun)day))?)"
    rf"\s*(?:$|[|•·(;]|[-–—/]\s|,?\s*{UPDATED}(?!\w)|,?\s*\d+ min"
    r"|(?:,?\s|(?<=\s))(?:by|von|par|por|di|door)\s|(?:来源|來源|출처|source)\s?[:：])",
    re.IGNORECASE,
)


def parse_date(text: str) -> Published:
    """A date as written → the day, or the zoned moment where time and zone are given.

    None where the text is not a date, lacks the year, is no day of the calendar, or could be two
    days (03/04/2023). What follows a bar or bracket, such as "(updated …)", is not looked at.
    """
    return read_date(text)[0]


def read_date(text: str) -> tuple[Published, str]:
    """A text that begins with a date → (the date as ``parse_date`` reads it, what follows it).

    A range of two dates is none, and neither is the day that computers count time from.
    """
    text = " ".join(text.split())
    first = _TIME_FIRST.match(text)
    start = first.end() if first else 0
    found = _DATE.match(text, start)
    beside = _DATE_REST.match(text, found.end()) if found else None
    if not found or not beside:
        return None, text
    rest = text[beside.end("belongs") :].strip()
    day = _day_of(found)
    if not day or (rest[:1] in tuple("-–—/") and _DATE.match(rest[1:].lstrip())):
        return None, text
    moment = _moment_of(first if first and not found["hour"] else found, day)
    return known_day(moment or day), rest


def known_day(published: Published) -> Published:
    """A day or moment → the same, or None for time zero of computers, which stands for no date."""
    if isinstance(published, datetime) and published.tzinfo:
        return None if published == _TIME_ZERO else published
    return None if published and published.timetuple()[:3] == (1970, 1, 1) else published


def _day_of(found: re.Match[str]) -> date | None:
    parts = {key[0]: value for key, value in found.groupdict().items() if value and len(key) == 2}
    year = int(parts["y"])
    if "a" in parts:
        first, second = int(parts["a"]), int(parts["b"])
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = (first, second) if first > 12 else (second, first)
    else:
        word = parts["m"].casefold()
        month = int(word) if word.isdecimal() else _MONTHS.get(word, 0)
        if word == "listopada" and re.match(r"\d+\.", found[0]):
            return None  # with a dot after the day it may be Croatian, where it is October
        day = int(parts["d"])
    if not 1600 <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment_of(found: re.Match[str], day: date) -> datetime | None:
    zone = (found["zone"] or "").casefold()
    if not zone or found["later"]:
        return None
    zone = re.sub(r"^(?:utc|gmt) ?(?=[+-])", "", zone)
    if zone[0] in "+-":
        zone = zone if len(zone) > 3 else f"{zone[0]}{zone[1:]:0>2}00"
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        minutes = -minutes if zone[0] == "-" else minutes
    elif zone in _ZONES:
        minutes = _ZONES[zone] * 60
    else:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    micro = int((found["fraction"] or "0").ljust(6, "0")[:6])
    try:
        place = timezone(timedelta(minutes=minutes)) if minutes else UTC
        return datetime(
            day.year, day.month, day.day, hour, int(found["minute"]), int(found["second"] or 0),
            micro, place,
        )  # fmt: skip
    except ValueError:
        return None


# Behind a day may stand the time, as in "20240514T0832" and "20240514083200".
_NAME_EDGES = (
    r"(?<![0-9A-Za-z])(?:{})"
    r"(?=[Tt]\d\d|[0-2]\d[0-5]\d[0-5]\d(?![0-9A-Za-z])|[^0-9A-Za-z]|$)"
)
_NAME_DATE = re.compile(
    _NAME_EDGES.format(
        r"(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)"
        r"|(?P<first>\d{1,2})(?P<mark>[-_.])(?P<second>\d{1,2})(?P=mark)(?P<last>(?:19|20)\d\d)"
    )
)
_URL_DATE = re.compile(
    r"/((?:19|20)\d\d)(?:[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})|(\d\d)(\d\d))(?=[/-]|$)"
)


def date_in_name(article_id: str) -> Published:
    """A file's name → the one day it bears (``2025-11-04-…``, ``20251104``), or None."""
    name = article_id.rsplit("/", 1)[-1]
    days = {
        parse_date(
            f"{found['year']}-{found['month']}-{found['day']}"
            if found["year"]
            else f"{found['first']}/{found['second']}/{found['last']}"
        )
        for found in _NAME_DATE.finditer(name)
    } - {None}
    return days.pop() if len(days) == 1 else None


def date_in_url(url: str) -> Published:
    """An article's own address → the day in its path (``/2023/09/19/``), or None."""
    found = _URL_DATE.search(urlsplit(url).path.casefold()) if is_url(url) else None
    if not found:
        return None
    month, day = found[2] or found[4], found[3] or found[5]
    return parse_date(
        f"{found[1]}-{month}-{day}" if month.isdecimal() else f"{day} {month} {found[1]}"
    )
