"""Coming in and going out, in a browser's own words."""

from __future__ import annotations

import re

import httpx
import pytest

from monitor.door import signing_in
from monitor.door.accounts import account_by_name, keep_password
from monitor.door.database import open_door
from monitor.door.links import password_link, setup_link
from monitor.door.passwords import hash_password
from monitor.door.signing_in import Refusal
from monitor.model import Text
from monitor.settings import Settings, SiteSettings
from site_pages.conftest import NOW, Browser, Site
from site_pages.crowd import SlowThing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PASSWORD = "春江水暖鸭先知 2021"  # noqa: S105  # of the tests' own people


def _with_password(site: Site, name: str) -> None:
    with open_door(site.home) as door:
        account = account_by_name(door, name)
        assert account is not None
        keep_password(door, account, hash_password(PASSWORD), actor="cli:test", at=NOW)


def test_a_clerk_signs_in_and_out(site: Site) -> None:
    _with_password(site, "wangfang")
    browser = site.browser()
    assert "/sign-in?next=/me" in str(browser.client.get("/me").headers["location"])
    browser.get("/sign-in?next=/me")
    page = browser.post("/sign-in", {"name": "WangFang", "password": PASSWORD, "next": "/me"})
    assert (page.status_code, page.url.path) == (200, "/me")
    assert "王芳" in page.text
    assert "南昌市" in page.text
    cookie = next(one for one in browser.client.cookies.jar if one.name == "fleetmon")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    left = browser.post("/sign-out")
    assert left.url.path == "/sign-in"
    assert "storage" in left.history[0].headers["clear-site-data"]
    assert browser.get("/me").status_code == 303


def test_a_wrong_password_is_told_and_nothing_more(site: Site) -> None:
    _with_password(site, "wangfang")
    browser = site.browser()
    browser.get("/sign-in")
    known = browser.post("/sign-in", {"name": "wangfang", "password": "x" * 14})
    unknown = browser.post("/sign-in", {"name": "nobody", "password": "x" * 14})
    assert (known.status_code, unknown.status_code) == (403, 403)
    assert "用户名或密码不对" in known.text
    assert known.text.replace("wangfang", "") == unknown.text.replace("nobody", "")


def test_who_failed_often_is_told_when_to_come_back(site: Site) -> None:
    _with_password(site, "wangfang")
    browser = site.browser()
    browser.get("/sign-in")
    for _ in range(12):
        page = browser.post("/sign-in", {"name": "wangfang", "password": "x" * 14})
        if page.status_code != 403:
            break
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 3600
    assert "分钟后再试" in page.text
    right = browser.post("/sign-in", {"name": "wangfang", "password": PASSWORD})
    assert right.status_code == 429


def test_strangers_keep_nobody_out_of_the_browser_that_they_use(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "verify", lambda _kept, typed: typed == PASSWORD)
    _with_password(site, "wangfang")
    owner, stranger = site.browser(), site.browser()

    def tries(browser: Browser, password: str) -> httpx.Response:
        browser.get("/sign-in")
        return browser.post("/sign-in", {"name": "wangfang", "password": password, "next": "/me"})

    assert tries(owner, PASSWORD).url.path == "/me"
    cookie = next(one for one in owner.client.cookies.jar if one.name == "fleetmon-known")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert cookie.expires is not None
    owner.post("/sign-out")
    assert [tries(stranger, "x" * 14).status_code for _ in range(6)][-1] == 429
    assert tries(stranger, PASSWORD).status_code == 429
    assert tries(owner, PASSWORD).url.path == "/me"
    stranger.client.cookies.set("fleetmon", cookie.value or "", domain="127.0.0.1")
    assert stranger.get("/me").status_code == 303  # what a browser is known by lets nobody in


