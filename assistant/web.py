"""The web chat: the conversation on the left, the whole release on the right. The only file that imports gradio.

Safe by default: loopback, no telemetry, no monitoring page, no file is uploaded, a bounded queue, bounded questions.
Questions and answers are shown as HTML that assistant.render has escaped: nothing is read as Markdown.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from sources import Release
from sources.errors import UsageError

from .assistant import Assistant
from .question import LONGEST
from .render import as_html, question_html, release_html
from .suggest import proposals

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import gradio as gr

HERE = Path(__file__).parent
WAITING = 32
"""Questions that wait their turn before the next is turned away."""
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]
_MONO = ["ui-monospace", "monospace"]


def serve(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serves the page until interrupted. Raises UsageError if the port is taken."""
    _check_free(host, port)
    launch(page(assistant), host, port, block=True)


def launch(blocks: gr.Blocks, host: str, port: int, *, block: bool) -> str:
    """Starts serving; returns the address. block: stay until interrupted."""
    _, address, _ = blocks.queue(max_size=WAITING, default_concurrency_limit=1).launch(
        server_name=host,
        server_port=port,
        share=False,
        inbrowser=False,
        prevent_thread_lock=not block,
        quiet=not block,
        show_error=False,
        footer_links=[],
        max_file_size="1b",
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(primary_hue="slate", neutral_hue="slate", font=_FONTS, font_mono=_MONO),
        css_paths=[HERE / "web.css"],
        head=f"<script>{(HERE / 'web.js').read_text(encoding='utf-8')}</script>",
    )
    return str(address)


def page(assistant: Assistant) -> gr.Blocks:
    releases = list(assistant.releases.values())
    with gr.Blocks(title="Dialogue Assistant", analytics_enabled=False, fill_height=True) as blocks:
        history = gr.State([])
        gr.HTML(_header(releases), elem_id="header")
        with gr.Row(elem_id="rooms"):
            with gr.Column(scale=5, min_width=300, elem_id="talk"):
                chatbot = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    height="60vh",
                    layout="panel",
                    render_markdown=False,
                    sanitize_html=True,
                    allow_tags=False,
                    allow_file_downloads=False,
                    feedback_options=None,
                    latex_delimiters=[],
                    buttons=[],
                    placeholder="Ask what the release says. Every answer is quoted, and every quotation can be checked.",
                )
                with gr.Row(elem_id="ask"):
                    question = gr.Textbox(
                        label="Your question",
                        placeholder="When was the meeting held?",
                        lines=1,
                        max_lines=4,
                        max_length=LONGEST,
                        scale=8,
                        elem_id="question",
                        autofocus=True,
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="send")
                with gr.Row(elem_id="suggestions"):
                    first = _first_questions(assistant)
                    chips = [gr.Button(text, size="sm", elem_classes="chip") for text in first]
            with gr.Column(scale=6, min_width=300, elem_id="reading"):
                gr.HTML("".join(map(release_html, releases)), elem_id="releases", js_on_load=None)

        def respond(message: str, shown: list[Any], earlier: list[str]) -> tuple[Any, ...]:
            message = message.strip()[: LONGEST + 1]
            if not message:
                return ("", shown, earlier, *[gr.skip() for _ in chips])
            answer = assistant.ask(message, earlier)
            shown = [
                *shown,
                {"role": "user", "content": gr.HTML(question_html(message), js_on_load=None)},
                {"role": "assistant", "content": gr.HTML(as_html(answer), js_on_load=None)},
            ]
            offered = list(dict.fromkeys([*answer.suggestions, *first]))[: len(chips)]
            return ("", shown, [*earlier, message][-6:], *offered)

        outputs = [question, chatbot, history, *chips]
        options: dict[str, Any] = {"outputs": outputs, "api_visibility": "private", "show_progress": "minimal"}
        gr.on([question.submit, send.click], respond, [question, chatbot, history], **options)
        for chip in chips:
            chip.click(respond, [chip, chatbot, history], **options)
    return blocks


def _first_questions(assistant: Assistant, shown: int = 3) -> list[str]:
    """Questions to start with: made from the release, asked, and answered."""
    from .answer import Status
    from .question import read_question

    found: list[str] = []
    for release in assistant.releases.values():
        for proposal in proposals(release):
            if len(found) == shown:
                return found
            if assistant.answer(read_question(proposal), suggest=False).status is Status.ANSWERED:
                found.append(proposal)
    return found


def _header(releases: list[Release]) -> str:
    what = "this release" if len(releases) == 1 else f"these {len(releases)} releases"
    return f"<h1>Dialogue Assistant</h1><p>Answers in the words of {what}, each one open to your check.</p>"


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Cannot listen on {host}:{port}",
                error.strerror or str(error),
                f"stop what listens there, or name another port:  dialogue chat --port {min(port + 1, 65535)}",
            ) from error
