"""The web chat: the conversation on the left, the whole release on the right. The only file that imports gradio.

Safe by default: loopback, no telemetry, no monitoring page, no file is uploaded, a bounded queue, bounded questions.
Questions and answers are shown as HTML that assistant.render has escaped: nothing is read as Markdown.
"""

from __future__ import annotations

import datetime
import json
import os
import socket
from pathlib import Path
from typing import Any

from sources.errors import PromiseBroken, UsageError

from .answer import Answer
from .assistant import REMEMBERED, Assistant
from .feedback import REASONS, keep_feedback
from .phrases import JAPANESE
from .question import LONGEST
from .receipt import answer_from, receipt, saved_answer
from .render import as_html, as_markdown, both, note_html, question_html, release_html
from .suggest import proposals

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import gradio as gr

HERE = Path(__file__).parent
WAITING = 32
"""Questions that wait their turn before the next is turned away."""
WELCOME = "Ask in your own words. The answer is quoted, and each number leads to its place in the release."
KEPT = 50
"""Answers that the browser keeps."""
LOST = "Earlier answers that are not exact in the text in use are not shown."
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
        head=_head(),
    )
    return str(address)


def _head() -> str:
    words = json.dumps(JAPANESE, ensure_ascii=False).replace("<", "\\u003c")
    script = (HERE / "web.js").read_text(encoding="utf-8")
    style = (HERE / "web.css").read_text(
        encoding="utf-8"
    )  # not css_paths: that puts each rule inside .gradio-container
    return f"<style>{style}</style><script>window.dialogue = {{ japanese: {words} }};\n{script}</script>"


def page(assistant: Assistant) -> gr.Blocks:
    releases = list(assistant.releases.values())
    with gr.Blocks(title="Dialogue Assistant", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        answers = gr.State([])
        kept = gr.BrowserState([], storage_key="dialogue-assistant", secret="kept in this browser")
        pending = gr.State("")
        saving = gr.Textbox(visible=False)
        gr.HTML(_header(), elem_id="header", js_on_load=None)
        with gr.Row(elem_id="rooms"):
            with gr.Column(scale=5, min_width=280, elem_id="talk"):
                chatbot = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    height="58vh",
                    layout="panel",
                    render_markdown=False,
                    sanitize_html=True,
                    allow_tags=False,
                    allow_file_downloads=False,
                    feedback_options=REASONS,
                    latex_delimiters=[],
                    buttons=[],
                    autoscroll=False,
                    placeholder=f'<div class="placeholder">{both(WELCOME)}</div>',
                )
                with gr.Row(elem_id="ask"):
                    question = gr.Textbox(
                        label="Your question",
                        placeholder="Ask what the release says",
                        lines=1,
                        max_lines=4,
                        max_length=LONGEST,
                        scale=8,
                        elem_id="question",
                        autofocus=True,
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=72, elem_id="send")
                    stop = gr.Button("Stop", scale=1, min_width=72, elem_id="stop", interactive=False)
                with gr.Row(elem_id="suggestions"):
                    first = _first_questions(assistant)
                    chips = [gr.Button(text, size="sm", elem_classes="chip") for text in first]
                with gr.Row(elem_id="habits"):
                    save_markdown = gr.Button("Save as Markdown", size="sm", elem_id="save-markdown")
                    save_receipt = gr.Button("Save receipt", size="sm", elem_id="save-receipt")
                    clear = gr.Button("Clear", size="sm", elem_id="clear")
            with gr.Column(scale=6, min_width=280, elem_id="reading"):
                gr.HTML("".join(map(release_html, releases)), elem_id="releases", js_on_load=None)

        idle = gr.update(interactive=False)

        def said(answer: Answer, number: int) -> dict[str, Any]:
            return _turn("assistant", as_html(answer, assistant.releases, number), number)

        def begin(message: str, shown: list[Any]) -> tuple[Any, ...]:
            message = message.strip()[: LONGEST + 1]
            if not message:
                return "", gr.skip(), "", gr.skip()
            return "", [*shown, _turn("user", question_html(message))], message, gr.update(interactive=True)

        def respond(message: str, shown: list[Any], given: list[Answer]) -> tuple[Any, ...]:
            if not message:
                return gr.skip(), gr.skip(), gr.skip(), "", *[gr.skip() for _ in chips], idle
            answer = assistant.ask(message, [a.question for a in given][-REMEMBERED:])
            given = [*given, answer]
            offered = list(dict.fromkeys([*answer.suggestions, *first]))[: len(chips)]
            return [*shown, said(answer, len(given))], given, _kept(given), "", *offered, idle

        def stopped(shown: list[Any]) -> tuple[Any, ...]:
            return [*shown, _turn("assistant", note_html("Stopped. Nothing was answered."))], "", idle

        def restore(saved: list[dict[str, Any]]) -> tuple[list[Any], list[Answer]]:
            given, lost = _restored(saved, assistant)
            shown: list[Any] = []
            for number, answer in enumerate(given, start=1):
                shown += [_turn("user", question_html(answer.question)), said(answer, number)]
            return [*shown, *([_turn("assistant", note_html(LOST))] if lost else [])], given

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        answering = []
        for starts in ([question.submit, send.click], *([chip.click] for chip in chips)):
            source = question if len(starts) > 1 else starts[0].__self__
            begun = gr.on(starts, begin, [source, chatbot], [question, chatbot, pending, stop], queue=False, **quiet)
            outputs = [chatbot, answers, kept, pending, *chips, stop]
            answering.append(begun.then(respond, [pending, chatbot, answers], outputs, **quiet))
        stop.click(stopped, chatbot, [chatbot, pending, stop], cancels=answering, queue=False, **quiet)
        blocks.load(restore, kept, [chatbot, answers], **quiet)
        clear.click(lambda: ([], [], [], ""), None, [chatbot, answers, kept, pending], queue=False, **quiet)

        def markdown(given: list[Answer]) -> str:
            return as_markdown(given, assistant.releases)

        def receipt_json(given: list[Answer]) -> str:
            now = datetime.datetime.now(datetime.UTC)
            return json.dumps(receipt(given, assistant.releases, now), ensure_ascii=False, indent=1)

        for button, make, name in (
            (save_markdown, markdown, "conversation.md"),
            (save_receipt, receipt_json, "receipt.json"),
        ):
            made = button.click(make, answers, saving, queue=False, **quiet)
            made.then(None, saving, None, js=f"(text) => window.dialogue.download('{name}', text)")

        def feedback(given: list[Answer], shown: list[Any], data: gr.LikeData) -> None:
            place = data.index if isinstance(data.index, int) else data.index[0]
            number = (shown[place].get("metadata") or {}).get("id")
            if isinstance(number, int) and 0 < number <= len(given):
                keep_feedback(given[number - 1], data.liked)

        chatbot.like(feedback, [answers, chatbot], None, queue=False, **quiet)
    return blocks


