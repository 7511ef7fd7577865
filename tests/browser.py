"""Chromium, for what only a browser can tell. Where it can be had, `.ci/run` demands it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

_PROGRAM: Final = shutil.which("chromium") or shutil.which("google-chrome")
_FLAGS: Final = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
needs_chromium = pytest.mark.skipif(
    _PROGRAM is None and os.environ.get("FLEETMON_BROWSER") != "required",
    reason="there is no Chromium here; .ci/run installs it",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_PROGRAM, args=_FLAGS)
        yield browser
        browser.close()
