"""An answer as people read it: in a terminal and as HTML. Shared by every door, so that all say the same."""

from __future__ import annotations

import re
from html import escape

from sources import Kind, Release, Span

from .answer import Answer, Citation, Status

STATUS_WORDS = {
    Status.ANSWERED: "In the release",
    Status.PARTIAL: "Answered in part",
    Status.CONTRADICTED: "The release says otherwise",
    Status.NOT_IN_RELEASE: "Not in the release",
    Status.UNCLEAR: "Not a question about the release",
}


def as_text(answer: Answer) -> str:
    """For a terminal: the answer, where each quotation stands, and what else can be asked."""
    lines = [answer.text]
    if answer.reading:
        lines.insert(0, f"(read as: {answer.reading})\n")
    if answer.citations:
        lines.append("")
    for c in answer.citations:
        lines.append(f"[{c.marker}] {c.source}, characters {c.start} to {c.end}: {c.title}")
    if answer.suggestions:
        lines += ["", "The release does answer:", *(f"  {s}" for s in answer.suggestions)]
    return "\n".join(lines)


def as_explanation(answer: Answer) -> str:
    """Why this answer: the sentences weighed, each with its probability and the signs it was computed from."""
    lines = [f"confidence {answer.confidence:.2f}, status {answer.status}"]
    for e in answer.explanation:
        lines.append(f"{e['probability']:.3f}  {e['source']} {e['start']}-{e['end']}  {e['sentence'][:90]!r}")
        lines.append("       " + "  ".join(f"{name} {value:g}" for name, value in e["features"].items()))
    return "\n".join(lines)


def as_html(answer: Answer) -> str:
    """For the page: escaped text, each marker a link that carries its source and offsets."""
    by_marker = {c.marker: c for c in answer.citations}
    parts: list[str] = []
    at = 0
    for c in answer.citations:
        parts.append(_ours(answer.text[at : c.answer_start], by_marker))
        parts.append(f'<q class="quote" cite="#{_anchor(c)}">{escape(c.quote)}</q>')
        at = c.answer_end
    parts.append(_ours(answer.text[at:], by_marker))
    body = re.sub(r"[“]<q", "<q", "".join(parts)).replace("</q>”", "</q>")
    paragraphs = "".join(f'<p class="quoted">{p}</p>' if "<q" in p else f"<p>{p}</p>" for p in _paragraphs(body))
    status = f'<p class="status {answer.status}">{STATUS_WORDS[answer.status]}</p>'
    reading = f'<p class="reading">Read as: {escape(answer.reading)}</p>' if answer.reading else ""
    return f'<div class="answer">{status}{reading}{paragraphs}</div>'


def question_html(question: str) -> str:
    """A user's question for the page: as it was typed, and nothing but text."""
    return f'<p class="asked">{escape(question)}</p>'


def _paragraphs(body: str) -> list[str]:
    """Cut at the blank lines of ours, never inside a quotation."""
    pieces = re.split(r"(<q .*?</q>)", body, flags=re.S)
    joined = "".join(p if p.startswith("<q ") else p.replace("\n\n", "\v") for p in pieces)
    return [p for p in joined.split("\v") if p.strip()]


def _ours(text: str, by_marker: dict[int, Citation]) -> str:
    def link(match: re.Match[str]) -> str:
        c = by_marker.get(int(match[1]))
        if c is None:
            return match[0]
        label = f"Show quotation {c.marker} in the release"
        return f'<a class="marker" href="#{_anchor(c)}" title="{escape(c.quote)}" aria-label="{label}">{c.marker}</a>'

    return re.sub(r"\[(\d+)\]", link, escape(text))


def _anchor(c: Citation) -> str:
    return f"quote={escape(c.source)}:{c.start}-{c.end}"


def release_html(release: Release) -> str:
    """The whole release, set for reading. Every character of its text is there, in order, inside an element that
    carries the offset it begins at (data-start), so that any span can be highlighted exactly."""
    parts: list[str] = []
    at = 0
    for block in release.blocks:
        parts.append(_run(release, Span(at, block.span.start)))
        tag = {Kind.TITLE: "h2", Kind.HEADING: "h3", Kind.LABEL: "h3"}.get(block.kind, "p")
        hidden = ' aria-hidden="true"' if block.kind is Kind.NAVIGATION else ""
        parts.append(f'<{tag} class="{block.kind}"{hidden}>{_run(release, block.span)}</{tag}>')
        at = block.span.end
    parts.append(_run(release, Span(at, len(release.text))))
    about = []
    if release.publisher:
        about.append(f"Source: {escape(release.publisher)}.")
    if release.url.startswith(("https://", "http://")):
        about.append(f'<a href="{escape(release.url)}" target="_blank" rel="noopener noreferrer">Official page</a>')
    about_line = f'<p class="about">{" ".join(about)}</p>' if about else ""
    name = escape(release.id)
    return f'<article class="release" data-source="{name}" aria-label="{escape(release.title_text)}">{about_line}{"".join(parts)}</article>'


def _run(release: Release, span: Span) -> str:
    if not len(span):
        return ""
    return f'<span data-start="{span.start}">{escape(span.of(release.text))}</span>'
