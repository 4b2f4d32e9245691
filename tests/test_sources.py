"""A file becomes a release: structure with exact spans, metadata from the text, clear errors."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sources import Kind, Release, read_release, read_sources
from sources.errors import SourceError
from sources.sentences import sentences
from sources.structure import structure


def lines(text: str, kind: Kind) -> list[str]:
    return [b.span.of(text) for b in structure(text).blocks if b.kind is kind]


def path_of(text: str, words: str) -> list[str]:
    found = structure(text)
    block = next(b for b in found.blocks if words in b.span.of(text))
    return [span.of(text) for span in block.context]


def test_the_packaged_release_says_who_when_and_where(release: Release) -> None:
    assert release.title_text.startswith("Tenth ") and release.title_text.endswith(" Held")
    assert release.date == datetime.date(2019, 10, 18)
    assert release.division is not None
    assert release.division.of(release.text).startswith("Office of International Affairs")
    assert release.publisher.startswith("Ministry of Economy, Trade and Industry")
    assert release.url == "https://www.meti.go.jp/english/press/2019/1018_005.html"


def test_navigation_is_no_content(release: Release) -> None:
    navigation = [b.span.of(release.text) for b in release.blocks if b.kind is Kind.NAVIGATION]
    assert navigation[0] == "1. Home" and navigation[-1] == "Related website" and len(navigation) == 6
    assert not any(release.blocks[s.block].kind is Kind.NAVIGATION for s in release.sentences)


def test_headings_have_paths() -> None:
    text = "Title of the Thing\n\nA first paragraph ends here.\n\n1. Outer\n\n(1) Inner\n\nSome text is here.\n\n2. Next\n\nMore."
    assert path_of(text, "Some text") == ["1. Outer", "(1) Inner"]
    assert path_of(text, "More.") == ["2. Next"]


def test_a_list_knows_what_introduces_it() -> None:
    text = "Title of the Thing\n\nIt was attended.\n\nPARTICIPANTS\n\nJapanese side:\n- A Person\n- B Person\n\nThe end came."
    assert lines(text, Kind.ITEM) == ["- A Person", "- B Person"]
    assert path_of(text, "B Person") == ["PARTICIPANTS", "Japanese side:"]


def test_the_answer_below_a_question_stands_under_it() -> None:
    text = (
        "Title of the Thing\n\nA first paragraph ends here.\n\nQ: My dog is old. Must I bring it?\nA: Only if it is ill.\n\n"
        "Who pays?\n\nThe owner pays.\n"
    )
    assert path_of(text, "Only if") == ["Q: My dog is old. Must I bring it?"]
    assert path_of(text, "The owner") == ["Who pays?"]
    assert path_of(text, "Who pays?") == []


def test_label_and_value_of_both_forms() -> None:
    text = "Title of the Thing\n\nA paragraph.\n\nPlace: Tokyo\n\nMore text.\n\nContact\n\nOffice of Things"
    assert lines(text, Kind.PAIR) == ["Place: Tokyo"]
    assert lines(text, Kind.LABEL) == ["Contact"] and lines(text, Kind.VALUE) == ["Office of Things"]


def test_a_numbered_run_is_a_list_and_no_headings() -> None:
    text = "Title of the Thing\n\nThey agreed:\n1. to meet\n2. to talk\n3. to part\n\nThe end came."
    assert len(lines(text, Kind.ITEM)) == 3


def test_a_wrapped_paragraph_is_one() -> None:
    wrapped = "The ministers met in the capital on Monday and, after some hours of talks,\nagreed on a plan.\n"
    text = "Title of the Thing\n\n" + wrapped * 1
    assert lines(text, Kind.PARAGRAPH) == [wrapped.strip()]


def test_markdown_headings(tmp_path: Path) -> None:
    path = tmp_path / "release.md"
    path.write_text("# The Title\n\nFirst text.\n\n## Part\n\n### Sub\n\nInner text.\n\n## Other\n\nLast text.\n")
    release = read_release(path)
    assert release.title_text == "# The Title"
    inner = next(s for s in release.sentences if "Inner" in s.span.of(release.text))
    assert [c.of(release.text) for c in inner.context] == ["## Part", "### Sub"]


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("Title of a Release\n\n18 October 2019\n\nText is here.", datetime.date(2019, 10, 18)),
        ("Title of a Release\n\nPrague, 6 September 2023 - The Agency said so.", datetime.date(2023, 9, 6)),
        ("Title of a Release\n\nThe Office today, 2 March 2021, opened a platform.", datetime.date(2021, 3, 2)),
        ("Released on March 5, 2020\n\nTitle of a Release\n\nIt was held on 1 March 2020.", datetime.date(2020, 3, 5)),
        ("Title of a Release\n\nIt was held on 1 March 2020 in Rome, said the Minister of Things.", None),
        ("Title of a Release\n\n30 February 2020\n\nText is here.", None),
    ],
)
def test_the_date_of_release(head: str, date: datetime.date | None) -> None:
    assert structure(head).date == date


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The Japan–U.S. Digital Trade Agreement was signed. It is new.", 2),
        ("Mr. A. B. Smith of the Dept. of State spoke. He left at 5 p.m. on Monday.", 2),
        ("It rose by 3.5 percent (see No. 5). Then it fell.", 2),
        ("Same thing. Same thing. Same thing.", 3),
        ("A wrapped\nline goes on. Next one.", 2),
        ("It went to the Governments of Japan and the U.S. This was new.", 2),
        ("The U.S. Department of State came.", 1),
        ("no end at all", 1),
        ("Duty Officer, Lieutenant B – tel. 0852 440 17 (24 h). Next one.", 2),
        ("Panel 1: Who owns the data of a street? (moderator: Dr. A. B, Ulm)", 1),
        ("It ended. (See the annex.)", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    from sources import Span

    found = sentences(text, Span(0, len(text)))
    assert len(found) == count
    assert "".join(s.of(text) for s in found).replace(" ", "") == text.replace(" ", "")


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "empty"), ("b.txt", b" \r\n\t ", "empty"), ("c.txt", b"PK\x00\x01", "not a text file"),
        ("d.txt", "Überschrift".encode("latin-1"), "not UTF-8"), ("e.txt", b"x" * 4_000_001, "too large"),
        ("f.pdf", b"%PDF-1.7", "ends in .txt or .md"), ("g.txt", "title".encode("utf-16"), "text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_remedy(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        read_release(write(tmp_path / name, data))
    assert "Found: " in str(caught.value) and "What to do: " in str(caught.value)


def test_a_missing_file_an_empty_folder_and_twin_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for paths, says in (([tmp_path / "none.txt"], "Cannot read"), ([tmp_path / "empty"], "No release")):
        with pytest.raises(SourceError, match=says):
            read_sources(paths)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "same.txt", b"A Title\n\nText.")
    with pytest.raises(SourceError, match="both called same"):
        read_sources([tmp_path / "one", tmp_path / "two"])


def test_a_wrong_sidecar_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"A Title\n\nText.")
    write(tmp_path / "a.toml", b"publisher = 5")
    with pytest.raises(SourceError, match="publisher"):
        read_release(path)
    write(tmp_path / "a.toml", b'publisher = "P"\nurl = "https://example.org"')
    assert read_release(path).publisher == "P"


def test_a_long_paragraph_is_read_in_reasonable_time(tmp_path: Path) -> None:
    path = write(tmp_path / "long.txt", b"A Title of It\n\n" + b"Both sides met in the city and talked. " * 4_000)
    assert len(read_release(path).sentences) >= 3_999
