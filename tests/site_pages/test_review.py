"""The steward's queue: what stands in it, that it was looked at, and that nobody else comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.door.database import open_door
from monitor.door.looks import looked
from monitor.door.rights import Role
from site_pages.conftest import JIUJIANG, NANCHANG, Browser, Site
from site_pages.sending import refused_file

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _open(browser: Browser, state: str = "open", division: str = "") -> str:
    return browser.get(f"/review?state={state}&division={division}").text


def test_what_was_refused_is_there_until_somebody_looked(site: Site, tmp_path: Path) -> None:
    submission = refused_file(site, tmp_path, NANCHANG)
    browser = site.browser("chenjing")
    page = _open(browser)
    assert f'href="/submissions/{submission}"' in page
    assert "整个文件未能接收" in page
    said = {"note": "已电话联系 <b>", "state": "open", "page": "1"}
    page = browser.post(f"/review/{submission}", said).text
    assert submission not in page
    with open_door(site.home) as door:
        look = looked(door)[submission]
        act = door.row("SELECT actor, action, object, detail FROM act ORDER BY seq DESC LIMIT 1")
    assert (look.made_by, look.note) == ("user:chenjing", "已电话联系 <b>")
    assert act == ("user:chenjing", "look", submission, '{"noted":true}')
    page = _open(browser, "looked")
    assert "陈静" in page
    assert "已电话联系 &lt;b&gt;" in page
    assert submission in _open(browser, "all")


def test_the_queue_is_of_one_division_where_that_is_asked(site: Site, tmp_path: Path) -> None:
    one, other = refused_file(site, tmp_path, NANCHANG), refused_file(site, tmp_path, JIUJIANG)
    browser = site.browser("chenjing")
    page = _open(browser, division=NANCHANG)
    assert (one in page, other in page) == (True, False)
    assert browser.get("/review?division=999999").status_code == 404
    assert browser.get("/review?state=none").status_code == 404


def test_a_steward_of_a_province_reviews_that_province_only(site: Site, tmp_path: Path) -> None:
    submission = refused_file(site, tmp_path, NANCHANG)
    near, far = site.of_two_provinces(Role.STEWARD)
    assert submission in _open(near)
    assert submission not in _open(far)
    assert far.get(f"/review?division={NANCHANG}").status_code == 404
    far.get("/review")
    assert far.post(f"/review/{submission}", {"note": ""}).status_code == 404
    with open_door(site.home) as door:
        assert looked(door) == {}


def test_what_is_not_in_the_queue_cannot_be_marked(site: Site) -> None:
    browser = site.browser("chenjing")
    browser.get("/review")
    assert browser.post("/review/S000001", {"note": ""}).status_code == 404
    assert browser.post("/review/nothing", {"note": ""}).status_code == 404


def test_a_long_note_is_refused_in_words(site: Site, tmp_path: Path) -> None:
    submission = refused_file(site, tmp_path, NANCHANG)
    browser = site.browser("chenjing")
    browser.get("/review")
    page = browser.post(f"/review/{submission}", {"note": "长" * 501})
    assert (page.status_code, "最多 500 个字" in page.text) == (422, True)


@pytest.mark.parametrize("name", ["wangfang", "zhaomin", "sunwei", "zhoulan"])
def test_nobody_else_reviews(read_site: Site, name: str) -> None:
    browser = read_site.browser(name)
    browser.get("/me")
    assert browser.client.get("/review").status_code == 404
    assert browser.post("/review/S000001", {"note": ""}).status_code == 404