def _first_questions(assistant: Assistant, shown: int = 2) -> list[str]:
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


def _header() -> str:
    rooms = "".join(
        f'<button type="button" data-room="{room}" aria-pressed="{pressed}">{both(name)}</button>'
        for room, name, pressed in (("talk", "Chat", "true"), ("reading", "Release", "false"))
    )
    languages = (
        '<button type="button" data-language="en" lang="en">English</button>'
        '<button type="button" data-language="ja" lang="ja">日本語</button>'
    )
    about = both("Answers in the release's own words, each one open to your check.")
    return (
        f"<header><div><h1>{both('Dialogue Assistant')}</h1><p>{about}</p></div>"
        f'<nav class="languages" aria-label="Language">{languages}</nav></header>'
        f'<nav class="rooms" aria-label="View">{rooms}</nav>'
        '<p id="announce" role="status" aria-live="polite"></p>'
    )


def _turn(role: str, html: str, number: int | None = None) -> dict[str, Any]:
    """A turn of the conversation. number: of the answer that it shows, for feedback to find it."""
    turn: dict[str, Any] = {"role": role, "content": gr.HTML(html, js_on_load=None)}
    return turn if number is None else turn | {"metadata": {"id": number}}


def _kept(given: list[Answer]) -> list[dict[str, Any]]:
    return [saved_answer(answer) for answer in given[-KEPT:]]


def _restored(saved: Any, assistant: Assistant) -> tuple[list[Answer], int]:
    """The answers that the browser kept and that are still exact, and how many are not."""
    given: list[Answer] = []
    kept = saved[-KEPT:] if isinstance(saved, list) else []
    for one in kept:
        try:
            given.append(answer_from(one, assistant.releases))
        except (PromiseBroken, KeyError, TypeError, ValueError):  # counted, and said on the page
            continue
    return given, len(kept) - len(given)


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
