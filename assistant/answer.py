"""Answer and Citation: values that cannot be built if they break the promise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from typing import Any

from sources import Release, Span
from sources.errors import PromiseBroken

from .phrases import Phrase, is_ours


class Status(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    CONTRADICTED = "contradicted"
    NOT_IN_RELEASE = "not_in_release"
    UNCLEAR = "unclear"


STATES_A_FACT = frozenset({Status.ANSWERED, Status.PARTIAL, Status.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class Citation:
    """start, end: offsets in the source's text; answer_start, answer_end: where the quote stands in the answer's text.

    Raises PromiseBroken unless `release.text[start:end] == quote`.
    """

    marker: int
    source: str
    title: str
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int
    release: InitVar[Release]

    def __post_init__(self, release: Release) -> None:
        found = release.text[self.start : self.end] if 0 <= self.start < self.end else ""
        if release.id != self.source or not found or found != self.quote:
            raise PromiseBroken(
                f"Citation [{self.marker}] is not exact",
                f"{self.source}[{self.start}:{self.end}] reads {found[:80]!r}, the quote {self.quote[:80]!r}",
                "quote what stands there, character for character",
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, and what the release says to it.

    text: our fixed phrases, quotations, and their markers "[1]"; nothing else. Raises PromiseBroken if a quotation
    does not stand in the text where its citation says, if words are neither ours nor quoted, or if a status that
    states a fact comes without a citation. confidence: the probability that the answer is in the release, in [0, 1].
    reading: the question with what the conversation added to it.
    """

    question: str
    status: Status
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    suggestions: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    reading: str = ""
    explanation: tuple[Mapping[str, Any], ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.status in STATES_A_FACT and not self.citations:
            raise PromiseBroken(
                f"An answer that is {self.status} cites nothing", repr(self.text[:80]), "cite, or abstain"
            )
        if not 0.0 <= self.confidence <= 1.0:
            raise PromiseBroken("A confidence is no probability", str(self.confidence), "give one in [0, 1]")
        at = 0
        ours = []
        for citation in self.citations:
            if citation.answer_start < at or self.text[citation.answer_start : citation.answer_end] != citation.quote:
                raise PromiseBroken(
                    f"Citation [{citation.marker}] is not where it says",
                    repr(self.text[citation.answer_start : citation.answer_end][:80]),
                    "let answer_start and answer_end frame the quote, in the order of the text",
                )
            ours.append(self.text[at : citation.answer_start])
            at = citation.answer_end
        ours.append(self.text[at:])
        quotes = tuple(citation.quote for citation in self.citations)
        for line in "\v".join(ours).replace("\n\n", "\v").split("\v"):
            bare = _MARKER.sub("", line).strip().strip("“”").strip()
            if bare and not is_ours(bare, quotes) and not is_ours(line.strip(), quotes) and not _within(bare, quotes):
                raise PromiseBroken(
                    "An answer says what it does not quote", repr(bare[:80]), "quote it, or leave it out"
                )

    def as_dict(self, id: str | None = None) -> dict[str, Any]:
        """The JSON form that the command line prints, in the order of the keys there."""
        return {
            "id": id,
            "question": self.question,
            "status": str(self.status),
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "citations": [{name: getattr(c, name) for name in CITATION_KEYS} for c in self.citations],
            "suggestions": list(self.suggestions),
            "sources": [{"source": source, "sha256": sha256} for source, sha256 in self.sources],
        }


_MARKER = re.compile(r"(?:\s*\[\d+\])+")
CITATION_KEYS = ("marker", "source", "title", "start", "end", "quote", "answer_start", "answer_end")


def _within(words: str, quotes: tuple[str, ...]) -> bool:
    return any(words in quote for quote in quotes)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a release to be quoted; lead: the shortest exact span in it that answers, shown before it."""

    release: Release
    span: Span
    lead: Span | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer returns: phrases of ours and stretches to quote, in order."""

    status: Status
    pieces: tuple[Phrase | str | Quote, ...]


def compose(draft: Draft) -> tuple[str, tuple[Citation, ...]]:
    """The text of a draft and its citations. Leads come first, each with the marker of the quote that it stands in."""
    quotes = [piece for piece in draft.pieces if isinstance(piece, Quote)]
    marker = {id(quote): n for n, quote in enumerate(quotes, start=1)}
    text = ""
    citations: list[Citation] = []
    leads = [f"{q.lead.of(q.release.text)} [{marker[id(q)]}]" for q in quotes if q.lead is not None]
    for piece in draft.pieces:
        if isinstance(piece, Quote):
            if leads:
                text, leads = _joined(text, "\n\n".join(leads)), []
            text = _joined(text, "“")
            start = len(text)
            quote = piece.span.of(piece.release.text)
            text += quote
            n = marker[id(piece)]
            citations.append(
                Citation(
                    n, piece.release.id, piece.release.title_text, piece.span.start, piece.span.end, quote, start,
                    len(text), release=piece.release,
                )
            )  # fmt: skip
            text += f"” [{n}]"
        else:
            text = _joined(text, str(piece))
    return text, tuple(citations)


def _joined(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if text else more
