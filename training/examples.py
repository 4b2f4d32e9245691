"""Questions and drills -> training examples over the sentences of their release."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.question import read_question
from assistant.quotes import locate
from assistant.reader import LABELS
from sources import Release, Span, read_sources

DATA = Path(__file__).parent / "data"


SEALED = re.compile(r"X\d_")
TRAINING = re.compile(r"drill|[SUVYZ]\d+_")
"""Texts with drills only, texts that were sealed before, and texts that were written to train on."""
FIT = re.compile(r"drill[KPQR]|V(?:28|29|31)_")
"""Texts that neither reader is trained on, to fit and measure what stands on them."""


def split(name: str) -> str:
    """train, dev or sealed: an eighth for development, by a hash of the text's name; sealed are the texts of the fifth
    sealing (X1_ to X9_), since those before were read, failure by failure, and now train. A text that has drills only,
    and no questions to be scored by, is for training the reader, or ("fit", with fifteen others) for fitting and
    measuring what stands on a reader that has not seen it."""
    if SEALED.match(name):
        return "sealed"
    if FIT.match(name):
        return "fit"
    if TRAINING.match(name):
        return "train"
    bucket = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 40
    return "dev" if 8 <= bucket < 13 else "train"


__all__ = ["DATA", "LABELS", "Example", "drills", "questions", "releases", "split"]


@dataclass(slots=True)
class Example:
    """gold: sentence position -> label (an index into LABELS, or None where it is one of those that state, show or
    contradict, and the data do not say which). spans: sentence position -> the shortest spans that answer, as
    offsets in the release's text. empty gold: the release does not say. near: a sentence it is about, or None."""

    id: str
    doc: str
    kind: str
    question: str
    gold: dict[int, int | None]
    spans: dict[int, list[Span]] = field(default_factory=dict)
    near: int | None = None
    raw: dict = field(default_factory=dict)  # type: ignore[type-arg]


def releases(folder: Path = DATA / "releases") -> dict[str, Release]:
    return {r.id: r for r in read_sources([folder])}


def questions(found: dict[str, Release], path: Path = DATA / "questions.jsonl") -> Iterator[Example]:
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        if raw["doc"] not in found:
            continue
        release = found[raw["doc"]]
        text = read_question(raw["question"], raw["history"]).text
        gold: dict[int, int | None] = {}
        for fragment in raw["evidence"]:
            start = release.text.index(fragment["text"])
            for i in overlapping(release, Span(start, start + len(fragment["text"]))):
                gold[i] = {"yesno": None, "premise": 4}.get(raw["kind"], 1)
        spans = {i: _facts_in(release, i, raw["facts"]) for i in gold}
        yield Example(raw["id"], raw["doc"], raw["kind"], text, gold, {i: s for i, s in spans.items() if s}, raw=raw)


def drills(found: dict[str, Release], folder: Path = DATA / "drills") -> Iterator[Example]:
    """Each file: unit text comes from the numbered copy beside it, so that a change of the sentence splitter does
    not shift the numbers."""
    for path in sorted(folder.glob("*.tsv")):
        release = found.get(path.stem)
        if release is None:
            continue
        places = _units(release, path.with_suffix(".txt"))
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            parts = line.rstrip("\n").split("\t")
            numbers = [int(number) for number in parts[0].split(",") if number.strip().isdigit()]
            if len(parts) < 3 or not numbers or any(number not in places for number in numbers):
                continue
            near, label, question = places[numbers[0]], parts[1], parts[2].strip()
            answer = parts[3].strip() if len(parts) > 3 else ""
            name = f"{path.stem}-d{n}"
            if label == "M":
                yield Example(name, release.id, "drill_absent", question, {}, near=near)
                continue
            if label == "T":
                yield Example(name, release.id, "drill_T", question, {places[number]: 1 for number in numbers})
                continue
            value = {"A": 1, "Y": 2, "N": 3, "C": 4}.get(label)
            if value is None or not question:
                continue
            sentence = release.sentences[near].span
            at = locate(answer, sentence.of(release.text)) if answer else None
            spans = {near: [Span(sentence.start + at.start, sentence.start + at.end)]} if at else {}
            yield Example(name, release.id, "drill_" + label, question, {near: value}, spans, near=near)


def overlapping(release: Release, span: Span) -> list[int]:
    return [i for i, sentence in enumerate(release.sentences) if sentence.span.overlaps(span)]


def _facts_in(release: Release, i: int, facts: Sequence[Sequence[str]]) -> list[Span]:
    sentence = release.sentences[i].span
    text = sentence.of(release.text)
    found = []
    for forms in facts:
        places = [at for form in forms if (at := locate(form, text))]
        if places:
            best = max(places, key=len)
            found.append(Span(sentence.start + best.start, sentence.start + best.end))
    return sorted(found)


def _units(release: Release, path: Path) -> dict[int, int]:
    """Number in the copy -> position of the sentence in the release."""
    places: dict[str, list[int]] = {}
    for i, sentence in enumerate(release.sentences):
        places.setdefault(" ".join(sentence.span.of(release.text).split()), []).append(i)
    found: dict[int, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        number, _, rest = line.partition(" | ")
        text = rest.partition(" | ")[2]
        if places.get(text):
            found[int(number)] = places[text].pop(0) if len(places[text]) > 1 else places[text][0]
    return found
