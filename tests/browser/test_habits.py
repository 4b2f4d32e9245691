"""What people do with answers on the page: copy, save, check, come back, stop, say whether it helped."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.receipt import read_receipt, verify

from .conftest import serve
from .test_page import ASKED, REFUSED, ask

pytestmark = pytest.mark.browser


def saved(page, button: str, folder: Path) -> Path:  # type: ignore[no-untyped-def]
    with page.expect_download() as download:
        page.click(button)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_an_answer_is_copied_with_its_place(page, assistant: Assistant) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, ASKED)
    citation = assistant.ask(ASKED).citations[0]
    for name in ("Copy", "Copy as Markdown", "Copy as footnote"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_function("document.getElementById('announce').textContent === 'Copied'")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert citation.quote in copied and str(citation.start) in copied, name
        page.evaluate("document.getElementById('announce').textContent = ''")


def test_a_saved_conversation_can_be_verified(page, assistant: Assistant, tmp_path: Path) -> None:
    ask(page, ASKED)
    ask(page, REFUSED, answers=2)
    path = saved(page, "#save-receipt", tmp_path)
    answers = read_receipt(path)
    assert [a["question"] for a in answers] == [ASKED, REFUSED]
    assert all(finding.holds for finding in verify(answers, assistant.releases))
    text = saved(page, "#save-markdown", tmp_path).read_text(encoding="utf-8")
    assert f"## {ASKED}" in text and assistant.ask(ASKED).citations[0].quote in text


def test_the_conversation_is_there_again_after_a_reload_until_it_is_cleared(page) -> None:
    ask(page, "Who came from Japan?")
    page.reload()
    page.wait_for_selector(".answer", timeout=30_000)
    assert page.inner_text(".asked") == "Who came from Japan?"
    ask(page, "And from the United States?", answers=2)
    assert "Who came from Japan?" in page.locator(".answer").nth(1).locator(".reading").inner_text()
    page.click("#clear")
    page.wait_for_function("document.querySelectorAll('.answer').length === 0")
    page.reload()
    page.wait_for_selector("#question textarea")
    page.wait_for_timeout(1_500)
    assert page.locator(".answer").count() == 0


def test_kept_answers_that_were_tampered_with_are_not_shown(browser, make_assistant, release, tmp_path: Path) -> None:
    from assistant.web import _restored

    assistant = make_assistant([release])
    good = assistant.ask("Where was the meeting held in Tokyo?").as_dict()
    assert good["citations"]
    bad = json.loads(json.dumps(good).replace("Tokyo", "Kyoto"))
    given, lost = _restored([good, bad, {"question": 1}, "no"], assistant)
    assert len(given) == 1 and lost == 3
    assert _restored({"not": "a list"}, assistant) == ([], 0)


def test_enter_sends_shift_enter_breaks_and_arrow_up_recalls(page) -> None:
    page.focus("#question textarea")
    page.keyboard.type("When was it")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("held?")
    assert page.input_value("#question textarea") == "When was it\nheld?"
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer", timeout=60_000)
    page.wait_for_function("document.querySelector('#question textarea').value === ''")
    page.focus("#question textarea")
    page.keyboard.press("ArrowUp")
    assert page.input_value("#question textarea") == "When was it\nheld?"


def kept_feedback(home: Path) -> dict:  # type: ignore[type-arg]
    path = home / "feedback.jsonl"
    for _ in range(50):
        if path.is_file() and path.read_text(encoding="utf-8").endswith("\n"):
            break
        time.sleep(0.1)
    line: dict = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])  # type: ignore[type-arg]
    path.unlink()
    return line


def test_feedback_is_kept_in_a_file_of_the_operator(page, own_home: Path) -> None:
    ask(page, ASKED)
    page.get_by_role("button", name="Like", exact=True).first.click()
    line = kept_feedback(own_home)
    assert line["verdict"] == "helpful" and line["question"] == ASKED and line["citations"]


def test_why_this_answer_shows_the_evidence_and_its_place(page) -> None:
    ask(page, ASKED)
    page.click(".why summary")
    places = page.locator(".why a.place")
    assert places.count() == 5
    places.nth(1).click()
    page.wait_for_selector(".release mark")


class SlowJudge:
    def __init__(self, judge) -> None:  # type: ignore[no-untyped-def]
        self.judge, self.seconds = judge, 0.0

    def read(self, question, sentences):  # type: ignore[no-untyped-def]
        time.sleep(self.seconds)
        return self.judge.read(question, sentences)


@pytest.fixture
def slow(make_assistant, release) -> Iterator[tuple[SlowJudge, str]]:  # type: ignore[no-untyped-def]
    assistant = make_assistant([release])
    judge = SlowJudge(assistant._judges.reader)
    assistant._judges = replace(assistant._judges, reader=judge)
    with serve(assistant) as address:
        yield judge, address


def test_a_question_can_be_stopped_and_the_next_answer_rated(browser, slow, own_home: Path) -> None:
    judge, address = slow
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    judge.seconds = 4.0
    page.fill("#question textarea", "Where was it held?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#stop:not([disabled])")
    assert page.inner_text(".asked") == "Where was it held?"
    page.click("#stop")
    page.wait_for_selector(".note")
    assert page.inner_text("#announce") == "Stopped. Nothing was answered."
    judge.seconds = 0.0
    assert page.locator(".answer").count() == 0
    ask(page, "Where was the meeting held in Tokyo?")
    assert page.locator(".answer").count() == 1
    page.get_by_role("button", name="Like", exact=True).last.click()
    assert kept_feedback(own_home)["question"] == "Where was the meeting held in Tokyo?"
    context.close()


def test_the_interface_speaks_japanese_and_the_release_its_own_language(browser, address: str) -> None:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    page.wait_for_function("document.querySelector('#send').textContent.trim() === '質問する'")
    assert "対話アシスタント" in page.inner_text("h1")
    ask(page, REFUSED)
    assert page.inner_text(".answer .status") == "発表文になし"
    assert "発表文には書かれていません。" in page.inner_text(".answer")
    page.click("[data-language=en]")
    assert page.inner_text(".answer .status") == "Not in the release"
    assert page.inner_text("#send") == "Ask"
    page.reload()
    page.wait_for_function("(document.querySelector('#send') || {textContent: ''}).textContent.trim() === 'Ask'")
    context.close()


def test_a_phone_shows_one_room_at_a_time(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, ASKED)
    assert not page.is_visible("#reading")
    page.click(".answer a.marker")
    page.wait_for_selector(".release mark")
    assert page.is_visible(".release mark") and not page.is_visible("#talk")
    page.keyboard.press("Escape")
    assert page.is_visible("#talk")
    assert page.evaluate("document.activeElement.className") == "marker"
    page.click("[data-room=reading]")
    assert page.is_visible("#reading")
