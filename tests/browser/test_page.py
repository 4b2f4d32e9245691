"""The page as a user meets it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from assistant import Assistant
from sources import Release

pytestmark = pytest.mark.browser
ASKED = "When was the tenth meeting held?"


def ask(page, question: str, answers: int = 1) -> None:  # type: ignore[no-untyped-def]
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.answer').length >= {answers}", timeout=60_000)


def highlighted(page) -> str:  # type: ignore[no-untyped-def]
    return page.evaluate("[...document.querySelectorAll('.release mark')].map((m) => m.textContent).join('')")


def test_a_marker_highlights_exactly_its_quote(page, assistant: Assistant) -> None:
    ask(page, ASKED)
    expected = assistant.ask(ASKED)
    assert "October 10 and 11, 2019" in page.inner_text(".answer")
    page.click(".answer a.marker")
    page.wait_for_selector(".release mark")
    assert highlighted(page) == expected.citations[0].quote
    assert page.evaluate("document.activeElement.tagName") == "MARK"
    box, view = page.locator(".release mark").first.bounding_box(), page.viewport_size
    assert 0 <= box["y"] < view["height"]


def test_the_keyboard_alone_is_enough(page) -> None:
    page.focus("#question textarea")
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer a.marker", timeout=60_000)
    page.focus(".answer a.marker")
    page.keyboard.press("Enter")
    page.wait_for_selector(".release mark")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "marker"


def test_the_address_keeps_the_place(page, browser, assistant: Assistant) -> None:
    ask(page, ASKED)
    page.click(".answer a.marker")
    link = page.url
    assert "#quote=" in link
    other = browser.new_page()
    other.goto(link)
    other.wait_for_selector(".release mark")
    assert highlighted(other) == assistant.ask(ASKED).citations[0].quote
    other.close()


def test_the_whole_release_is_there_character_for_character(page, release: Release) -> None:
    shown = page.evaluate(
        "[...document.querySelectorAll('.release span[data-start]')].map((s) => s.textContent).join('')"
    )
    assert shown == release.text


def test_a_refusal_is_visible_and_offers_questions(page) -> None:
    ask(page, "What did the interpreters at the banquet earn?")
    assert "Not in the release" in page.inner_text(".answer .status")
    page.click("button.chip >> nth=0")
    page.wait_for_function("document.querySelectorAll('.answer').length >= 2", timeout=60_000)


def test_two_sessions_never_mix(page, browser, address: str) -> None:
    ask(page, "Who came from Japan?")
    other = browser.new_context().new_page()
    other.goto(address)
    other.wait_for_selector("#question textarea")
    ask(other, "And from the United States?")
    assert other.locator(".answer .reading").count() == 0
    ask(page, "And from the United States?", answers=2)
    assert "Who came from Japan?" in page.inner_text(".answer .reading")
    other.context.close()


HOSTILE = (
    "<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">", "![x](http://example.org/x.png)",
    "[click](javascript:document.title='owned')", "<a href='http://example.org'>x</a>", "&lt;b&gt; **bold** `code` $$x$$",
    "\u202eevil\u202c", "{{7*7}} ${7*7}", "# Heading\n- item", "<svg onload=document.title='owned'>", "<style>body{display:none}</style>",
)  # fmt: skip


def test_hostile_questions_are_shown_as_text(page, requests: list[str]) -> None:
    for n, question in enumerate(HOSTILE, start=1):
        ask(page, question, answers=n)
    shown = page.inner_text("#chat")
    for question in HOSTILE:
        assert question.splitlines()[0] in shown, question
    assert page.title() == "Dialogue Assistant"
    assert (
        page.locator("#chat script, #chat img[src='x'], #chat a[href*='example.org'], #chat svg[onload]").count() == 0
    )
    assert {urlsplit(url).hostname for url in requests if url.startswith("http")} == {"127.0.0.1"}


def test_nothing_leaves_the_machine(page, requests: list[str]) -> None:
    ask(page, ASKED)
    page.click(".answer a.marker")
    hosts = {urlsplit(url).hostname for url in requests if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
    assert hosts == {"127.0.0.1"}


def test_a_phone_needs_no_sideways_scrolling(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, ASKED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
