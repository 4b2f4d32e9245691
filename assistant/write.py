"""Turns evidence into a draft. The quote writer needs no model: it says what the release says, in its words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from sources import Kind, Release, Span

from .answer import Draft, Quote, Status
from .evidence import Evidence
from .phrases import Phrase, derived
from .question import Question, Wants

MOST_SENTENCES = 6
LEAD_SHARE = 0.6
"""A lead longer than this share of its sentence would say it twice."""
OTHERWISE_FROM = 0.8
"""Share of the probability of answering. Measured on drills over texts without drills in training: 56 of 133 false
assumptions are found, and 1 of 1,855 honest questions is taken for one."""
LEAD_SURE = -1.0
"""Log probability of the span under which no lead is shown: the sentence speaks for itself. Measured on development texts:
of the leads from -1 on 90 % hold all that was asked for (n 182), of those under it 42 % (n 69)."""


class Writer(Protocol):
    """evidence: what was chosen to be said, in the order of the text; the most probable is `best`."""

    def write(self, question: Question, best: Evidence, evidence: Sequence[Evidence]) -> Draft: ...


class QuoteWriter:
    """Leads with the shortest exact span that answers, then quotes the sentence that it stands in."""

    def write(self, question: Question, best: Evidence, evidence: Sequence[Evidence]) -> Draft:
        status, opening = Status.ANSWERED, []
        if says_otherwise(best):
            status, opening = Status.CONTRADICTED, [Phrase.OTHERWISE]
        quotes = [Quote(release, span) for release, span in spans_of(question, evidence)]
        if len(evidence) == 1 or not question.several:
            leads = [lead_of(question, (best, *evidence), quote) for quote in quotes]
            if None not in leads:  # else the short answer would not be whole
                quotes = [replace(quote, lead=span) for quote, span in zip(quotes, leads, strict=True)]
        notes = [meant for quote in quotes for meant in relative_dates(question, quote)]
        return Draft(status, (*opening, *quotes, *notes))


def says_otherwise(evidence: Evidence) -> bool:
    """Whether the sentence contradicts what the question assumes."""
    return evidence.reading.labels[-1] >= OTHERWISE_FROM * evidence.reading.answers


def lead(question: Question, best: Evidence, quoted: Span) -> Span | None:
    """The stretch to lead with, or None where it would add nothing to the quotation."""
    span = best.reading.span
    if (
        question.wants in (Wants.TOPIC, Wants.YES_NO)
        or best.reading.span_score < LEAD_SURE
        or not quoted.contains(span)
    ):
        return None
    words = span.of(best.release.text)
    return span if len(span) <= LEAD_SHARE * len(quoted) and re.search(r"\w", words) and "\n" not in words else None


def lead_of(question: Question, evidence: Sequence[Evidence], quote: Quote) -> Span | None:
    """The first stretch of the evidence, in its order, that leads a quotation."""
    return next(filter(None, (lead(question, e, quote.span) for e in evidence if e.release is quote.release)), None)


def spans_of(question: Question, evidence: Sequence[Evidence]) -> list[tuple[Release, Span]]:
    """The stretches to quote, in the order of the text: a list is quoted whole, neighbours in a paragraph as one."""
    found: list[tuple[Release, Span]] = []
    for one in sorted(evidence, key=lambda e: (e.release.id, e.position)):
        introduces = one.sentence.of(one.release.text).endswith(":")
        span = whole_list(one) if question.wants is Wants.LIST or introduces else one.sentence
        if found and found[-1][0] is one.release and (found[-1][1].overlaps(span) or _adjoin(one, found[-1][1])):
            span = Span(min(found[-1][1].start, span.start), max(found[-1][1].end, span.end))
            found[-1] = (one.release, span)
        else:
            found.append((one.release, span))
    return found


def _adjoin(one: Evidence, before: Span) -> bool:
    """Whether a sentence follows right after what is quoted already, in the same paragraph."""
    sentences = one.release.sentences
    here = sentences[one.position]
    earlier = sentences[one.position - 1] if one.position else None
    return earlier is not None and earlier.block == here.block and before.end == earlier.span.end


_LIST_KINDS = (Kind.ITEM, Kind.PAIR, Kind.VALUE)
_LONGEST_LIST = 1_500


def whole_list(one: Evidence) -> Span:
    """The list that a sentence is an item of or introduces, items only; the sentence itself if there is none."""
    sentences = one.release.sentences
    here = sentences[one.position]
    if here.kind in _LIST_KINDS:
        alike = [i for i, s in enumerate(sentences) if s.kind in _LIST_KINDS and s.context == here.context]
    else:
        alike = [i for i, s in enumerate(sentences) if s.kind in _LIST_KINDS and here.span in s.context[-1:]]
        if not alike:
            return here.span
    at = alike.index(one.position) if one.position in alike else 0
    first = last = at
    while first > 0 and alike[first - 1] == alike[first] - 1:
        first -= 1
    while last + 1 < len(alike) and alike[last + 1] == alike[last] + 1:
        last += 1
    span = Span(sentences[alike[first]].span.start, sentences[alike[last]].span.end)
    return span if len(span) <= _LONGEST_LIST else here.span


_RELATIVE = re.compile(r"\b(this|last|next) year\b|\b(today|yesterday|tomorrow)\b", re.I)


def relative_dates(question: Question, quote: Quote) -> list[str]:
    """What "this year" and the like in a quotation mean, where the release is dated and a date was asked for."""
    date = quote.release.date
    match = _RELATIVE.search(quote.span.of(quote.release.text))
    if date is None or match is None or question.wants is not Wants.DATE:
        return []
    if match[1]:
        meaning = str(date.year + {"this": 0, "last": -1, "next": 1}[match[1].lower()])
    else:
        day = date + datetime.timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[match[2].lower()])
        meaning = f"{day:%B} {day.day}, {day.year}"
    return [derived(match.group(), meaning)]
