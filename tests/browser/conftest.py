"""A real page in headless Chromium, over the real assistant. Skipped, with a note, only where no browser can be had."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant import Assistant


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("NO CHROMIUM: the page was not tested. Run scripts/browser, or install a Chromium by hand.")
    return found


@contextmanager
def serve(assistant: Assistant) -> Iterator[str]:
    """The page over an assistant, at a free port."""
    from assistant.web import launch, page

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    blocks = page(assistant)
    yield launch(blocks, "127.0.0.1", port, block=False)
    blocks.close(verbose=False)


@pytest.fixture(scope="session")
def address(assistant: Assistant) -> Iterator[str]:
    with serve(assistant) as found:
        yield found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield started
        started.close()


@pytest.fixture
def requests() -> list[str]:
    return []


@pytest.fixture
def page(browser, address: str, requests: list[str]):  # type: ignore[no-untyped-def]
    """The page, open and ready, in a session of its own. Every request it makes is noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.on("request", lambda request: requests.append(request.url))
    opened = context.new_page()
    opened.goto(address)
    opened.wait_for_selector(".release span[data-start]", state="attached")
    opened.wait_for_selector("#question textarea")
    yield opened
    context.close()
