"""Counterfactual twins: python -m training.counterfactual PART

Changes a fact in the text, and the answer must change with it; takes its sentences out, and the answer must become
"the release does not say". PART is dev or sealed (scored once per decision).
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from assistant.answer import STATES_A_FACT
from assistant.evaluate import wilson
from index.words import fold
from sources import Release, Span, read_release

from .asking import assistant_over
from .examples import DATA, overlapping, releases, split


def main() -> None:
    part = sys.argv[1]
    found = {d: r for d, r in releases().items() if split(d) == part}
    asked = {q["id"]: q for q in map(json.loads, (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines())}
    counts = {"answered before": 0, "follows the change": 0, "silent once deleted": 0}
    n = 0
    with tempfile.TemporaryDirectory() as folder:

        def ask(text: str, q: dict) -> tuple[bool, str]:  # type: ignore[type-arg]
            path = Path(folder) / f"{q['doc']}.txt"
            path.write_bytes(text.encode())
            answer = assistant_over(read_release(path)).ask(q["question"], q["history"])
            return answer.status in STATES_A_FACT, fold(answer.text)

        for edit in map(json.loads, (DATA / "edits.jsonl").read_text(encoding="utf-8").splitlines()):
            q = asked[edit["id"]]
            if q["doc"] not in found or not q["answerable"]:
                continue
            release = found[q["doc"]]
            states, text = ask(release.text, q)
            if not (states and said(q["facts"], text)):
                continue
            n += 1
            states, text = ask(release.text.replace(edit["find"], edit["replace"]), q)
            counts["follows the change"] += states and said(edit["facts"], text)
            states, _ = ask(without(release, q), q)
            counts["silent once deleted"] += not states
    counts["answered before"] = n
    print(json.dumps({name: [hits, *[round(x, 3) for x in wilson(hits, n)]] for name, hits in counts.items()}))


def said(facts: list[list[str]], text: str) -> bool:
    return all(any(fold(form) in text for form in group) for group in facts)


def without(release: Release, q: dict) -> str:  # type: ignore[type-arg]
    """The text without the sentences of the evidence."""
    gone: set[int] = set()
    for fragment in q["evidence"]:
        start = release.text.index(fragment["text"])
        gone |= set(overlapping(release, Span(start, start + len(fragment["text"]))))
    text = release.text
    for i in sorted(gone, reverse=True):
        span = release.sentences[i].span
        text = text[: span.start] + text[span.end :]
    return text


if __name__ == "__main__":
    main()
