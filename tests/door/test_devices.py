"""A browser that is known waits for its owner's failures only, and lets nobody in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.door import signing_in
from monitor.door.accounts import Account, disable
from monitor.door.database import Door
from monitor.door.devices import device_of, forget_devices, remember_device, sweep_devices
from monitor.door.links import password_link, use_link
from monitor.door.sessions import session_of
from monitor.door.signing_in import Refusal, change_password, sign_in
from monitor.door.throttle import claim_try, tries_of

from .conftest import ADMIN, NOW, PASSWORD, SITE, Clock, add

NEW = "抚河 夜班 换电站 三号线"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "verify", lambda _kept, password: password == PASSWORD)
    monkeypatch.setattr(signing_in, "is_outdated", lambda _kept: False)


def guess(door: Door, name: str, times: int = 9, device: str | None = None) -> Account | Refusal:
    return [sign_in(door, name, "wrong", now=NOW, device=device) for _ in range(times)][-1]


def test_strangers_keep_nobody_out_of_the_browser_that_they_use(door: Door) -> None:
    owner = add(door, "wangfang")
    mine = remember_device(door, owner.id, None, now=NOW)
    guess(door, "wangfang")
    elsewhere = sign_in(door, "wangfang", PASSWORD, now=NOW)
    assert isinstance(elsewhere, Refusal)
    assert elsewhere.wait
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW, device=mine), Account)
    assert tries_of(door, "wangfang") == 5  # and their failures are not forgotten by it
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Refusal)


def test_a_known_browser_is_throttled_all_the_same(door: Door) -> None:
    """Else whoever sits down at it, or copied the cookie, could try without end."""
    mine = remember_device(door, add(door, "wangfang").id, None, now=NOW)
    last = guess(door, "wangfang", device=mine)
    assert isinstance(last, Refusal)
    assert last.wait == timedelta(seconds=30)
    assert tries_of(door, "wangfang") == 0  # its failures keep nobody out elsewhere
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Account)


def test_a_browser_is_known_for_who_signed_in_by_it(door: Door) -> None:
    first, second = add(door, "wangfang"), add(door, "liming")
    mine = remember_device(door, first.id, None, now=NOW)
    assert device_of(door, second.id, mine) == ""
    assert remember_device(door, second.id, mine, now=NOW) == mine  # people share a machine
    assert device_of(door, first.id, mine) == device_of(door, second.id, mine) != ""
    made_up = "x" * 43
    assert remember_device(door, first.id, made_up, now=NOW) != made_up
    for nobodys in (None, "", made_up, "x" * 44, "\ud800" * 43, mine + "\n"):
        assert device_of(door, first.id, nobodys) == ""
    assert device_of(door, None, mine) == ""


def test_only_the_hash_is_kept_and_it_is_no_session(door: Door) -> None:
    mine = remember_device(door, add(door, "wangfang").id, None, now=NOW)
    assert mine not in str(door.rows("SELECT * FROM device"))
    assert session_of(door, mine, NOW, SITE) is None


def test_nothing_typed_is_the_count_of_a_browser_or_of_somebody_inside(door: Door) -> None:
    owner = add(door, "wangfang")
    by = device_of(door, owner.id, remember_device(door, owner.id, None, now=NOW))
    for inside in (by, signing_in._AT_HOME):
        for typed in (f"{inside}:wangfang", f"{len(inside)}:{inside}:wangfang", inside):
            for _ in range(9):
                claim_try(door, typed, NOW)
        assert claim_try(door, "wangfang", NOW, by=inside) is None


def test_strangers_keep_nobody_from_a_new_password(door: Door) -> None:
    owner = add(door, "wangfang")
    guess(door, "wangfang")
    assert change_password(door, owner, PASSWORD, NEW, now=NOW) is None


def test_browsers_are_forgotten_in_time_and_with_the_account(door: Door, clock: Clock) -> None:
    owner, other = add(door, "wangfang"), add(door, "liming")
    kept = [remember_device(door, owner.id, None, now=clock.pass_by(minutes=1)) for _ in range(12)]
    remember_device(door, other.id, None, now=NOW)
    known = [one for one in kept if device_of(door, owner.id, one)]
    assert known == kept[2:]  # the last ten
    assert sweep_devices(door, NOW + timedelta(days=180)) == 0
    assert sweep_devices(door, NOW + timedelta(days=180, seconds=1)) == 1
    use_link(door, password_link(door, owner, actor=ADMIN, now=NOW), NEW, now=NOW)
    assert forget_devices(door, owner.id) == 0
    mine = remember_device(door, owner.id, None, now=NOW)
    disable(door, owner, actor=ADMIN, at=NOW)
    assert device_of(door, owner.id, mine) == ""
