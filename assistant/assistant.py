"""The main path: question -> evidence -> draft -> checked answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.words import fold
from sources import Release, packaged_releases, read_sources

from .answer import Answer, Draft, Quote, Status, compose
from .evidence import Evidence, Judges, Weights, answerable, further_features, logistic, weigh
from .phrases import Phrase
from .question import Question, Unclear, halves, read_question
from .spelling import Spelling
from .suggest import Suggester
from .write import MOST_SENTENCES, QuoteWriter, Writer, says_otherwise

if TYPE_CHECKING:
    from index import Index
    from index.engine import AnswerQueryEngine
    from index.store import Progress

REMEMBERED = 6
"""Earlier questions that a conversation keeps. A follow-up never reaches further back than two."""
_REPLIES = {
    Unclear.GREETING: Phrase.GREETING,
    Unclear.THANKS: Phrase.THANKS,
    Unclear.ORDER: Phrase.ORDER,
    Unclear.NONSENSE: Phrase.UNCLEAR,
    Unclear.TOO_LONG: Phrase.TOO_LONG,
}


class Assistant:
    """Answers questions about releases, in their words. Open one with `Assistant.open()`; it may be shared by
    threads, and answers the same question with the same bytes."""

    def __init__(self, index: Index, judges: Judges, writer: Writer, weights: Weights) -> None:
        self.index = index
        self._judges, self._writer, self._weights = judges, writer, weights
        self._suggester = Suggester(self)
        self._spelling = Spelling(release.text for release in index.releases.values())

    @classmethod
    def open(
        cls,
        sources: Sequence[str | Path] | None = None,
        *,
        rebuild: bool = False,
        progress: Progress = lambda what, done, of: None,
    ) -> Assistant:
        """An assistant over these files and folders; over the packaged release if none are named.

        The index is built on first use and opened after that. Raises a DialogueError that says what, what was found,
        and what to do.
        """
        releases = read_sources(sources) if sources else packaged_releases()
        loading = "loading the language models"
        progress(loading, 0, 3)
        from index import MiniLM, open_index

        from .reader import Reader, Verifier

        encoder = MiniLM()
        progress(loading, 1, 3)
        reader = Reader()
        progress(loading, 2, 3)
        judges = Judges(reader, Verifier())
        progress(loading, 3, 3)
        index = open_index(releases, encoder, rebuild=rebuild, progress=progress)
        return cls(index, judges, QuoteWriter(), Weights.packaged())

    @property
    def releases(self) -> dict[str, Release]:
        return self.index.releases

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to a question, in the light of the user's earlier questions, oldest first."""
        return self.answer(read_question(question, history, self._spelling.mended))

    def answer(self, question: Question, *, suggest: bool = True) -> Answer:
        if question.unclear:
            return self._checked(question, Draft(Status.UNCLEAR, (_REPLIES[question.unclear],)), 0.0, (), suggest)
        evidence = weigh(question, self.index, self._judges, self._weights)
        confidence = answerable(evidence, self._weights)
        both = self._in_halves(question)
        if both is not None:
            confidence, draft = both
        elif confidence < self._weights.answer_from:
            draft = not_said(evidence)
        else:
            draft = self._writer.write(question, evidence[0], choose(question, evidence, self._weights))
        return self._checked(question, draft, confidence, evidence, suggest)

    def _in_halves(self, question: Question) -> tuple[float, Draft] | None:
        """The confidence and draft for two questions asked in one: each is looked up by itself, and if the release
        answers only one of them the answer says which. None where it is one question, where the release answers
        neither, both in one sentence, or says otherwise: then it is read as a whole."""
        asked = halves(question.text)
        if asked is None:
            return None
        parts = [read_question(half) for half in asked]
        found = [weigh(part, self.index, self._judges, self._weights) for part in parts]
        sure = [answerable(evidence, self._weights) for evidence in found]
        said = [n for n in (0, 1) if sure[n] >= self._weights.answer_from]
        if not said or any(parts[n].unclear or says_otherwise(found[n][0]) for n in said):
            return None
        if len(said) == 1:
            (n,) = said
            draft = self._writer.write(parts[n], found[n][0], choose(parts[n], found[n], self._weights))
            return sure[n], Draft(Status.PARTIAL, ((Phrase.FIRST_ONLY, Phrase.SECOND_ONLY)[n], *draft.pieces))
        chosen = [e for part, evidence in zip(parts, found, strict=True) for e in choose(part, evidence, self._weights)]
        once = {(e.release.id, e.position): e for e in chosen}
        if len(once) == 1:
            return None
        return min(sure), self._writer.write(question, found[0][0], list(once.values()))

    def chat(self) -> Chat:
        """A conversation: follow-up questions are understood in the light of the ones before."""
        return Chat(self)

    def as_query_engine(self) -> AnswerQueryEngine:
        """A LlamaIndex query engine: `.query(question).response`, `.source_nodes`."""
        from index.engine import AnswerQueryEngine

        def engine_answer(question: str) -> tuple[str, list[tuple[str, str, int, int, float]], dict[str, Any]]:
            found = self.ask(question)
            quoted = [(c.quote, c.source, c.start, c.end, found.confidence) for c in found.citations]
            return found.text, quoted, found.as_dict()

        return AnswerQueryEngine(answer=engine_answer)

    def _checked(
        self, question: Question, draft: Draft, confidence: float, evidence: Sequence[Evidence], suggest: bool
    ) -> Answer:
        """The answer, its promise checked by the constructors of Citation and Answer."""
        text, citations = compose(draft)
        helpless = draft.status in (Status.NOT_IN_RELEASE, Status.UNCLEAR)
        return Answer(
            question=question.asked,
            status=draft.status,
            text=text,
            citations=citations,
            confidence=confidence,
            suggestions=self._suggester.suggest(question) if suggest and helpless else (),
            sources=tuple((r.id, r.sha256) for r in self.releases.values()),
            reading=question.added,
            explanation=tuple(_explained(e) for e in evidence[:5]),
        )


