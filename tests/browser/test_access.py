"""axe-core on the page as people have it: light, dark, narrow, enlarged, Japanese; empty, with an answer, with a refusal."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .test_page import ASKED, REFUSED, ask

pytestmark = pytest.mark.browser
VIEWS = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "enlarged": {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4},  # 1280 x 900 at 400 %
    "japanese": {"viewport": {"width": 1280, "height": 900}, "locale": "ja-JP", "reduced_motion": "reduce"},
}


def violations(page) -> list[str]:  # type: ignore[no-untyped-def]
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html'][:200]} {node['failureSummary'][:300]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_violation(browser, address: str, view: str) -> None:
    context = browser.new_context(**VIEWS[view])
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".release span[data-start]", state="attached")
    page.wait_for_selector("#question textarea")
    page.wait_for_timeout(500)
    assert violations(page) == []
    ask(page, ASKED)
    assert violations(page) == []
    page.click(".answer a.marker")
    page.wait_for_selector(".release mark")
    assert violations(page) == []
    page.keyboard.press("Escape")
    ask(page, REFUSED, answers=2)
    page.locator(".why summary").last.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= VIEWS[view]["viewport"]["width"]
    context.close()


def test_each_answer_is_announced_once_when_it_is_complete(page) -> None:
    page.evaluate(
        "window.heard = []; new MutationObserver(() => { const t = document.getElementById('announce').textContent;"
        " if (t) window.heard.push(t); }).observe(document.getElementById('announce'), {childList: true})"
    )
    ask(page, ASKED)
    ask(page, REFUSED, answers=2)
    page.wait_for_timeout(500)
    heard = page.evaluate("window.heard")
    assert len(heard) == 2
    assert heard[0].startswith("In the release. October 10 and 11, 2019") and heard[1].startswith("Not in the release.")
    assert page.locator("#chat [aria-live]:not([aria-live=off])").count() == 0


def test_targets_are_large_enough(page) -> None:
    ask(page, ASKED)
    small = page.evaluate(
        "[...document.querySelectorAll('a, button, summary, textarea')].filter((e) => e.offsetParent)"
        ".map((e) => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])"
        ".filter(([, r]) => r.width > 0 && r.height < 24).map(([html, r]) => html + ' ' + r.height)"
    )
    assert small == []
