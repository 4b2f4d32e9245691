"""All measures on the texts of one part, each text asked alone: python -m training.evaluate_split PART [ANSWERS.jsonl, its figures beside it as .json]

PART is dev, sealed (scored once per decision, and logged in docs/decisions) or any names of texts, comma-separated.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from assistant import Assistant
from assistant.evaluate import as_table, read_questions, report, run
from assistant.evidence import Weights
from assistant.reader import Reader
from assistant.write import QuoteWriter
from index.embed import MiniLM
from index.store import open_index

from .examples import DATA, releases, split


def main() -> None:
    part = sys.argv[1]
    named = set(part.split(","))
    reader, encoder, weights = Reader(), MiniLM(), Weights.packaged()
    doc_of = {
        q["id"]: q["doc"] for q in map(json.loads, (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    }
    asked = read_questions(DATA / "questions.jsonl")
    outcomes = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["DIALOGUE_HOME"] = home
        for doc, release in releases().items():
            if split(doc) == part or doc in named:
                assistant = Assistant(open_index([release], encoder), reader, QuoteWriter(), weights)
                outcomes += run(assistant, [q for q in asked if doc_of[q.id] == doc])
    if len(sys.argv) > 2:
        lines = [
            json.dumps(o.answer.as_dict(o.gold.id) | {"right": o.right, "kind": o.gold.kind}, ensure_ascii=False)
            for o in outcomes
        ]
        Path(sys.argv[2]).write_text("\n".join(lines) + "\n", encoding="utf-8")
        Path(sys.argv[2]).with_suffix(".json").write_text(json.dumps(report(outcomes), indent=1), encoding="utf-8")
    print(as_table(report(outcomes)))


if __name__ == "__main__":
    main()
