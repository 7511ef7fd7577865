"""Accounts over HTTP: added, changed, shut out, and never beyond what the giver looks after."""

from __future__ import annotations

import re

import pytest

from monitor.door.accounts import Account, account_by_name, add_account
from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.door.tokens import issue_token
from monitor.settings import OidcSettings, Settings
from site_pages.conftest import NANCHANG, NOW, PEOPLE, Browser, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PASSWORD = "落霞与孤鹜齐飞 2021"  # noqa: S105  # of the tests' own people
NEW = {
    "name": "xuli",
    "shown_name": "徐丽",
    "email": "xuli@jtt.example.cn",
    "role": "clerk",
    "division": NANCHANG,
    "language": "zh",
}
_LINK = re.compile(r"http://127\.0\.0\.1:\d+(/link/[\w-]{43})")


def _account(site: Site, name: str) -> Account | None:
    with open_door(site.home) as door:
        return account_by_name(door, name)


def _last_act(site: Site) -> tuple[object, ...] | None:
    with open_door(site.home) as door:
        return door.row("SELECT actor, action, object FROM act ORDER BY seq DESC LIMIT 1")


def _of_a_province(
    site: Site, name: str, province: str, role: Role = Role.ADMINISTRATOR
) -> Browser:
    with open_door(site.home) as door:
        add_account(
            door,
            site.desk.policy().divisions,
            name=name,
            role=role,
            division=province,
            actor="cli:t",
            at=NOW,
        )
    return site.browser(name)


def test_an_account_is_added_and_its_link_shown_once(site: Site) -> None:
    browser = site.browser("zhoulan")
    page = browser.get("/accounts")
    assert all(shown in page.text for _, _, shown in PEOPLE.values())
    page = browser.post("/accounts", NEW)
    assert (page.status_code, page.url.path) == (200, "/accounts/xuli")
    (link,) = _LINK.findall(page.text)
    assert "/link/" not in browser.get("/accounts/xuli").text  # it was the only time
    newcomer = site.browser()
    newcomer.get(link)
    done = newcomer.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert "密码已设定" in done.text
    page = newcomer.post("/sign-in", {"name": "xuli", "password": PASSWORD, "next": "/me"})
    assert "徐丽" in page.text


def test_a_link_is_shown_to_nobody_else(site: Site) -> None:
    browser, other = site.browser("zhoulan"), _of_a_province(site, "jiangxi", "360000")
    page = browser.get("/accounts/wangfang").text
    csrf = re.findall(r'"csrf" value="([^"]+)"', page)[0]
    answer = browser.client.post("/accounts/wangfang/link", data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts/wangfang")
    assert not _LINK.search(other.get("/accounts/wangfang").text)
    assert _LINK.search(browser.get("/accounts/wangfang").text)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "x"}, "不可用"),
        ({"name": "wangfang"}, "已有人使用"),
        ({"email": "xuli"}, "邮箱地址"),
        ({"role": ""}, "请选择角色"),
        ({"role": "king"}, "请选择角色"),
        ({"division": ""}, "必须属于一个地区"),
        ({"role": "steward"}, "只能属于一个省"),
        ({"division": "999999"}, "不在您的管理范围"),
        ({"shown_name": "<b>"}, "不可用"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    site: Site, fields: dict[str, str], told: str
) -> None:
    browser = site.browser("zhoulan")
    browser.get("/accounts")
    page = browser.post("/accounts", NEW | fields)
    assert (page.status_code, told in page.text) == (422, True), page.text
    assert "xuli" in page.text
    assert "<b>" not in page.text
    assert _account(site, "xuli") is None


def test_an_account_is_changed(site: Site) -> None:
    browser, hers = site.browser("zhoulan"), site.browser("wangfang")
    browser.get("/accounts/wangfang")
    given = NEW | {"shown_name": "王芳芳", "role": "signer", "email": ""}
    page = browser.post("/accounts/wangfang", given)
    assert (page.status_code, "王芳芳" in page.text) == (200, True)
    changed = _account(site, "wangfang")
    assert changed is not None
    assert (changed.name, changed.role, changed.email) == ("wangfang", Role.SIGNER, None)
    assert _last_act(site) == ("user:zhoulan", "account_changed", "wangfang")
    assert hers.client.get("/me").status_code == 303  # a new role: sign in anew


