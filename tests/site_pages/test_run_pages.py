"""What the schedules did, over HTTP."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from monitor.model import Text
from monitor.store.ledger import NewAttempt, RunKey, claim, finish
from monitor.store.opening import open_store
from site_pages.conftest import NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _attempt(site: Site, number: int, outcome: str) -> None:
    """One attempt of the weekly bulletins, seven days after the one before."""
    started = NOW - timedelta(days=7 * (60 - number))
    key = RunKey("weekly_bulletins", f"2020-W{number:02d}", date(2020, 1, 5))
    new = NewAttempt(key, "service", "here:1", started, False, started, "r", "1")
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        made = claim(store, new)
        with store.transaction():
            finish(
                store,
                made,
                outcome=outcome,  # type: ignore[arg-type]  # one of them
                at=started + timedelta(seconds=90.5),
                counts={"bulletins": 25} if outcome == "done" else {},
                words=None if outcome == "done" else Text("磁盘已满", "The disk is full"),
            )


def test_jobs_are_told_with_their_last_outcome_and_next_time(site: Site) -> None:
    _attempt(site, 50, "done")
    _attempt(site, 51, "given_up")
    page = site.browser("chenjing").get("/runs").text
    row = re.search(
        r'<tr><th scope="row"><a href="/runs/weekly_bulletins">.*?</tr>', page, re.DOTALL
    )
    assert row is not None
    assert "失败，已不再重试" in row.group()
    assert "90.5" in row.group()
    assert "每周一 08:00" in row.group()
    assert re.search(r"2021-02-\d\d 08:00", row.group())  # the next Monday
    assert "未运行" in page  # the other jobs


def test_one_job_tells_why_and_every_attempt(site: Site) -> None:
    for number in (50, 51):
        _attempt(site, number, "done" if number == 50 else "given_up")
    page = site.browser("sunwei").get("/runs/weekly_bulletins").text
    assert "判定日" in page
    assert "通报 25" in page
    assert "磁盘已满" in page
    assert page.index("2020-W51", page.index("<table")) < page.index("2020-W50")


@pytest.mark.parametrize("name", ["chenjing", "sunwei", "zhoulan"])
def test_who_operates_may_look(read_site: Site, name: str) -> None:
    browser = read_site.browser(name)
    assert browser.get("/runs").status_code == 200
    assert browser.get("/runs/backup").status_code == 200
    assert browser.get("/runs/no_such_job").status_code == 404


@pytest.mark.parametrize("name", ["wangfang", "zhaomin"])
def test_a_city_may_not(read_site: Site, name: str) -> None:
    browser = read_site.browser(name)
    assert browser.get("/runs").status_code == 404
    assert browser.get("/runs/backup").status_code == 404
