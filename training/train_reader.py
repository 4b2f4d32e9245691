"""Trains the reader: python -m training.train_reader OUT.safetensors [--epochs 2] [--seed 7]

On two CPU cores, or on a GPU where there is one, to the same figures within noise. bf16 arithmetic, batches of like
length, about five sentences a question: those that answer, the nearest that do not, and one drawn at random. Every
third question is roughened (a typing mistake, no punctuation, a polite frame). Dropout is one mask for a whole
sequence (Gal and Ghahramani 2016), and there is none in the attention: a mask for each weight took a third of the time
on a CPU, as did padding before batches were made by the number of tokens, and the fused attention's backward pass.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import roc_auc_score

from assistant.reader import LABELS, LONGEST_INPUT, Batch, build, context_of, trained_part
from index.embed import MiniLM
from index.search import Nearness
from sources import Release

from .asking import indexed
from .examples import Example, drills, questions, releases, split


def nearest(found: dict[str, Release], examples: list[Example]) -> dict[str, list[int]]:
    """For each example, by its id, the sentences of its release, nearest first, as the index ranks them."""
    indexes = {doc: indexed(release) for doc, release in found.items()}
    vectors = MiniLM().encode([e.question for e in examples])
    torch.set_num_threads(2)
    order = {}
    for e, vector in zip(examples, vectors, strict=True):
        nearness = Nearness(indexes[e.doc], e.question, vector)
        order[e.id] = [near.position for near in nearness.among((e.doc, i) for i in range(len(found[e.doc].sentences)))]
    return order


class SharedDropout(torch.nn.Module):
    """Dropout with the same mask for each token of a sequence: (n, tokens, size) -> the same."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.p:
            return x
        keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= self.p
        return x * (keep.to(x.dtype) / (1 - self.p))


def share_dropout(network: torch.nn.Module, p: float) -> None:
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Dropout):
                if "Attention" in type(module).__name__:
                    child.p = 0.0
                else:
                    setattr(module, name, SharedDropout(p))


FRAMES = ("please tell me: {}", "could you tell me {}", "hi, {} thanks", "I need to know {}", "Quick question: {}")


def roughened(question: str, rng: random.Random) -> str:
    """The question as somebody in a hurry types it: one of a typing mistake, no punctuation, a polite frame."""
    kind = rng.random()
    if kind < 0.5:
        places = [m.span() for m in re.finditer(r"[a-z]{5,}", question)]
        if not places:
            return question
        start, end = rng.choice(places)
        i = rng.randrange(start + 1, end - 1)
        change = rng.randrange(4)
        if change == 0:
            return question[:i] + question[i + 1 :]
        if change == 1:
            return question[:i] + question[i + 1] + question[i] + question[i + 2 :]
        if change == 2:
            return question[:i] + question[i] + question[i:]
        return question[:i] + rng.choice("abcdefghijklmnoprstuvwy") + question[i + 1 :]
    if kind < 0.75:
        return re.sub(r"[?!,.\"']", "", question)
    return rng.choice(FRAMES).format(question[:1].lower() + question[1:] if question[1:2].islower() else question)


def pairs(
    examples: list[Example], near: dict[str, list[int]], rng: random.Random, negatives: int
) -> list[tuple[Example, int]]:
    found = []
    for e in examples:
        gold = list(e.gold)
        if len(gold) > 4:
            gold = rng.sample(gold, 4)
        others = [i for i in near[e.id] if i not in e.gold]
        hard = others[:9]
        weights = [1.0 / (2 + rank) for rank in range(len(hard))]
        chosen: list[int] = [e.near] if e.near is not None and e.near not in e.gold else []
        want = negatives if e.gold else negatives + 1
        while hard and len(chosen) < want - 1:
            pick = rng.choices(range(len(hard)), weights)[0]
            if hard[pick] not in chosen:
                chosen.append(hard[pick])
            del hard[pick], weights[pick]
        if others[9:]:
            chosen.append(rng.choice(others[9:]))
        found += [(e, i) for i in (*gold, *chosen)]
    return found


