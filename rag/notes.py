"""A line of an article → whether it says that the article was corrected or updated.

Such notes are text: they are never left out, and are marked for who reads the article.
"""

from __future__ import annotations

import re

_CORRECTION = re.compile(
    r"\W*(?:correction|clarification|update|updated|editor[’']s note|corrects?|erratum)\b", re.I
)

# Stricter than the lines above, which are kept in doubt: "Updated figures show …" is no note.
# What a note is headed with; a date or the time may stand between it and the colon or dash.
_NOTE_HEADS = (
    r"(?:corrections?|clarifications?|corrected|update[ds]?|editor(?:[’']s|s[’']|ial) note|erratum|"
    r"errata|korrektur(?:hinweis)?|berichtigung|richtigstellung|anm(?:erkung|\.) (?:der|d\.) "
    r"red(?:aktion|\.)|aktualisiert|aktualisierung|rectificatif|mise à jour|précision|"
    r"note de la rédaction|ndlr|corrección|rectificación|fe de (?:erratas|errores)|"
    r"actualización|nota de la redacción|correzione|rettifica|errata corrige|aggiornamento|"
    r"correção|atualização|correctie|rectificatie|rättelse|uppdatering|uppdaterad|rettelse|"
    r"rettet|oppdatering|oppdatert|opdatering|opdateret|korjaus|oikaisu|päivitys|oprava|"
    r"aktualizace|aktualizované|sprostowanie|korekta|aktualizacja|helyesbítés|frissítés|"
    r"corectură|actualizare|ispravak|ispravka|düzeltme|güncelleme|διόρθωση|ενημέρωση|"
    r"исправление|исправлено|поправка|уточнение|обновление|обновлено|дополнено|от редакции|"
    r"виправлення|виправлено|уточнення|оновлення|оновлено|доповнено|від редакції|"
    r"更正|订正|訂正|更新|编者注|編者注|編集部注|정정|업데이트|تصحيح|تحديث|תיקון|עדכון)"
)
_CLOCK = r"\d{1,2}[:.]\d{2}|[ap]\.m\."
_OF_THIS = (
    r"(?:th(?:is|e|at) (?:\w+ \d{1,2} )?(?:article|story|headline|report|piece|post|page|text)|"
    r"(?:the )?headline of th(?:is|e) (?:article|story|piece))"
)
_NOTE = re.compile(
    rf"\W*(?:{_NOTE_HEADS}(?!\w)(?:\W(?=[^:：]{{0,30}}\d)(?:{_CLOCK}|[^:：.!?]){{1,40}}?)?[\s)*]*"
    r"(?:[:：】\]]|[—–]\s)"
    r"|(?:an|a) (?:earlier|previous|prior) version of th"
    r"|(?:hinweis: )?in einer (?:früheren|vorherigen|ersten) (?:version|fassung)"
    r"|une (?:première |précédente )?version (?:précédente |antérieure )?de (?:cet|ce) "
    r"|(?:una|en una) versión (?:anterior|previa) de est|uma versão anterior d(?:este|o) "
    r"|una (?:precedente )?versione (?:precedente )?di quest|(?:in )?een eerdere versie van d"
    r"|en tidigare version av|en tidligere (?:versjon|version) av"
    r"|в (?:предыдущей|первоначальной|более ранней) версии (?:этой |этого |статьи|текста|материала)"
    r"|у попередній версії (?:цієї |цього |статті|тексту|матеріалу)"
    r"|poprzednia wersja (?:tego|artykułu)|w poprzedniej wersji (?:tego|artykułu)"
    rf"|{_OF_THIS} (?:was|has been|is being) (?:last )?(?:updated|corrected|amended|changed|edited|"
    r"revised|clarified|refiled)"
    r"|(?:hinweis: )?(?:dieser|der) (?:artikel|text|beitrag) wurde .{0,40}?(?:aktualisiert|"
    r"korrigiert|überarbeitet|ergänzt|geändert)"
    r"|cet article a été (?:mis à jour|modifié|corrigé)"
    r"|(?:este|esta) (?:artículo|noticia|nota|información) ha sido (?:actualiz|correg|modific)"
    r"|quest[oa] (?:articolo|notizia) è stat[oa] (?:aggiornat|corrett|modificat)"
    r"|est[ea] (?:artigo|texto|reportagem|matéria) foi (?:atualizad|corrigid)"
    r"|dit artikel (?:is|werd) .{0,20}?(?:bijgewerkt|aangepast|gecorrigeerd)"
    r"|(?:эт(?:а|от) )?(?:статья|материал|текст) (?:был[аи]? )?(?:обновл|исправл|дополн)"
    r"|(?:last )?updated(?: (?:on|at))?:? (?=\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    rf"[a-z.]* \d).{{0,12}}?(?:{_CLOCK}|20\d\d))",
    re.IGNORECASE,
)
# Agencies' own: "(Corrects year in paragraph 3)", "UPDATES with comment from mayor".
_AGENCY_NOTE = re.compile(
    r"\((?:corrects|updates|recasts|refiles|clarifies|removes|adds)\b[^()]{3,300}\)\W*$"
    r"|(?:UPDATES|CORRECTS|RECASTS|CLARIFIES|ADDS) ",
    re.IGNORECASE,
)


def is_correction(line: str) -> bool:
    """Tells whether a line says that the article was corrected or updated."""
    return bool(_CORRECTION.match(line)) or _is_note(line)


def _is_note(line: str) -> bool:
    found = _AGENCY_NOTE.match(line)
    return bool(_NOTE.match(line)) or bool(found and (line[0] == "(" or found[0].isupper()))


def note_spans(text: str) -> tuple[tuple[int, int], ...]:
    """An article's text → the half-open spans of its correction and update notes."""
    return tuple(each.span() for each in re.finditer(r"\S.*", text) if _is_note(each[0]))
