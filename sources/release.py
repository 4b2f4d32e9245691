"""A release and the spans in it. Every offset counts Unicode characters of `Release.text`, end exclusive."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Kind(StrEnum):
    """What a block of a release is. NAVIGATION is the only kind that is no content."""

    NAVIGATION = "navigation"
    TITLE = "title"
    DATE = "date"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list, its bullet included
    PAIR = "pair"  # "Place: Tokyo" on one line
    LABEL = "label"  # a line that names the line below it
    VALUE = "value"  # the line that a LABEL names


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or line.

    context: the headings and labels above it and the line that introduces its list, outermost first;
    the title is not among them.
    """

    kind: Kind
    span: Span
    context: tuple[Span, ...] = ()
    label: Span | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest thing that is quoted as evidence: a sentence, heading, list item or line of its own."""

    kind: Kind
    span: Span
    context: tuple[Span, ...]
    block: int  # position of its block in Release.blocks


@dataclass(frozen=True, slots=True)
class Release:
    """One official text. `text` is THE string that all offsets count in.

    id: the file's stem. blocks: in the order of the text, never overlapping; sentences likewise.
    title, date, division: where the text itself states them. publisher, url: from the file's sidecar.
    """

    id: str
    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    title: Span | None = None
    date: datetime.date | None = None
    date_span: Span | None = None
    division: Span | None = None
    publisher: str = ""
    url: str = ""
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.text.encode()).hexdigest())

    @property
    def title_text(self) -> str:
        return self.title.of(self.text) if self.title else self.id
