"""The same questions as people in a hurry type them: python -m training.robustness PART [N]

Asks N answerable questions of a part as they are, and again with one typing mistake, in capitals, in small letters,
without punctuation, and inside a polite frame. Prints the share strictly right of each, over the same questions.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace

from assistant.evaluate import read_questions, run, wilson

from .asking import assistant_over
from .examples import DATA, questions, releases, split


def typo(question: str, rng: random.Random) -> str:
    """Two neighbouring letters swapped, inside a word of four letters or more."""
    places = [i for i in range(1, len(question) - 2) if question[i - 1 : i + 3].isalpha()]
    if not places:
        return question
    i = rng.choice(places)
    return question[:i] + question[i + 1] + question[i] + question[i + 2 :]


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "as they are": lambda q, rng: q,
    "one typing mistake": typo,
    "capitals": lambda q, rng: q.upper(),
    "small letters": lambda q, rng: q.lower(),
    "no punctuation": lambda q, rng: "".join(c for c in q if c.isalnum() or c in " -"),
    "polite": lambda q, rng: f"Hello, could you please tell me: {q} Thank you very much!",
}


def main() -> None:
    part, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    found = {d: r for d, r in releases().items() if split(d) == part}
    doc_of = {e.id: e.doc for e in questions(found)}
    asked = [q for q in read_questions(DATA / "questions.jsonl") if q.id in doc_of and q.answerable]
    asked = random.Random(7).sample(asked, min(n, len(asked)))
    known = {doc: assistant_over(found[doc]) for doc in {doc_of[q.id] for q in asked}}
    for name, change in CHANGES.items():
        rng = random.Random(7)
        outcomes = []
        for q in asked:
            outcomes += run(known[doc_of[q.id]], [replace(q, question=change(q.question, rng))])
        right = sum(o.right for o in outcomes)
        share, low, high = wilson(right, len(outcomes))
        print(f"{name:20} {share:.3f} ({low:.2f}-{high:.2f}) of {len(outcomes)}", flush=True)


if __name__ == "__main__":
    main()
