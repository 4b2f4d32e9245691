"""All measures on the texts of one part, each text asked alone:

    python -m training.evaluate_split PART [--answers FILE.jsonl] [--failures FILE.md]

PART is dev, sealed (scored once per decision, and logged in docs/decisions) or any names of texts, comma-separated.
--answers keeps each answer, and the figures beside it as .json. --failures lists each failure under its cause.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from assistant import Assistant
from assistant.answer import Status
from assistant.evaluate import Outcome, as_table, read_questions, report, run
from assistant.evidence import CANDIDATES
from assistant.question import read_question
from index.search import Nearness, nearest_sentences

from .asking import assistant_over
from .examples import DATA, Example, questions, releases, split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part")
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--failures", type=Path)
    args = parser.parse_args()
    found = {d: r for d, r in releases().items() if split(d) == args.part or d in args.part.split(",")}
    examples = {e.id: e for e in questions(found)}
    asked = [q for q in read_questions(DATA / "questions.jsonl") if q.id in examples]
    outcomes: list[Outcome] = []
    failures: list[tuple[str, Outcome]] = []
    for doc, release in found.items():
        assistant = assistant_over(release)
        here = run(assistant, [q for q in asked if examples[q.id].doc == doc])
        outcomes += here
        failures += [(why, o) for o in here if (why := cause(o, examples[o.gold.id], assistant))]
    if args.answers:
        lines = [
            json.dumps(o.answer.as_dict(o.gold.id) | {"right": o.right, "kind": o.gold.kind}, ensure_ascii=False)
            for o in outcomes
        ]
        args.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
        args.answers.with_suffix(".json").write_text(json.dumps(report(outcomes), indent=1), encoding="utf-8")
    if args.failures:
        args.failures.write_text(as_list(failures, args.part, len(outcomes)), encoding="utf-8")
    print(as_table(report(outcomes)))
    for why, n in Counter(why for why, _ in failures).most_common():
        print(f"{n:5}  {why}")


def cause(outcome: Outcome, example: Example, assistant: Assistant) -> str:
    """Why an answer is wrong, by where the path from question to answer left the right way; empty if it is right."""
    answer, gold = outcome.answer, outcome.gold
    if not gold.answerable:
        kind = "a near miss" if gold.kind == "absent" else "a question out of scope"
        return (
            f"{kind} is {'answered' if answer.status is Status.ANSWERED else answer.status}" if outcome.states else ""
        )
    if outcome.right:
        return ""
    if answer.status is Status.UNCLEAR:
        return "taken for no question"
    if outcome.overlapping and outcome.states:
        return "an answering sentence is cited, but a part of the answer is missing"
    if outcome.overlapping:
        return "refused, with the answering sentence named as the nearest"
    question = read_question(gold.question, gold.history)
    near = nearest_sentences(Nearness(assistant.index, question.text), CANDIDATES)
    if not any(n.position in example.gold for n in near):
        return "no answering sentence is among those read"
    return "another sentence is preferred" if outcome.states else "refused, with another sentence named as the nearest"


def as_list(failures: list[tuple[str, Outcome]], part: str, of: int) -> str:
    lines = [f"# Failures on the {part} texts: {len(failures)} of {of} questions, by cause", ""]
    for why, n in Counter(why for why, _ in failures).most_common():
        lines += [f"## {why[:1].upper()}{why[1:]} ({n})", ""]
        for _, o in (f for f in failures if f[0] == why):
            earlier = f" (after: {' / '.join(o.gold.history)})" if o.gold.history else ""
            lines.append(
                f"- `{o.gold.id}` {o.gold.kind}, confidence {o.answer.confidence:.2f}: {o.gold.question}{earlier}"
            )
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
