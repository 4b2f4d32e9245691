"""Runs a question file and measures the answers, per kind of question, each share with its Wilson interval."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.words import fold
from sources import Release, Span
from sources.errors import QuestionFileError

from .answer import STATES_A_FACT, Answer
from .assistant import Assistant


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """evidence: (source or None for any, fragment of its text). facts: groups of accepted forms."""

    id: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    evidence: tuple[tuple[str | None, str], ...]
    facts: tuple[tuple[str, ...], ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. cited and overlapping count citations; inexact counts quotes that are not exact."""

    gold: GoldQuestion
    answer: Answer
    seconds: float
    right: bool
    cited: int
    overlapping: int
    inexact: int

    @property
    def states(self) -> bool:
        return self.answer.status in STATES_A_FACT


def read_questions(path: Path) -> list[GoldQuestion]:
    """The questions of a JSON Lines file. Raises QuestionFileError that names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(
            f"Cannot read {path}", str(error), "name a file of questions, one JSON object a line"
        ) from error
    found: list[GoldQuestion] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            gold = _question(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise QuestionFileError(
                f"Line {number} of {path} is no question",
                f"{type(error).__name__}: {error}",
                'write {"id", "question", "history", "answerable", "evidence", "facts", "kind"} as one JSON object',
            ) from error
        if gold.id in seen:
            raise QuestionFileError(
                f"Line {number} of {path}", f"the id {gold.id} for the second time", "make ids unique"
            )
        seen.add(gold.id)
        found.append(gold)
    if not found:
        raise QuestionFileError(f"{path} holds no question", "no line", "write one JSON object a line")
    return found


def _question(raw: dict[str, Any]) -> GoldQuestion:
    if not isinstance(raw, dict):
        raise TypeError("not a JSON object")
    if not isinstance(raw["question"], str) or not isinstance(raw["answerable"], bool):
        raise TypeError("question must be a text and answerable true or false")
    evidence = tuple((None, e) if isinstance(e, str) else (e["source"], e["text"]) for e in raw.get("evidence", []))
    facts = tuple((group,) if isinstance(group, str) else tuple(group) for group in raw.get("facts", []))
    history = tuple(map(str, raw.get("history", [])))
    return GoldQuestion(
        str(raw["id"]), raw["question"], history, raw["answerable"], evidence, facts, raw.get("kind", "-")
    )


def run(
    assistant: Assistant,
    questions: Sequence[GoldQuestion],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Outcome]:
    outcomes = []
    for n, gold in enumerate(questions):
        progress(n, len(questions))
        began = time.perf_counter()
        answer = assistant.ask(gold.question, gold.history)
        outcomes.append(judge(gold, answer, assistant.releases, time.perf_counter() - began))
    progress(len(questions), len(questions))
    return outcomes


def judge(gold: GoldQuestion, answer: Answer, releases: dict[str, Release], seconds: float = 0.0) -> Outcome:
    """Strictly right: it states a fact, every key fact is in its text, and a citation overlaps the gold evidence."""
    places = [
        (r.id, span)
        for source, text in gold.evidence
        for r in releases.values()
        if source in (None, r.id)
        for span in _all(text, r.text)
    ]
    overlapping = [
        any(c.source == source and span.overlaps(Span(c.start, c.end)) for source, span in places)
        for c in answer.citations
    ]
    inexact = sum(releases[c.source].text[c.start : c.end] != c.quote for c in answer.citations)
    said = " ".join(fold(answer.text).split())
    facts = all(any(" ".join(fold(form).split()) in said for form in group) for group in gold.facts)
    right = gold.answerable and answer.status in STATES_A_FACT and facts and any(overlapping)
    return Outcome(gold, answer, seconds, right, len(answer.citations), sum(overlapping), inexact)


def _all(fragment: str, text: str) -> list[Span]:
    found, at = [], text.find(fragment)
    while at >= 0 and fragment:
        found.append(Span(at, at + len(fragment)))
        at = text.find(fragment, at + 1)
    return found


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float, float]:
    """Share, and the bounds of its 95 % interval: Wilson, "Probable inference", JASA 22, 1927. n of 0 gives (0, 0, 1)."""
    if n == 0:
        return 0.0, 0.0, 1.0
    p = hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return p, max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


MEASURES: dict[str, Callable[[list[Outcome]], tuple[int, int]]] = {
    "strictly right": lambda o: _count(o, lambda x: x.right, lambda x: x.gold.answerable),
    "evidence cited": lambda o: _count(o, lambda x: x.states and x.overlapping > 0, lambda x: x.gold.answerable),
    "citation precision": lambda o: (
        sum(x.overlapping for x in o if x.states and x.gold.answerable),
        sum(x.cited for x in o if x.states and x.gold.answerable),
    ),
    "false refusals": lambda o: _count(o, lambda x: not x.states, lambda x: x.gold.answerable),
    "rightly refused": lambda o: _count(o, lambda x: not x.states, lambda x: not x.gold.answerable),
    "inexact quotes": lambda o: (sum(x.inexact for x in o), sum(x.cited for x in o)),
}
"""Each gives hits and n."""


def _count(o: Iterable[Outcome], hit: Callable[[Outcome], bool], among: Callable[[Outcome], bool]) -> tuple[int, int]:
    asked = [x for x in o if among(x)]
    return sum(map(hit, asked)), len(asked)


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """Per kind of question and for all: each measure as hits, n, share and interval, and the median length."""
    kinds = {"all": outcomes}
    for outcome in outcomes:
        kinds.setdefault(outcome.gold.kind, []).append(outcome)
    return {kind: _measured(some) for kind, some in kinds.items()}


def _measured(outcomes: list[Outcome]) -> dict[str, Any]:
    found: dict[str, Any] = {"questions": len(outcomes)}
    for name, measure in MEASURES.items():
        hits, n = measure(outcomes)
        share, low, high = wilson(hits, n)
        found[name] = {"hits": hits, "n": n, "share": round(share, 4), "low": round(low, 4), "high": round(high, 4)}
    lengths = [len(x.answer.text) for x in outcomes if x.states]
    found["median length"] = statistics.median(lengths) if lengths else None
    found["median seconds"] = round(statistics.median(x.seconds for x in outcomes), 4)
    return found


def as_table(found: dict[str, Any]) -> str:
    """The report as lines of text: share in percent, its interval, and n."""
    names = list(MEASURES)
    rows = [["kind", "n", *names, "median length"]]
    for kind, measured in sorted(found.items(), key=lambda item: (item[0] == "all", item[0])):
        row = [kind, str(measured["questions"])]
        for name in names:
            m = measured[name]
            row.append(
                f"{100 * m['share']:.0f} ({100 * m['low']:.0f}-{100 * m['high']:.0f}) /{m['n']}" if m["n"] else "-"
            )
        rows.append([*row, "-" if measured["median length"] is None else f"{measured['median length']:.0f}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
