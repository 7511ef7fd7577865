"""Signing in: one refusal whichever is wrong, and no lock held while a password is tried."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from monitor.door import signing_in
from monitor.door.accounts import (
    Account,
    change_account,
    disable,
    keep_password,
    password_hash_of,
)
from monitor.door.database import Door, open_door
from monitor.door.passwords import hash_password, is_outdated
from monitor.door.rights import Role
from monitor.door.sessions import open_session, session_of
from monitor.door.signing_in import Refusal, change_password, sign_in, sign_in_by_subject
from monitor.door.throttle import tries_of
from monitor.store.home import Home

from .conftest import ADMIN, NOW, PASSWORD, SITE, Clock, acts, add, divisions, known

NEW = "抚河 夜班 换电站 三号线"
Verify = Callable[[str | None, str], bool]


def details(door: Door, action: str) -> list[dict[str, object]]:
    found = door.rows("SELECT detail FROM act WHERE action = ? ORDER BY seq", [action])
    return [json.loads(detail) for (detail,) in found]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Passwords compared without the work; gives what each was tried against."""
    tried: list[str | None] = []

    def verify(kept: str | None, password: str) -> bool:
        tried.append(kept)
        return kept is not None and password == PASSWORD

    monkeypatch.setattr(signing_in, "verify", verify)
    return tried


def test_the_right_password_lets_in(door: Door) -> None:
    add(door, "wangfang")
    before = len(acts(door))
    found = sign_in(door, "WangFang ", PASSWORD, now=NOW)
    assert found == known(door, "wangfang")
    assert acts(door)[before:] == [("user:wangfang", "sign_in", "wangfang", "ok")]
    assert details(door, "sign_in") == [{"by": "password"}]


def test_whoever_is_refused_learns_nothing_and_costs_the_same(
    door: Door, quick: list[str | None]
) -> None:
    add(door, "wangfang")
    add(door, "liming", password=None)
    disable(door, add(door, "zhangwei"), actor=ADMIN, at=NOW)
    tries = ("wangfang", "liming", "zhangwei", "nobody", "", "王芳", "\ud800", "a" * 10_000)
    refusals = [sign_in(door, name, "wrong", now=NOW) for name in tries]
    assert len(quick) == len(tries)  # a hash is tried whoever is asked for
    assert len({refusal for refusal in refusals if isinstance(refusal, Refusal)}) == 1
    assert all(isinstance(refusal, Refusal) for refusal in refusals)


def test_waiting_tells_nothing_either(door: Door, quick: list[str | None]) -> None:
    add(door, "wangfang")
    answers = {
        name: [sign_in(door, name, f"guess {number}", now=NOW) for number in range(8)]
        for name in ("wangfang", "nobody")
    }
    assert answers["wangfang"] == answers["nobody"]
    assert len(quick) == 10
    last = answers["nobody"][-1]
    assert isinstance(last, Refusal)
    assert last.wait == timedelta(seconds=30)
    assert "1 分钟" in last.text.zh


def test_the_right_password_waits_as_well_and_then_clears_the_count(
    door: Door, clock: Clock, quick: list[str | None]
) -> None:
    add(door, "wangfang")
    for _ in range(5):
        sign_in(door, "wangfang", "wrong", now=clock.moment)
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=clock.moment), Refusal)
    assert len(quick) == 5
    clock.pass_by(seconds=30)
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=clock.moment), Account)
    assert tries_of(door, "wangfang") == 0


def test_who_is_in_is_never_hindered(door: Door, quick: list[str | None]) -> None:
    del quick
    secret = open_session(door, add(door, "wangfang"), NOW, SITE).secret
    for _ in range(9):
        sign_in(door, "wangfang", "wrong", now=NOW)
    assert session_of(door, secret, NOW, SITE)


def test_failures_are_written_down_without_what_was_typed(
    door: Door, quick: list[str | None]
) -> None:
    del quick
    add(door, "wangfang")
    before = len(acts(door))
    for _ in range(7):
        sign_in(door, "wangfang", "wrong", now=NOW)
    for number in range(7):
        sign_in(door, f"梅岭 早班 {number}", "wrong", now=NOW)
    assert acts(door)[before:] == [
        *[("public", "sign_in_failed", "wangfang", "refused")] * 5,
        ("public", "sign_in_failed", "unknown", "refused"),
    ]
    told = details(door, "sign_in_failed")
    assert told[4] == {"reason": "password", "wait_seconds": 30}
    assert told[5] == {"reason": "password", "tries": 1}
    assert "梅岭" not in str(door.rows("SELECT * FROM act"))
    assert "梅岭" not in str(door.rows("SELECT * FROM attempt"))


def test_a_disabled_account_is_told_so_once_the_password_is_right(
    door: Door, quick: list[str | None]
) -> None:
    del quick
    disable(door, add(door, "wangfang"), actor=ADMIN, at=NOW)
    refused = sign_in(door, "wangfang", PASSWORD, now=NOW)
    assert isinstance(refused, Refusal)
    assert "已停用" in refused.text.zh
    assert details(door, "sign_in_failed") == [{"reason": "disabled"}]


