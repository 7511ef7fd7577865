"""What browsers send with a form, and what becomes of one whose sender is signed in no more."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import needs_chromium
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from monitor.door.accounts import account_by_name, keep_password
from monitor.door.database import open_door
from monitor.door.passwords import hash_password
from monitor.settings import Settings, SiteSettings
from monitor.site.app import WAYS
from site_pages import test_browser
from site_pages.conftest import NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PASSWORD = "春江水暖鸭先知 2021"  # noqa: S105  # of the tests' own people
DRAFT = "/submissions/drafts/UAAAAAAAAAA"


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/readyz"])
def test_browsers_may_say_to_us_whose_form_it_is(read_site: Site, path: str) -> None:
    """By `no-referrer` they send `Origin: null` with a form, be it our own."""
    answer = read_site.browser().get(path)
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(("origin", "status"), [("", 422), ("null", 403)], ids=["own", "null"])
def test_an_older_browser_says_it_by_origin(read_site: Site, origin: str, status: int) -> None:
    browser = read_site.browser("wangfang")
    del browser.client.headers["Sec-Fetch-Site"]
    said = {"Origin": origin or read_site.address}
    assert browser.post("/nil", headers=said).status_code == status


def led_to(site: Site, method: str, path: str) -> dict[str, str]:
    """Where somebody who is not signed in is sent."""
    answer = site.browser().client.request(method, path)
    assert answer.status_code == 303
    parts = urlsplit(answer.headers["location"])
    assert parts.path == "/sign-in"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


@pytest.mark.parametrize(
    ("sent", "page"),
    [
        (f"{DRAFT}/confirm", DRAFT),
        (f"{DRAFT}/explain", DRAFT),
        ("/submit", "/submit"),
        ("/me/password", "/me"),
        ("/exemptions/360100/0123456789ab/decision", "/exemptions/360100/0123456789ab"),
    ],
)
def test_a_form_that_was_not_done_leads_back_to_its_page(
    read_site: Site, sent: str, page: str
) -> None:
    assert led_to(read_site, "POST", sent) == {"done": "ended", "next": page}


def test_every_form_leads_back_somewhere(read_site: Site) -> None:
    for way in (way for way in WAYS if way.kind in {"action", "upload"} and way.verb is not None):
        path = re.sub(r"\{\w+\}", "360100", way.path)
        asked = led_to(read_site, "POST", path)
        if way.path == "/sign-out":
            assert asked == {}
        else:
            assert asked["done"] == "ended"
            assert path.startswith(asked["next"])


def test_who_signs_in_again_is_told_and_comes_back(site: Site) -> None:
    with open_door(site.home) as door:
        account = account_by_name(door, "wangfang")
        assert account is not None
        keep_password(door, account, hash_password(PASSWORD), actor="cli:test", at=NOW)
    browser = site.browser("wangfang")
    browser.client.cookies.clear()  # as after an hour without a request
    page = browser.post("/nil", {"kind": "procurement"})
    assert "您已退出登录，刚才的操作没有执行。请登录后重新提交。" in page.text
    assert "were signed out" in browser.get(str(page.url), headers={"Accept-Language": "en"}).text
    known = {"name": "wangfang", "password": PASSWORD, "next": "/nil"}
    assert browser.post("/sign-in", known).url.path == "/nil"
    assert "刚才的操作没有执行" not in site.browser().get("/sign-in").text


def test_a_page_is_asked_for_again_with_its_question(read_site: Site) -> None:
    asked = led_to(read_site, "GET", "/submissions?state=checked&kind=a%20b")
    assert asked == {"next": "/submissions?state=checked&kind=a%20b"}


# --- how large an upload may be -----------------------------------------------------------------


def test_the_limit_is_of_files_together(read_site: Site) -> None:
    clerk = read_site.browser("wangfang")
    assert "一次最多 20 个文件、合计 200 MB" in clerk.get("/help").text
    assert "合计 200 MB" in clerk.get("/submit").text
    assert "一次请求最大 200 MB" in clerk.get("/api/docs").text
    assert "together" in (SiteSettings.model_fields["most_megabytes"].description or "")


@pytest.fixture
def settings() -> Settings:
    return Settings(site=SiteSettings(most_megabytes=1))


@needs_chromium
def test_the_script_adds_the_files_up(chromium: Chromium, site: Site, tmp_path: Path) -> None:
    clerk = test_browser.tab(chromium, site, "wangfang", test_browser.DESK)
    clerk.go("/submit")
    files = [tmp_path / f"{at}.csv" for at in range(3)]
    for file in files:
        file.write_bytes(b"x" * 400_000)
    field = clerk.page.get_by_label("文件", exact=True)
    field.set_input_files(files[:2])
    assert field.evaluate("one => one.checkValidity()")
    field.set_input_files(files)
    assert not field.evaluate("one => one.checkValidity()")
    expect(clerk.page.locator("[data-told]")).to_contain_text("文件合计过大")
