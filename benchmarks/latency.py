"""Warm answers against the bare embedding of the question, in one run: python benchmarks/latency.py [N]

Prints medians, 95th percentiles, their ratio, and the memory of the process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from assistant import Assistant

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "questions.jsonl"


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    assistant = Assistant.open()
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][:n]
    for q in asked[:5]:
        assistant.ask(q["question"])
    whole, bare = [], []
    for q in asked:
        began = time.perf_counter()
        assistant.index.encoder.encode([q["question"]])
        middle = time.perf_counter()
        assistant.ask(q["question"], q["history"])
        bare.append(middle - began)
        whole.append(time.perf_counter() - middle)
    for name, seconds in (("embedding alone", bare), ("answer", whole)):
        print(
            f"{name}: median {1000 * np.median(seconds):.0f} ms, p95 {1000 * np.quantile(seconds, 0.95):.0f} ms, n {n}"
        )
    ratios = np.array(whole) / np.array(bare)
    print(f"ratio answer / embedding: median {np.median(ratios):.1f}, p95 {np.quantile(ratios, 0.95):.1f}")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


if __name__ == "__main__":
    main()
