"""Every quotation is exact, always; a false quotation is refused, a typographic variant is not."""

from __future__ import annotations

import dataclasses
import random
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Citation
from assistant.answer import Status
from assistant.evaluate import read_questions
from assistant.quotes import locate
from sources import Release, Span
from sources.errors import PromiseBroken, SourceError
from sources.read import read_release
from tests.conftest import ROOT, TENTH

QUESTIONS = read_questions(ROOT / "tests" / "data" / "questions.jsonl")


def assert_exact(answer: Answer, text: str) -> None:
    for c in answer.citations:
        assert text[c.start : c.end] == c.quote == answer.text[c.answer_start : c.answer_end]


def test_every_citation_of_the_shipped_questions_is_exact(assistant: Assistant, release: Release) -> None:
    cited = 0
    for gold in QUESTIONS:
        answer = assistant.ask(gold.question, gold.history)
        assert_exact(answer, release.text)
        cited += len(answer.citations)
        assert answer.citations or answer.status in (Status.NOT_IN_RELEASE, Status.UNCLEAR)
    assert cited >= 80


MANGLED = {
    "crlf": lambda t: t.replace("\n", "\r\n"),
    "cr": lambda t: t.replace("\n", "\r"),
    "nfd": lambda t: unicodedata.normalize("NFD", t.replace("Tokyo", "Tōkyō")),
    "bom": lambda t: "\ufeff" + t,
    "emoji": lambda t: t.replace("Japan", "Japan 🇯🇵👩‍💻").replace(". ", ". 😀 "),
    "repeated": lambda t: t + "\n\n" + t,
    "no final newline": lambda t: t.rstrip("\n"),
    "one line": lambda t: " ".join(t.split()),
    "nbsp": lambda t: t.replace(" ", "\u00a0"),
    "tabs": lambda t: t.replace("\n\n", "\n\t\n\t"),
    "upper": str.upper,
    "controls": lambda t: t.replace(", ", ",\v \f").replace("; ", ";\u2028"),
    "brackets": lambda t: t.replace("(", "[1] (").replace("“", "”"),
}


