"""What stands on the tab Ask and in the reader beside it: components, and the page's script."""

from __future__ import annotations

from rag.page_parts import STATIC, STILL, Parts

INTRO = (
    '<div class="intro"><strong>Ask the articles.</strong> Every sentence of an answer stands in '
    "an article; the number behind it opens the article at that place.</div>"
)

SCRIPTS = ("reader.js", "turns.js", "card.js", "tools.js", "keys.js")
"""The parts of the page's script below ``static/``, in their order."""

WAIT_SECONDS = 0.5


def place_ask(parts: Parts) -> None:
    """The conversation, example questions, the question box and what is beside it."""
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
        autoscroll=False,  # the script keeps the question that was asked last in view
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
        placeholder=INTRO,
    )
    parts["examples"] = gr.HTML("", **STILL, elem_id="examples")
    with gr.Column(elem_id="asking"):
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
        parts["tools"] = gr.HTML("", **STILL, elem_id="tools")


def place_reader(parts: Parts) -> None:
    """The opened article, and what stands above it."""
    import gradio as gr

    with gr.Column(elem_id="above"):
        parts["bar"] = gr.HTML("", **STILL, elem_id="bar")
        parts["badge"] = gr.HTML("", **STILL, elem_id="badge")
    parts["source"] = gr.HTML("", **STILL, elem_id="source")


def place_script(parts: Parts) -> None:
    """The unseen components: the one that the page's script belongs to, and those that carry
    values between it and Python. They show nothing and are never rendered again.
    """
    import gradio as gr

    script = "\n".join(f"{{\n{(STATIC / name).read_text(encoding='utf-8')}\n}}" for name in SCRIPTS)
    # The script sets the component's value to what was clicked and lets it report.
    parts["place"] = gr.HTML(
        "", html_template="", js_on_load=script, apply_default_css=False, elem_id="place"
    )
    for name in ("chosen", "carried"):
        parts[name] = gr.HTML("", html_template="", **STILL, elem_id=name)
    parts["ask timer"] = gr.Timer(WAIT_SECONDS, active=True)
