"""Cross-encoders that decide whether a sentence answers a question, and where in it.

A pretrained encoder with two heads, trained on the questions under training/data. It reads the question together with
the sentence, its title, headings and the sentence before, so that "the ninth meeting" is told from the tenth. Method:
Devlin et al., "BERT", 2019, sections 4.2 and 4.3 (spans, unanswerable questions). Two of them read in turn, as in Hu
et al., "Read + Verify", 2019: the reader (MiniLM, the packaged embedding weights) all sentences near to the question,
and the verifier (MPNet, eight times as large) the few that the reader likes best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed import packaged_folder
from sources import Kind, Release, Span
from sources.errors import ModelError

if TYPE_CHECKING:
    import torch

LABELS = ("none", "states", "yes", "no", "otherwise")
"""What a sentence does for a question: nothing, states the answer, shows yes, shows no, says otherwise."""
MODELS = Path(__file__).parent / "models"
WEIGHTS = MODELS / "reader.safetensors"
ADAPTER = MODELS / "verifier.safetensors"
LONGEST_INPUT = 208
LONGEST_SPAN = 40
"""Tokens."""


@dataclass(frozen=True, slots=True)
class Reading:
    """labels: probabilities in the order of LABELS, sum one. span: the stretch of the sentence that answers best, if
    it answers at all; span_score: its log probability."""

    labels: tuple[float, ...]
    span: Span
    span_score: float

    @property
    def answers(self) -> float:
        """The probability that the sentence answers the question in one way or another."""
        return 1.0 - self.labels[0]


def context_of(release: Release, i: int) -> str:
    """What the reader is told of where a sentence stands: title, the two innermost headings, the sentence before."""
    sentence = release.sentences[i]
    path = [_line(span.of(release.text), 90) for span in sentence.context[-2:]]
    title = "" if sentence.kind is Kind.TITLE else _line(release.title_text, 110)
    before = ""
    if i > 0 and release.sentences[i - 1].block == sentence.block:
        before = _line(release.sentences[i - 1].span.of(release.text), -140)
    kind = {Kind.TITLE: "title", Kind.DATE: "date of release", Kind.HEADING: "heading"}.get(sentence.kind, "")
    return " > ".join(part for part in (title, *path, before, kind) if part)


def _line(text: str, longest: int) -> str:
    """One line of at most so many characters, from its end if the number is negative."""
    text = " ".join(text.split())
    return text[:longest] if longest > 0 else text[longest:]


def _plain(text: str) -> str:
    """The text without brackets, which could spell a tokenizer's own marks; as long as before."""
    return text.translate(_BRACKETS)


_BRACKETS = str.maketrans("[]<>", "()()")


class Batch:
    """Token ids of (question, context, sentence) triples, and where the sentence's tokens stand in its release."""

    def __init__(self, tokenizer: Any, triples: Sequence[tuple[str, Release, int]]) -> None:
        prefixes, seconds = [], []
        for _, release, i in triples:
            prefix = _plain(context_of(release, i)) + f" {tokenizer.sep_token} "
            prefixes.append(len(prefix))
            seconds.append(prefix + _plain(release.sentences[i].span.of(release.text)))
        self.encoded = tokenizer(
            [_plain(question)[-400:] for question, _, _ in triples],
            seconds,
            truncation="only_second",
            max_length=LONGEST_INPUT,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="np",
        )
        offsets = self.encoded.pop("offset_mapping")
        starts = np.array([[release.sentences[i].span.start] for _, release, i in triples])
        begin = np.array(prefixes)[:, None]
        in_second = np.array([[s == 1 for s in self.encoded.sequence_ids(row)] for row in range(len(triples))])
        self.in_sentence = in_second & (offsets[:, :, 0] >= begin) & (offsets[:, :, 1] > offsets[:, :, 0])
        self.start = offsets[:, :, 0] - begin + starts
        self.end = offsets[:, :, 1] - begin + starts


def build(folder: Path | None = None, dtype: torch.dtype | None = None) -> tuple[torch.nn.Module, Any]:
    """The network, with fresh heads on the weights in a folder (the packaged MiniLM's if none is named), and its
    tokenizer. dtype: of the encoder, fp32 if none is named; the heads are always fp32."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    disable_progress_bar()
    set_verbosity_error()  # it would report that the package's pooling layer is not used
    folder = folder or packaged_folder()

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                str(folder), local_files_only=True, add_pooling_layer=False, dtype=dtype or torch.float32
            )
            size = self.encoder.config.hidden_size
            self.dense = torch.nn.Linear(size, size)
            self.label = torch.nn.Linear(size, len(LABELS))
            self.span = torch.nn.Linear(size, 2)

        def forward(self, **encoded: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            hidden = self.encoder(**encoded).last_hidden_state.to(self.dense.weight.dtype)
            return self.label(torch.tanh(self.dense(hidden[:, 0]))), self.span(hidden)

    return Network(), AutoTokenizer.from_pretrained(str(folder), local_files_only=True)


def trained_part(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """What training the reader changed: everything but the word embeddings, which stay the package's."""
    return {name: t for name, t in network.state_dict().items() if not name.startswith("encoder.embeddings.")}


