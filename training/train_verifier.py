"""Trains the verifier: python -m training.train_verifier OUT.safetensors [--steps 2600] [--seed 7] [--start FILE]

MPNet (Song et al. 2020) with low-rank changes of rank 16 on each of its matrices (Hu et al., "LoRA", 2021), all else as
it is packaged. It learns to tell the sentence that answers from the one that comes nearest: for each question the
sentences that answer and one that does not, for a near miss the sentence that it is about. bf16 arithmetic, batches
of like length, 15 to 22 pairs a second on two cores with AMX. --start goes on from an adapter.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from assistant.evidence import Judge
from assistant.mpnet import mpnet_folder
from assistant.reader import Batch, Reader, build
from sources import Release

from .contrasts import contrasts
from .examples import Example, drills, questions, releases, split
from .train_reader import batches_of, learn_from, lengths, loss_of, nearest, roughened, share_dropout

RANK, SCALE = 16, 2.0
RATE, WARM_UP = 4e-4, 120
SIZE = 32
"""Pairs in a batch."""
RARE = ("drill_C", "drill_Y", "drill_N", "drill_T")
"""Kinds of drills that are few: false assumptions, questions answered by yes or no, and what takes several sentences."""
LIKELY = 10
"""Sentences nearest to a question of the files that the reader puts in order, so that the negatives are those that the
verifier will be asked about."""
FOLLOWING = 0.2
"""Share of the questions that are asked once more right after another one."""


class Adapted(torch.nn.Module):
    """A matrix that stays as it is, and a low-rank change of it that is learnt."""

    def __init__(self, base: torch.nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.a = torch.nn.Parameter(torch.randn(RANK, base.in_features) / base.in_features**0.5)
        self.b = torch.nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.base(x)
        low = x.reshape(-1, x.shape[-1]) @ self.a.to(x.dtype).t()
        return torch.addmm(y.reshape(-1, y.shape[-1]), low, (SCALE * self.b).to(x.dtype).t()).view(y.shape)


def adapted(network: torch.nn.Module, dropout: float = 0.0) -> torch.nn.Module:
    """The network with its encoder in bf16 and frozen, and a change to learn on each matrix. dropout: see SharedDropout."""
    encoder = network.get_submodule("encoder").to(torch.bfloat16)
    encoder.set_attn_implementation("eager")  # type: ignore[operator]
    encoder.requires_grad_(False)
    share_dropout(encoder, dropout)
    for module in list(encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Linear):
                setattr(module, name, Adapted(child))
    for head in ("label", "span"):
        torch.nn.init.normal_(network.get_submodule(head).weight, std=0.02)  # type: ignore[arg-type]
    return network


def adapter_of(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """What was learnt, as `assistant.reader.add_adapter` takes it: the change of a matrix is b @ a."""
    learnt = {n: p.detach() for n, p in network.named_parameters() if p.requires_grad}
    return {n: (SCALE * t if n.endswith(".b") else t).half().cpu().contiguous() for n, t in learnt.items()}


def go_on_from(network: torch.nn.Module, adapter: dict[str, torch.Tensor]) -> None:
    state = {n: t.float() / SCALE if n.endswith(".b") else t.float() for n, t in adapter.items()}
    network.load_state_dict(state, strict=False)


def is_small(e: Example) -> bool:
    """A drill on one sentence, of which few pairs are made."""
    return e.kind.startswith("drill") and len(e.gold) < 2


def pairs(examples: list[Example], near: dict[str, list[int]], rng: random.Random) -> list[tuple[Example, int]]:
    """Few, and the hard ones: three to six sentences for a question of the files, one to three for a drill."""
    found = []
    for e in examples:
        drill = is_small(e)
        gold = rng.sample(list(e.gold), min(len(e.gold), 2 if drill else 3))
        chosen = [e.near] if e.near is not None and e.near not in e.gold else []
        want = 3 if not drill else 1 if e.gold else 1 + (rng.random() < 0.5)
        others = [i for i in near[e.id] if i not in e.gold and i not in chosen][:8]
        weights = [1 / (1 + rank) for rank in range(len(others))]
        while others and len(chosen) < want:
            pick = rng.choices(range(len(others)), weights)[0]
            chosen.append(others[pick])
            del others[pick], weights[pick]
        found += [(e, i) for i in (*gold, *chosen)]
    return found


def likeliest(
    reader: Judge, found: dict[str, Release], examples: list[Example], near: dict[str, list[int]]
) -> dict[str, list[int]]:
    """For each example, by its id, the sentences of its release: of the nearest those first that the reader likes best."""
    order = {}
    for e in examples:
        first, rest = near[e.id][:LIKELY], near[e.id][LIKELY:]
        readings = reader.read(e.question, [(found[e.doc], i) for i in first])
        liked = sorted(zip(readings, first, strict=True), key=lambda pair: -pair[0].answers)
        order[e.id] = [i for _, i in liked] + rest
    return order


def following(examples: list[Example], rng: random.Random) -> list[Example]:
    """Questions asked right after another one about the same text, as `read_question` joins a follow-up to the one
    before it. The last question is what counts: a sentence that answers only the first one does not answer."""
    asked: dict[tuple[str, int | None], list[Example]] = {}
    for e in examples:
        if e.kind in ("drill_A", "fact"):
            for place in (*e.gold, None):
                asked.setdefault((e.doc, place), []).append(e)
    found = []
    for e in examples:
        first = asked.get((e.doc, e.near if not e.gold and rng.random() < 0.7 else None)) or asked.get((e.doc, None))
        if e.kind in ("drill_T", "follow", "outside") or not first or rng.random() >= FOLLOWING:
            continue
        before = rng.choice(first)
        own = f"And {e.question[:1].lower()}{e.question[1:]}" if rng.random() < 0.6 else e.question
        near = e.near if not e.gold and e.near is not None else next(iter(before.gold))
        found.append(replace(e, id=f"{e.id}+{before.id}", question=f"{before.question} {own}", near=near))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--drills", type=float, default=0.4, help="share of the drills that are used")
    parser.add_argument("--rare", type=float, default=1.0, help="the same, of those kinds that are few")
    parser.add_argument("--passes", type=float, default=2, help="over the questions of the files, with other sentences")
    parser.add_argument("--new", type=re.compile, default="(?!)", help="ids of questions of which two passes are used")
    parser.add_argument("--contrasts", type=float, default=0.0, help="share of the drills that contrasts are made of")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    found = {d: r for d, r in releases().items() if split(d) == "train"}
    filed = list(questions(found))
    short = list(drills(found))
    drilled = [d for d in short if rng.random() < (args.rare if d.kind in RARE else args.drills)]
    after = following(filed + drilled, rng)
    again = [e for e in filed if args.new.match(e.id)]
    often = [e for e in filed for _ in range(int(args.passes + rng.random())) if not args.new.match(e.id)]
    train = list({e.id: e for e in [*often, *again, *drilled, *after]}.values())
    near = nearest(found, train)
    near |= likeliest(Reader(), found, [e for e in train if not is_small(e)], near)
    torch.set_num_threads(2)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, tokenizer = build(mpnet_folder())
    adapted(network, args.dropout)
    if args.start:
        go_on_from(network, load_file(str(args.start)))
    network.to(device).train()

    chosen = pairs([*often, *again, *again, *drilled, *after], near, rng)
    if args.contrasts:
        chosen += contrasts([*filed, *(d for d in short if rng.random() < args.contrasts)], found, rng)
    batches = batches_of(chosen, lengths(tokenizer, found), SIZE, rng)[: args.steps]
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / WARM_UP) * max(0.02, 1 - n / len(batches))
    )
    print(json.dumps({"train": len(train), "pairs": len(chosen), "steps": len(batches)}), flush=True)
    began, running = time.time(), 0.0
    metadata = {"seed": str(args.seed), "steps": str(len(batches)), "rank": str(RANK)}
    for step, group in enumerate(batches, start=1):
        asked = [roughened(e.question, rng) if rng.random() < 0.25 else e.question for e, _ in group]
        batch = Batch(tokenizer, [(q, found[e.doc], i) for q, (e, i) in zip(asked, group, strict=True)])
        loss = loss_of(network, batch, group, device)
        learn_from(loss, parameters, optimizer, schedule)
        running = 0.98 * running + 0.02 * float(loss.detach()) if step > 1 else float(loss.detach())
        if step % 50 == 0:
            rate = step * SIZE / (time.time() - began)
            print(f"{step}/{len(batches)} loss {running:.3f} {rate:.0f} pairs/s", flush=True)
        if step % 400 == 0 or step == len(batches):
            save_file(adapter_of(network), str(args.out), metadata)


if __name__ == "__main__":
    main()