def test_a_crowd_at_the_sign_in_keeps_no_page_waiting(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, client = site.browser("wangfang"), site.browser().client
    crowd = SlowThing()

    def slow(*_given: object, **_more: object) -> Refusal:
        crowd.wait()
        return Refusal(Text("不对", "wrong"))

    monkeypatch.setattr("monitor.site.entrance.sign_in", slow)

    def knock() -> int:
        return client.post("/sign-in", data={"name": "x", "password": "y" * 14}).status_code

    with crowd.waited_for(knock) as knocks:
        assert browser.get("/me", timeout=20).status_code == 200
    assert {one.result() for one in knocks} == {403}


@pytest.mark.parametrize("settings", [Settings(site=SiteSettings(is_public=True)), Settings()])
def test_who_has_no_account_finds_what_is_public(site: Site, settings: Settings) -> None:
    page = site.browser().get("/sign-in").text
    assert ('href="/public"' in page) is settings.site.is_public


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "x"]
)
def test_sign_in_leads_nowhere_else(site: Site, path: str) -> None:
    _with_password(site, "wangfang")
    browser = site.browser()
    browser.get("/sign-in")
    answer = browser.client.post(
        "/sign-in", data={"name": "wangfang", "password": PASSWORD, "next": path}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_form_from_elsewhere_does_nothing(site: Site) -> None:
    browser = site.browser("wangfang")
    stale = browser.client.post("/sign-out", data={"csrf": "x"})
    missing = browser.client.post("/sign-out")
    foreign = browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert [stale.status_code, missing.status_code, foreign.status_code] == [403] * 3
    del browser.client.headers["Sec-Fetch-Site"]
    other = browser.post("/sign-out", headers={"Origin": "https://evil.example"})
    silent = browser.post("/sign-out")
    assert [other.status_code, silent.status_code] == [403] * 2
    assert browser.get("/me").status_code == 200


def test_a_link_sets_a_password_once(site: Site) -> None:
    with open_door(site.home) as door:
        account = account_by_name(door, "liqiang")
        assert account is not None
        secret = password_link(door, account, actor="cli:test", now=NOW)
    browser = site.browser()
    page = browser.get(f"/link/{secret}")
    assert "liqiang" in page.text
    differ = browser.post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD + "x"})
    assert (differ.status_code, "不一致" in differ.text) == (422, True)
    weak = browser.post(f"/link/{secret}", {"password": "short", "again": "short"})
    assert weak.status_code == 422
    done = browser.post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD})
    assert "密码已设定" in done.text
    assert browser.get(f"/link/{secret}").status_code == 404
    page = browser.post("/sign-in", {"name": "liqiang", "password": PASSWORD, "next": "/me"})
    assert "李强" in page.text


def test_a_change_of_password_needs_the_present_one(site: Site) -> None:
    _with_password(site, "wangfang")
    browser, new = site.browser("wangfang"), "两个黄鹂鸣翠柳 2021"
    browser.get("/me")
    fields = {"password": new, "again": new}
    wrong = browser.post("/me/password", fields | {"current": "wrong password 1"})
    assert (wrong.status_code, "现用密码不对" in wrong.text) == (422, True)
    done = browser.post("/me/password", fields | {"current": PASSWORD})
    assert "密码已设定" in done.text
    assert browser.get("/me").status_code == 303  # signed out everywhere


def test_the_language_is_chosen_and_kept(site: Site) -> None:
    browser = site.browser("wangfang")
    assert 'lang="zh-CN"' in browser.get("/me").text
    page = browser.post("/language", {"language": "en", "back": "/me"})
    assert page.url.path == "/me"
    assert '<html lang="en">' in page.text
    assert "My account" in page.text
    assert browser.client.get("/sign-in", headers={"Accept-Language": "zh"}).status_code == 303
    nobody = site.browser()
    english = nobody.client.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Sign in" in english.text


def test_the_first_administrator_comes_by_a_link(tmp_path: object, site: Site) -> None:
    del tmp_path
    with open_door(site.home) as door:
        assert setup_link(door, NOW) is None  # there are accounts
        for table in ("session", "link", "draft_explanation", "draft", "account"):
            door.change(f"DELETE FROM {table}")  # noqa: S608  # our own names
        secret = setup_link(door, NOW)
    assert secret is not None
    browser = site.browser()
    assert "设立第一个管理员" in browser.get(f"/link/{secret}").text
    fields = {"name": "zhoulan", "shown_name": "周岚", "password": PASSWORD, "again": PASSWORD}
    assert "密码已设定" in browser.post(f"/link/{secret}", fields).text
    assert browser.get(f"/link/{secret}").status_code == 404


def test_a_name_of_another_site_is_not_answered(site: Site) -> None:
    answer = site.browser().client.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_pages_carry_a_strict_policy(site: Site) -> None:
    headers = site.browser().get("/sign-in").headers
    assert "unsafe" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_the_style_sheet_is_kept_by_browsers(site: Site) -> None:
    browser = site.browser()
    found = re.search(r'href="(/static/[^"]+)"', browser.get("/sign-in").text)
    assert found is not None
    answer = browser.get(found.group(1))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert browser.get("/static/000000000000/site.css").status_code == 404
    assert browser.get("/static/000000000000/..%2f..%2fbase.html.j2").status_code == 404
