"""Accounts: what they may be, who may change them, and that nobody locks everybody out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.door.account_rules import is_account_name
from monitor.door.accounts import (
    AccountChanges,
    account_by_id,
    account_by_name,
    account_by_subject,
    accounts,
    add_account,
    change_account,
    disable,
    enable,
    keep_password,
    may_grant,
    password_hash_of,
    visitor_of,
)
from monitor.door.database import Door
from monitor.door.rights import Role, Verb, Visitor
from monitor.door.sessions import open_session, session_of
from monitor.errors import WrongUse

from .conftest import ADMIN, NOW, SITE, acts, add, divisions, known


def change(door: Door, name: str, changes: AccountChanges) -> None:
    change_account(door, divisions(), known(door, name), changes, actor=ADMIN, at=NOW)


def signed_in(door: Door, secret: str) -> bool:
    return session_of(door, secret, NOW, SITE) is not None


def test_an_account_is_found_by_name_number_and_subject(door: Door) -> None:
    made = add_account(
        door,
        divisions(),
        name="wangfang",
        role=Role.CLERK,
        division="360100",
        shown_name="王芳",
        email="wangfang@nanchang.example",
        subject="b7e1-4f",
        actor=ADMIN,
        at=NOW,
    )
    assert (made.shown_name, made.division, made.role) == ("王芳", "360100", Role.CLERK)
    assert not made.has_password
    for typed in ("wangfang", " WangFang ", "ｗａｎｇｆａｎｇ"):
        assert account_by_name(door, typed) == made
    assert account_by_id(door, made.id) == made
    assert account_by_subject(door, "b7e1-4f") == made
    assert account_by_name(door, "liming") is None
    assert account_by_id(door, made.id + 1) is None
    assert account_by_subject(door, "") is None
    assert acts(door) == [(ADMIN, "account_added", "wangfang", "ok")]


def test_an_account_is_a_visitor_with_its_rights(door: Door) -> None:
    account = add(door, "wangfang", password=None)
    visitor = visitor_of(account)
    assert visitor == Visitor("user:wangfang", Role.CLERK, "360100", account.id, "wangfang")
    assert visitor.has(Verb.SUBMIT)
    assert not visitor_of(replace(account, is_disabled=True)).has(Verb.ENTER)


@pytest.mark.parametrize(
    ("role", "division"),
    [
        (Role.CLERK, "360100"),
        (Role.CLERK, "360000"),
        (Role.SIGNER, "36GJXQ"),
        (Role.STEWARD, None),
        (Role.STEWARD, "350000"),
        (Role.AUDITOR, "360000"),
        (Role.ADMINISTRATOR, None),
    ],
)
def test_roles_and_divisions_that_go_together(door: Door, role: Role, division: str | None) -> None:
    assert add(door, "wangfang", role, division, password=None).division == division


@pytest.mark.parametrize(
    ("role", "division", "words"),
    [
        (Role.CLERK, None, "未填地区代码"),
        (Role.SIGNER, "999999", "没有代码为 '999999' 的地区"),
        (Role.CLERK, "360102", "没有代码为"),  # a county, which reports to 360100
        (Role.STEWARD, "360100", "只能属于一个省"),
        (Role.AUDITOR, "999999", "只能属于一个省"),
        (Role.ADMINISTRATOR, "", "只能属于一个省"),
    ],
)
def test_roles_and_divisions_that_do_not(
    door: Door, role: Role, division: str | None, words: str
) -> None:
    with pytest.raises(WrongUse) as told:
        add(door, "wangfang", role, division, password=None)
    assert words in told.value.text.zh
    assert accounts(door) == []
    assert acts(door) == []


@pytest.mark.parametrize(
    "name", ["", "w", "王芳", "wang fang", "user:x", "a" * 41, ".x", "a\n", "a/b"]
)
def test_a_name_stands_in_addresses_and_acts(door: Door, name: str) -> None:
    with pytest.raises(WrongUse, match="wangfang"):
        add(door, name, password=None)


@given(st.text(max_size=50))
def test_any_text_is_a_name_or_is_not(text: str) -> None:
    if is_account_name(text):
        assert text.isascii()
        assert 2 <= len(text) <= 40
        assert not set(text) & set(" :/\n\t@?#%'\"<>")


def test_a_name_is_taken_in_any_case(door: Door) -> None:
    add(door, "wangfang", password=None)
    with pytest.raises(WrongUse, match="已有人使用"):
        add(door, "WangFang", password=None)


@pytest.mark.parametrize("email", ["wangfang", "a@b, c@d", "a@b\nBcc: c@d", "\ud800@b"])
def test_an_address_is_one_plain_address(door: Door, email: str) -> None:
    add(door, "wangfang", password=None)
    with pytest.raises(WrongUse, match="邮箱地址"):
        change(door, "wangfang", {"email": email})


@pytest.mark.parametrize("shown", ["", " ", "王芳\n管理员", "<b>", "王" * 61, "\ud800"])
def test_a_shown_name_is_one_line(door: Door, shown: str) -> None:
    add(door, "wangfang", password=None)
    with pytest.raises(WrongUse, match="显示的姓名"):
        change(door, "wangfang", {"shown_name": shown})


def test_changes_touch_what_they_name_and_are_written_down(door: Door) -> None:
    add(door, "wangfang", password=None)
    change(door, "wangfang", {"shown_name": "王芳", "email": "wf@nanchang.example"})
    change(door, "wangfang", {"language": "en"})
    held = known(door, "wangfang")
    assert (held.shown_name, held.email, held.language) == ("王芳", "wf@nanchang.example", "en")
    change(door, "wangfang", {"email": None})
    assert known(door, "wangfang").email is None
    change(door, "wangfang", {"language": "en"})  # as it was: no act
    details = door.rows("SELECT detail FROM act WHERE action = 'account_changed' ORDER BY seq")
    assert [detail for (detail,) in details] == [
        f'{{"changed":"{names}","division":"360100","role":"clerk"}}'
        for names in ("email shown_name", "language", "email")
    ]


def test_a_change_that_is_refused_changes_nothing(door: Door) -> None:
    before = add(door, "wangfang", password=None)
    with pytest.raises(WrongUse):
        change(door, "wangfang", {"shown_name": "王芳", "role": Role.STEWARD})
    assert known(door, "wangfang") == before
    change(door, "wangfang", {"role": Role.STEWARD, "division": "360000"})
    assert known(door, "wangfang").role is Role.STEWARD


def test_a_subject_is_one_accounts(door: Door) -> None:
    add(door, "wangfang", password=None)
    add(door, "liming", password=None)
    change(door, "wangfang", {"subject": "b7e1"})
    with pytest.raises(WrongUse, match="另一个账户"):
        change(door, "liming", {"subject": "b7e1"})
    change(door, "wangfang", {"subject": None})
    change(door, "liming", {"subject": "b7e1"})


@pytest.mark.parametrize(
    "changes",
    [{"role": Role.SIGNER}, {"division": "360200"}, {"subject": "b7e1"}],
    ids=["role", "division", "subject"],
)
def test_new_rights_end_every_session(door: Door, changes: AccountChanges) -> None:
    mine = add(door, "wangfang", password=None)
    other = add(door, "liming", password=None)
    secrets = [open_session(door, mine, NOW, SITE).secret for _ in range(2)]
    others = open_session(door, other, NOW, SITE).secret
    change(door, "wangfang", {"shown_name": "王芳", "language": "en"})
    assert all(signed_in(door, secret) for secret in secrets)
    change(door, "wangfang", changes)
    assert not any(signed_in(door, secret) for secret in secrets)
    assert signed_in(door, others)


def test_a_new_password_ends_every_session(door: Door) -> None:
    account = add(door, "wangfang")
    secret = open_session(door, account, NOW, SITE).secret
    keep_password(door, account, "$argon2id$new", actor="user:wangfang", at=NOW)
    assert not signed_in(door, secret)
    assert password_hash_of(door, account) == "$argon2id$new"
    assert acts(door)[-1] == ("user:wangfang", "password_set", "wangfang", "ok")


def test_a_disabled_account_is_out_at_once_and_its_old_sessions_stay_ended(door: Door) -> None:
    account = add(door, "wangfang")
    secret = open_session(door, account, NOW, SITE).secret
    assert disable(door, account, actor=ADMIN, at=NOW).is_disabled
    assert not signed_in(door, secret)
    late = open_session(door, account, NOW, SITE).secret  # signing in as it was disabled
    assert not signed_in(door, late)
    assert not enable(door, account, actor=ADMIN, at=NOW).is_disabled
    assert not signed_in(door, late)
    assert known(door, "wangfang").has_password
    before = len(acts(door))
    enable(door, account, actor=ADMIN, at=NOW)  # already is
    assert [act[1] for act in acts(door)[-2:]] == ["account_disabled", "account_enabled"]
    assert len(acts(door)) == before


def test_the_last_administrator_stays(door: Door) -> None:
    only = add(door, "zhaomin", Role.ADMINISTRATOR, None, password=None)
    add(door, "liuyang", Role.ADMINISTRATOR, "360000", password=None)  # of one province only
    with pytest.raises(WrongUse, match="最后一个可用的管理员"):
        disable(door, only, actor=ADMIN, at=NOW)
    for changes in ({"role": Role.STEWARD}, {"division": "360000"}):
        with pytest.raises(WrongUse, match="最后一个可用的管理员"):
            change(door, "zhaomin", changes)  # type: ignore[arg-type]
    second = add(door, "sunli", Role.ADMINISTRATOR, None, password=None)
    disable(door, second, actor=ADMIN, at=NOW)
    with pytest.raises(WrongUse, match="最后一个可用的管理员"):  # the other one cannot come in
        disable(door, only, actor=ADMIN, at=NOW)
    enable(door, second, actor=ADMIN, at=NOW)
    assert disable(door, only, actor=ADMIN, at=NOW).is_disabled


def test_an_administrator_of_a_province_gives_nothing_beyond_it() -> None:
    whole = Visitor("user:zhaomin", Role.ADMINISTRATOR)
    jiangxi = Visitor("user:liuyang", Role.ADMINISTRATOR, "360000")
    clerk = Visitor("user:wangfang", Role.CLERK, "360100")
    asked = (None, "360000", "360100", "36GJXQ", "350000", "350100", "999999")

    def granted(visitor: Visitor) -> list[str | None]:
        return [code for code in asked if may_grant(visitor, code, divisions())]

    assert granted(whole) == [None, "360000", "360100", "36GJXQ", "350000", "350100"]
    assert granted(jiangxi) == ["360000", "360100", "36GJXQ"]
    assert granted(clerk) == []
