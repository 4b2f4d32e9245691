"""An answer as people read it: in a terminal and as HTML. Shared by every door, so that all say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from urllib.parse import quote

from sources import Kind, Release, Span

from .answer import Answer, Citation, Status
from .phrases import JAPANESE

STATUS_WORDS = {
    Status.ANSWERED: "In the release",
    Status.PARTIAL: "Answered in part",
    Status.CONTRADICTED: "The release says otherwise",
    Status.NOT_IN_RELEASE: "Not in the release",
    Status.UNCLEAR: "Not a question about the release",
}


def as_text(answer: Answer, *, suggestions: bool = True) -> str:
    """For a terminal: the answer, where each quotation stands, and what else can be asked."""
    lines = [answer.text]
    if answer.reading:
        lines.insert(0, f"(read as: {answer.reading})\n")
    if answer.citations:
        lines.append("")
    for c in answer.citations:
        lines.append(f"[{c.marker}] {c.source}, characters {c.start} to {c.end}: {c.title}")
    if answer.suggestions and suggestions:
        lines += ["", "The release does answer:", *(f"  {s}" for s in answer.suggestions)]
    return "\n".join(lines)


def as_explanation(answer: Answer) -> str:
    """Why this answer: the sentences weighed, each with its probability and the signs it was computed from."""
    lines = [f"confidence {answer.confidence:.2f}, status {answer.status}"]
    for e in answer.explanation:
        lines.append(f"{e['probability']:.3f}  {e['source']} {e['start']}-{e['end']}  {e['sentence'][:90]!r}")
        lines.append("       " + "  ".join(f"{name} {value:g}" for name, value in e["features"].items()))
    return "\n".join(lines)


def as_html(answer: Answer, releases: Mapping[str, Release], number: int = 1) -> str:
    """For the page: escaped text, each marker a link that carries its source and offsets. What can be copied stands
    in data attributes. number: of the answer in its conversation, for the names of its parts."""
    by_marker = {c.marker: c for c in answer.citations}
    parts: list[str] = []
    at = 0
    for c in answer.citations:
        parts.append(_ours(answer.text[at : c.answer_start], by_marker))
        parts.append(f'<q class="quote" cite="#{_anchor(c.source, c.start, c.end)}">{escape(c.quote)}</q>')
        at = c.answer_end
    parts.append(_ours(answer.text[at:], by_marker))
    body = re.sub(r"[“]<q", "<q", "".join(parts)).replace("</q>”", "</q>")
    paragraphs = "".join(_paragraph(p) for p in _paragraphs(body))
    reading = f'<p class="reading">{both("Read as:")} {escape(answer.reading)}</p>' if answer.reading else ""
    status = f'<p class="status {answer.status}">{both(STATUS_WORDS[answer.status])}</p>'
    label = f'role="group" aria-label="Answer {number}"'
    tools = _tools(answer, releases) + _why(answer)
    return f'<div class="answer" id="answer-{number}" {label}>{status}{reading}{paragraphs}{tools}</div>'


def _paragraph(body: str) -> str:
    if "<q" in body:
        return f'<p class="quoted">{body}</p>'
    return f'<p class="ours">{both(unescape(body)) if "<" not in body else body}</p>'


def _tools(answer: Answer, releases: Mapping[str, Release]) -> str:
    """Buttons that copy the answer; web.js does it. The forms are made here, where tests see them."""
    if not answer.citations:
        return ""
    notes = "\n".join(footnote(c, releases[c.source]) for c in answer.citations)
    forms = {
        "Copy": as_text(answer, suggestions=False),
        "Copy as Markdown": as_markdown([answer], releases),
        "Copy as footnote": notes,
    }
    buttons = "".join(
        f'<button type="button" class="copy" data-copy="{escape(form)}">{both(name)}</button>'
        for name, form in forms.items()
    )
    first = answer.citations[0]
    page = official_page(first, releases[first.source])
    link = (
        f'<a href="{escape(page)}" target="_blank" rel="noopener noreferrer">{both("Official page")}</a>'
        if page
        else ""
    )
    return f'<p class="tools">{buttons}{link}</p>'


def _why(answer: Answer) -> str:
    if not answer.explanation:
        return ""
    rows = "".join(
        f'<li><a class="place" href="#{_anchor(e["source"], e["start"], e["end"])}">'
        f"{escape(_short(e['sentence']))}</a> <span>{e['probability']:.0%}</span></li>"
        for e in answer.explanation
    )
    confidence = f"{both('Probability that the release answers this:')} {answer.confidence:.0%}. "
    weighed = both("Sentences that were weighed, each with its probability of answering:")
    return f'<details class="why"><summary>{both("Why this answer?")}</summary><p>{confidence}{weighed}</p><ol>{rows}</ol></details>'


def _short(sentence: str) -> str:
    words = _line(sentence)
    return words if len(words) <= 160 else words[:160].rsplit(" ", 1)[0] + " …"


def footnote(c: Citation, release: Release) -> str:
    """A citation as a footnote after the Chicago Manual of Style (17th ed., 14.206): publisher, title, date, page, and
    the place in the text."""
    date = f"{release.date:%B} {release.date.day}, {release.date.year}" if release.date else ""
    page = _web_page(release)
    about = [release.publisher, f"“{_line(c.title)},” {date}".rstrip(", ") if date else f"“{_line(c.title)}”", page]
    return f"{', '.join(a for a in about if a)}: “{_line(c.quote)}” (characters {c.start}–{c.end} of {c.source})."


def official_page(c: Citation, release: Release) -> str:
    """The release's own page with a text fragment, so that a browser goes to the quotation; empty if none is known.

    Source: WICG, "URL Fragment Text Directives". Long quotations are named by their first and last words.
    """
    page = _web_page(release)
    words = c.quote.split()
    first, last = " ".join(words[:6]), " ".join(words[-5:])
    fragment = (
        quote(" ".join(words), safe="") if len(words) <= 12 else f"{quote(first, safe='')},{quote(last, safe='')}"
    )
    return f"{page}#:~:text={fragment.replace('-', '%2D')}" if page else ""


def _web_page(release: Release) -> str:
    return release.url if release.url.startswith(("https://", "http://")) else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def as_markdown(answers: Sequence[Answer], releases: Mapping[str, Release]) -> str:
    """Questions as headings, answers, and a line for each citation that names its place. Nothing that a release or a
    user wrote is read as Markdown."""
    parts = []
    for answer in answers:
        parts += [f"## {_escaped(_line(answer.question))}", _escaped(answer.text)]
        if answer.citations:
            notes = (f"- [{c.marker}] {_escaped(footnote(c, releases[c.source]))}" for c in answer.citations)
            parts.append("\n".join(notes))
    return "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    text = re.sub(r"([\\`*_{}<>#|~!])", r"\\\1", text)
    text = re.sub(r"\[(?!\d+\])", r"\\[", text)
    return re.sub(r"(?m)^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", text)


def both(english: str) -> str:
    """Words of the interface in both languages; web.css shows the one that is chosen. What a release or a user wrote
    is never translated."""
    japanese = JAPANESE.get(english)
    if japanese is None:
        return f'<span lang="en">{escape(english)}</span>'
    return f'<span class="en" lang="en">{escape(english)}</span><span class="ja" lang="ja">{escape(japanese)}</span>'


def question_html(question: str) -> str:
    """A user's question for the page: as it was typed, and nothing but text."""
    return f'<p class="asked">{escape(question)}</p>'


def note_html(words: str) -> str:
    """Something that the page itself says, between the answers."""
    return f'<p class="note">{both(words)}</p>'


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
        return f'<a class="marker" href="#{_anchor(c.source, c.start, c.end)}" title="{escape(c.quote)}" aria-label="{label}">{c.marker}</a>'

    return re.sub(r"\[(\d+)\]", link, escape(text))


def _anchor(source: str, start: int, end: int) -> str:
    return f"quote={escape(source)}:{start}-{end}"


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
        about.append(f"{both('Source:')} {escape(release.publisher)}.")
    if page := _web_page(release):
        about.append(f'<a href="{escape(page)}" target="_blank" rel="noopener noreferrer">{both("Official page")}</a>')
    about_line = f'<p class="about">{" ".join(about)}</p>' if about else ""
    name = escape(release.id)
    return f'<article class="release" data-source="{name}" aria-label="{escape(release.title_text)}">{about_line}{"".join(parts)}</article>'


def _run(release: Release, span: Span) -> str:
    if not len(span):
        return ""
    return f'<span data-start="{span.start}">{escape(span.of(release.text))}</span>'
