"""What stands below the question box: filters, export, clear and the help for the keyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from rag.exports import KINDS
from rag.page_conversation import Conversation, turns
from rag.page_filters import panel_html
from rag.records import ArticleSummary, Status

_EXPORTS = (
    (".md", "Markdown", "to keep with notes"),
    (".html", "HTML", "to print or send"),
    (".json", "JSON", "to verify later"),
)
_MEDIA = {".md": "text/markdown", ".html": "text/html", ".json": "application/json"}

_KEYS = (
    (("Enter",), "ask"),
    (("Shift", "Enter"), "new line"),
    (("Esc",), "stop the answer, or close what is open"),
    (("/",), "to the question box"),
    (("[", "]"), "citation before, citation after"),
    (("?",), "this help"),
)


def tools_html(status: Status | None, articles: Sequence[ArticleSummary]) -> str:
    """Below the box: what can be done with the conversation; the filters once there is an index."""
    filters = panel_html(status, articles) if status else ""
    exports = "".join(
        f'<li><button class="export" id="export-{suffix[1:]}">{name} '
        f'<span class="for">{purpose}</span></button></li>'
        for suffix, name, purpose in _EXPORTS
    )
    return (
        f'<div class="tools">{filters}<span class="chosen"></span><span class="right">'
        '<details class="menu of-turns" id="exports"><summary>Export</summary>'
        f'<div class="panel"><ul>{exports}</ul></div></details>'
        '<button class="of-turns" id="clear">Clear</button>'
        '<button id="help" aria-haspopup="dialog" title="Keyboard (?)">Keys</button></span>'
        f"</div>{_keys_html()}"
    )


def _keys_html() -> str:
    rows = "".join(
        f"<dt>{' '.join(f'<kbd>{key}</kbd>' for key in keys)}</dt><dd>{what}</dd>"
        for keys, what in _KEYS
    )
    return (
        '<dialog id="keys" aria-label="Keyboard"><h2>Keyboard</h2>'
        f'<dl>{rows}</dl><form method="dialog"><button>Close</button></form></dialog>'
    )


def export_json(conversation: Conversation, kind: object, today: date) -> str:
    """A conversation and the id of an export's button → what the script makes a file of: name,
    type and text, as JSON; empty where there is no such kind.
    """
    suffix = f".{kind.removeprefix('export-')}" if isinstance(kind, str) else ""
    if suffix not in _MEDIA:
        return ""
    text = KINDS[suffix](turns(conversation.exchanges))
    name = f"broadsheet-{today.isoformat()}{suffix}"
    return json.dumps({"name": name, "type": _MEDIA[suffix], "text": text})