@pytest.mark.parametrize("how", MANGLED)
def test_quotes_stay_exact_on_a_mangled_copy(how: str, release: Release, tmp_path, make_assistant) -> None:
    path = tmp_path / "mangled.txt"
    path.write_bytes(MANGLED[how](release.text).encode())
    mangled = read_release(path)
    assert mangled.text == path.read_bytes().decode()
    asked = make_assistant([mangled])
    for gold in QUESTIONS[::6]:
        assert_exact(asked.ask(gold.question, gold.history), mangled.text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_quotes_stay_exact_for_generated_questions_and_texts(data, release: Release, make_assistant, tmp_path) -> None:
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    lines = release.text.splitlines(keepends=True)
    rng.shuffle(lines)
    text = "".join(lines[: rng.randrange(1, len(lines))]) + data.draw(st.text(max_size=40))
    path = tmp_path / "generated.txt"
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        found = read_release(path)
    except SourceError:
        return
    asked = make_assistant([found])
    words = re.findall(r"\w+", release.text)
    question = " ".join(rng.choices(words, k=rng.randrange(1, 12))) + data.draw(st.text(max_size=20)) + "?"
    assert_exact(asked.ask(question), found.text)


def test_an_empty_file_is_refused(tmp_path) -> None:
    (tmp_path / "empty.txt").write_text("\ufeff \n")
    with pytest.raises(SourceError, match="empty"):
        read_release(tmp_path / "empty.txt")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_structure_never_loses_or_moves_a_character(text: str) -> None:
    from sources.structure import structure

    found = structure(text)
    at = 0
    for block in found.blocks:
        assert at <= block.span.start < block.span.end <= len(text)
        assert not re.search(r"\w", text[at : block.span.start])
        at = block.span.end
    assert not re.search(r"\w", text[at:])
    for sentence in found.sentences:
        block = found.blocks[sentence.block]
        assert block.span.contains(sentence.span)


# --- false quotations -------------------------------------------------------------------------------------------

_SWAPS = {
    "Japan": "Korea", "Tokyo": "Kyoto", "October": "November", "tenth": "ninth", "reaffirmed": "rejected",
    "welcomed": "regretted", "emphasized": "denied", "three": "four", "twice": "ten times", "open": "closed",
    "both": "neither", "Both": "Neither", "secure": "insecure", "Keidanren": "Keizai Doyukai", "2019": "2018",
    "committed": "refused", "will": "will not", "is": "is not", "was": "was not", "including": "excluding",
    "recognized": "did not recognize", "decided": "declined", "importance": "unimportance", "and": "or",
    "data": "goods", "once": "never", "support": "oppose", "10": "12", "2020": "2021",
}  # fmt: skip


def tampered(release: Release) -> list[str]:
    """Sentences of the release with one thing changed: a word, a number, the order, a negation, a word dropped."""
    found: list[str] = []
    for sentence in release.sentences:
        quote = sentence.span.of(release.text)
        for old, new in _SWAPS.items():
            changed = re.sub(rf"\b{re.escape(old)}\b", new, quote, count=1)
            if changed != quote:
                found.append(changed)
        words = quote.split(" ")
        if len(words) > 6:
            found.append(" ".join([*words[:2], words[3], words[2], *words[4:]]))
            found.append(" ".join(words[:3] + words[4:]))
            found.append(" ".join([*words[:3], "not", *words[3:]]))
            found.append(quote + " This was agreed.")
    return [quote for quote in found if quote not in release.text]


def test_tampered_quotes_are_all_refused(release: Release) -> None:
    false = tampered(release)
    assert len(false) > 200
    assert [quote for quote in false if locate(quote, release.text)] == []


@pytest.mark.parametrize(
    ("quote", "text"),
    [("the ten", "in the tenth meeting"), ("5 percent", "rose 1.5 percent"), ("ten times", "often times"), ("9 to 5", "19 to 5"),
     ("2 March", "12 March"), ("rose 1", "rose 1.5"), ("10,0", "10,000"), ("5 degrees", "was -5 degrees"), ("", "x"), (" ", "x y")],
)  # fmt: skip
def test_a_piece_of_a_word_or_figure_is_no_quotation(quote: str, text: str) -> None:
    assert locate(quote, text) is None


VARIANTS = (
    lambda q: q.replace("“", '"').replace("”", '"').replace("’", "'"),
    lambda q: q.replace("“", "«").replace("”", "»"),
    lambda q: q.replace("-", "\u2011").replace("–", "-"),
    lambda q: q.replace(" ", "\u00a0"),
    lambda q: q.replace(" ", "\u202f", 2).replace(" ", "\n", 1),
    lambda q: q.replace(" ", "  "),
    lambda q: f"  {q}\n",
    lambda q: unicodedata.normalize("NFD", q),
    lambda q: q[:5] + "\u00ad" + q[5:],
    lambda q: q.replace("U.S.", "U.\u200bS.").replace("-", "–"),
)


def test_typographic_variants_are_all_found_where_they_stand(release: Release) -> None:
    sentences = [s.span for s in release.sentences if len(s.span) > 40][:20]
    tried = 0
    for span in sentences:
        for variant in VARIANTS:
            found = locate(variant(span.of(release.text)), release.text)
            assert found is not None
            assert found.of(release.text) == span.of(release.text)
            tried += 1
    assert tried >= 50


def test_composed_and_decomposed_accents_are_the_same() -> None:
    text = unicodedata.normalize("NFD", "Der Ministerpräsident René Müller sagte Nein.")
    found = locate("René Müller", text)
    assert found is not None
    assert unicodedata.normalize("NFC", found.of(text)) == "René Müller"


# --- the constructors ---------------------------------------------------------------------------------------------


def citation(release: Release, span: Span, at: int, **changes) -> Citation:
    quote = span.of(release.text)
    values = {
        "marker": 1, "source": release.id, "title": release.title_text, "start": span.start, "end": span.end,
        "quote": quote, "answer_start": at, "answer_end": at + len(quote),
    } | changes  # fmt: skip
    return Citation(**values, release=release)


def test_a_citation_that_is_not_the_slice_cannot_be_built(release: Release) -> None:
    span = release.sentences[3].span
    citation(release, span, 0)
    for changes in (
        {"start": span.start + 1}, {"end": span.end + 1}, {"quote": span.of(release.text).replace("a", "o", 1)},
        {"source": "another"}, {"start": -5}, {"start": span.end, "end": span.start}, {"quote": ""},
    ):  # fmt: skip
        with pytest.raises(PromiseBroken):
            citation(release, span, 0, **changes)


def test_an_answer_that_says_more_than_it_quotes_cannot_be_built(release: Release) -> None:
    span = release.sentences[3].span
    text = f"“{span.of(release.text)}” [1]"
    good = Answer("q", Status.ANSWERED, text, (citation(release, span, 1),), 0.9)
    for changes in (
        {"text": text + "\n\nIt was a success."},
        {"citations": ()},
        {"citations": (citation(release, span, 2),)},
        {"confidence": 1.5},
    ):
        with pytest.raises(PromiseBroken):
            dataclasses.replace(good, **changes)


def test_the_packaged_release_is_shipped_unchanged() -> None:
    shared = ROOT / "sources" / "releases" / f"{TENTH}.txt"
    import hashlib

    assert hashlib.sha256(shared.read_bytes()).hexdigest() == (
        "c48e21fcc2955b46c3bfee73019b8b501609fb0f5191d4b7f5361efa417bc72a"
    )
