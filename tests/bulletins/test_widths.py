"""No letter is wider than the window that it is read in, and no table than its sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import needs_chromium
from playwright.sync_api import Browser as Chromium

PAGES = sorted(Path(__file__).parents[1].glob("*/golden/*.html"))
# From the narrowest that WCAG 2.2 asks for to a desk: phones, tablets, panes beside a list.
WIDTHS = (*range(320, 1000, 20), 1280)
# The examples' codes are short; real ones are as long as this.
LONGEST = "FJ-F07.350200.2025.cruising_taxi.20251231.116.df1dfd3e"
# What stands out of the sheet's inner edge, which a wide window would not show by scrolling.
JUTTING = """() => {
  const sheet = document.querySelector(".sheet");
  const edge = sheet.getBoundingClientRect().right
    - parseFloat(getComputedStyle(sheet).paddingRight) + 1;
  return [...sheet.querySelectorAll("table")]
    .filter((table) => table.getBoundingClientRect().right > edge)
    .map((table) => table.textContent.trim().slice(0, 60));
}"""


@needs_chromium
@pytest.mark.parametrize("path", PAGES, ids=[f"{p.parts[-3]}-{p.stem}" for p in PAGES])
def test_letters_fit_every_window(chromium: Chromium, path: Path) -> None:
    page = chromium.new_page()
    page.set_content(re.sub(r"\bX\d{7}\b", LONGEST, path.read_text("utf-8")))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(JUTTING) == [], width
    page.close()


def test_letters_are_there() -> None:
    assert len(PAGES) > 10
