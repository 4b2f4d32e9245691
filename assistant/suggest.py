"""Questions that can be answered, made from the headings of a release; each was asked and answered before it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from index.words import words
from sources import Kind, Release

from .answer import Status
from .question import Question, read_question

if TYPE_CHECKING:
    from .assistant import Assistant

SHOWN = 2
_MARK = re.compile(r"^(?:#+|[-*•·]|\(?\w{1,4}[.)]|\d{1,2})\s+|[:*]+$")


class Suggester:
    """Proposes questions near to one that got no answer."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._answered = lru_cache(maxsize=2_000)(self._is_answered)

    def suggest(self, question: Question, shown: int = SHOWN) -> tuple[str, ...]:
        """At most `shown` questions, those that share most words with the question first."""
        asked = set(words(question.text))
        proposed = [q for r in list(self._assistant.releases.values())[:20] for q in proposals(r)]
        ranked = sorted(dict.fromkeys(proposed), key=lambda q: -len(asked & set(words(q))))
        found: list[str] = []
        for proposal in ranked[:12]:
            if len(found) < shown and proposal != question.asked and self._answered(proposal):
                found.append(proposal)
        return tuple(found)

    def _is_answered(self, proposal: str) -> bool:
        return self._assistant.answer(read_question(proposal), suggest=False).status is Status.ANSWERED


def proposals(release: Release) -> Iterator[str]:
    """Questions that the shape of a release invites: its headings, its date, who is in charge."""
    for block in release.blocks:
        heading = _MARK.sub("", " ".join(block.span.of(release.text).split())).strip(" :*")
        heading = _MARK.sub("", heading)
        if block.kind is Kind.HEADING and 2 <= len(heading.split()) <= 9 and "?" not in heading:
            lower = heading if re.match(r"\w*[A-Z0-9]\w*[A-Z0-9]", heading) else heading[0].lower() + heading[1:]
            yield f"What does the release say about {lower}?"
    if release.date_span is not None:
        yield "When was this release published?"
    if release.division is not None:
        yield "Which office is in charge?"
