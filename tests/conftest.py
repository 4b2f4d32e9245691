"""What tests share. They touch neither the user's folders nor the network."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "offline"))
import sitecustomize  # noqa: F401  (blocks every socket but loopback)

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault(
    "DIALOGUE_MODELS", str(Path(__file__).parents[1] / ".venv" / "models")
)  # unpacked once, not per test

from assistant import Assistant
from assistant.evidence import Judges, Weights
from assistant.reader import Reading
from assistant.write import QuoteWriter
from index.words import words
from sources import Release, packaged_releases

TENTH = "tenth-dialogue-2019-10-18"
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("DIALOGUE_HOME", str(home))
    return home


class FakeEncoder:
    """Bag of hashed words: near texts share words. Deterministic, 64 dimensions."""

    name, weights_sha256, tokenizer_sha256, dimension = "fake", "f" * 64, "e" * 64, 64

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text) or ["-"]:
                found[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class FakeJudge:
    """Takes a sentence for an answer as far as it shares words with the question; its span is the whole sentence."""

    def read(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]:
        asked = set(words(question))
        found = []
        for release, i in sentences:
            span = release.sentences[i].span
            share = len(asked & set(words(span.of(release.text)))) / max(1, len(asked))
            none = 1 - min(0.99, max(0.01, share))
            found.append(Reading((none, 1 - none, 0.0, 0.0, 0.0), span, 0.0))
        return found


_ONE = {"bias": 0.0, "reader": 1.0}
WEIGHTS = Weights(_ONE, _ONE, _ONE, _ONE, 0.3, 0.3)


@pytest.fixture
def make_assistant() -> Callable[[Sequence[Release]], Assistant]:
    """A quick assistant over any releases: fake encoder, fake judge, everything else real."""
    from index.store import open_index

    def make(releases: Sequence[Release]) -> Assistant:
        return Assistant(open_index(releases, FakeEncoder()), Judges(FakeJudge(), FakeJudge()), QuoteWriter(), WEIGHTS)

    return make


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture(scope="session")
def release() -> Release:
    return packaged_releases()[0]


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The real one, over the packaged release."""
    before = os.environ.get("DIALOGUE_HOME")
    os.environ["DIALOGUE_HOME"] = str(tmp_path_factory.mktemp("home"))
    try:
        return Assistant.open()
    finally:
        if before is None:
            del os.environ["DIALOGUE_HOME"]
        else:
            os.environ["DIALOGUE_HOME"] = before


@pytest.fixture
def dialogue(own_home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line as a user does, in a process of its own that can reach loopback only."""

    def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"DIALOGUE_HOME": str(own_home), "PYTHONPATH": str(ROOT / "tests" / "offline")} | environment
        return subprocess.run(
            [sys.executable, "-m", "assistant", *args], capture_output=True, text=True, env=env, timeout=300, cwd="/tmp"
        )

    return run
