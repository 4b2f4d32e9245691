"""Builds and opens the index on disk. The only file that knows LlamaIndex's storage.

An index is a folder of plain files that is only read after it was built, so that any number of processes can
share it. It is built in a temporary folder beside its place and renamed when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import platformdirs
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, QueryBundle, TextNode, TransformComponent

from sources import Release
from sources.errors import IndexDamaged, StoreError

from .embed import Encoder, Vectors
from .manifest import CANARY, NAME, REMEDY, Manifest, Recipe, file_sha256
from .passages import Passage, PassageSettings, embedded_text, passages
from .words import words

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""
Cut = Sequence[tuple[Release, Passage]]
"""All passages, each with its release, in the order of the index."""


@dataclass(frozen=True, slots=True)
class Index:
    """An opened index. vectors: of the sentences of all releases, shape (sentences, dimension), in the order of
    `releases` and, within one, of its sentences."""

    folder: Path
    manifest: Manifest
    releases: dict[str, Release]
    passages: tuple[Passage, ...]
    encoder: Encoder
    vectors: Vectors
    first_sentence: dict[str, int]
    _dense: VectorStoreIndex
    _lexical: bm25s.BM25
    _stems: dict[tuple[str, int], tuple[frozenset[str], frozenset[str]]]
    _frequency: Counter[str]

    def dense(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The k nearest passages by cosine, best first: position in `passages`, score in [-1, 1]."""
        retriever = self._dense.as_retriever(similarity_top_k=k)
        found = retriever.retrieve(QueryBundle(query_str="", embedding=query.tolist()))
        return [(int(hit.node.metadata["passage"]), float(hit.score or 0.0)) for hit in found]

    def lexical(self, text: str, k: int) -> list[tuple[int, float]]:
        """The k best passages by BM25, best first: position, score above 0. Passages that share no word are left out."""
        tokens = words(text)
        if not tokens:
            return []
        scores = self._lexical.get_scores(tokens)
        best = np.argsort(-scores, kind="stable")[:k]
        return [(int(i), float(scores[i])) for i in best if scores[i] > 0]

    def stems(self, source: str, position: int) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of a sentence with its innermost heading, and those with all its headings and the title."""
        return self._stems[source, position]

    def rarity(self, stem: str) -> float:
        """The inverse document frequency of a stem, the sentences being the documents, as BM25 counts it; above 0."""
        n, of = self._frequency[stem], len(self._stems)
        return math.log(1 + (of - n + 0.5) / (n + 0.5))


def home() -> Path:
    """The folder that holds the indexes: DIALOGUE_HOME, or the user's cache folder."""
    return Path(os.environ.get("DIALOGUE_HOME") or platformdirs.user_cache_path("dialogue-assistant"))


def open_index(
    releases: Sequence[Release],
    encoder: Encoder,
    settings: PassageSettings | None = None,
    *,
    rebuild: bool = False,
    progress: Progress = lambda what, done, of: None,
) -> Index:
    """The index of these releases: opened where it was built before, built where it was not.

    Raises StoreError if it cannot be written, IndexDamaged if its files are not the ones its manifest names;
    neither touches what is on disk.
    """
    settings = settings or PassageSettings()
    cut = [(release, passage) for release in releases for passage in passages(release, settings)]
    recipe = Recipe(
        texts={r.id: r.sha256 for r in releases},
        cut=_cut_sha256(releases, cut),
        model=encoder.name,
        weights_sha256=encoder.weights_sha256,
        tokenizer_sha256=encoder.tokenizer_sha256,
        dimension=encoder.dimension,
        passages=settings.as_dict(),
    )
    folder = home() / "indexes" / recipe.key
    if rebuild or not (folder / NAME).is_file():
        _build(folder, recipe, releases, cut, encoder, progress)
    return _open(folder, recipe, releases, cut, encoder)


def _cut_sha256(releases: Sequence[Release], cut: Cut) -> str:
    spans = [
        [[s.span.start, s.span.end, [[c.start, c.end] for c in s.context]] for r in releases for s in r.sentences],
        [[p.source, p.span.start, p.span.end, list(p.sentences)] for _, p in cut],
    ]
    return hashlib.sha256(json.dumps(spans).encode()).hexdigest()


def _build(
    folder: Path, recipe: Recipe, releases: Sequence[Release], cut: Cut, encoder: Encoder, progress: Progress
) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder.parent, error) from error
    try:
        _write(work, recipe, releases, cut, encoder, progress)
        _swap(work, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"Cannot write the index in {folder}",
        error.strerror or str(error),
        "make the folder writable, or name another in the environment variable DIALOGUE_HOME",
    )


