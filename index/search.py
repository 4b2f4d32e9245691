"""Question -> passages: dense and lexical, fused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.sentences import asks

from .embed import Vectors
from .passages import Passage
from .words import words

if TYPE_CHECKING:
    from .store import Index

_RANK_CONSTANT = 60
"""As in Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", SIGIR 2009."""


@dataclass(frozen=True, slots=True)
class Hit:
    """score: sum of reciprocal ranks, in (0, 2/61]. cosine in [-1, 1] and bm25 >= 0 are None where that search
    did not find the passage among its best."""

    passage: Passage
    score: float
    cosine: float | None
    bm25: float | None


def search(index: Index, text: str, k: int = 8, query: Vectors | None = None) -> list[Hit]:
    """The k best passages for these words, best first; ties in the order of the text.

    query: the vector of `text`, shape (dimension,), if the caller has it already. Raises ValueError if k < 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if query is None:
        query = index.encoder.encode([text])[0]
    pool = max(2 * k, 20)
    dense, lexical = index.dense(query, pool), index.lexical(text, pool)
    scores: dict[int, float] = {}
    for ranking in (dense, lexical):
        for rank, (position, _) in enumerate(ranking, start=1):
            scores[position] = scores.get(position, 0.0) + 1 / (_RANK_CONSTANT + rank)
    cosine, bm25 = dict(dense), dict(lexical)
    best = sorted(scores, key=lambda position: (-scores[position], position))[:k]
    return [Hit(index.passages[p], scores[p], cosine.get(p), bm25.get(p)) for p in best]


@dataclass(frozen=True, slots=True)
class Near:
    """A sentence near to a question. position: in the release's sentences. cosine in [-1, 1]; coverage: the share of
    the question's words, weighted by rarity, that it or its heading holds, in [0, 1]; uncovered: the weight of the
    rarest word that neither it, its headings nor the title hold, as a share of all, in [0, 1]."""

    source: str
    position: int
    cosine: float
    coverage: float
    uncovered: float

    @property
    def score(self) -> float:
        return self.cosine + self.coverage


class Nearness:
    """How near sentences are to a question. query: the question's vector, shape (dimension,), if it is there already."""

    def __init__(self, index: Index, text: str, query: Vectors | None = None) -> None:
        self.index, self.text = index, text
        self.query = index.encoder.encode([text])[0] if query is None else query
        self._rarity = {w: index.rarity(w) for w in set(words(text))}
        self._total = sum(self._rarity.values()) or 1.0

    def of(self, source: str, position: int) -> Near:
        own, around = self.index.stems(source, position)
        vector = self.index.vectors[self.index.first_sentence[source] + position]
        return Near(
            source,
            position,
            float(vector @ self.query),
            sum(r for w, r in self._rarity.items() if w in own) / self._total,
            max((r for w, r in self._rarity.items() if w not in around), default=0.0) / self._total,
        )

    def among(self, sentences: Iterable[tuple[str, int]]) -> list[Near]:
        """These sentences, nearest first; ties in the order of the text. A sentence that asks ("Do I need a visa?")
        answers nothing and is left out."""
        order = {source: n for n, source in enumerate(self.index.releases)}
        found = [self.of(source, i) for source, i in sentences if not self._asks(source, i)]
        return sorted(found, key=lambda near: (-near.score, order[near.source], near.position))

    def _asks(self, source: str, position: int) -> bool:
        release = self.index.releases[source]
        return asks(release.sentences[position].span.of(release.text))


def nearest_sentences(nearness: Nearness, k: int) -> list[Near]:
    """The k sentences nearest to a question in the k passages found for it, best first."""
    hits = search(nearness.index, nearness.text, k, nearness.query)
    return nearness.among({(hit.passage.source, i): None for hit in hits for i in hit.passage.sentences})[:k]
