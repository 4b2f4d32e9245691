"""What an index was built from. Its hash names the folder: a change of anything gives a new folder, never a
wrong answer. The manifest is written last: a folder without one does not exist."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sources.errors import IndexDamaged

FORMAT = 1
NAME = "manifest.json"
REMEDY = "rebuild it:  dialogue index --rebuild"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what the index holds. texts: source id -> sha256 of its text;
    cut: sha256 of the spans that the texts were cut into, so that another way to cut them is another index."""

    texts: Mapping[str, str]
    cut: str
    model: str
    weights_sha256: str
    tokenizer_sha256: str
    dimension: int
    passages: Mapping[str, int]
    format: int = FORMAT

    @property
    def key(self) -> str:
        """16 hexadecimal digits: the name of the folder."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Manifest:
    """recipe, and what was found while building. canary: the vector of CANARY as the weights gave it then;
    files: sha256 of each file of the index, by its path in the folder."""

    recipe: Recipe
    passages: int
    sentences: int
    canary: tuple[float, ...]
    files: Mapping[str, str]
    versions: Mapping[str, str]

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises IndexDamaged if the manifest cannot be understood, or a file is missing or was changed."""
        try:
            data: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
            recipe = Recipe(**data.pop("recipe"))
            manifest = cls(recipe=recipe, canary=tuple(data.pop("canary")), **data)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexDamaged(f"The index in {folder} is damaged", f"{NAME}: {error}", REMEDY) from error
        for name, expected in manifest.files.items():
            path = folder / name
            if not path.is_file():
                raise IndexDamaged(f"The index in {folder} is damaged", f"no file {name}", REMEDY)
            if file_sha256(path) != expected:
                raise IndexDamaged(f"The index in {folder} is damaged", f"{name} was changed after the build", REMEDY)
        return manifest


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


CANARY = "The next meeting will be held at a place to be announced."
