"""Tokens over HTTP: issued with a few rights, shown once, revoked."""

from __future__ import annotations

import re

import pytest

from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.door.tokens import Token, tokens, visitor_of_token
from site_pages.conftest import NANCHANG, NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
NEW = {
    "label": "南昌市车管数据接口",
    "role": "clerk",
    "division": NANCHANG,
    "scope": ["see", "submit"],
    "days": "30",
}
_TEXT = re.compile(r"fm_[0-9a-f]{10}_[\w-]{43}")


def _tokens(site: Site) -> list[Token]:
    with open_door(site.home) as door:
        return tokens(door)


def _works(site: Site, text: str) -> bool:
    with open_door(site.home) as door:
        return visitor_of_token(door, text, NOW) is not None


def test_a_token_is_issued_shown_once_and_revoked(site: Site) -> None:
    browser = site.browser("zhoulan")
    browser.get("/tokens")
    page = browser.post("/tokens", NEW)
    (text,) = _TEXT.findall(page.text)
    (held,) = _tokens(site)
    assert page.url.path == f"/tokens/{held.id}"
    assert held.scopes == {Verb.ENTER, Verb.SEE, Verb.SUBMIT}
    assert held.made_by == "user:zhoulan"
    assert "上传、说明、放弃报送" in page.text
    assert "2021年3月3日" in page.text
    assert _works(site, text)
    again = browser.get(f"/tokens/{held.id}").text
    assert not _TEXT.search(again)
    assert not _TEXT.search(browser.get("/tokens").text)
    browser.get(f"/tokens/{held.id}")
    assert "已作废" in browser.post(f"/tokens/{held.id}/revoke").text
    assert not _works(site, text)
    with open_door(site.home) as door:
        acts = door.rows("SELECT actor, action FROM act WHERE action LIKE 'token_%' ORDER BY seq")
    assert ("user:zhoulan", "token_issued") in acts
    assert ("user:zhoulan", "token_revoked") in acts
    assert text[14:] not in str(acts)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"label": ""}, "令牌的说明"),
        ({"role": ""}, "请选择角色"),
        ({"division": ""}, "必须属于一个地区"),
        ({"division": "999999"}, "不在您的管理范围"),
        ({"scope": []}, "至少选一项"),
        ({"scope": ["review"]}, "不可用"),
        ({"scope": ["nothing"]}, "至少选一项"),
        ({"days": "0"}, "1 到 365 天"),
        ({"days": "366"}, "1 到 365 天"),
        ({"days": "many"}, "应为整数"),
        ({"days": "9" * 30}, "应为整数"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    site: Site, fields: dict[str, object], told: str
) -> None:
    browser = site.browser("zhoulan")
    browser.get("/tokens")
    page = browser.post("/tokens", NEW | fields)
    assert (page.status_code, told in page.text) == (422, True), page.text
    if "label" not in fields:
        assert "南昌市车管数据接口" in page.text
    if "scope" not in fields:
        assert re.search(r'value="submit" checked', page.text)
    assert _tokens(site) == []


def test_an_administrator_of_a_province_gives_nothing_beyond_it(site: Site) -> None:
    near, far = site.of_two_provinces(Role.ADMINISTRATOR)
    near.get("/tokens")
    assert near.post("/tokens", NEW).status_code == 200
    (held,) = _tokens(site)
    assert held.id in near.get("/tokens").text
    assert held.id not in far.get("/tokens").text
    assert far.get(f"/tokens/{held.id}").status_code == 404
    far.get("/tokens")
    assert far.post(f"/tokens/{held.id}/revoke").status_code == 404
    far.get("/tokens")
    for fields in ({}, {"role": "steward", "division": ""}):
        refused = far.post("/tokens", NEW | {"scope": ["see"]} | fields)
        assert (refused.status_code, "不在您的管理范围" in refused.text) == (422, True)
    assert [one.revoked_at for one in _tokens(site)] == [None]


@pytest.mark.parametrize("name", ["wangfang", "zhaomin", "chenjing", "sunwei"])
def test_nobody_else_gives_tokens(site: Site, name: str) -> None:
    browser = site.browser(name)
    browser.get("/me")
    for path in ("/tokens", "/tokens/0123456789"):
        assert browser.client.get(path).status_code == 404
    assert browser.post("/tokens", NEW).status_code == 404
    assert _tokens(site) == []


def test_a_token_that_is_not_there_is_not_there(read_site: Site) -> None:
    browser = read_site.browser("zhoulan")
    assert browser.get("/tokens/0123456789").status_code == 404
    browser.get("/tokens")
    assert browser.post("/tokens/0123456789/revoke").status_code == 404
