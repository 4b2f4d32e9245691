"""The index: what is in it, what is found, and that nothing is lost when something goes wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from index.passages import PassageSettings, embedded_text, passages
from index.search import Nearness, nearest_sentences, search
from index.store import open_index
from sources import Release, read_release
from sources.errors import IndexDamaged, StoreError


def test_every_sentence_is_in_a_passage_and_every_passage_is_a_slice(release: Release) -> None:
    found = passages(release)
    assert {i for p in found for i in p.sentences} == set(range(len(release.sentences)))
    for p in found:
        for i in p.sentences:
            assert p.span.contains(release.sentences[i].span)
        assert p.span.of(release.text) in embedded_text(release, p)


def test_a_long_paragraph_is_cut_between_sentences(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(
        "A Title of It\n\n"
        + " ".join(f"Sentence number {n} says a thing. This is why it was said so." for n in range(60))
    )
    long = read_release(path)
    found = passages(long, PassageSettings(longest=110))
    assert len(found) > 5
    assert all(len(p.span) <= 200 for p in found)
    assert any(a.span.overlaps(b.span) for a, b in pairwise(found))


def test_dense_search_equals_the_oracle(release: Release, encoder) -> None:
    index = open_index([release], encoder)
    vectors = encoder.encode([embedded_text(release, p) for p in index.passages])
    for words in ("cybersecurity", "next meeting", "personal information and data flows", "who took part"):
        query = encoder.encode([words])[0]
        expected = np.argsort(-(vectors @ query), kind="stable")[:5]
        found = index.dense(query, 5)
        assert np.allclose(
            sorted((s for _, s in found), reverse=True), sorted(vectors @ query, reverse=True)[:5], atol=1e-5
        )
        assert {p for p, _ in found[:1]} == {int(expected[0])}


def test_lexical_search_finds_rare_words_first(release: Release, encoder) -> None:
    index = open_index([release], encoder)
    best, score = index.lexical("virtualized networks relay", 3)[0]
    assert "virtualized networks" in index.passages[best].span.of(release.text) and score > 0
    assert index.lexical("zzzz qqqq", 3) == []


def test_search_is_deterministic_and_bounded(release: Release, encoder) -> None:
    index = open_index([release], encoder)
    assert search(index, "smart cities", 3) == search(index, "smart cities", 3)
    assert len(search(index, "smart cities", 3)) == 3
    with pytest.raises(ValueError, match="at least 1"):
        search(index, "x", 0)
    near = nearest_sentences(Nearness(index, "smart cities"), 4)
    assert len(near) == 4 and near[0].score >= near[-1].score


def test_a_change_of_anything_gives_another_folder(release: Release, encoder, tmp_path: Path) -> None:
    first = open_index([release], encoder)
    assert open_index([release], encoder).folder == first.folder
    other = tmp_path / f"{release.id}.txt"
    other.write_bytes(release.text.replace("Tokyo", "Kyoto").encode())
    assert open_index([read_release(other)], encoder).folder != first.folder
    assert open_index([release], encoder, PassageSettings(longest=500)).folder != first.folder
    fewer = dataclasses.replace(release, sentences=release.sentences[:-1])
    assert open_index([fewer], encoder).folder != first.folder  # cut by another splitter
    encoder.weights_sha256 = "0" * 64
    assert open_index([release], encoder).folder != first.folder


def test_nothing_is_written_to_an_index_that_is_there(release: Release, encoder) -> None:
    folder = open_index([release], encoder).folder
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    search(open_index([release], encoder), "tokyo")
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    "name", ["manifest.json", "sentences.npy", "dense/docstore.json", "dense/default__vector_store.json"]
)
def test_a_damaged_index_is_named_and_its_remedy_works(name: str, release: Release, encoder) -> None:
    folder = open_index([release], encoder).folder
    path = folder / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(IndexDamaged, match="dialogue index --rebuild"):
        open_index([release], encoder)
    assert path.exists()
    assert open_index([release], encoder, rebuild=True).folder == folder
    open_index([release], encoder)


def test_a_missing_file_and_moved_weights_are_named(release: Release, encoder) -> None:
    folder = open_index([release], encoder).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["canary"] = manifest["canary"][1:] + manifest["canary"][:1]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexDamaged, match="other weights"):
        open_index([release], encoder)
    (folder / "sentences.npy").unlink()
    with pytest.raises(IndexDamaged, match="no file"):
        open_index([release], encoder)


def test_a_build_that_fails_leaves_nothing_and_harms_nothing(release: Release, encoder) -> None:
    good = open_index([release], encoder)

    class Breaks(type(encoder)):  # type: ignore[misc]
        def encode(self, texts):  # type: ignore[no-untyped-def]
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError):
        open_index([release], Breaks(), rebuild=True)
    assert [p.name for p in good.folder.parent.iterdir()] == [good.folder.name]
    open_index([release], encoder)


def test_an_unwritable_cache_is_named(release: Release, encoder, own_home: Path) -> None:
    own_home.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="DIALOGUE_HOME"):
        open_index([release], encoder)
    assert own_home.read_text() == "a file where the folder should be"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_is_named(release: Release, encoder, own_home: Path) -> None:
    own_home.mkdir()
    own_home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StoreError, match="DIALOGUE_HOME"):
        open_index([release], encoder)


def test_a_read_only_index_can_be_opened(release: Release, encoder) -> None:
    folder = open_index([release], encoder).folder
    for path in [*folder.rglob("*"), folder]:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert search(open_index([release], encoder), "tokyo")
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)


def test_the_global_settings_of_llamaindex_stay_untouched(release: Release, encoder) -> None:
    from llama_index.core import Settings

    search(open_index([release], encoder), "tokyo")
    assert Settings._embed_model is None and Settings._llm is None and Settings._node_parser is None


def test_weights_that_are_not_the_ones_expected_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index import embed
    from sources.errors import ModelError

    with pytest.raises(ModelError, match="missing"):
        embed.MiniLM(tmp_path)
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"other")
    monkeypatch.setattr(embed, "packaged_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="not the ones"):
        embed.MiniLM()