def _write(
    work: Path, recipe: Recipe, releases: Sequence[Release], cut: Cut, encoder: Encoder, progress: Progress
) -> None:
    vectors = _encode(encoder, [embedded_text(r, p) for r, p in cut], "embedding passages", progress)
    nodes = [
        TextNode(
            id_=f"{p.source}:{p.span.start}-{p.span.end}",
            text=p.span.of(r.text),
            embedding=vector.tolist(),
            metadata={"passage": i, "source": p.source, "start": p.span.start, "end": p.span.end},
        )
        for i, ((r, p), vector) in enumerate(zip(cut, vectors, strict=True))
    ]
    dense = VectorStoreIndex(
        nodes=nodes,
        embed_model=_Adapter(encoder),
        storage_context=StorageContext.from_defaults(),
        transformations=[_AsTheyAre()],
        show_progress=False,
    )
    dense.storage_context.persist(persist_dir=str(work / "dense"))
    lexical = bm25s.BM25()
    lexical.index([words(embedded_text(r, p)) or ["-"] for r, p in cut], show_progress=False)
    lexical.save(str(work / "lexical"), show_progress=False)
    sentences = [sentence_text(r, i) for r in releases for i in range(len(r.sentences))]
    np.save(work / "sentences.npy", _encode(encoder, sentences, "embedding sentences", progress), allow_pickle=False)
    files = sorted(path for path in work.rglob("*") if path.is_file())
    Manifest(
        recipe=recipe,
        passages=len(cut),
        sentences=len(sentences),
        canary=tuple(float(x) for x in encoder.encode([CANARY])[0]),
        files={path.relative_to(work).as_posix(): file_sha256(path) for path in files},
        versions={name: version(name) for name in ("llama-index-core", "sentence-transformers", "torch", "bm25s")},
    ).write(work)


def sentence_text(release: Release, i: int) -> str:
    """What is embedded for one sentence: the innermost heading, then the sentence."""
    sentence = release.sentences[i]
    path = [span.of(release.text) for span in sentence.context[-1:]]
    return " ".join(" ".join([*path, sentence.span.of(release.text)]).split())


def _encode(encoder: Encoder, texts: Sequence[str], what: str, progress: Progress) -> Vectors:
    found = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    for at in range(0, len(texts), 32):
        progress(what, at, len(texts))
        found[at : at + 32] = encoder.encode(texts[at : at + 32])
    progress(what, len(texts), len(texts))
    return found


def _swap(work: Path, folder: Path) -> None:
    """Puts the new folder in its place. Another process may have built the same one meanwhile: either will do."""
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        if folder.exists():
            folder.replace(aside / "old")
        work.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _open(folder: Path, recipe: Recipe, releases: Sequence[Release], cut: Cut, encoder: Encoder) -> Index:
    manifest = Manifest.read(folder)
    if manifest.recipe.key != recipe.key:
        raise IndexDamaged(f"The index in {folder} is damaged", f"its manifest names {manifest.recipe.key}", REMEDY)
    nearness = float(np.dot(encoder.encode([CANARY])[0], np.asarray(manifest.canary, dtype=np.float32)))
    if nearness < 0.999:
        raise IndexDamaged(
            f"The index in {folder} was built with other weights",
            f"a known sentence has moved: cosine {nearness:.4f} to its vector in the index",
            REMEDY,
        )
    try:
        storage = StorageContext.from_defaults(persist_dir=str(folder / "dense"))
        dense = load_index_from_storage(storage, embed_model=_Adapter(encoder), transformations=[_AsTheyAre()])
        assert isinstance(dense, VectorStoreIndex)
        lexical = bm25s.BM25.load(str(folder / "lexical"), show_progress=False)
        vectors = np.load(folder / "sentences.npy", allow_pickle=False)
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as error:
        raise IndexDamaged(f"The index in {folder} is damaged", str(error), REMEDY) from error
    first: dict[str, int] = {}
    stems: dict[tuple[str, int], tuple[frozenset[str], frozenset[str]]] = {}
    for release in releases:
        first[release.id] = len(stems)
        for i, sentence in enumerate(release.sentences):
            own = frozenset(words(sentence_text(release, i)))
            path = " ".join([release.title_text, *(span.of(release.text) for span in sentence.context)])
            stems[release.id, i] = own, own | frozenset(words(path))
    frequency = Counter(stem for own, _ in stems.values() for stem in own)
    by_id = {r.id: r for r in releases}
    here = tuple(passage for _, passage in cut)
    return Index(folder, manifest, by_id, here, encoder, vectors, first, dense, lexical, stems, frequency)


class _AsTheyAre(TransformComponent):
    """Our passages are cut already. Without this, LlamaIndex would make a splitter in its global Settings."""

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:  # noqa: ARG002
        return nodes


class _Adapter(BaseEmbedding):
    """Our encoder in LlamaIndex's terms, always passed explicitly: the global Settings stay untouched."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encoder.encode([query])[0].tolist()  # type: ignore[no-any-return]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
