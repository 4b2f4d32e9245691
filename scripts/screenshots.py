"""Makes the pictures of the README from the page as it is; called by scripts/screenshots."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from assistant import Assistant
from assistant.web import launch, page

OUT = Path(__file__).parents[1] / "docs" / "screenshots"
ANSWERED = "When was the tenth meeting held?"
REFUSED = "What did the interpreters at the banquet earn?"
WIDE = {"viewport": {"width": 1200, "height": 760}}
PICTURES = {
    "light": (WIDE, ANSWERED, True),
    "dark": ({**WIDE, "color_scheme": "dark"}, ANSWERED, True),
    "refusal": (WIDE, REFUSED, False),
    "japanese": ({**WIDE, "locale": "ja-JP"}, ANSWERED, False),
    "phone": ({"viewport": {"width": 390, "height": 780}}, ANSWERED, False),
}


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("No Chromium found. What to do: run scripts/browser")
    OUT.mkdir(parents=True, exist_ok=True)
    blocks = page(Assistant.open())
    address = launch(blocks, "127.0.0.1", 7899, block=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (options, question, follow) in PICTURES.items():
            shown = browser.new_context(**options).new_page()
            shown.goto(address)
            shown.wait_for_selector("#question textarea")
            shown.fill("#question textarea", question)
            shown.press("#question textarea", "Enter")
            shown.wait_for_selector(".answer")
            if follow:
                shown.click(".answer a.marker")
                shown.wait_for_selector(".release mark")
            shown.wait_for_timeout(800)
            shown.screenshot(path=OUT / f"{name}.png")
        browser.close()
    blocks.close(verbose=False)


if __name__ == "__main__":
    main()
