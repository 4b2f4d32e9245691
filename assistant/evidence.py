"""Weighs the sentences nearest to a question: which of them answer it, and whether the release answers it at all."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.search import Near, Nearness, nearest_sentences
from index.words import fold
from sources import Kind, Release, Span
from sources.dates import MONTH

from .acronyms import acronyms, definition
from .question import Question, Wants
from .reader import Reading

if TYPE_CHECKING:
    from index import Index

CANDIDATES = 16
"""Sentences read for each question. Measured on the development texts: a sentence that answers is among the first 16
for 98 of 100 questions, among the first 12 for 97, among the first 30 for 99."""
VERIFIED, VERIFIED_OF_SEVERAL = 3, 4
"""Of the sentences read, the most probable ones that the verifier reads again."""
AROUND = 2
"""Sentences before and after the best one that are read too, where several may be asked for."""
JUDGE = Path(__file__).parent / "models" / "judge.json"


class Judge(Protocol):
    """What reads sentences. The reader and the verifier do; the tests ship a fake."""

    def read(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """reader: quick, reads all sentences near to the question. verifier: reads the best of them again."""

    reader: Judge
    verifier: Judge


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, and the probability that it answers the question. span: the stretch of it that answers;
    features: what the probability was computed from, for `dialogue ask --explain`."""

    release: Release
    position: int
    probability: float
    reading: Reading
    features: Mapping[str, float]

    @property
    def sentence(self) -> Span:
        return self.release.sentences[self.position].span


@dataclass(frozen=True, slots=True)
class Weights:
    """Four logistic models, fitted by training.fit_judge: for a sentence, for one that was verified, for the whole
    question, and for a further sentence where several are asked for; and the thresholds that the stated costs give.
    See docs/decisions."""

    sentence: Mapping[str, float]
    verified: Mapping[str, float]
    question: Mapping[str, float]
    further: Mapping[str, float]
    answer_from: float
    also_from: float

    @classmethod
    @cache
    def packaged(cls) -> Weights:
        return cls(**json.loads(JUDGE.read_text(encoding="utf-8")))


def weigh(question: Question, index: Index, judges: Judges, weights: Weights) -> list[Evidence]:
    """The evidence for a question, most probable first."""
    return verify(question, first_reading(question, index, judges.reader, weights), judges.verifier, weights)


def first_reading(question: Question, index: Index, reader: Judge, weights: Weights) -> list[Evidence]:
    """The sentences near to a question as the reader alone weighs them, most probable first. Where several may be
    asked for, those around the best one are read too."""
    nearness = Nearness(index, question.text)
    found = _read(question, nearness, reader, weights, nearest_sentences(nearness, CANDIDATES))
    if found and question.several:
        best = max(found, key=lambda e: e.probability)
        near = range(max(0, best.position - AROUND), min(best.position + AROUND + 1, len(best.release.sentences)))
        unread = {(best.release.id, i) for i in near} - {(e.release.id, e.position) for e in found}
        found += _read(question, nearness, reader, weights, nearness.among(sorted(unread)))
    return sorted(found, key=lambda e: -e.probability)


def verify(question: Question, found: Sequence[Evidence], verifier: Judge, weights: Weights) -> list[Evidence]:
    """The best of the evidence read again, and put in order by what both say; the rest after it, as it was."""
    most = VERIFIED_OF_SEVERAL if question.several else VERIFIED
    best, rest = found[:most], found[most:]
    readings = verifier.read(question.text, [(e.release, e.position) for e in best]) if best else []
    again = []
    for e, reading in zip(best, readings, strict=True):
        features = {**e.features, "verifier": log_odds(reading.answers)}
        kept = e.reading if e.features["defines"] else reading
        again.append(Evidence(e.release, e.position, logistic(features, weights.verified), kept, features))
    return [*sorted(again, key=lambda e: -e.probability), *rest]


def _read(
    question: Question, nearness: Nearness, judge: Judge, weights: Weights, near: Sequence[Near]
) -> list[Evidence]:
    releases = nearness.index.releases
    readings = judge.read(question.text, [(releases[n.source], n.position) for n in near]) if near else []
    found = []
    for place, reading in zip(near, readings, strict=True):
        release = releases[place.source]
        reading, defines = _with_definition(question, release, place.position, reading)
        features = features_of(question, release, place, reading) | {"defines": float(defines)}
        found.append(Evidence(release, place.position, logistic(features, weights.sentence), reading, features))
    return found