class Chat:
    """One user's conversation. Holds questions only, never answers: what was said is not what is known."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.history: list[str] = []

    def ask(self, question: str) -> Answer:
        answer = self._assistant.ask(question, self.history)
        self.history = [*self.history, question][-REMEMBERED:]
        return answer


def choose(question: Question, evidence: Sequence[Evidence], weights: Weights) -> list[Evidence]:
    """What is to be said: the best sentence, and those that answer too, which are many where several things are asked for."""
    best = evidence[0]
    beside = [e for e in evidence[1:] if e.release is best.release and (question.several or says_more(e, best))]
    weighed = [(logistic(further_features(question, e, best), weights.further), e) for e in beside]
    also = sorted((w for w in weighed if w[0] >= weights.also_from), key=lambda w: -w[0])
    return [best, *(e for _, e in also)][:MOST_SENTENCES]


def says_more(one: Evidence, best: Evidence) -> bool:
    """Whether a sentence does not just repeat the stretch that answers best."""
    text = best.release.text
    return fold(best.reading.span.of(text)) not in fold(one.sentence.of(text))


def not_said(evidence: Sequence[Evidence]) -> Draft:
    """That the release does not say, and the nearest thing that it does say."""
    if not evidence:
        return Draft(Status.NOT_IN_RELEASE, (Phrase.NOT_SAID,))
    best = evidence[0]
    return Draft(Status.NOT_IN_RELEASE, (Phrase.NOT_SAID, Phrase.NEAREST, Quote(best.release, best.sentence)))


def _explained(evidence: Evidence) -> dict[str, Any]:
    return {
        "source": evidence.release.id,
        "start": evidence.sentence.start,
        "end": evidence.sentence.end,
        "sentence": evidence.sentence.of(evidence.release.text),
        "probability": round(evidence.probability, 4),
        "labels": [round(p, 4) for p in evidence.reading.labels],
        "features": {name: round(value, 4) for name, value in evidence.features.items()},
    }
