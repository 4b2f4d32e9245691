"""What an abbreviation stands for, where a release introduces it: "the Personal Information Office (PIO)".

The long form is found as in Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text", PSB 2003: from right to left, each letter in turn, the first at the beginning of a word.
"""

from __future__ import annotations

import re

from sources import Span


def definition(acronym: str, text: str) -> Span | None:
    """Where the text writes an acronym's long form, right before it stands in parentheses; None if it does not."""
    for match in re.finditer(
        rf"\(\s*(?:the\s+|hereinafter\s+)?[“\"']?{re.escape(acronym)}s?[”\"']?\s*[;,)]", text, re.I
    ):
        before = text[: match.start()].rstrip()
        words = before.split()
        longest = min(len(acronym) + 5, 2 * len(acronym)) + 3
        window = len(before) - len(" ".join(words[-longest:])) if len(words) > longest else 0
        found = _long_form(acronym, before, max(0, window - 5))
        if found is not None:
            return found
    return None


def _long_form(acronym: str, before: str, lowest: int) -> Span | None:
    letters = [c for c in acronym.lower() if c.isalnum()]
    at = len(before)
    for n, letter in enumerate(reversed(letters)):
        first = n == len(letters) - 1
        at -= 1
        while at >= lowest and (before[at].lower() != letter or (first and not _begins_name(before, at))):
            at -= 1
        if at < lowest:
            return None
    return Span(at, len(before)) if len(before) - at > len(letters) else None


def _begins_name(text: str, at: int) -> bool:
    """Whether a word that is no small word begins here: names begin with "Office", not with "of"."""
    word = re.match(r"\w+", text[at:])
    starts = at == 0 or not text[at - 1].isalnum()
    return (
        starts
        and word is not None
        and word.group() not in ("a", "an", "and", "at", "for", "in", "of", "on", "the", "to")
    )


def acronyms(question: str) -> list[str]:
    """Words of a question that could be abbreviations: capitals in a row, or any short word if there are none."""
    capitals = re.findall(r"\b(?:[A-Z][A-Za-z&.-]*[A-Z]\w*|[A-Z]\d+|\d[A-Z])\b", question)
    return capitals or re.findall(r"\b[a-z]{2,7}\b", question)