def _with_definition(question: Question, release: Release, position: int, reading: Reading) -> tuple[Reading, bool]:
    """Where it was asked what an abbreviation stands for, and the sentence introduces it, its long form is the span."""
    if question.wants is Wants.MEANING:
        sentence = release.sentences[position].span
        for acronym in acronyms(question.asked):
            if found := definition(acronym, sentence.of(release.text)):
                return replace(
                    reading, span=Span(sentence.start + found.start, sentence.start + found.end), span_score=0.0
                ), True
    return reading, False


def answerable(evidence: Sequence[Evidence], weights: Weights) -> float:
    """The probability that the release answers the question, in [0, 1]."""
    return logistic(question_features(evidence), weights.question) if evidence else 0.0


def features_of(question: Question, release: Release, near: Near, reading: Reading) -> dict[str, float]:
    """Readable signs that a sentence answers. Most lie in [0, 1]; `reader` is a log odds in [-8, 8]; `verifier`, where the
    verifier read the sentence, is one too."""
    sentence = release.sentences[near.position]
    text = fold(sentence.span.of(release.text))
    around = " ".join([text, *(fold(c.of(release.text)) for c in sentence.context), fold(release.title_text)])
    return {
        "reader": log_odds(reading.answers),
        "cosine": near.cosine,
        "coverage": near.coverage,
        "uncovered": near.uncovered,
        "names_missing": sum(name not in around for name in question.names) / max(3, len(question.names)),
        "kind_present": float(kind_present(question.wants, text)),
        "heading": float(sentence.kind in (Kind.HEADING, Kind.LABEL)),
    }


def question_features(evidence: Sequence[Evidence]) -> dict[str, float]:
    """Of the best sentence, and how far it stands out."""
    best = evidence[0]
    second = evidence[1].features.get("verifier", -8.0) if len(evidence) > 1 else -8.0
    span = max(best.reading.span_score, -12.0)
    return {**best.features, "second": second, "span": span}


def further_features(question: Question, one: Evidence, best: Evidence) -> dict[str, float]:
    """Signs that a sentence answers too, beside the best one of the same release."""
    here, there = one.release.sentences[one.position], one.release.sentences[best.position]
    step = one.position - best.position
    return {
        "reader": one.features["reader"],
        "verifier": one.features.get("verifier", one.features["reader"]),
        "cosine": one.features["cosine"],
        "coverage": one.features["coverage"],
        "best": best.features["verifier"],
        "next": float(step == 1),
        "before": float(step == -1),
        "paragraph": float(here.block == there.block),
        "section": float(bool(here.context) and here.context == there.context),
        "heading": one.features["heading"],
        "verified": float("verifier" in one.features),
        "alike": float(here.kind == there.kind),
        "several": float(question.several),
    }


def log_odds(probability: float) -> float:
    """Natural, in [-8, 8]."""
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return max(-8.0, min(8.0, math.log(p / (1 - p))))


def logistic(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    z = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|third|quarter|twice|both)\b"
)
_PRESENT = {
    Wants.DATE: rf"\b(?:{MONTH}|\d{{4}}|\d{{1,2}}[:.]\d\d|today|spring|summer|autumn|fall|winter|quarter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    Wants.NUMBER: _NUMBER,
    Wants.FREQUENCY: r"\b(?:every|each|once|twice|times|annual\w*|yearly|monthly|weekly|daily|quarterly|per|a year|biennial\w*|regular\w*)\b",
    Wants.DURATION: r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|until|to|from|between)\b",
    Wants.REASON: r"\b(?:because|due to|owing to|as|since|in order to|in view of|in light of|so that|to|with a view|for the purpose|following|aim\w*|result\w*|purpose)\b",
    Wants.MEANING: r"\([^)]+\)",
    Wants.PERSON: r"\b(?:mr|ms|mrs|dr|prof\w*|minister|director|president|chair\w*|secretary|head|commissioner|governor|h\.e)\b",
    Wants.BODY: r"\b(?:office|division|bureau|department|ministry|agency|committee|authority|unit|section|group|council|institute|commission|secretariat|association|ltd|inc|team)\b",
}  # fmt: skip


@cache
def _present(wants: Wants) -> re.Pattern[str] | None:
    return re.compile(_PRESENT[wants], re.I) if wants in _PRESENT else None


def kind_present(wants: Wants, text: str) -> bool:
    """Whether a folded text holds something of the kind wanted. True where the kind has no outward sign."""
    pattern = _present(wants)
    return pattern is None or pattern.search(text) is not None
