"""The shape of the project: one direction, heavy imports in one file each, no word of a release in the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from index.words import STOP
from sources import Release
from tests.conftest import ROOT

ROOMS = ("sources", "index", "assistant")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).glob("*.py"))


def imported(path: Path) -> set[str]:
    """The packages that a file imports; relative imports name its own room."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(path.parent.name if node.level else (node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_imports_go_one_way(path: Path) -> None:
    allowed = ROOMS[: ROOMS.index(path.parent.name) + 1]
    assert imported(path) & set(ROOMS) <= set(allowed)


@pytest.mark.parametrize(
    ("package", "files"),
    [
        ("llama_index", {"index/store.py", "index/engine.py"}),
        ("sentence_transformers", {"index/embed.py"}),
        ("gradio", {"assistant/web.py"}),
    ],
)
def test_heavy_imports_are_where_they_belong(package: str, files: set[str]) -> None:
    assert {f"{p.parent.name}/{p.name}" for p in FILES if package in imported(p)} == files


def test_the_face_is_three_names() -> None:
    assert assistant.__all__ == ["Answer", "Assistant", "Citation"]
    assert all(hasattr(assistant, name) for name in assistant.__all__)


def test_nothing_heavy_is_loaded_by_importing_the_assistant() -> None:
    code = "import assistant, sys; print([m for m in ('torch', 'llama_index', 'sentence_transformers', 'gradio') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_every_file_says_what_it_is_for() -> None:
    for path in FILES:
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_the_project_is_small() -> None:
    assert len(FILES) <= 35
    assert max(len(p.read_text().splitlines()) for p in FILES) < 420


def test_no_word_of_the_release_is_in_the_code_that_chooses(release: Release) -> None:
    """Capitalised words and figures of the release (its names) may not be in what chooses and decides."""
    text = release.text
    names = set(re.findall(r"(?<=[a-z,] )[A-Z][A-Za-z.]{3,}\b|\b[A-Z]{3,}\b|\b5G\b|\b20[12]\d\b", text))
    general = {"October", "March", "April", "August", "Office", "Division", "Department", "Commission", "Group", "Working",
               "Minister", "Ministry", "Related", "Major", "Both", "Furthermore", "Moreover", "Japan", "Policy"}  # fmt: skip
    for name in ("question", "evidence", "reader", "write", "assistant", "suggest"):
        code = (ROOT / "assistant" / f"{name}.py").read_text()
        strings = [
            n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        docs = [
            ast.get_docstring(n, clean=False)
            for n in ast.walk(ast.parse(code))
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
        ]
        words = set(re.findall(r"\w+", " ".join(s for s in strings if s not in docs)))
        assert {w for w in names - general if w in words and w.lower() not in STOP} == set(), name
