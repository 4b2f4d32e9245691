"""Fits the two logistic models and the thresholds: python -m training.fit_judge [--write]

On the development texts, which the reader has not seen. Costs: to answer where the release does not say costs
WRONG_ANSWER, to refuse what it does say costs FALSE_REFUSAL; the threshold is where the expected costs are equal.
Prints the figures of a five-fold cross-validation by text, and the curve of risk and coverage.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evidence import JUDGE, Evidence, Weights, question_features, weigh
from assistant.question import Wants, read_question
from assistant.reader import WEIGHTS, Reader
from index.embed import MiniLM
from index.store import open_index

from .examples import Example, questions, releases, split

WRONG_ANSWER, FALSE_REFUSAL = 1.2, 1.0
SENTENCE = ("reader", "cosine", "coverage", "uncovered", "names_missing", "kind_present", "heading", "defines")
QUESTION = (*SENTENCE, "second", "span")
PLAIN = Weights({"bias": 0.0, "reader": 1.0}, {"bias": 0.0, "reader": 1.0}, 0.5, 0.5)

Weighed = list[tuple[Example, list[Evidence]]]


def weighed(part: str, weights: Path, unseen: set[str] | None = None) -> Weighed:
    """Each question of these texts with its evidence, ranked by the reader alone."""
    reader, encoder = Reader(weights), MiniLM()
    found = {d: r for d, r in releases().items() if split(d) == part or d in (unseen or set())}
    by_doc: dict[str, list[Example]] = {}
    for example in questions(found):
        by_doc.setdefault(example.doc, []).append(example)
    result: Weighed = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["DIALOGUE_HOME"] = home
        for doc, examples in sorted(by_doc.items()):
            index = open_index([found[doc]], encoder)
            for e in examples:
                asked = read_question(e.raw["question"], e.raw["history"])
                if asked.unclear is None:
                    result.append((e, weigh(asked, index, reader, PLAIN)))
    return result


def fit(rows: list[dict[str, float]], labels: list[bool], names: tuple[str, ...]) -> dict[str, float]:
    x = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=1.0, max_iter=2_000).fit(x, labels)
    return {"bias": float(model.intercept_[0])} | dict(zip(names, map(float, model.coef_[0]), strict=True))


def score(rows: list[dict[str, float]], weights: dict[str, float]) -> np.ndarray:
    z = weights["bias"] + np.array([sum(weights[n] * r[n] for n in weights if n != "bias") for r in rows])
    return 1 / (1 + np.exp(-z))


def fit_both(some: Weighed) -> tuple[dict[str, float], dict[str, float]]:
    rows = [e.features for _, found in some for e in found]
    labels = [e.position in example.gold for example, found in some for e in found]
    sentence = fit(rows, labels, SENTENCE)
    ranked = [(example, rank(found, sentence)) for example, found in some]
    asked = [(example, found) for example, found in ranked if example.kind != "outside"]
    question = fit([question_features(f) for _, f in asked], [bool(e.gold) for e, _ in asked], QUESTION)
    return sentence, question


def rank(found: list[Evidence], weights: dict[str, float]) -> list[Evidence]:
    return [found[i] for i in np.argsort(-score([e.features for e in found], weights), kind="stable")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=WEIGHTS)
    parser.add_argument("--unseen", nargs="*", default=[], help="training texts that this reader has not seen")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    some = weighed("dev", args.reader, set(args.unseen))
    folds = np.array([hash_fold(e.doc) for e, _ in some])
    probability, right, answerable, kinds, also = [], [], [], [], []
    for fold in range(5):
        sentence, question = fit_both([w for w, f in zip(some, folds, strict=True) if f != fold])
        for (e, found), f in zip(some, folds, strict=True):
            if f != fold:
                continue
            ranked = rank(found, sentence)
            probability.append(float(score([question_features(ranked)], question)[0]))
            right.append(ranked[0].position in e.gold)
            answerable.append(bool(e.gold))
            kinds.append(e.kind)
            if read_question(e.raw["question"], e.raw["history"]).wants in (Wants.LIST, Wants.TOPIC) and e.gold:
                p = score([x.features for x in ranked], sentence)
                also += [(p[n], ranked[n].position in e.gold, len(e.gold)) for n in range(1, len(ranked))]
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
    also.sort(reverse=True)
    for t in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        taken = [hit for q, hit, _ in also if q >= t]
        print(
            f"further sentences from {t}: {len(taken)} taken, {np.mean(taken) if taken else 0:.3f} of them evidence, "
            f"{sum(taken) / max(1, sum(hit for _, hit, _ in also)):.3f} of evidence found"
        )
    if args.write:
        sentence, question = fit_both(some)
        threshold = WRONG_ANSWER / (WRONG_ANSWER + FALSE_REFUSAL)
        rounded = [{k: round(v, 4) for k, v in part.items()} for part in (sentence, question)]
        JUDGE.write_text(json.dumps({"sentence": rounded[0], "question": rounded[1],
                                     "answer_from": round(threshold, 3), "also_from": 0.4}, indent=1) + "\n")  # fmt: skip


def hash_fold(doc: str) -> int:
    return sum(map(ord, doc)) % 5


if __name__ == "__main__":
    main()
