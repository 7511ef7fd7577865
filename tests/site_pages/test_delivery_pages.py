"""How far letters got, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.door.rights import Role
from monitor.settings import MailSettings
from monitor.store.deliveries import NewDelivery, add_deliveries, deliveries
from monitor.store.delivery_events import Event, fold
from monitor.store.mail_hold import hold_mail
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, NANCHANG, NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
OURS, THEIRS, OPERATORS = (f"D{digit * 16}" for digit in "123")


def _letter(name: str, division: str | None, kind: str = "bulletin") -> NewDelivery:
    return NewDelivery(
        id=name,
        kind=kind,
        about=f"{division} 2020-12-31 x",
        division=division,
        role="director",
        recipient=f"{division or 'operators'}@jtt.example.cn",
        language="zh",
        file_name=f"{name}.eml",
        sha256="0" * 64,
        message_id=f"<{name}@fleetmon.example.cn>",
    )


@pytest.fixture
def site(site: Site) -> Site:
    """A site with three letters: one sent, one refused, one for the operators."""
    letters = [
        _letter(OURS, NANCHANG),
        _letter(THEIRS, JIUJIANG),
        _letter(OPERATORS, None, "operators"),
    ]
    steps = [
        Event(OURS, 1, NOW, "started"),
        Event(OURS, 1, NOW + timedelta(seconds=1), "sent", 250, "OK"),
        Event(THEIRS, 1, NOW, "started"),
        Event(THEIRS, 1, NOW + timedelta(seconds=2), "refused", 550, "<b>no such user</b>"),
    ]
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        with store.transaction():
            add_deliveries(store, letters, NOW)
        fold(store, steps, MailSettings(), NOW)
    return site


def test_letters_are_listed_and_chosen_among(site: Site) -> None:
    browser = site.browser("chenjing")
    page = browser.get("/deliveries").text
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        assert {one.id for one in deliveries(store)} >= {OURS, THEIRS, OPERATORS}
    assert "邮件正常寄送" in page
    assert all(name in page for name in (OURS, THEIRS, OPERATORS))
    assert f"{NANCHANG}@jtt.example.cn" in page
    refused = browser.get("/deliveries?state=refused").text
    assert (THEIRS in refused, OURS in refused) == (True, False)
    place = browser.get(f"/deliveries?division={NANCHANG}&kind=bulletin").text
    assert (OURS in place, THEIRS in place) == (True, False)
    assert browser.get("/deliveries?state=lost").status_code == 404


def test_one_letter_tells_its_steps(site: Site) -> None:
    page = site.browser("zhoulan").get(f"/deliveries/{THEIRS}").text
    assert "对方拒收" in page
    assert "550 &lt;b&gt;no such user&lt;/b&gt;" in page
    assert "信件不在或内容已变" in page
    assert site.browser("zhoulan").get("/deliveries/Dnothing").status_code == 404


def test_a_hold_is_told_with_its_reason(site: Site) -> None:
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        hold_mail(store, by="陈静", reason="地址核对中", at=NOW)
    page = site.browser("sunwei").get("/deliveries").text
    assert "全部邮件暂停寄送" in page
    assert "地址核对中" in page


def test_a_province_sees_its_own_letters(site: Site) -> None:
    near, far = site.of_two_provinces(Role.STEWARD)
    assert OURS in near.get("/deliveries").text
    assert OPERATORS not in near.get("/deliveries").text
    assert near.get(f"/deliveries/{OPERATORS}").status_code == 404
    assert OURS not in far.get("/deliveries").text
    assert far.get(f"/deliveries/{OURS}").status_code == 404


@pytest.mark.parametrize("name", ["wangfang", "zhaomin"])
def test_a_city_sees_none(site: Site, name: str) -> None:
    browser = site.browser(name)
    assert browser.get("/deliveries").status_code == 404
    assert browser.get(f"/deliveries/{OURS}").status_code == 404
