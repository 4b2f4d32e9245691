"""The mean of adapters: python -m training.average FIRST.safetensors SECOND.safetensors... OUT.safetensors

Of adapters that were trained on from one another, so that their matrices lie near to each other: Wortsman et al.,
"Model soups", 2022; Izmailov et al., "Averaging weights leads to wider optima", 2018.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import load_file, save_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapters", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    states = [load_file(str(path)) for path in args.adapters]
    if any(set(state) != set(states[0]) for state in states):
        parser.error("the adapters are not of the same network")
    mean = {n: (sum(s[n].float() for s in states) / len(states)).half().contiguous() for n in states[0]}  # type: ignore[union-attr]
    save_file(mean, str(args.out), {"of": str(len(states))})


if __name__ == "__main__":
    main()