def test_an_account_is_shut_out_and_let_in_again(site: Site) -> None:
    browser, hers = site.browser("zhoulan"), site.browser("wangfang")
    browser.get("/accounts/wangfang")
    assert "已停用" in browser.post("/accounts/wangfang/switch", {"turn": "off"}).text
    assert hers.client.get("/me").status_code == 303
    page = browser.post("/accounts/wangfang/link")
    assert page.status_code == 422
    assert "未设密码" in browser.post("/accounts/wangfang/switch", {"turn": "on"}).text
    held = _account(site, "wangfang")
    assert held is not None
    assert not held.is_disabled
    assert browser.post("/accounts/wangfang/switch", {"turn": "round"}).status_code == 404


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("/switch", {"turn": "off"}),
        ("", NEW | {"role": "auditor", "division": ""}),
        ("", NEW | {"role": "administrator", "division": "360000"}),
    ],
)
def test_the_last_administrator_stays(site: Site, way: str, fields: dict[str, str]) -> None:
    browser = site.browser("zhoulan")
    browser.get("/accounts/zhoulan")
    page = browser.post(f"/accounts/zhoulan{way}", fields)
    assert page.status_code == 422
    assert "管理员" in page.text
    held = _account(site, "zhoulan")
    assert held is not None
    assert (held.is_disabled, held.role, held.division) == (False, Role.ADMINISTRATOR, None)


def test_who_shuts_somebody_out_is_told_what_stops_with_it(site: Site) -> None:
    with open_door(site.home) as door:
        issue_token(
            door,
            site.desk.policy().divisions,
            role=Role.CLERK,
            division=NANCHANG,
            scopes={Verb.SEE},
            label="市局接口",
            days=30,
            most_days=365,
            actor="user:zhoulan",
            at=NOW,
        )
    browser = site.browser("zhoulan")
    assert "由此人发放的令牌有 1 个" in browser.get("/accounts/zhoulan").text
    assert "由此人发放的令牌" not in browser.get("/accounts/wangfang").text


def test_an_administrator_of_a_province_gives_nothing_beyond_it(site: Site) -> None:
    near, far = _of_a_province(site, "jiangxi", "360000"), _of_a_province(site, "fujian", "350000")
    page = near.get("/accounts").text
    assert "wangfang" in page
    assert ("zhoulan" in page, "fujian" in page) == (False, False)
    assert near.post("/accounts", NEW).status_code == 200
    for fields in (
        {"division": "350100"},
        {"role": "steward", "division": ""},
        {"role": "administrator", "division": ""},
        {"role": "administrator", "division": "350000"},
    ):
        near.get("/accounts")
        refused = near.post("/accounts", NEW | {"name": "other"} | fields)
        assert (refused.status_code, "不在您的管理范围" in refused.text) == (422, True), fields
        near.get("/accounts/xuli")
        refused = near.post("/accounts/xuli", NEW | fields)
        assert (refused.status_code, "不在您的管理范围" in refused.text) == (422, True), fields
    assert far.get("/accounts/wangfang").status_code == 404
    far.get("/accounts")
    for way in ("", "/switch", "/link"):
        assert far.post(f"/accounts/wangfang{way}", NEW | {"turn": "off"}).status_code == 404
    assert far.post("/accounts/zhoulan/switch", {"turn": "off"}).status_code == 404
    held = _account(site, "wangfang")
    assert held is not None
    assert (held.is_disabled, held.role) == (False, Role.CLERK)


@pytest.mark.parametrize("name", ["wangfang", "zhaomin", "chenjing", "sunwei"])
def test_nobody_else_gives_accounts(site: Site, name: str) -> None:
    browser = site.browser(name)
    browser.get("/me")
    for path in ("/accounts", "/accounts/wangfang"):
        assert browser.client.get(path).status_code == 404
    for path in ("/accounts", "/accounts/wangfang", "/accounts/wangfang/link"):
        assert browser.post(path, NEW).status_code == 404
        browser.get("/me")
    assert _account(site, "xuli") is None


class TestSubjects:
    """Who somebody is to the single sign-on, where there is one."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(oidc=OidcSettings(issuer="https://login.jtt.example.cn"))

    def test_an_account_is_linked(self, site: Site) -> None:
        browser = site.browser("zhoulan")
        browser.get("/accounts/wangfang")
        given = NEW | {"shown_name": "王芳", "subject": "9f1c"}
        assert browser.post("/accounts/wangfang", given).status_code == 200
        linked = _account(site, "wangfang")
        assert linked is not None
        assert linked.subject == "9f1c"
        browser.get("/accounts/liqiang")
        twice = browser.post("/accounts/liqiang", given)
        assert twice.status_code == 422