def test_nobody_waits_while_a_password_is_tried(
    home: Home, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(door, "wangfang")
    written = []

    def verify(kept: str | None, password: str) -> bool:
        del kept, password
        with open_door(home) as other:
            other.connection.execute("PRAGMA busy_timeout = 0")  # a lock would raise at once
            other.change("UPDATE account SET shown_name = '王芳' WHERE name = 'wangfang'")
        written.append(True)
        return True

    monkeypatch.setattr(signing_in, "verify", verify)
    monkeypatch.setattr(signing_in, "is_outdated", lambda _: False)
    found = sign_in(door, "wangfang", PASSWORD, now=NOW)
    assert isinstance(found, Account)
    assert found.shown_name == "王芳"
    assert change_password(door, found, PASSWORD, NEW, now=NOW) is None
    assert len(written) == 2


@pytest.mark.parametrize("meanwhile", ["password", "disabled"])
def test_what_changes_while_a_password_is_tried_counts(
    home: Home, door: Door, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    account = add(door, "wangfang")

    def verify(kept: str | None, password: str) -> bool:
        del kept, password
        with open_door(home) as other:
            if meanwhile == "password":
                keep_password(other, account, "$argon2id$new", actor=ADMIN, at=NOW)
            else:
                disable(other, account, actor=ADMIN, at=NOW)
        return True

    monkeypatch.setattr(signing_in, "verify", verify)
    monkeypatch.setattr(signing_in, "is_outdated", lambda _: False)
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Refusal)
    assert "sign_in" not in [act[1] for act in acts(door)]


def test_many_guesses_at_once_are_counted_one_by_one(
    home: Home, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(door, "wangfang")
    gate = threading.Barrier(5, timeout=20)
    tried: list[str] = []

    def verify(kept: str | None, password: str) -> bool:
        del kept
        tried.append(password)
        gate.wait()  # all that got this far are under way together
        return False

    monkeypatch.setattr(signing_in, "verify", verify)

    def guess(number: int) -> None:
        with open_door(home) as mine:
            sign_in(mine, "wangfang", f"guess {number}", now=NOW)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 5


def test_an_older_hash_is_made_anew_and_no_session_ends(door: Door) -> None:
    account = add(door, "wangfang")
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    keep_password(door, account, older, actor=ADMIN, at=NOW)
    secret = open_session(door, account, NOW, SITE).secret
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Account)
    kept = password_hash_of(door, account)
    assert kept is not None
    assert kept != older
    assert not is_outdated(kept)
    assert session_of(door, secret, NOW, SITE)
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Account)


def test_the_bureaus_own_sign_in_vouches_for_an_account(door: Door) -> None:
    account = add(door, "wangfang", password=None)
    change_account(door, divisions(), account, {"subject": "b7e1"}, actor=ADMIN, at=NOW)
    before = len(acts(door))
    assert sign_in_by_subject(door, "b7e1", now=NOW) == known(door, "wangfang")
    assert isinstance(sign_in_by_subject(door, "c0ffee", now=NOW), Refusal)
    disable(door, account, actor=ADMIN, at=NOW)
    assert isinstance(sign_in_by_subject(door, "b7e1", now=NOW), Refusal)
    assert acts(door)[before:] == [
        ("user:wangfang", "sign_in", "wangfang", "ok"),
        ("public", "sign_in_failed", "unknown", "refused"),
        (ADMIN, "account_disabled", "wangfang", "ok"),
        ("public", "sign_in_failed", "wangfang", "refused"),
    ]


def test_somebody_signed_in_sets_a_new_password(door: Door) -> None:
    account = add(door, "wangfang", Role.SIGNER)
    secret = open_session(door, account, NOW, SITE).secret
    refused = change_password(door, account, "wrong one", NEW, now=NOW)
    assert refused is not None
    assert "没有改动" in refused.text.zh
    weak = change_password(door, account, PASSWORD, "wangfang", now=NOW)
    assert weak is not None
    assert "只有 8 个字符" in weak.text.zh
    assert session_of(door, secret, NOW, SITE)
    assert tries_of(door, "wangfang", by=signing_in._AT_HOME) == 1
    assert change_password(door, account, PASSWORD, NEW, now=NOW) is None
    assert session_of(door, secret, NOW, SITE) is None
    assert isinstance(sign_in(door, "wangfang", NEW, now=NOW), Account)
    assert isinstance(sign_in(door, "wangfang", PASSWORD, now=NOW), Refusal)
    assert ("user:wangfang", "password_set", "wangfang", "ok") in acts(door)


def test_guesses_at_the_present_password_wait_too(door: Door, quick: list[str | None]) -> None:
    account = add(door, "wangfang")
    for _ in range(5):
        change_password(door, account, "wrong", NEW, now=NOW)
    refused = change_password(door, account, PASSWORD, NEW, now=NOW)
    assert refused is not None
    assert refused.wait == timedelta(seconds=30)
    assert len(quick) == 5


def test_a_very_long_password_is_refused_like_any_other(door: Door) -> None:
    keep_password(door, add(door, "wangfang"), hash_password("x" * 201), actor=ADMIN, at=NOW)
    assert isinstance(sign_in(door, "wangfang", "y" * 1_000_000, now=NOW), Refusal)
