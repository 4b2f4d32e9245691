"""Sentences with exact spans. pysbd proposes where one ends; the spans are kept here, gap-free."""

from __future__ import annotations

import re
from functools import cache

from .release import Span

_AFTER_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]\.){2,}[”\"’)]*\s+((?:The|This|These|Those|It|In|On|At|He|She|They|We|Both|However|As|For|To|Under|After|During"
    r"|Moreover|Furthermore|Participants|Further)\s)"
)
"""pysbd reads "the Governments of Japan and the U.S. This dialogue ..." as one sentence."""
_BEFORE_NUMBER = re.compile(r"\b(?:tel|fax|ext|mob|no|nos|art|arts|para|paras|sec|fig|pp?|vol|approx|ca)\.$", re.I)
"""An abbreviation that a number follows ends no sentence; pysbd knows some of these."""
_ASIDE = re.compile(r"\([^()]*[^().!?]\)\W*")
_QUESTION = re.compile(r"\?[\s\"'”’)\]*_]*$")
_LONGEST_PIECE = 8_000
"""pysbd's time grows with the square of what it is given; no paragraph of a release is that long."""


def sentences(text: str, span: Span) -> list[Span]:
    """The sentences of text[span], in order, without the space around them; together they hold all the rest.

    A proposed end is not taken where the next piece goes on in lower case ("No. 5 of the list", "approx. ten"), is the
    number after "tel.", or a bracketed aside that is no sentence.
    """
    starts = [span.start]
    for begin in range(span.start, span.end, _LONGEST_PIECE):
        piece = text[begin : min(begin + _LONGEST_PIECE, span.end)]
        starts += [begin + offset for offset in _proposed_starts(piece)]
    found: list[Span] = []
    for start, end in zip(starts, [*starts[1:], span.end], strict=True):
        body = text[start:end]
        trimmed = Span(start + len(body) - len(body.lstrip()), start + len(body.rstrip())) if body.strip() else None
        if trimmed is None:
            continue
        if found and _goes_on(found[-1].of(text), trimmed.of(text)):
            found[-1] = Span(found[-1].start, trimmed.end)
        else:
            found.append(trimmed)
    return found


def asks(text: str) -> bool:
    """Whether a text ends in a question mark: it asks, and so states nothing."""
    return _QUESTION.search(text) is not None


def _goes_on(before: str, piece: str) -> bool:
    if piece[0].islower() or not re.search(r"\w", piece) or _ASIDE.fullmatch(piece):
        return True
    return (piece[0].isdigit() or piece[0] in "+(") and _BEFORE_NUMBER.search(before) is not None


@cache
def _segmenter():  # type: ignore[no-untyped-def]
    import pysbd

    return pysbd.Segmenter(language="en", clean=False)


def _proposed_starts(piece: str) -> list[int]:
    """Offsets in piece where a sentence begins after another. pysbd's own spans are searched for again in the
    text, and go wrong where a sentence is repeated; its pieces, laid end to end, do not."""
    one_line = re.sub(r"[\r\n\t]", " ", piece)  # pysbd ends a sentence at each line end; a wrapped line ends none
    starts: list[int] = []
    at = 0
    lost = False  # pysbd altered some words: the next boundary counts only if an end of sentence precedes it
    for part in _segmenter().processor(one_line).process():
        part = part.strip()
        where = one_line.find(part, at) if part else -1
        between = one_line[at:where].strip() if where >= 0 else ""
        if where < 0 or (between and not (lost and between[-1] in '.!?”"')):
            lost = True
            continue
        if where > 0:
            starts.append(where)
        at, lost = where + len(part), False
    return sorted({*starts, *(match.start(1) for match in _AFTER_ABBREVIATION.finditer(one_line))})