def lengths(tokenizer: Any, found: dict[str, Release]) -> Callable[[tuple[Example, int]], int]:
    """How many tokens a question and a sentence have together, about; each sentence is counted once."""

    @functools.cache
    def second(doc: str, i: int) -> int:
        return len(tokenizer.tokenize(context_of(found[doc], i) + found[doc].sentences[i].span.of(found[doc].text)))

    return lambda pair: min(LONGEST_INPUT, second(pair[0].doc, pair[1]) + len(pair[0].question) // 5)


def batches_of(
    chosen: list[tuple[Example, int]], length: Callable[[tuple[Example, int]], int], size: int, rng: random.Random
) -> list[list[tuple[Example, int]]]:
    """Batches of like length, so that little is padding, in any order."""
    chosen = sorted(chosen, key=lambda pair: length(pair) + rng.random() * 8)
    batches = [chosen[at : at + size] for at in range(0, len(chosen), size)]
    rng.shuffle(batches)
    return batches


def learn_from(loss, parameters, optimizer, schedule) -> None:  # type: ignore[no-untyped-def]
    """One step of the optimizer, its gradients clipped to a norm of one."""
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    schedule.step()


def loss_of(network, batch: Batch, chosen: list[tuple[Example, int]], device: str):  # type: ignore[no-untyped-def]
    with torch.autocast(device, dtype=torch.bfloat16):
        labels, spans = network(**{k: torch.from_numpy(v).to(device) for k, v in batch.encoded.items()})
    log = torch.log_softmax(labels.float(), -1)
    loss = log.new_zeros(())
    for row, (e, i) in enumerate(chosen):
        if i not in e.gold:
            loss = loss - log[row, 0]
        elif (label := e.gold[i]) is not None:
            loss = loss - log[row, label]
        else:
            loss = loss - torch.logsumexp(log[row, 1:4], 0)
    spans = spans.float().masked_fill(~torch.from_numpy(batch.in_sentence).to(device)[:, :, None], -1e4)
    spans = torch.log_softmax(spans, 1)
    for row, (e, i) in enumerate(chosen):
        if i in e.spans and (len(e.spans[i]) == 1 or e.kind == "list"):
            inside = batch.in_sentence[row]
            start = np.flatnonzero(inside & (batch.end[row] > e.spans[i][0].start))
            end = np.flatnonzero(inside & (batch.start[row] < e.spans[i][-1].end))
            if len(start) and len(end) and start[0] <= end[-1]:
                loss = loss - 0.3 * (spans[row, start[0], 0] + spans[row, end[-1], 1])
    return loss / len(chosen)


def evaluate(network, tokenizer, examples, found, near, device, k=12):  # type: ignore[no-untyped-def]
    """Right sentence first, among answerable ones, and AUROC of the best sentence's score for being answerable."""
    network.eval()
    top, best, right = [], [], {}
    with torch.inference_mode():
        for e in examples:
            ranked = near[e.id][:k]
            batch = Batch(tokenizer, [(e.question, found[e.doc], i) for i in ranked])
            with torch.autocast(device, dtype=torch.bfloat16):
                labels, _ = network(**{n: torch.from_numpy(v).to(device) for n, v in batch.encoded.items()})
            score = 1 - torch.softmax(labels.float(), -1)[:, 0].cpu().numpy()
            top.append(float(score.max()))
            best.append(bool(e.gold))
            if e.gold:
                right.setdefault(e.kind, []).append(ranked[int(score.argmax())] in e.gold)
    network.train()
    figures = {kind: (round(float(np.mean(v)), 3), len(v)) for kind, v in sorted(right.items())}
    every = [x for v in right.values() for x in v]
    figures["all"] = (round(float(np.mean(every)), 3), len(every))
    keep = [n for n, e in enumerate(examples) if e.kind != "outside"]
    figures["auroc"] = (round(float(roc_auc_score([best[n] for n in keep], [top[n] for n in keep])), 3), len(keep))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--negatives", type=int, default=4)
    parser.add_argument("--share", type=float, default=1.0, help="of the training texts, for a learning curve")
    parser.add_argument("--no-drills", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="go on from these weights")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    found = {d: r for d, r in releases().items() if split(d) != "sealed"}
    every = [*questions(found), *([] if args.no_drills else drills(found))]
    docs = sorted(d for d in found if split(d) == "train")
    docs = docs if args.share >= 1 else rng.sample(docs, round(args.share * len(docs)))
    train = [e for e in every if e.doc in set(docs)]
    dev = [e for e in every if split(e.doc) == "dev" and not e.kind.startswith("drill")]
    near = nearest(found, train + dev)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, tokenizer = build()
    if args.start:
        network.load_state_dict({k: v.float() for k, v in load_file(str(args.start)).items()}, strict=False)
    share_dropout(network, 0.1)
    network.encoder.set_attn_implementation("eager")  # type: ignore[operator]
    network.to(device).train()
    for p in network.encoder.embeddings.parameters():  # type: ignore[union-attr]
        p.requires_grad = False
    torch.set_num_threads(2)

    length = lengths(tokenizer, found)
    metadata = {"labels": " ".join(LABELS), "seed": str(args.seed), "epochs": str(args.epochs), "texts": str(len(docs))}

    def save() -> None:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        save_file({k: v.half().cpu().contiguous() for k, v in trained_part(network).items()}, str(args.out), metadata)

    size = 32
    epochs = math.ceil(args.epochs)
    total = int(len(pairs(train, near, random.Random(0), args.negatives)) / size * args.epochs)
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / (0.06 * total + 1)) * max(0.02, 1 - n / total)
    )
    print(json.dumps({"train": len(train), "dev": len(dev), "texts": len(docs), "steps": total}), flush=True)
    step, began, running = 0, time.time(), 0.0
    for _ in range(epochs):
        for group in batches_of(pairs(train, near, rng, args.negatives), length, size, rng):
            if step >= total:
                break
            asked = [roughened(e.question, rng) if rng.random() < 0.33 else e.question for e, _ in group]
            batch = Batch(tokenizer, [(q, found[e.doc], i) for q, (e, i) in zip(asked, group, strict=True)])
            loss = loss_of(network, batch, group, device)
            learn_from(loss, parameters, optimizer, schedule)
            running = 0.98 * running + 0.02 * float(loss.detach()) if step else float(loss.detach())
            step += 1
            if step % 100 == 0:
                print(
                    f"{step}/{total} loss {running:.3f} {step * size / (time.time() - began):.0f} pairs/s", flush=True
                )
            if step % 1000 == 0:
                save()
    save()
    print(json.dumps(evaluate(network, tokenizer, dev, found, near, device)), flush=True)


if __name__ == "__main__":
    main()
