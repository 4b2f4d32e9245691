"""Every command and block of the README does what the README says."""

from __future__ import annotations

import contextlib
import io
import re
import shlex

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, flags=re.S)
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def commands() -> list[tuple[str, str]]:
    found = []
    for block in CONSOLE:
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output.strip()))
    return found


def test_there_is_something_to_check() -> None:
    assert len(commands()) >= 2 and PYTHON


@pytest.mark.parametrize(("command", "output"), commands())
def test_a_command_prints_what_the_readme_shows(command: str, output: str, dialogue) -> None:
    words = shlex.split(command)
    assert words[0] == "dialogue"
    done = dialogue(*words[1:])
    assert done.returncode == 0, done.stderr
    if output:
        assert done.stdout.strip() == output


def test_the_python_block_runs_and_its_comments_hold(assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.Assistant.open", lambda: assistant)
    for block in PYTHON:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, "README.md", "exec"), {})
        expected = re.findall(r"# -> (.*)", block)
        assert printed.getvalue().splitlines() == expected


def test_every_file_of_the_tree_exists() -> None:
    tree = re.search(r"```text\n(.*?)```", README, flags=re.S)
    assert tree
    names = re.findall(r"[\w.-]+\.(?:py|css|js|json|jsonl|safetensors|txt)\b", tree[1])
    assert len(names) > 20
    for name in names:
        assert list(ROOT.glob(f"*/{name}")) or list(ROOT.glob(f"*/*/{name}")), name
