"""The data that the reader is trained on: every record can be proved, and no sealed text is trained on."""

from __future__ import annotations

import json
import random

import pytest

from sources import Release
from training.contrasts import contrasts, exchanged
from training.examples import DATA, drills, questions, releases, split
from training.train_verifier import following


@pytest.fixture(scope="module")
def found() -> dict[str, Release]:
    return releases()


def test_every_question_points_at_its_evidence_and_every_part_is_there(found: dict[str, Release]) -> None:
    examples = list(questions(found))
    assert len(found) >= 100 and len(examples) >= 4_700
    assert {split(name) for name in found} == {"train", "fit", "dev", "sealed"}
    for e in examples:
        assert e.raw["answerable"] == bool(e.gold) == bool(e.raw["facts"])
        for fragment in e.raw["evidence"]:
            assert found[e.doc].text.count(fragment["text"]) == 1


def test_no_drill_is_about_a_sealed_text_and_their_answers_are_exact(found: dict[str, Release]) -> None:
    examples = list(drills(found))
    assert len(examples) >= 30_000
    assert {split(e.doc) for e in examples} == {"train", "fit", "dev"}
    with_span = [e for e in examples if e.gold and e.kind != "drill_T"]  # several sentences have no one span
    assert sum(bool(e.spans) for e in with_span) >= 0.99 * len(with_span)


def test_twins_and_edits_name_questions_that_are_there(found: dict[str, Release]) -> None:
    asked = {e.id: e for e in questions(found)}
    for twin in map(json.loads, (DATA / "twins.jsonl").read_text(encoding="utf-8").splitlines()):
        assert not asked[twin["absent"]].gold and asked[twin["honest"]].gold
    for edit in map(json.loads, (DATA / "edits.jsonl").read_text(encoding="utf-8").splitlines()):
        assert found[asked[edit["id"]].doc].text.count(edit["find"]) == 1


def test_of_two_questions_in_a_row_the_last_one_counts(found: dict[str, Release]) -> None:
    asked = {e.id: e for e in questions({d: r for d, r in found.items() if d.startswith("U1_")})}
    after = following(list(asked.values()), random.Random(7))
    assert after
    for e in after:
        own, before = (asked[name] for name in e.id.split("+"))
        assert e.doc == before.doc and e.gold == own.gold
        assert e.question.startswith(before.question) and e.question.endswith(own.question[1:])


def test_a_contrast_exchanges_one_word_for_one_that_the_sentence_does_not_hold(found: dict[str, Release]) -> None:
    asked = {e.id: e for e in questions({d: r for d, r in found.items() if d.startswith("U1_")})}
    chosen = contrasts(list(asked.values()), found, random.Random(7))
    assert any(e.gold for e, _ in chosen) and any(not e.gold for e, _ in chosen)
    for e, i in chosen:
        own = asked[e.id.partition("~")[0]]
        assert i in own.gold and (e.gold == own.gold or (e.near == i and not e.gold))
        if not e.gold:
            assert e.question != own.question and len(e.question.split()) == len(own.question.split())


def test_a_word_is_exchanged_for_one_of_its_sort_only() -> None:
    text = "The protection zone has a radius of 3 km. The surveillance zone was set up on 2 May. Tea is served in June."
    ways = {
        exchanged("How wide is the protection zone?", text.split(". ")[0], text, random.Random(n)) for n in range(9)
    }
    assert ways == {"How wide is the surveillance zone?"}
    assert exchanged("How wide is it?", text.split(". ")[0], text, random.Random(7)) is None
