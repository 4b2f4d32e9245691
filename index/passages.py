"""Passages: what the vector index holds. One paragraph, or one list, each an exact slice of its release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sources import Kind, Release, Span


@dataclass(frozen=True, slots=True)
class PassageSettings:
    longest: int = 900
    """Characters. With its heading path a passage stays within the 256 tokens that the embedding model reads."""
    reach: int = 1
    """Sentences repeated from the passage before where the first one refers back ("This", "Both", "It")."""

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Passage:
    """span: offsets in the release's text. sentences: positions in Release.sentences, in order."""

    source: str
    span: Span
    context: tuple[Span, ...]
    sentences: tuple[int, ...]


_REFERS_BACK = re.compile(
    r"(?:this|these|that|those|it|they|he|she|both|such|its|their|his|her|the (?:former|latter|two|same)|in addition"
    r"|furthermore|moreover|however|also|at the same time|in this (?:regard|context|connection)|of these|here)\b",
    re.I,
)


def passages(release: Release, settings: PassageSettings | None = None) -> list[Passage]:
    """The passages of a release, in order. Every sentence that is content is in at least one."""
    settings = settings or PassageSettings()
    found: list[Passage] = []
    for group in _groups(release, settings.longest):
        span = Span(release.sentences[group[0]].span.start, release.sentences[group[-1]].span.end)
        found.append(Passage(release.id, span, release.sentences[group[-1]].context, tuple(group)))
    return [_reaching_back(release, p, settings.reach) for p in found]


def embedded_text(release: Release, passage: Passage) -> str:
    """What is embedded: title, heading path, then the passage itself."""
    path = [release.title_text, *(span.of(release.text) for span in passage.context)]
    return "\n".join([" > ".join(" ".join(part.split()) for part in path), passage.span.of(release.text)])


def _groups(release: Release, longest: int) -> Iterator[list[int]]:
    """Positions of the sentences of each passage: a heading goes with what follows it, the items of a list
    and the lines of a table stay together, and what grows too long is cut between two sentences."""
    group: list[int] = []
    for i, sentence in enumerate(release.sentences):
        if group:
            before = release.sentences[group[-1]]
            size = sentence.span.end - release.sentences[group[0]].span.start
            if size > longest or not _together(before.kind, sentence.kind, before.block == sentence.block):
                yield group
                group = []
        group.append(i)
    if group:
        yield group


_LINES = frozenset({Kind.ITEM, Kind.PAIR, Kind.VALUE, Kind.LABEL})


def _together(before: Kind, kind: Kind, same_block: bool) -> bool:
    if same_block or before in (Kind.HEADING, Kind.LABEL):
        return True
    if before in (Kind.TITLE, Kind.DATE):
        return kind in (Kind.TITLE, Kind.DATE)
    return before in _LINES and kind in _LINES and kind is not Kind.LABEL


def _reaching_back(release: Release, passage: Passage, reach: int) -> Passage:
    first = passage.sentences[0]
    sentence = release.sentences[first]
    if reach < 1 or first == 0 or not _REFERS_BACK.match(sentence.span.of(release.text)):
        return passage
    earlier = [i for i in range(max(0, first - reach), first) if release.sentences[i].block == sentence.block]
    if not earlier:
        return passage
    span = Span(release.sentences[earlier[0]].span.start, passage.span.end)
    return Passage(passage.source, span, passage.context, (*earlier, *passage.sentences))