def add_adapter(network: torch.nn.Module, adapter: dict[str, torch.Tensor]) -> None:
    """Loads heads, and adds to the encoder's matrices the low-rank changes that training the verifier made: for each,
    `NAME.b @ NAME.a` (Hu et al., "LoRA", 2021). Raises KeyError if the adapter is for another network."""
    heads = {name: t for name, t in adapter.items() if not name.startswith("encoder.")}
    matrices = {name.removesuffix(".a") for name in adapter if name.endswith(".a")}
    if set(heads) != {name for name in network.state_dict() if not name.startswith("encoder.")}:
        raise KeyError("heads")
    network.load_state_dict(heads, strict=False)
    for name in matrices:
        weight = network.get_submodule(name).get_parameter("weight")
        weight.data = (weight.float() + adapter[f"{name}.b"] @ adapter[f"{name}.a"]).to(weight.dtype)


def arithmetic() -> torch.dtype:
    """What the encoders are read as and compute in: bf16 where the processor multiplies in it, which takes a third of the
    time or less; fp32 elsewhere."""
    import torch

    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("amx_bf16") or able.get("avx512_bf16") else torch.float32


class CrossEncoder:
    """A trained network that reads questions together with sentences. It may be shared by threads."""

    def __init__(self, network: torch.nn.Module, tokenizer: Any, threads: int) -> None:
        import torch

        self._network, self._tokenizer = network.eval(), tokenizer
        self._torch, self._threads = torch, threads
        self._lock = Lock()  # a fast tokenizer must not be used by two threads at once

    def read(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]:
        """A reading for each sentence, in their order. Sentences: release and position in its sentences."""
        with self._lock:
            return self._halves(question, sentences)

    def _halves(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]:
        found: list[Reading] = []
        order = sorted(range(len(sentences)), key=lambda n: len(sentences[n][0].sentences[sentences[n][1]].span))
        for half in np.array_split(order, 2) if len(order) > 5 else [order]:  # like lengths together: less padding
            found += self._read(question, [sentences[n] for n in half])
        return [found[place] for place in np.argsort(order)]

    def _read(self, question: str, sentences: Sequence[tuple[Release, int]]) -> list[Reading]:
        torch = self._torch
        batch = Batch(self._tokenizer, [(question, release, i) for release, i in sentences])
        threads = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        try:
            with torch.inference_mode():
                labels, spans = self._network(**{k: torch.from_numpy(v) for k, v in batch.encoded.items()})
        finally:
            torch.set_num_threads(threads)
        probabilities = torch.softmax(labels, dim=-1).numpy()
        spans = spans.masked_fill(~torch.from_numpy(batch.in_sentence)[:, :, None], -1e4)
        scores = torch.log_softmax(spans, dim=1).numpy()
        return [
            self._reading(batch, row, probabilities[row], scores[row], release.sentences[i].span)
            for row, (release, i) in enumerate(sentences)
        ]

    @staticmethod
    def _reading(batch: Batch, row: int, labels: Any, scores: Any, sentence: Span) -> Reading:
        both = scores[:, 0][:, None] + scores[:, 1][None, :]
        both = np.where(np.triu(np.ones_like(both)) - np.triu(np.ones_like(both), LONGEST_SPAN) > 0, both, -np.inf)
        start, end = np.unravel_index(int(np.argmax(both)), both.shape)
        if not (batch.in_sentence[row, start] and batch.in_sentence[row, end]):
            return Reading(tuple(map(float, labels)), sentence, float("-inf"))
        span = Span(int(batch.start[row, start]), int(batch.end[row, end]))
        return Reading(tuple(map(float, labels)), span, float(both[start, end]))


class Reader(CrossEncoder):
    """The trained MiniLM. Raises ModelError if its weights are missing or do not fit."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 2) -> None:
        network, tokenizer = build(dtype=arithmetic())
        state = _trained(weights, "reader")
        if set(state) != set(trained_part(network)):
            raise ModelError("The reader's weights do not fit", f"{weights}", "reinstall dialogue-assistant")
        network.load_state_dict(state, strict=False)
        super().__init__(network, tokenizer, threads)


class Verifier(CrossEncoder):
    """MPNet with its trained adapter. Raises ModelError if weights are missing or do not fit, StoreError if they cannot
    be unpacked."""

    def __init__(self, adapter: Path = ADAPTER, threads: int = 2) -> None:
        from .mpnet import mpnet_folder

        network, tokenizer = build(mpnet_folder(), arithmetic())
        try:
            add_adapter(network, _trained(adapter, "verifier"))
        except (KeyError, AttributeError, RuntimeError) as error:
            raise ModelError(
                "The verifier's weights do not fit", f"{adapter}", "reinstall dialogue-assistant"
            ) from error
        super().__init__(network, tokenizer, threads)


def _trained(path: Path, whose: str) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    if not path.is_file():
        raise ModelError(f"The {whose}'s weights are missing", f"no file {path}", "reinstall dialogue-assistant")
    return {name: tensor.float() for name, tensor in load_file(str(path)).items()}
