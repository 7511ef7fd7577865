"""Tokens: shown once, bounded by role, scopes and days, revocable, never hindered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.door.accounts import change_account, disable, enable
from monitor.door.database import Door
from monitor.door.rights import RIGHTS, Role, Verb, Visitor, may
from monitor.door.throttle import claim_try
from monitor.door.tokens import (
    Issued,
    TokenParts,
    issue_token,
    revoke_token,
    token_by_id,
    token_parts,
    tokens,
    tokens_of,
    visitor_of_token,
)
from monitor.errors import WrongUse

from .conftest import ADMIN, NOW, Clock, acts, add, divisions

IDS = st.from_regex(r"[0-9a-f]{10}", fullmatch=True)
SECRETS = st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True)


def issue(door: Door, **changes: Any) -> Issued:
    asked: dict[str, Any] = {
        "role": Role.CLERK,
        "division": "360100",
        "scopes": {Verb.SEE, Verb.SUBMIT},
        "label": "南昌车管所每周上传",
        "days": 90,
        "most_days": 365,
    } | changes
    return issue_token(door, divisions(), **({"actor": ADMIN} | asked), at=NOW)


def test_a_token_stands_for_its_role_division_and_scopes(door: Door) -> None:
    token, text = issue(door)
    assert text.startswith(f"fm_{token.id}_")
    visitor = visitor_of_token(door, text, NOW)
    assert visitor == Visitor(
        f"token:{token.id}",
        Role.CLERK,
        "360100",
        shown_name="南昌车管所每周上传",
        verbs=frozenset({Verb.ENTER, Verb.SEE, Verb.SUBMIT}),
    )
    assert may(visitor, Verb.SUBMIT, "360100", divisions())
    assert not may(visitor, Verb.CONFIRM, "360100", divisions())  # a clerk's, not this token's
    assert not may(visitor, Verb.SEE, "360200", divisions())


def test_the_secret_is_nowhere_kept(door: Door) -> None:
    token, text = issue(door)
    visitor_of_token(door, text, NOW)
    parts = token_parts(text)
    assert parts is not None
    kept = str(door.rows("SELECT * FROM token")) + str(door.rows("SELECT * FROM act"))
    assert parts.id in kept
    assert parts.secret not in kept
    assert parts.secret not in str(tokens(door))
    assert acts(door) == [(ADMIN, "token_issued", token.id, "ok")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scopes": set()}, "至少选一项"),
        ({"scopes": {Verb.SEE, Verb.REVIEW}}, "权限 review 不可用"),
        ({"scopes": {Verb.ADMINISTER}}, "权限 administer 不可用"),
        ({"division": None}, "未填地区代码"),
        ({"division": "999999"}, "没有代码为"),
        ({"role": Role.STEWARD}, "只能属于一个省"),
        ({"days": 0}, "1 到 365 天"),
        ({"days": 366}, "1 到 365 天"),
        ({"label": ""}, "一行文字"),
        ({"label": "a\nb"}, "一行文字"),
        ({"label": "南" * 61}, "一行文字"),
    ],
)
def test_what_a_token_may_not_be(door: Door, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse) as told:
        issue(door, **changes)
    assert words in told.value.text.zh
    assert tokens(door) == []


@pytest.mark.parametrize("role", [Role.STEWARD, Role.AUDITOR, Role.ADMINISTRATOR])
def test_any_right_of_a_role_may_be_a_tokens(door: Door, role: Role) -> None:
    _, text = issue(door, role=role, division=None, scopes=RIGHTS[role])
    visitor = visitor_of_token(door, text, NOW)
    assert visitor is not None
    assert {verb for verb in Verb if visitor.has(verb)} == RIGHTS[role]


def test_a_token_ends_and_may_be_revoked(door: Door, clock: Clock) -> None:
    ending, revoked = issue(door), issue(door, days=365)
    clock.pass_by(days=89, hours=23)
    assert visitor_of_token(door, ending.text, clock.moment)
    clock.pass_by(hours=1)
    assert visitor_of_token(door, ending.text, clock.moment) is None
    assert visitor_of_token(door, revoked.text, clock.moment)
    ended = revoke_token(door, revoked.token.id, actor=ADMIN, at=clock.moment)
    assert ended is not None
    assert not ended.is_good(clock.moment)
    assert visitor_of_token(door, revoked.text, clock.moment) is None
    again = revoke_token(door, revoked.token.id, actor=ADMIN, at=clock.pass_by(days=1))
    assert again == ended
    assert [act[1] for act in acts(door)].count("token_revoked") == 1
    assert revoke_token(door, "0123456789", actor=ADMIN, at=NOW) is None


def test_a_token_stops_while_its_maker_may_issue_none(door: Door, clock: Clock) -> None:
    """Whoever issued a token has seen it: it must not be a way back in for them."""
    maker = add(door, "zhoulan", Role.ADMINISTRATOR, None, password=None)
    add(door, "another", Role.ADMINISTRATOR, None, password=None)
    given, typed = issue(door, actor=maker.actor), issue(door)
    assert visitor_of_token(door, given.text, NOW)
    disable(door, maker, actor=ADMIN, at=NOW)
    before = len(acts(door))
    assert visitor_of_token(door, given.text, NOW) is None
    assert acts(door)[before:][0][1] == "token_refused"
    assert json.loads(door.rows("SELECT detail FROM act ORDER BY seq")[-1][0]) == {
        "reason": "stopped"
    }
    assert visitor_of_token(door, typed.text, NOW)  # the machine's own, not a person's
    held = {one.id: one.state(NOW) for one in tokens(door)}
    assert held == {given.token.id: "stopped", typed.token.id: "good"}
    assert [one.id for one in tokens_of(door, maker.actor, NOW)] == [given.token.id]
    enable(door, maker, actor=ADMIN, at=NOW)
    assert visitor_of_token(door, given.text, NOW)
    change_account(door, divisions(), maker, {"role": Role.STEWARD}, actor=ADMIN, at=NOW)
    assert visitor_of_token(door, given.text, NOW) is None
    assert tokens_of(door, maker.actor, clock.pass_by(days=90)) == []


def test_the_last_day_of_use_is_written_once_a_day(door: Door, clock: Clock) -> None:
    token, text = issue(door)
    clock.moment = NOW.replace(hour=23, minute=0)
    written = []
    for _ in range(4):
        before = door.connection.total_changes
        assert visitor_of_token(door, text, clock.moment)
        written.append(door.connection.total_changes - before)
        clock.pass_by(minutes=40)
    assert written == [1, 0, 1, 0]
    held = token_by_id(door, token.id)
    assert held is not None
    assert held.used_on == "2026-11-24"  # the day here, not in Greenwich


def test_a_refused_token_is_told_once_a_day(door: Door, clock: Clock) -> None:
    token, text = issue(door, days=1)
    clock.pass_by(days=1)
    before = len(acts(door))
    for _ in range(30):
        assert visitor_of_token(door, text, clock.pass_by(minutes=5)) is None
    clock.pass_by(days=1)
    revoke_token(door, token.id, actor=ADMIN, at=clock.moment)
    forged = text[:-1] + ("A" if text[-1] != "A" else "B")
    for shown in (forged, text):
        assert visitor_of_token(door, shown, clock.moment) is None
    assert visitor_of_token(door, text, clock.pass_by(days=1)) is None
    refused = (f"token:{token.id}", "token_refused", token.id, "refused")
    assert acts(door)[before:] == [
        refused,
        (ADMIN, "token_revoked", token.id, "ok"),
        refused,
        refused,
    ]
    reasons = door.rows("SELECT detail FROM act WHERE action = 'token_refused' ORDER BY seq")
    assert [json.loads(detail)["reason"] for (detail,) in reasons] == [
        "expired",
        "secret",
        "revoked",
    ]


def test_a_good_token_is_never_hindered(door: Door) -> None:
    token, text = issue(door)
    for name in (token.id, f"token:{token.id}", text):
        for _ in range(9):
            claim_try(door, name, NOW)
    for _ in range(20):
        assert visitor_of_token(door, f"fm_{token.id}_{'x' * 43}", NOW) is None
    assert visitor_of_token(door, text, NOW)


def test_a_scope_of_another_version_is_no_right(door: Door) -> None:
    token, text = issue(door)
    door.change("UPDATE token SET scopes = 'enter see fly' WHERE id = ?", [token.id])
    visitor = visitor_of_token(door, text, NOW)
    assert visitor is not None
    assert visitor.verbs == frozenset({Verb.ENTER, Verb.SEE})


def test_the_newest_come_first(door: Door) -> None:
    first = issue(door).token
    second = issue_token(
        door,
        divisions(),
        role=Role.AUDITOR,
        division=None,
        scopes={Verb.AUDIT},
        label="审计平台",
        days=30,
        most_days=365,
        actor="user:zhaomin",
        at=NOW.replace(hour=9),
    ).token
    assert tokens(door) == [second, first]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 56), sign=st.characters())
def test_a_good_token_with_one_sign_changed_is_none(door: Door, place: int, sign: str) -> None:
    text = issue(door).text
    assert len(text) == 57
    changed = text[:place] + sign + text[place + 1 :]
    assert (visitor_of_token(door, changed, NOW) is not None) is (changed == text)


@given(IDS, SECRETS)
def test_a_token_is_read_as_it_is_written(name: str, secret: str) -> None:
    assert token_parts(f"fm_{name}_{secret}") == TokenParts(name, secret)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=80),
        st.builds("fm_{}_{}".format, IDS, SECRETS),
        st.builds("fm_{}_{}\n".format, IDS, SECRETS),
        st.builds("fm_{}_{}".format, IDS.map(str.upper), SECRETS),
        st.builds("fm_{}_{}".format, IDS, SECRETS.map(lambda secret: secret + "A")),
    )
)
def test_no_other_text_is_a_token(door: Door, text: str) -> None:
    before = len(acts(door))
    assert visitor_of_token(door, text, NOW) is None
    assert len(acts(door)) == before
    parts = token_parts(text)
    assert parts is None or text == f"fm_{parts.id}_{parts.secret}"
