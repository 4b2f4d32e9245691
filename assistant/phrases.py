"""Every word of ours that an answer may hold. Whatever else it says is quoted."""

from __future__ import annotations

import re
from enum import StrEnum


class Phrase(StrEnum):
    OTHERWISE = "The release says otherwise:"
    PARTLY = "The release answers this in part:"
    NOT_SAID = "The release does not say."
    NEAREST = "The nearest thing that it does say, which is no answer to the question:"
    GREETING = "Hello. Ask me what the release says, and I answer with its exact words."
    THANKS = "You are welcome."
    UNCLEAR = "I could not read a question about the release in this. Please ask it in a sentence."
    ORDER = "I only answer questions about what the release says, in its own words."
    TOO_LONG = "This question is too long for me. Please ask it in one or two sentences."


_DERIVED = "“{words}” means {meaning}, counted from the date of the release."
_DERIVED_PATTERN = re.compile(r"“(?P<words>[^”]+)” means [\w ,]+, counted from the date of the release\.")


def derived(words: str, meaning: str) -> str:
    """What a relative date ("this year") means; marked as derived, since the release does not write it."""
    return _DERIVED.format(words=words, meaning=meaning)


def is_ours(line: str, quotes: tuple[str, ...]) -> bool:
    """Whether a line of an answer is one of our phrases; of a derived date, whether its words are quoted."""
    if line in set(Phrase):
        return True
    match = _DERIVED_PATTERN.fullmatch(line)
    return match is not None and any(match["words"] in quote for quote in quotes)
