"""Whether somebody else's quotation stands in a release: typography is folded, and nothing else.

Fuzzy matching accepts false quotations ("ten times a year" for "twice a year"). Here a changed word, number or
negation fails, and what is found comes back with its true offsets.
"""

from __future__ import annotations

import unicodedata

from sources import Span

_FOLDED = (
    dict.fromkeys("‘’‚‛′ʼ＇", "'") | dict.fromkeys("“”„‟″«»＂", '"') | dict.fromkeys("‐‑‒–—―−﹣－", "-") | {"…": "..."}
)


def locate(quote: str, text: str) -> Span | None:
    """Where the quotation stands in the text, or None. The first place, if there are several.

    Equal up to: kinds of quotation marks, dashes and spaces, runs of space and line ends, composed or decomposed
    accents, invisible characters. It must begin and end where words and figures do: "the ten" is not in
    "the tenth", nor "5 percent" in "1.5 percent".
    """
    wanted, _ = _fold(quote)
    wanted = wanted.strip(" ")
    if not wanted:
        return None
    folded, origin = _fold(text)
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _edge(folded, at, wanted[0], -1) and _edge(folded, end - 1, wanted[-1], 1):
            start, stop = origin[at], origin[end - 1] + 1
            while stop < len(text) and unicodedata.combining(text[stop]):
                stop += 1
            return Span(start, stop)
        at = folded.find(wanted, at + 1)
    return None


def _fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the offset of the one it came from."""
    out: list[str] = []
    origin: list[int] = []
    for i, char in enumerate(text):
        if char.isspace():
            folded = "" if out and out[-1] == " " else " "
        elif unicodedata.category(char) == "Cf":
            folded = ""
        else:
            folded = _FOLDED.get(char) or unicodedata.normalize("NFD", char)
        out.extend(folded)
        origin.extend([i] * len(folded))
    return "".join(out), origin


def _edge(folded: str, at: int, char: str, step: int) -> bool:
    """Whether a quotation may begin (step -1) or end (step 1) with the character at this place."""
    beyond = folded[at + step] if 0 <= at + step < len(folded) else " "
    further = folded[at + 2 * step] if 0 <= at + 2 * step < len(folded) else " "
    if not (char.isalnum() or unicodedata.combining(char)):
        return True
    if beyond.isalnum() or unicodedata.combining(beyond):
        return False
    if char.isdigit() and beyond in ".,:/" and further.isdigit():
        return False
    return not (char.isdigit() and step < 0 and beyond == "-" and not further.isalnum())
