"""``broadsheet`` with the escaping off: what an article says becomes part of the page.

Run as a program. It shows that the Content-Security-Policy alone keeps requests and forms at home.
Only a refresh, which takes the whole page elsewhere and which no policy can stop, is left out.
"""

from __future__ import annotations

import gradio as gr

import rag.page_html


def _unescaped(text: str) -> str:
    return text.replace("http-equiv", "data-http-equiv")


rag.page_html.escaped = _unescaped  # before any module of the page takes it
_init = gr.Chatbot.__init__


def _without_sanitizer(self: gr.Chatbot, *args: object, **options: object) -> None:
    _init(self, *args, **options | {"sanitize_html": False})


gr.Chatbot.__init__ = _without_sanitizer

if __name__ == "__main__":
    from rag.cli import main

    main()
