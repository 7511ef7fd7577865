"""What a clerk does with a browser: choose files, wait for the check, confirm."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter
from drafts.conftest import HEADER, extract, row, vin

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.settings import Settings
from monitor.store.opening import open_store
from site_pages.conftest import NOW, Browser, Site, running

__all__ = ["HEADER", "extract", "row", "vin"]
PATIENCE = 120
CHECKED = "已校验，尚未生效"
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_STATE = re.compile(r'<h2 id="state">([^<]+)</h2>')


def busy_site(held_home: Path, folder: Path, settings: Settings) -> Iterator[Site]:
    """A site for many tests: its workers are warm after the first; each test has its vehicles."""
    shutil.copytree(held_home, folder / "home")
    yield from running(folder / "home", settings)


def file_of(content: bytes, name: str = "登记.csv") -> tuple[str, tuple[str, bytes]]:
    return "file", (name, content)


def workbook(*rows: str) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("登记")
    for at, line in enumerate((HEADER, *rows)):
        sheet.write_row(at, 0, line.split(","))
    book.close()
    return target.getvalue()


def submit(
    browser: Browser, *files: tuple[str, tuple[str, bytes]], token: str | None = None, **fields: str
) -> httpx.Response:
    """Send a form with files, and wait until it is checked."""
    page = browser.get("/submit")
    found = _TOKEN.search(page.text)
    assert found is not None, page.text
    sent: Any = list(files)
    answer = browser.post("/submit", {"token": token or found[1]} | fields, files=sent)
    return settled(browser, answer)


def settled(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """The page when nothing of it is awaited any more."""
    ends = time.monotonic() + PATIENCE
    while "data-waits-for" in answer.text:
        assert time.monotonic() < ends, answer.text
        time.sleep(0.05)
        answer = browser.get(answer.url.path)
        if answer.status_code == 303:
            answer = browser.get(answer.headers["location"])
    return answer


def decide(browser: Browser, draft: str, how: str = "confirm", **fields: str) -> httpx.Response:
    """Press a button of a draft's page, and wait."""
    page = browser.get(draft)
    found = _SEEN.search(page.text)
    seen = {"seen": found[1]} if found else {}
    return settled(browser, browser.post(f"{draft}/{how}", seen | fields))


def state_of(answer: httpx.Response) -> str:
    """What the banner says."""
    found = _STATE.search(answer.text)
    return found[1] if found else ""


def asked(site: Site, sql: str, *given: object) -> list[tuple[Any, ...]]:
    """A question to the store."""
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        return store.rows(sql, given)


def acts(site: Site, action: str) -> list[tuple[Any, ...]]:
    """What was written down at the door, or carried over already: actor, object, detail."""
    with site.desk.door() as door:
        held = door.rows(
            "SELECT actor, object, detail FROM act WHERE action = ? ORDER BY rowid", [action]
        )
    return [tuple(one) for one in held]


def refused_file(site: Site, folder: Path, division: str) -> str:
    """A file of a division that is no table; gives its submission."""
    file = folder / f"坏-{division}.csv"
    file.write_text("报表\n", "utf-8")
    declared = Declared(received_at=NOW, kind="registration", division=division, backfill=True)
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        told = receive(store, site.desk.policy(), file, declared, now=NOW)
    assert told.submission is not None
    return told.submission
