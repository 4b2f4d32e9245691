"""The command line, run as a user runs it: in a process of its own, with loopback only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, TENTH

RELEASE = ROOT / "sources" / "releases" / f"{TENTH}.txt"
KEYS = ["id", "question", "status", "text", "confidence", "citations", "suggestions", "sources"]
CITATION_KEYS = ["marker", "source", "title", "start", "end", "quote", "answer_start", "answer_end"]


def test_ask_prints_the_answer_with_its_quote_and_offsets(dialogue) -> None:
    done = dialogue("ask", "When was the tenth meeting held?", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer) == KEYS and list(answer["citations"][0]) == CITATION_KEYS
    assert answer["status"] == "answered" and "October 10 and 11, 2019" in answer["text"]
    text = RELEASE.read_bytes().decode()
    first = answer["citations"][0]
    assert "October 10 and 11, 2019" in first["quote"] and text[first["start"] : first["end"]] == first["quote"]
    assert first["source"] == TENTH and answer["sources"][0]["source"] == TENTH
    plain = dialogue("ask", "When was the tenth meeting held?", "--explain")
    assert (
        "October 10 and 11, 2019" in plain.stdout and f"characters {first['start']} to {first['end']}" in plain.stdout
    )
    assert "confidence" in plain.stdout and "Traceback" not in plain.stderr


def test_the_same_question_gives_the_same_bytes(dialogue) -> None:
    asked = [dialogue("ask", "Who took part from the United States?", "--json").stdout for _ in range(2)]
    assert asked[0] == asked[1] != ""


def test_not_finding_an_answer_is_no_failure(dialogue) -> None:
    done = dialogue("ask", "What did the interpreters earn?", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "not_in_release"


def test_after_gives_the_earlier_questions(dialogue) -> None:
    done = dialogue("ask", "And in which city?", "--after", "When was the tenth meeting held?", "--json")
    assert json.loads(done.stdout)["question"] == "And in which city?"
    assert "(read as: " in dialogue("ask", "And in which city?", "--after", "When was the tenth meeting held?").stdout


def test_sources_and_show(dialogue, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_bytes(b"A Title of It\r\n\r\nThe Board met on 3 May 2020.\r\n")
    assert TENTH in dialogue("sources").stdout
    listed = dialogue("sources", "--sources", str(own))
    assert "own" in listed.stdout and TENTH not in listed.stdout
    assert dialogue("--sources", str(own), "show", "own").stdout.encode() in (
        own.read_bytes(),
        own.read_bytes().replace(b"\r\n", b"\n"),
    )


def test_evaluate_writes_answers_and_a_report(dialogue, tmp_path: Path) -> None:
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    lines = (ROOT / "tests" / "data" / "questions.jsonl").read_text().splitlines()[:3]
    questions.write_text("\n".join(lines))
    done = dialogue("evaluate", str(questions), "--answers", str(answers), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["all"]["questions"] == 3 and found["all"]["inexact quotes"]["hits"] == 0
    written = [json.loads(line) for line in answers.read_text().splitlines()]
    assert [w["id"] for w in written] == [json.loads(line)["id"] for line in lines]


def test_search_and_index(dialogue) -> None:
    done = dialogue("search", "smart cities", "-k", "2")
    assert done.returncode == 0 and "smart cities" in done.stdout and "BM25" in done.stdout
    assert "passages" in dialogue("index", "--rebuild").stdout


BAD = {
    "missing": lambda f: ["ask", "x?", "--sources", str(f / "missing.txt")],
    "empty": lambda f: ["ask", "x?", "--sources", str(f / "empty.txt")],
    "binary": lambda f: ["ask", "x?", "--sources", str(f / "binary.txt")],
    "huge": lambda f: ["ask", "x?", "--sources", str(f / "huge.txt")],
    "folder": lambda f: ["sources", "--sources", str(f / "nothing")],
    "suffix": lambda f: ["sources", "--sources", str(f / "file.pdf")],
    "no question": lambda f: ["ask", "  "],
    "show unknown": lambda f: ["show", "unknown"],
    "no file of questions": lambda f: ["evaluate", str(f / "missing.jsonl")],
    "wrong question": lambda f: ["evaluate", str(f / "wrong.jsonl")],
    "option": lambda f: ["ask", "x?", "--nonsense"],
    "command": lambda f: ["nonsense"],
    "port": lambda f: ["chat", "--port", "99999999"],
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_clear_message_and_exit_code_2(case: str, dialogue, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    (tmp_path / "huge.txt").write_bytes(b"x" * 5_000_000)
    (tmp_path / "file.pdf").write_bytes(b"%PDF")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "wrong.jsonl").write_text('{"id": 1}\n')
    done = dialogue(*BAD[case](tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr.strip()
    if case not in ("option", "command", "port"):
        assert "Found: " in done.stderr and "What to do: " in done.stderr


def test_an_unwritable_cache_and_a_damaged_index_are_named_and_nothing_is_lost(
    dialogue, tmp_path: Path, own_home: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    done = dialogue("index", DIALOGUE_HOME=str(blocked))
    assert done.returncode == 2 and "DIALOGUE_HOME" in done.stderr and "Traceback" not in done.stderr
    folder = Path(dialogue("index").stdout.splitlines()[0])
    good = (folder / "sentences.npy").read_bytes()
    (folder / "sentences.npy").write_bytes(good[:-1])
    done = dialogue("ask", "Where was it held?")
    assert done.returncode == 2 and "dialogue index --rebuild" in done.stderr and "Traceback" not in done.stderr
    assert (folder / "sentences.npy").read_bytes() == good[:-1]
    assert dialogue("index", "--rebuild").returncode == 0
    assert (folder / "sentences.npy").read_bytes() == good
