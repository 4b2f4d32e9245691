"""Words for lexical comparison: folded, split, stemmed. One definition for the index and for every reader of it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bm25s.stopwords import STOPWORDS_EN

STOP = frozenset(STOPWORDS_EN)
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)?")
_STRAIGHT = str.maketrans("‘’‚“”„–—‐‑−\u00a0", "'''\"\"\"----- ")


@cache
def _stemmer():  # type: ignore[no-untyped-def]
    from nltk.stem.snowball import SnowballStemmer

    return SnowballStemmer("english")


@cache
def stem(word: str) -> str:
    """The Snowball stem of a lower-case word; figures and abbreviations stay ("U.S." is "us")."""
    if word[0].isdigit():
        return word.replace(",", "")
    word = word.replace(".", "")
    return str(_stemmer().stem(word)) if word.isascii() else word


def fold(text: str) -> str:
    """NFKC, straight quotes and dashes, lower case. Lengths may change: for comparing, never for offsets."""
    return unicodedata.normalize("NFKC", text.translate(_STRAIGHT)).lower()


def words(text: str) -> list[str]:
    """The stems of a text in order, without stop words."""
    found = (match.group().removesuffix("'s") for match in _WORD.finditer(fold(text)))
    return [stem(w) for w in found if w and w not in STOP]
