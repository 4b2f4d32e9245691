"""Questions made unanswerable by exchanging one word for another of the same release."""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from assistant.reader import context_of
from index.words import words
from sources import Release

from .examples import Example

SORTS = (
    re.compile(rf"\b(?:{'|'.join(calendar.month_name[1:])})\b"),
    re.compile(rf"\b(?:{'|'.join(calendar.day_name)})\b"),
    re.compile(r"\b(?:19|20)\d\d\b"),
    re.compile(r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th))\b", re.I),
    re.compile(r"\b(?:north|south|east|west)(?:ern)?\b", re.I),
)
"""Words of which one may stand for another wherever it stands."""
NO_SUCH = re.compile(r"must|may|might|shall|would|could|also|whose|many|much|next|last|new|\w{1,3}")
_TOKEN = re.compile(r"[^\W_]+")


def contrasts(examples: list[Example], found: dict[str, Release], rng: random.Random) -> list[tuple[Example, int]]:
    """Pairs of a question and the sentence that answered it until one word was exchanged for another of its sort that
    the release uses elsewhere (the protection zone, the surveillance zone; in May, in June): now it does not answer.
    Beside each the question as it was. After Kaushik, Hovy and Lipton, "Learning the difference that makes a
    difference", 2020."""
    chosen = []
    for e in examples:
        if len(e.gold) != 1 or e.kind in ("list", "topic", "premise", "follow", "drill_C", "drill_T"):
            continue
        release, i = found[e.doc], next(iter(e.gold))
        read = f"{context_of(release, i)} {release.sentences[i].span.of(release.text)}"
        if other := exchanged(e.question, read, release.text, rng):
            name = f"{e.id}~{other}"
            chosen += [(replace(e, id=name, question=other, gold={}, spans={}, near=i), i), (e, i)]
    return chosen


def exchanged(question: str, read: str, text: str, rng: random.Random) -> str | None:
    """The question with one word that stands in what is read exchanged for another that stands in the text only: of the
    same sort (SORTS), or before or after the same word. None if there is no such word."""
    here = set(words(read))

    def held(word: str) -> bool:
        return bool(stems := set(words(word))) and stems <= here

    def elsewhere(word: str, like: str) -> bool:
        shape = (word[0].isupper(), word[0].isdigit()) == (like[0].isupper(), like[0].isdigit())
        return shape and bool(stems := set(words(word))) and not stems & here and not NO_SUCH.fullmatch(word)

    ways = []
    for sort in SORTS:
        others = sorted({m.group() for m in sort.finditer(text) if not here & set(words(m.group()))})
        ways += [
            (m.span(), other) for m in sort.finditer(question) if m.start() and held(m.group()) for other in others
        ]
    beside = sorted({(a.group(), b.group()) for a, b in neighbours(text)})
    for a, b in neighbours(question):
        one, two = a.group(), b.group()
        if a.start() and held(one) and held(two):
            if not NO_SUCH.fullmatch(one):
                ways += [(a.span(), x) for x, y in beside if words(y) == words(two) and elsewhere(x, one)]
            if not two[0].islower():
                ways += [(b.span(), y) for x, y in beside if words(x) == words(one) and elsewhere(y, two)]
    if not ways:
        return None
    (start, end), other = rng.choice(ways)
    return question[:start] + other + question[end:]


def neighbours(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Each two words with nothing but a space or a hyphen between them."""
    return ((a, b) for a, b in pairwise(_TOKEN.finditer(text)) if text[a.end() : b.start()] in (" ", "-"))
