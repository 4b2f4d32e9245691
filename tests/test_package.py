"""The wheel: built, installed into an empty environment, imported and run from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, TENTH


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_what_the_product_needs_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        f"sources/releases/{TENTH}.txt", f"sources/releases/{TENTH}.toml", "assistant/models/reader.safetensors",
        "assistant/models/verifier.safetensors",
        "assistant/models/judge.json", "assistant/web.css", "assistant/web.js",
    ):  # fmt: skip
        assert needed in names
    assert not [n for n in names if n.startswith(("tests", "training", "benchmarks"))]
    assert wheel.stat().st_size < 30_000_000


def test_it_works_from_an_empty_environment_and_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """The dependencies are lent by a path file, not fetched again; the project itself comes from the wheel alone."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip())
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"DIALOGUE_HOME": str(tmp_path / "home")}
    code = "import assistant, index, sources; print(assistant.__file__); print(sources.packaged_releases()[0].id)"
    done = subprocess.run([python, "-c", code], cwd=empty, env=env, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == [str(site / "assistant" / "__init__.py"), TENTH]
    command = [tmp_path / "env" / "bin" / "dialogue", "ask", "When was the tenth meeting held?"]
    done = subprocess.run(command, cwd=empty, env=env, check=True, capture_output=True, text=True, timeout=300)
    assert "October 10 and 11, 2019" in done.stdout
