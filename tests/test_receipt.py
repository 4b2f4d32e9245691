"""What is saved can be checked again, and the first character that differs is named."""

from __future__ import annotations

import copy
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.receipt import answer_from, read_receipt, receipt, verify
from assistant.render import as_markdown, footnote, official_page
from sources import Release, read_release
from sources.errors import DialogueError, PromiseBroken, UsageError

ASKED = (
    "When was the tenth meeting held?",
    "What was said about 5G?",
    "What did the interpreters at the banquet earn?",
)
NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def saved(assistant: Assistant) -> dict:  # type: ignore[type-arg]
    return receipt([assistant.ask(q) for q in ASKED], assistant.releases, NOW)


def test_a_receipt_holds_and_gives_the_same_answers_back(saved, assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(saved), encoding="utf-8")
    answers = read_receipt(path)
    findings = list(verify(answers, assistant.releases))
    assert findings and all(f.holds for f in findings)
    assert [answer_from(a, assistant.releases).text for a in answers] == [a["text"] for a in saved["answers"]]


def test_each_changed_character_of_each_quotation_is_found(saved, assistant: Assistant) -> None:
    tampered = 0
    for a, answer in enumerate(saved["answers"]):
        for c, citation in enumerate(answer["citations"]):
            for n in range(0, len(citation["quote"]), 7):
                broken = copy.deepcopy(saved["answers"])
                quote = citation["quote"]
                other = "x" if quote[n] != "x" else "y"
                broken[a]["citations"][c]["quote"] = quote[:n] + other + quote[n + 1 :]
                bad = [f for f in verify(broken, assistant.releases) if not f.holds]
                assert bad and f"character {citation['start'] + n} of the source is {quote[n]!r}" in bad[0].why
                tampered += 1
    assert tampered > 50


def test_words_added_to_an_answer_are_found(saved, assistant: Assistant) -> None:
    broken = copy.deepcopy(saved["answers"][0])
    broken["text"] += "\n\nThe dialogue cost 3 million dollars."
    bad = [f for f in verify([broken], assistant.releases) if not f.holds]
    assert len(bad) == 1 and "says what it does not quote" in bad[0].why
    with pytest.raises(PromiseBroken):
        answer_from(broken, assistant.releases)


def test_a_changed_or_absent_source_is_named(saved, release: Release, tmp_path: Path) -> None:
    changed = tmp_path / f"{release.id}.txt"
    changed.write_text(release.text.replace("October 18", "October 19"), encoding="utf-8")
    now = read_release(changed)
    findings = list(verify(saved["answers"], {now.id: now}))
    assert not findings[0].holds and "the text has changed" in findings[0].why
    assert all(f.holds for f in findings[1:])
    assert all(not f.holds for f in verify(saved["answers"][:1], {}))


@pytest.mark.parametrize(
    "text", ["", "nonsense", "{}", "[]", '{"answers": []}', '{"answers": [1]}', '{"answers": {"a": 1}}']
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_receipt(path)


def test_the_command_verifies_and_says_so_by_its_exit_code(saved, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    command = [sys.executable, "-m", "assistant", "verify", str(path)]
    for find, replace, code in (("", "", 0), ("Tokyo", "Kyoto", 1)):
        path.write_text(json.dumps(saved, ensure_ascii=False).replace(find, replace) if find else json.dumps(saved))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
    assert "DIFFERS" in done.stdout and "'T'" in done.stdout and "'K'" in done.stdout
    path.unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "What to do" in done.stderr and "Traceback" not in done.stderr


def test_markdown_of_a_conversation_cannot_be_broken_out_of(make_assistant, tmp_path: Path) -> None:
    path = tmp_path / "hostile.txt"
    path.write_text(
        "A Title of It\n\nThe *council* met [here](http://x.example) <b>in</b> `Oslo` *on* [a](b) Monday.\n"
    )
    release = read_release(path)
    assistant = make_assistant([release])
    text = as_markdown([assistant.ask("Where did the council meet on Monday?")], assistant.releases)
    bare = re.sub(r"\\.", "", text)
    for mark in ("[here", "<b>", "`", "[a]", "*"):
        assert mark not in bare
    assert "\\<b\\>in\\</b\\>" in text


def test_a_footnote_names_the_place_and_the_link_the_words(assistant: Assistant) -> None:
    citation = assistant.ask(ASKED[0]).citations[0]
    release = assistant.releases[citation.source]
    note = footnote(citation, release)
    assert citation.quote in note and f"characters {citation.start}–{citation.end}" in note and release.url in note
    link = official_page(citation, release)
    assert link.startswith(release.url + "#:~:text=") and " " not in link and "“" not in link


def test_feedback_that_cannot_be_written_is_an_error_with_a_remedy(assistant: Assistant, own_home: Path) -> None:
    from assistant.feedback import feedback_file, keep_feedback

    feedback_file().mkdir(parents=True)
    with pytest.raises(DialogueError, match="What to do"):
        keep_feedback(assistant.ask(ASKED[0]), True)
