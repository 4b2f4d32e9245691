"""A file -> Release. The bytes are decoded and never changed: line ends, byte order marks and quotes stay."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from .errors import SourceError
from .release import Release
from .structure import structure

SUFFIXES = (".txt", ".md")
LARGEST_BYTES = 4_000_000
"""A release is some pages; four million bytes are a book of two thousand, and surely the wrong file."""


def read_release(path: str | Path) -> Release:
    """The release in a .txt or .md file of UTF-8 text; its id is the file's stem.

    A file of the same name ending in .toml may add `publisher` and `url`.
    Raises SourceError if the file is missing, empty, huge, binary, or not UTF-8.
    """
    path = Path(path)
    text = _text(path)
    meta = _sidecar(path.with_suffix(".toml"))
    found = structure(text, markdown=path.suffix.lower() == ".md")
    return Release(
        id=path.stem,
        text=text,
        blocks=found.blocks,
        sentences=found.sentences,
        title=found.title,
        date=found.date,
        date_span=found.date_span,
        division=found.division,
        publisher=meta.get("publisher", ""),
        url=meta.get("url", ""),
    )


def packaged_releases() -> list[Release]:
    """The release that the project ships."""
    with as_file(files(__package__) / "releases") as folder:
        return read_sources([folder])


def read_sources(paths: Sequence[str | Path]) -> list[Release]:
    """The releases in these files and folders (a folder: its .txt and .md files, by name).

    Raises SourceError for what cannot be read, and for two files of the same stem: a citation could not
    tell them apart.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
            if not inside:
                raise SourceError(
                    f"No release in the folder {path}",
                    f"no file that ends in {' or '.join(SUFFIXES)}",
                    "name a folder that holds releases as text files, or name a file",
                )
            found += inside
        else:
            found.append(path)
    unique = list(dict.fromkeys(p.resolve() for p in found))
    by_stem: dict[str, Path] = {}
    for path in unique:
        if path.stem in by_stem:
            raise SourceError(
                f"Two sources are both called {path.stem}",
                f"{by_stem[path.stem]} and {path}",
                "rename one of them: a citation names its source by the file's stem",
            )
        by_stem[path.stem] = path
    return [read_release(path) for path in unique]


def _text(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        raise SourceError(
            f"Cannot read {path}",
            f"a file that ends in {path.suffix or 'nothing'}",
            f"give a file that ends in {' or '.join(SUFFIXES)}",
        )
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SourceError(
                f"{path} is too large for a news release",
                f"{path.stat().st_size:,} bytes",
                f"give a file of at most {LARGEST_BYTES:,} bytes, or split it",
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"Cannot read {path}", error.strerror or str(error), "check the name and the permissions"
        ) from error
    if b"\0" in data:
        raise SourceError(f"{path} is not a text file", "bytes of value zero", "save it as plain text in UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not UTF-8 text",
            f"the byte 0x{data[error.start]:02x} at position {error.start:,}",
            "save it as plain text in UTF-8",
        ) from error
    if not text.strip().strip("\ufeff"):
        raise SourceError(f"{path} is empty", "no character but space", "give a file with the text of a release")
    return text


def _sidecar(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        meta = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"Cannot read {path}", str(error), "mend it, or remove it: it is optional") from error
    wrong = [key for key in meta if key not in ("publisher", "url", "terms") or not isinstance(meta[key], str)]
    if wrong:
        raise SourceError(
            f"Cannot use {path}", f"{', '.join(wrong)}", "only the texts publisher, url and terms belong there"
        )
    return meta
