"""What stands where on the page: its components, look and script. Gradio Blocks.

Chat, list of articles and index are tabs on the left; on the right stands the article that was
opened, from whichever tab. Nothing happens here: ``page`` wires it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.page_articles import ADD_HTML, ADDING_HTML
from rag.page_lists import masthead_html
from rag.page_status import BUILD_HTML

STATIC = Path(__file__).parent / "static"

EXAMPLES = (
    "How many people were on board the Grey Heron?",
    "What caused the ferry to run aground, according to the inquiry?",
    "How many passengers were injured on the ferry?",
    "By how much did the cost of the tidal power plant rise?",
    "How did the Orrin council vote on the tidal power plant?",
    "How far can the Cobbler Light be seen?",
)
"""Questions for the sample articles; over other articles they would only fail."""

INTRO = (
    '<div class="intro"><strong>Ask the articles.</strong> Every sentence of an answer stands in '
    "an article; the number behind it opens the article at that place.</div>"
)

POLL_SECONDS = 0.5

STILL = {"js_on_load": None, "apply_default_css": False}
"""For HTML that only shows something."""

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
    """The page's style sheets."""
    names = ("page.css", "library.css")
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


@dataclass(slots=True)
class Parts:
    """The page's components by name, as handlers read and change them."""

    made: dict[str, Any] = field(default_factory=dict)

    def __setitem__(self, name: str, component: Any) -> None:
        self.made[name] = component

    def __getitem__(self, name: str) -> Any:
        return self.made[name]

    def list(self, *names: str) -> list[Any]:
        """Several, in this order."""
        return [self.made[name] for name in names]


def place_all(parts: Parts) -> None:
    """Puts every component on the Blocks that is being made, and its name into ``parts``."""
    import gradio as gr

    parts["masthead"] = gr.HTML(masthead_html(None), **STILL, elem_id="masthead")
    with gr.Row(elem_id="desk", equal_height=False):
        with gr.Column(elem_id="work", scale=11), gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", elem_id="ask"):
                _place_ask(parts)
            with gr.Tab("Articles", elem_id="articles") as parts["articles tab"]:
                _place_articles(parts)
            with gr.Tab("Index", elem_id="index") as parts["index tab"]:
                _place_index(parts)
        with gr.Column(elem_id="reader", scale=9):
            parts["source"] = gr.HTML("", **STILL, elem_id="source")
            parts["front"] = gr.HTML("", **STILL, elem_id="front")
    _place_unseen(parts)


def _place_ask(parts: Parts) -> None:
    import gradio as gr

    parts["notice"] = gr.HTML("", **STILL, elem_id="notice")
    parts["chat"] = gr.Chatbot(
        [],
        elem_id="chat",
        show_label=False,
        label="Conversation",
        container=False,
        height=None,
        layout="panel",
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
        placeholder=INTRO,
    )
    with gr.Column(visible=False, elem_id="examples") as parts["examples"]:
        gr.HTML("<p>For example</p>", **STILL)
        for number, question in enumerate(EXAMPLES):
            parts[f"example {number}"] = gr.Button(question, elem_classes="example")
    with gr.Row(elem_id="asking"):
        parts["question"] = gr.Textbox(
            label="Question",
            show_label=False,
            container=False,
            placeholder="Ask the articles",
            lines=1,
            max_lines=6,
            submit_btn="Ask",
            interactive=False,
            autofocus=True,
            elem_id="question",
        )
        parts["clear"] = gr.Button("Clear", visible=False, elem_id="clear", scale=0)


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

    # The script of the page belongs to this component: it sets its value to the place that
    # was clicked and lets it report. It shows nothing and is never rendered again.
    parts["place"] = gr.HTML(
        "",
        html_template="",
        js_on_load=(STATIC / "page.js").read_text(encoding="utf-8"),
        elem_id="place",
    )
    # So does the script that adds files: it hands to Python what a button of the lists asks
    # for. A tab is made when it is first looked at, and files can be dropped before.
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
