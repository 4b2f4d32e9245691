"""Dates as releases write them: where they stand, and what day they mean."""

from __future__ import annotations

import datetime
import re

from dateutil import parser

from .release import Span

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
FULL_DATE = re.compile(
    rf"\b(?:{_WEEKDAY}{MONTH}\s+{_DAY},?\s+\d{{4}}|{_WEEKDAY}{_DAY}\s+(?:of\s+)?{MONTH},?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{4}/\d{1,2}/\d{1,2})\b"
)
"""A day, a month and a year, in the orders that releases use."""


def full_date(text: str, start: int = 0, end: int | None = None) -> tuple[Span, datetime.date] | None:
    """The first full date of text[start:end] and where it stands, or None."""
    for match in FULL_DATE.finditer(text, start, len(text) if end is None else end):
        try:
            return Span(*match.span()), parser.parse(match.group(), fuzzy=True).date()
        except (ValueError, OverflowError):
            continue  # "30 February 2020": written like a date, but none
    return None
