"""Fits the four logistic models and the thresholds: python -m training.fit_judge [--write]

On the development texts and those held back to fit, which no reader has seen. Costs: to answer where the release does not say costs
WRONG_ANSWER, to refuse what it does say costs FALSE_REFUSAL; the threshold is where the expected costs are equal.
Prints the figures of a five-fold cross-validation by text, and the curve of risk and coverage.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evidence import (
    JUDGE,
    Evidence,
    Judge,
    Weights,
    first_reading,
    further_features,
    question_features,
    verify,
)
from assistant.question import Question, read_question
from assistant.reader import ADAPTER, WEIGHTS, Reader, Reading, Verifier
from sources import Release

from .asking import indexed
from .examples import Example, drills, questions, releases, split

WRONG_ANSWER, FALSE_REFUSAL = 1.5, 1.0
MISSING, FOREIGN = 1.5, 1.0
"""What it costs to leave out a further sentence that answers (the answer is not complete), and to quote one that does not."""
SENTENCE = ("reader", "cosine", "coverage", "uncovered", "names_missing", "kind_present", "heading", "defines")
AGAIN = (*SENTENCE, "verifier")
QUESTION = (*AGAIN, "second", "span")
FURTHER = ("reader", "verifier", "cosine", "coverage", "best", "next", "before", "paragraph", "section", "heading",
           "verified", "alike", "several")  # fmt: skip
ONE = {"bias": 0.0, "reader": 1.0}
PLAIN = Weights(ONE, {"bias": 0.0, "verifier": 1.0}, ONE, {"bias": 0.0}, 0.5, 0.5)

Weighed = list[tuple[Example, Question, list[Evidence]]]


class Remembering:
    """A judge that reads each sentence for a question only once, however often it is asked to."""

    def __init__(self, judge: Judge) -> None:
        self._judge, self._known = judge, dict[tuple[str, str, int], Reading]()

    def read(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]:
        keys = [(question, r.id, i) for r, i in sentences]
        new = [n for n, key in enumerate(keys) if key not in self._known]
        if new:
            for n, reading in zip(new, self._judge.read(question, [sentences[n] for n in new]), strict=True):
                self._known[keys[n]] = reading
        return [self._known[key] for key in keys]


def weighed(reader: Judge, found: dict[str, Release]) -> tuple[Weighed, Weighed]:
    """Each question of these texts, and each drill that takes several sentences of texts that the reader has
    not seen, with its evidence, ranked by the reader alone."""
    indexes = {d: indexed(r) for d, r in found.items()}

    def with_evidence(examples: list[Example]) -> Weighed:
        asked = [(e, read_question(e.raw.get("question", e.question), e.raw.get("history", ()))) for e in examples]
        return [(e, q, first_reading(q, indexes[e.doc], reader, PLAIN)) for e, q in asked if q.unclear is None]

    return with_evidence(list(questions(found))), with_evidence([d for d in drills(found) if d.kind == "drill_T"])


def polarity(judge: Judge, found: dict[str, Release]) -> list[tuple[float, bool]]:
    """For each drill of these texts that is answered by yes or no: the share of yes against no that the judge gives
    to the sentence that decides, and whether yes is right."""
    shares = []
    for e in drills(found):
        if e.kind in ("drill_Y", "drill_N") and e.near is not None:
            labels = judge.read(e.question, [(found[e.doc], e.near)])[0].labels
            shares.append((labels[2] / (labels[2] + labels[3] + 1e-9), e.kind == "drill_Y"))
    return shares


def fit(rows: Sequence[Mapping[str, float]], labels: list[bool], names: tuple[str, ...]) -> dict[str, float]:
    x = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=1.0, max_iter=2_000).fit(x, labels)
    return {"bias": float(model.intercept_[0])} | dict(zip(names, map(float, model.coef_[0]), strict=True))


def score(rows: Sequence[Mapping[str, float]], weights: Mapping[str, float]) -> np.ndarray:
    z = weights["bias"] + np.array([sum(weights[n] * r[n] for n in weights if n != "bias") for r in rows])
    return 1 / (1 + np.exp(-z))


def fit_all(some: Weighed, verifier: Judge) -> Weights:
    """The models for a sentence, for one that was verified, and for the question, each on what the one before ranks."""
    rows = [e.features for _, _, found in some for e in found]
    labels = [e.position in example.gold for example, _, found in some for e in found]
    weights = replace(PLAIN, sentence=fit(rows, labels, SENTENCE))
    again = [(x, e) for x, q, found in some for e in ranked(q, found, verifier, weights) if "verifier" in e.features]
    rows, labels = [e.features for _, e in again], [e.position in x.gold for x, e in again]
    weights = replace(weights, verified=fit(rows, labels, AGAIN))
    asked = [(e, ranked(q, found, verifier, weights)) for e, q, found in some if e.kind != "outside"]
    question = fit([question_features(f) for _, f in asked], [bool(e.gold) for e, _ in asked], QUESTION)
    return replace(weights, question=question)


def further(some: Weighed, verifier: Judge, weights: Weights) -> tuple[list[dict[str, float]], list[bool]]:
    """For each question, the sentences beside the best one: their signs, and whether they answer too. Only where the
    best one answers: what stands beside a wrong one is wrong in any case."""
    rows, labels = [], []
    for example, q, found in some:
        if example.gold:
            best, *others = ranked(q, found, verifier, weights)
            if best.position in example.gold:
                rows += [further_features(q, one, best) for one in others]
                labels += [one.position in example.gold for one in others]
    return rows, labels


def ranked(question: Question, found: list[Evidence], verifier: Judge, weights: Weights) -> list[Evidence]:
    return verify(question, rank(found, weights.sentence), verifier, weights)


def rank(found: list[Evidence], weights: Mapping[str, float]) -> list[Evidence]:
    return [found[i] for i in np.argsort(-score([e.features for e in found], weights), kind="stable")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=WEIGHTS)
    parser.add_argument("--verifier", type=Path, default=ADAPTER)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--plot", type=Path, help="draw the curve of risk and coverage as SVG")
    args = parser.parse_args()
    verifier = Remembering(Verifier(args.verifier))
    texts = {d: r for d, r in releases().items() if split(d) in ("dev", "fit")}
    some, several = weighed(Reader(args.reader), texts)
    folds = np.array([hash_fold(e.doc) for e, _, _ in some])
    probability, right, answerable, kinds, also = [], [], [], [], []
    for fold in range(5):
        weights = fit_all([w for w, f in zip(some, folds, strict=True) if f != fold], verifier)
        there, here = (
            [w for w in some + several if (hash_fold(w[0].doc) == fold) is inside] for inside in (False, True)
        )
        beside = fit(*further(there, verifier, weights), FURTHER)
        rows, labels = further(here, verifier, weights)
        also += list(zip(score(rows, beside), labels, strict=True))
        for (e, q, found), f in zip(some, folds, strict=True):
            if f != fold:
                continue
            best = ranked(q, found, verifier, weights)
            probability.append(float(score([question_features(best)], weights.question)[0]))
            right.append(best[0].position in e.gold)
            answerable.append(bool(e.gold))
            kinds.append(e.kind)
    p, r, a = np.array(probability), np.array(right), np.array(answerable)
    near = np.array([k != "outside" for k in kinds])
    print(
        f"n {len(p)}; right sentence first {r[a].mean():.3f} of {a.sum()}; AUROC {roc_auc_score(a[near], p[near]):.3f}"
    )
    for kind in sorted(set(kinds)):
        here = np.array([k == kind for k in kinds])
        if a[here].any():
            print(f"  {kind}: right first {r[here].mean():.3f} of {here.sum()}")
    print("threshold  false refusals  near misses refused  right and answered")
    for t in np.arange(0.2, 0.96, 0.05):
        absent = ~a & near
        print(f"{t:.2f}  {(p[a] < t).mean():.3f}  {(p[absent] < t).mean():.3f}  {(r[a] & (p[a] >= t)).mean():.3f}")
    for t in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        taken = [hit for q, hit in also if q >= t]
        print(
            f"further sentences from {t}: {len(taken)} taken, {np.mean(taken) if taken else 0:.3f} of them evidence, "
            f"{sum(taken) / max(1, sum(hit for _, hit in also)):.3f} of evidence found"
        )
    threshold = WRONG_ANSWER / (WRONG_ANSWER + FALSE_REFUSAL)
    if args.plot:
        args.plot.write_text(as_svg(risk_and_coverage(p[near], (r & a)[near]), threshold), encoding="utf-8")
    shares, yes = map(np.array, zip(*polarity(verifier, texts), strict=True))
    print(f"yes or no, from the sentence that decides: n {len(yes)}; AUROC {roc_auc_score(yes, shares):.3f}")
    for t in (0.5, 0.7, 0.9, 0.95):
        sure = (shares >= t) | (shares <= 1 - t)
        print(f"  said from {t}: {sure.mean():.3f} of them, {((shares > 0.5) == yes)[sure].mean():.3f} rightly")
    if args.write:
        weights = fit_all(some, verifier)
        beside = fit(*further(some + several, verifier, weights), FURTHER)
        parts = {"sentence": weights.sentence, "verified": weights.verified, "question": weights.question}
        parts |= {"further": beside}
        rounded: dict[str, object] = {n: {k: round(v, 4) for k, v in part.items()} for n, part in parts.items()}
        rounded |= {"answer_from": round(threshold, 3), "also_from": round(FOREIGN / (MISSING + FOREIGN), 3)}
        JUDGE.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def risk_and_coverage(probability: np.ndarray, right: np.ndarray) -> list[tuple[float, float, float]]:
    """For each threshold, highest first: the threshold, the share of questions answered, and the share of those that are
    answered wrongly (El-Yaniv and Wiener, "On the foundations of noise-free selective classification", 2010)."""
    order = np.argsort(-probability, kind="stable")
    wrong = np.cumsum(~right[order])
    n = np.arange(1, len(order) + 1)
    return list(zip(probability[order].tolist(), (n / len(order)).tolist(), (wrong / n).tolist(), strict=True))


def as_svg(curve: list[tuple[float, float, float]], threshold: float) -> str:
    """The curve of risk and coverage, with the threshold marked."""
    points = " ".join(f"{60 + 500 * c:.1f},{260 - 440 * r:.1f}" for _, c, r in curve[10:])
    _, c, r = min(curve, key=lambda at: abs(at[0] - threshold))
    grid = "".join(
        f'<path d="M60 {260 - 440 * y / 10}H560" stroke="#d5dae1"/><text x="52" y="{264 - 440 * y / 10}" text-anchor="end">{10 * y} %</text>'
        for y in range(6)
    )
    ticks = "".join(f'<text x="{60 + 5 * x}" y="278" text-anchor="middle">{x} %</text>' for x in range(0, 101, 20))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 310" font-family="sans-serif" font-size="12" role="img">'
        "<title>Risk and coverage</title>"
        f'<rect width="600" height="310" fill="#fff"/>{grid}{ticks}'
        f'<polyline points="{points}" fill="none" stroke="#1d4f91" stroke-width="2"/>'
        f'<circle cx="{60 + 500 * c:.1f}" cy="{260 - 440 * r:.1f}" r="5" fill="#1d4f91"/>'
        f'<text x="{50 + 500 * c:.1f}" y="{248 - 440 * r:.1f}" text-anchor="end">threshold {threshold:.3f}: {c:.0%} answered, {r:.0%} of them wrongly</text>'
        '<text x="310" y="300" text-anchor="middle">share of questions that are answered (near misses among them)</text></svg>\n'
    )


def hash_fold(doc: str) -> int:
    return sum(map(ord, doc)) % 5


if __name__ == "__main__":
    main()
