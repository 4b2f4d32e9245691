"""Question -> passages: dense and lexical, fused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def nearest_sentences(index: Index, text: str, k: int = 12, passages: int = 12) -> list[Near]:
    """The k sentences nearest to these words in the best passages, best first; ties in the order of the text."""
    query = index.encoder.encode([text])[0]
    wanted = set(words(text))
    rarity = {w: index.rarity(w) for w in wanted}
    total = sum(rarity.values()) or 1.0
    found: dict[tuple[str, int], Near] = {}
    for hit in search(index, text, passages, query):
        release = index.releases[hit.passage.source]
        first = index.first_sentence[release.id]
        for i in hit.passage.sentences:
            if (release.id, i) in found:
                continue
            own, around = index.stems(release.id, i)
            missing = [rarity[w] for w in wanted - around]
            found[release.id, i] = Near(
                release.id,
                i,
                float(index.vectors[first + i] @ query),
                sum(rarity[w] for w in wanted & own) / total,
                max(missing, default=0.0) / total,
            )
    order = {source: n for n, source in enumerate(index.releases)}
    return sorted(found.values(), key=lambda near: (-near.score, order[near.source], near.position))[:k]
