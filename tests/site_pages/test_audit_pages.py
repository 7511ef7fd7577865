"""The audit log over HTTP: read by auditors, leafed through, and its chain told whole or broken."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.door.database import open_door
from monitor.door.folding import fold_acts
from monitor.door.rights import Role
from monitor.policy.project import project_root
from monitor.site.audit_words import ACTIONS
from monitor.store import audit
from monitor.store.opening import open_store
from site_pages.conftest import NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _write(site: Site, lines: int = 0) -> None:
    """Carry the door's acts over, and add so many lines."""
    with (
        open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store,
        open_door(site.home) as door,
    ):
        fold_acts(store, door)
        with store.transaction():
            for number in range(lines):
                audit.record(store, "look", f"S{number:06d}", at=NOW)


def _row(page: str, words: str) -> str:
    rows: list[str] = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    found = [row for row in rows if words in row]
    assert found, words
    return found[0]


def test_acts_are_told_in_words_before_and_after_they_are_in_the_log(site: Site) -> None:
    browser = site.browser("sunwei")
    before = _row(browser.get("/audit").text, "wangfang")
    assert "添加账户" in before
    assert "命令行 test" in before
    assert ">–</th>" in before
    _write(site)
    after = _row(browser.get("/audit").text, "wangfang")
    assert re.search(r">\d+</th>", after)
    assert "division=360100" in after


def test_the_log_is_leafed_through_and_chosen_from(site: Site) -> None:
    _write(site, lines=230)
    browser = site.browser("sunwei")
    first = browser.get("/audit?action=look&actor=cli:t")
    assert "第 1 页，共 3 页" in first.text
    assert "S000229" in first.text
    assert "添加账户" not in first.text.partition("<table")[2]
    assert "actor=cli%3At" in first.text
    last = browser.get("/audit?action=look&page=3").text
    assert ("S000000" in last, "S000229" in last) == (True, False)
    assert "没有符合条件的记录" in browser.get("/audit?actor=nobody").text


def test_a_whole_chain_is_told_with_its_day_and_a_broken_one_too(site: Site) -> None:
    _write(site, lines=3)
    browser = site.browser("sunwei")
    page = browser.get("/audit").text
    assert "记录完整，没有被改动" in page
    assert "2021年2月1日 09:30（北京时间）" in page
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        store.connection.execute("UPDATE audit SET actor = 'cli:other' WHERE object = 'S000001'")
    site.now = NOW + timedelta(minutes=5)
    assert "记录完整，没有被改动" in browser.get("/audit").text  # as of five minutes ago
    page = browser.post("/audit/check").text
    assert "记录不完整或被改动" in page
    assert "2021年2月1日 09:35（北京时间）" in page
    assert "内容与校验值不符" in page


def test_a_check_is_made_anew_after_an_hour(site: Site) -> None:
    browser = site.browser("sunwei")
    browser.get("/audit")
    site.now = NOW + timedelta(minutes=59)
    assert "09:30（北京时间）核对" in browser.get("/audit").text
    browser = site.browser("sunwei")
    site.now = NOW + timedelta(minutes=61)
    assert "10:31（北京时间）核对" in browser.get("/audit").text


def test_an_auditor_of_a_province_reads_of_its_own_people(site: Site) -> None:
    clerk = site.browser("wangfang")
    clerk.get("/me")
    clerk.post("/sign-out")
    near, far = site.of_two_provinces(Role.AUDITOR)
    mine = near.get("/audit").text
    assert "user:wangfang" in mine
    assert "只列本省" in mine
    for browser in (far, near):
        assert "cli:test" not in browser.get("/audit").text
    assert "user:wangfang" not in far.get("/audit").text
    assert "user:wangfang" not in far.get("/audit?actor=user:wangfang").text
    _write(site)
    assert "user:wangfang" in near.get("/audit").text
    assert "user:wangfang" not in far.get("/audit").text


@pytest.mark.parametrize("name", ["wangfang", "zhaomin", "chenjing", "zhoulan"])
def test_nobody_else_reads_it(read_site: Site, name: str) -> None:
    browser = read_site.browser(name)
    browser.get("/me")
    assert browser.client.get("/audit").status_code == 404
    assert browser.post("/audit/check").status_code == 404


def test_every_act_that_is_written_down_has_words() -> None:
    written = set()
    for path in (project_root() / "monitor").rglob("*.py"):
        text = path.read_text("utf-8")
        written |= set(re.findall(r'(?:record|record_act)\(\s*(?:[\w.()]+,\s*)+?"([a-z_]+)"', text))
    assert {"sign_in", "bulletins", "exemption_decision", "rows_seen"} <= written
    assert written - {"fleetmon"} - set(ACTIONS) == set()  # it is also an actor
