"""A receipt: saved answers that can be checked again later, character for character, against the releases in use."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources import Release
from sources.errors import PromiseBroken, UsageError

from .answer import CITATION_KEYS, Answer, Citation, Status

FORMAT = 1
_TODO = "name a receipt saved by the chat, or answers printed by  dialogue ask --json  or  dialogue evaluate --answers"


def receipt(answers: Sequence[Answer], releases: Mapping[str, Release], saved: datetime.datetime) -> dict[str, Any]:
    """What is kept of a conversation: the answers as `dialogue ask --json` prints them, with the question as it was
    read where the conversation added to it, and their sources."""
    return {
        "format": FORMAT,
        "saved": saved.isoformat(timespec="seconds"),
        "releases": [
            {"source": r.id, "sha256": r.sha256, "title": r.title_text, "publisher": r.publisher, "url": r.url}
            for r in releases.values()
        ],
        "answers": [saved_answer(answer) for answer in answers],
    }


def saved_answer(answer: Answer) -> dict[str, Any]:
    """The answer as it is kept, for `answer_from` to build anew."""
    return {**answer.as_dict(), "reading": answer.reading}


def answer_from(saved: Mapping[str, Any], releases: Mapping[str, Release]) -> Answer:
    """The answer that was saved, built anew, so that its promise is checked again.

    Raises PromiseBroken if a quotation is not exact in the releases given, KeyError, TypeError or ValueError if it is
    no saved answer.
    """
    citations = []
    for c in saved["citations"]:
        release = releases.get(c["source"])
        if release is None:
            raise PromiseBroken(
                f"A saved answer cites {c['source']}", "no such source in use", "name it with --sources"
            )
        citations.append(Citation(**{name: c[name] for name in CITATION_KEYS}, release=release))
    return Answer(
        question=str(saved["question"]),
        status=Status(saved["status"]),
        text=str(saved["text"]),
        citations=tuple(citations),
        confidence=float(saved["confidence"]),
        suggestions=tuple(map(str, saved["suggestions"])),
        sources=tuple((s["source"], s["sha256"]) for s in saved["sources"]),
        reading=str(saved.get("reading", "")),
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a verification: what was checked, whether it holds, and if not, why."""

    what: str
    holds: bool
    why: str = ""

    def __str__(self) -> str:
        return f"{'exact ' if self.holds else 'DIFFERS'} {self.what}" + (f": {self.why}" if self.why else "")


def read_receipt(path: Path) -> list[dict[str, Any]]:
    """The saved answers of a receipt, of one answer's JSON, or of answers one a line. Raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read {path}", str(error), _TODO) from error
    try:
        whole = json.loads(text)
        answers = whole["answers"] if isinstance(whole, dict) and "answers" in whole else [whole]
    except ValueError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise UsageError(f"{path} is no receipt", f"no JSON: {error}", _TODO) from error
    if not isinstance(answers, list) or not answers or not all(isinstance(a, dict) and _has_keys(a) for a in answers):
        raise UsageError(f"{path} is no receipt", "no saved answer with question, text and citations", _TODO)
    return answers


def _has_keys(answer: Mapping[str, Any]) -> bool:
    citations = answer.get("citations")
    return (
        {"question", "status", "text", "confidence", "suggestions", "sources"} <= set(answer)
        and isinstance(citations, list)
        and all(isinstance(c, dict) and set(CITATION_KEYS) <= set(c) for c in citations)
    )


def verify(answers: Sequence[Mapping[str, Any]], releases: Mapping[str, Release]) -> Iterator[Finding]:
    """Checks each source, each quotation and each answer as a whole. Says where the first difference is."""
    yield from _sources(answers, releases)
    for number, saved in enumerate(answers, start=1):
        broken = False
        for c in saved["citations"]:
            what = f"answer {number}, quotation [{c['marker']}], {c['source']} {c['start']}-{c['end']}"
            why = _difference(c, releases)
            broken = broken or bool(why)
            yield Finding(what, not why, why)
        if not broken:
            try:
                answer_from(saved, releases)
            except PromiseBroken as error:
                yield Finding(f"answer {number}", False, f"{error.what}, {error.found}")
            except (KeyError, TypeError, ValueError) as error:
                yield Finding(f"answer {number}", False, f"it is no saved answer ({error})")


def _sources(answers: Sequence[Mapping[str, Any]], releases: Mapping[str, Release]) -> Iterator[Finding]:
    cited = {c["source"] for a in answers for c in a["citations"]}
    noted = {(s["source"], s["sha256"]) for a in answers for s in a["sources"] if s["source"] in cited}
    for source, sha256 in sorted(noted):
        release = releases.get(source)
        if release is None:
            yield Finding(f"source {source}", False, "it is not in use; name it with --sources")
        else:
            changed = (
                "" if release.sha256 == sha256 else f"the text has changed: sha256 {release.sha256}, then {sha256}"
            )
            yield Finding(f"source {source}", not changed, changed)


def _difference(c: Mapping[str, Any], releases: Mapping[str, Release]) -> str:
    release = releases.get(c["source"])
    if release is None:
        return "its source is not in use"
    quote, start = c["quote"], c["start"]
    if not isinstance(start, int) or not isinstance(quote, str) or start < 0:
        return "its place is no place in a text"
    there = release.text[start : c["end"]]
    if there == quote:
        return ""
    for n, (was, now) in enumerate(zip(quote, there, strict=False)):
        if was != now:
            return f"character {start + n} of the source is {now!r}, the quotation has {was!r}"
    return f"the quotation has {len(quote)} characters, the source {len(there)} from {start}"
