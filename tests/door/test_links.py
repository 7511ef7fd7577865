"""Links: good once, for a while, for one account; the first makes the first administrator."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.door import links
from monitor.door.accounts import (
    Account,
    AccountChanges,
    accounts,
    change_account,
    disable,
    enable,
    keep_password,
)
from monitor.door.database import Door, open_door
from monitor.door.links import (
    Purpose,
    link_address,
    link_of,
    password_link,
    setup_link,
    sweep_links,
    use_link,
    use_setup_link,
)
from monitor.door.rights import Role
from monitor.door.sessions import open_session, session_of
from monitor.door.signing_in import sign_in
from monitor.door.throttle import claim_try
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.store.home import Home

from .conftest import ADMIN, NOW, SITE, Clock, acts, add, divisions, known

NEW = "抚河 夜班 换电站 三号线"


def link_for(door: Door, account: Account) -> str:
    return password_link(door, account, actor=ADMIN, now=NOW)


def set_up(door: Door, secret: str, name: str = "zhaomin", password: str = NEW) -> Account | Text:
    return use_setup_link(
        door,
        divisions(),
        secret,
        name=name,
        password=password,
        shown_name="赵敏",
        email="zhaomin@jiangxi.example",
        now=NOW,
    )


def test_the_first_start_gives_a_link_and_only_the_last_is_good(door: Door) -> None:
    first, second = setup_link(door, NOW), setup_link(door, NOW)
    assert first is not None
    assert second is not None
    assert len(second) == 43
    assert isinstance(set_up(door, first), Text)
    link = link_of(door, second, NOW)
    assert link is not None
    assert (link.purpose, link.account) == (Purpose.SETUP, None)
    made = set_up(door, second)
    assert isinstance(made, Account)
    assert (made.name, made.shown_name, made.role) == ("zhaomin", "赵敏", Role.ADMINISTRATOR)
    assert (made.division, made.has_password) == (None, True)
    assert sign_in(door, "zhaomin", NEW, now=NOW) == made
    assert [act[:3] for act in acts(door)] == [
        ("service", "link_made", "setup"),
        ("service", "link_made", "setup"),
        ("user:zhaomin", "account_added", "zhaomin"),
        ("user:zhaomin", "link_used", "zhaomin"),
        ("user:zhaomin", "password_set", "zhaomin"),
        ("user:zhaomin", "sign_in", "zhaomin"),
    ]


def test_no_second_first_administrator(door: Door) -> None:
    secret = setup_link(door, NOW)
    assert secret is not None
    add(door, "liuyang", Role.ADMINISTRATOR, None, password=None)  # by the command line meanwhile
    assert setup_link(door, NOW) is None
    assert link_of(door, secret, NOW) is None
    assert isinstance(set_up(door, secret), Text)
    assert [account.name for account in accounts(door)] == ["liuyang"]


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("赵 敏", NEW, "用户名"),
        ("zhaomin", "short", "只有 5 个字符"),
        ("zhaomin", "password1234", "常见"),
    ],
)
def test_a_mistake_does_not_use_a_link_up(door: Door, name: str, password: str, words: str) -> None:
    secret = setup_link(door, NOW)
    assert secret is not None
    told = set_up(door, secret, name, password)
    assert isinstance(told, Text)
    assert words in told.zh
    assert isinstance(set_up(door, secret), Account)


def test_a_link_sets_a_password_once(door: Door) -> None:
    account = add(door, "wangfang")
    for _ in range(6):
        claim_try(door, "wangfang", NOW)  # locked out by somebody's guesses
    session = open_session(door, account, NOW, SITE).secret
    secret = link_for(door, account)
    told = use_link(door, secret, "wangfang1", now=NOW)
    assert isinstance(told, Text)
    assert "只有 9 个字符" in told.zh
    assert session_of(door, session, NOW, SITE)
    assert use_link(door, secret, NEW, now=NOW) == known(door, "wangfang")
    assert session_of(door, session, NOW, SITE) is None
    assert isinstance(sign_in(door, "wangfang", NEW, now=NOW), Account)
    told = use_link(door, secret, NEW + "1", now=NOW)
    assert isinstance(told, Text)
    assert "已用过" in told.zh
    assert link_of(door, secret, NOW) is None
    assert isinstance(sign_in(door, "wangfang", NEW, now=NOW), Account)


def test_a_new_link_replaces_the_earlier_of_the_same_account_only(door: Door) -> None:
    mine, other = add(door, "wangfang"), add(door, "liming")
    first, others, second = link_for(door, mine), link_for(door, other), link_for(door, mine)
    assert [bool(link_of(door, one, NOW)) for one in (first, others, second)] == [
        False,
        True,
        True,
    ]


def test_a_link_ends_after_three_days_and_a_set_up_link_after_seven(
    door: Door, clock: Clock
) -> None:
    setup = setup_link(door, NOW)
    assert setup is not None
    assert link_of(door, setup, NOW + timedelta(days=6, hours=23))
    assert link_of(door, setup, NOW + timedelta(days=7)) is None
    secret = link_for(door, add(door, "wangfang"))
    assert link_of(door, secret, clock.pass_by(days=2, hours=23))
    assert link_of(door, secret, clock.pass_by(hours=1)) is None
    assert isinstance(use_link(door, secret, NEW, now=clock.moment), Text)
    assert sweep_links(door, clock.pass_by(days=29)) == 0
    assert sweep_links(door, clock.pass_by(days=2)) == 1  # the set-up link ended later


def test_a_disabled_account_has_no_link(door: Door) -> None:
    account = add(door, "wangfang")
    add(door, "zhaomin", Role.ADMINISTRATOR, None, password=None)
    secret = link_for(door, account)
    disable(door, account, actor=ADMIN, at=NOW)
    assert isinstance(use_link(door, secret, NEW, now=NOW), Text)
    with pytest.raises(WrongUse, match="users enable wangfang"):
        link_for(door, account)
    enable(door, account, actor=ADMIN, at=NOW)
    assert link_of(door, secret, NOW) is None  # whoever had it then asks anew


def test_a_new_password_ends_the_links_that_were_not_used(door: Door) -> None:
    mine, other = add(door, "wangfang"), add(door, "liming")
    secret, others = link_for(door, mine), link_for(door, other)
    keep_password(door, mine, "$argon2id$new", actor=mine.actor, at=NOW)
    assert link_of(door, secret, NOW) is None
    assert isinstance(use_link(door, secret, NEW, now=NOW), Text)
    assert link_of(door, others, NOW)


@pytest.mark.parametrize(
    "changes",
    [{"role": Role.SIGNER}, {"division": "360200"}, {"subject": "b7e1"}],
    ids=["role", "division", "subject"],
)
def test_new_rights_end_the_links_that_were_not_used(door: Door, changes: AccountChanges) -> None:
    mine, other = add(door, "wangfang"), add(door, "liming")
    secret, others = link_for(door, mine), link_for(door, other)
    change_account(door, divisions(), mine, {"shown_name": "王芳"}, actor=ADMIN, at=NOW)
    assert link_of(door, secret, NOW)
    change_account(door, divisions(), mine, changes, actor=ADMIN, at=NOW)
    assert link_of(door, secret, NOW) is None
    assert link_of(door, others, NOW)


def test_one_kind_of_link_does_not_do_the_others_work(door: Door) -> None:
    setup = setup_link(door, NOW)
    assert setup is not None
    assert isinstance(use_link(door, setup, NEW, now=NOW), Text)
    secret = link_for(door, add(door, "wangfang"))
    assert isinstance(set_up(door, secret), Text)
    assert [account.name for account in accounts(door)] == ["wangfang"]


def test_two_who_use_one_link_at_once_are_one(
    home: Home, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = link_for(door, add(door, "wangfang"))
    gate = threading.Barrier(4, timeout=20)

    def hash_password(password: str) -> str:
        gate.wait()  # all have looked, none has used it
        return f"$argon2id${password}"

    monkeypatch.setattr(links, "hash_password", hash_password)
    answers: list[Account | Text] = []

    def use(number: int) -> None:
        with open_door(home) as mine:
            answers.append(use_link(mine, secret, f"{NEW} {number}", now=NOW))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert sum(isinstance(answer, Account) for answer in answers) == 1
    assert [act[1] for act in acts(door)].count("password_set") == 2  # by the fixture, and once


def test_a_use_that_fails_half_way_leaves_the_link_good(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = link_for(door, add(door, "wangfang"))
    before = (known(door, "wangfang"), acts(door))

    def broken(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(links, "clear_tries", broken)  # the last step
        with pytest.raises(OSError):  # noqa: PT011  # ours
            use_link(door, secret, NEW, now=NOW)
    assert (known(door, "wangfang"), acts(door)) == before
    assert isinstance(use_link(door, secret, NEW, now=NOW), Account)


def test_only_the_hash_is_kept(door: Door) -> None:
    secret = link_for(door, add(door, "wangfang"))
    kept = str(door.rows("SELECT * FROM link")) + str(door.rows("SELECT * FROM act"))
    assert secret not in kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=60), st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True), st.just("\ud800")
    )
)
def test_no_other_text_is_a_link(door: Door, text: str) -> None:
    assert link_of(door, text, NOW) is None
    assert isinstance(use_link(door, text, NEW, now=NOW), Text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 42), sign=st.characters())
def test_a_link_with_one_sign_changed_is_none(door: Door, place: int, sign: str) -> None:
    secret = setup_link(door, NOW)
    assert secret is not None
    changed = secret[:place] + sign + secret[place + 1 :]
    assert (link_of(door, changed, NOW) is not None) is (changed == secret)


def test_an_address_is_the_sites_and_the_link() -> None:
    for address in ("https://nev.jiangxi.example", "https://nev.jiangxi.example/"):
        assert link_address(address, "x" * 43) == f"https://nev.jiangxi.example/link/{'x' * 43}"
