"""What stands where on the page: its components, look and script. Gradio Blocks.

Chat, list of articles and index are tabs on the left; on the right stands the article that was
opened, from whichever tab. Nothing happens here: ``page`` wires it.
"""

from __future__ import annotations

from typing import Any

from rag.page_articles import ADD_HTML, ADDING_HTML
from rag.page_ask_layout import place_ask, place_reader, place_script
from rag.page_lists import masthead_html
from rag.page_parts import STATIC, STILL, Parts
from rag.page_status import BUILD_HTML

STYLES = ("page.css", "ask.css", "library.css")
"""The style sheets below ``static/``, in their order."""

POLL_SECONDS = 0.5

SANS = ["-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "sans-serif"]
MONO = ["ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"]


def theme() -> Any:
    """Gradio's plainest theme in the system's own fonts; the rest is in ``static/page.css``."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue=gr.themes.colors.stone,
        secondary_hue=gr.themes.colors.stone,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_none,
        font=SANS,
        font_mono=MONO,
    )


def css() -> str:
    """The page's style sheet."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)


def place_all(parts: Parts) -> None:
    """Puts every component on the Blocks that is being made, and its name into ``parts``."""
    import gradio as gr

    parts["masthead"] = gr.HTML(masthead_html(None), **STILL, elem_id="masthead")
    with gr.Row(elem_id="desk", equal_height=False):
        with gr.Column(elem_id="work", scale=11), gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", elem_id="ask"):
                place_ask(parts)
            with gr.Tab("Articles", elem_id="articles") as parts["articles tab"]:
                _place_articles(parts)
            with gr.Tab("Index", elem_id="index") as parts["index tab"]:
                _place_index(parts)
        with gr.Column(elem_id="reader", scale=9):
            place_reader(parts)
            parts["front"] = gr.HTML("", **STILL, elem_id="front")
    _place_unseen(parts)


def _place_articles(parts: Parts) -> None:
    import gradio as gr

    with gr.Row(elem_id="finding"):
        parts["search"] = gr.Textbox(
            label="Search the list",
            show_label=False,
            container=False,
            placeholder="Title, source, date, state or file name",
            max_lines=1,
            elem_id="search",
        )
        gr.HTML(ADD_HTML, **STILL, elem_id="choose")
    gr.HTML(ADDING_HTML, **STILL, elem_id="adding")
    parts["list"] = gr.HTML("", **STILL, elem_id="list")
    parts["removed"] = gr.HTML("", **STILL, elem_id="removed")
    parts["said"] = gr.HTML("", **STILL, elem_id="said")


def _place_index(parts: Parts) -> None:
    import gradio as gr

    with gr.Row(elem_id="building"):
        parts["rebuild"] = gr.Button("Rebuild", elem_id="rebuild", scale=0)
        parts["full"] = gr.Button("Rebuild everything", elem_id="full", scale=0)
        parts["cancel"] = gr.Button("Cancel", elem_id="cancel", scale=0, visible=False)
    gr.HTML(BUILD_HTML, **STILL, elem_id="build-help")
    parts["progress"] = gr.HTML("", **STILL, elem_id="progress")
    parts["log"] = gr.HTML("", **STILL, elem_id="log")
    parts["status"] = gr.HTML("", **STILL, elem_id="status")


def _place_unseen(parts: Parts) -> None:
    import gradio as gr

    place_script(parts)
    # The script that adds files: it hands to Python what a button of the lists asks for. A tab is
    # made when it is first looked at, and files can be dropped before.
    parts["action"] = gr.HTML(
        "",
        html_template="",
        js_on_load=(STATIC / "library.js").read_text(encoding="utf-8"),
        elem_id="action",
    )
    parts["view"] = gr.State("")
    parts["surveyed"] = gr.State("")
    # The key does not protect anything; Gradio would make one per start and forget the rest.
    parts["saved"] = gr.BrowserState("", storage_key="broadsheet", secret="broadsheet")
    parts["seen"] = gr.State("")
    parts["timer"] = gr.Timer(POLL_SECONDS, active=True)
