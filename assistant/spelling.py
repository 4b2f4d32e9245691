"""Mends a typing mistake in a question, towards the words of the releases and those that questions are asked with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from nltk.metrics.distance import edit_distance

from index.embed import packaged_folder
from index.words import fold

_ASKING = ("what", "when", "where", "which", "whose", "many", "much", "often", "long", "were", "does", "have", "will")
_WORD = re.compile(r"(?<![\w'’.-])[^\W\d_]{4,}(?![\w'’-])")
_SHORTEST = 5
"""Letters. A shorter word has too many neighbours; the words that ask are mended at four."""


class Spelling:
    """Knows the words of some texts. A word that neither they nor English have, and that is one edit (Damerau 1964)
    from exactly one of theirs, is taken for that one. A capitalised word may be another name and is left alone."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = {word for text in texts for word in _WORD.findall(fold(text))}
        self._theirs = found | set(_ASKING)
        self._targets = {word for word in found if len(word) >= _SHORTEST} | set(_ASKING)

    def mended(self, question: str) -> str:
        """The question with its mistakes mended; as it is, if there are none."""
        return _WORD.sub(lambda match: self._mended(match[0], first=match.start() == 0), question)

    def _mended(self, word: str, first: bool) -> str:
        low = word.lower()
        if (word != low and not first) or low in self._theirs or low in _english():
            return word
        near = [w for w in self._targets if abs(len(w) - len(low)) <= 1 and len({*w} ^ {*low}) <= 2]
        mended = [w for w in near if edit_distance(low, w, transpositions=True) == 1]
        return mended[0] if len(mended) == 1 else word


@cache
def _english() -> frozenset[str]:
    """The whole words in the vocabulary of the packaged embedding model: the 20,000 most frequent."""
    lines = (packaged_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line.isalpha())
