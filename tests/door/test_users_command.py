"""`fleetmon users`: what administrators type, while the service runs or before its first start."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest

from monitor.cli.session import make_session, told
from monitor.cli.users import users
from monitor.door.accounts import Account, account_by_name
from monitor.door.database import open_door
from monitor.door.links import PATH, use_link
from monitor.door.rights import Role, Verb
from monitor.door.signing_in import sign_in
from monitor.door.tokens import visitor_of_token
from monitor.model import SHANGHAI
from monitor.store.home import Home

from .conftest import PASSWORD, acts


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(home: Home, *words: str, language: str = "zh") -> Ran:
    """The command as its group runs it: exit code, standard output, standard error."""
    session = make_session(home.root, None, language, debug=False)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            with told(lambda: session, debug=False):
                users.main(list(words), prog_name="fleetmon users", obj=session)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
    return Ran(code, out.getvalue(), err.getvalue())


def listed(home: Home) -> list[dict[str, object]]:
    ran = run(home, "list", "--json")
    assert ran.code == 0
    found: list[dict[str, object]] = json.loads(ran.out)["accounts"]
    return found


@pytest.fixture
def clerk(home: Home) -> Home:
    """A home with a clerk of 南昌."""
    ran = run(
        home,
        *("add", "wangfang", "--role", "clerk", "--division", "360100"),
        *("--name", "王芳", "--email", "wangfang@nanchang.example"),
    )
    assert ran.code == 0, ran.err
    return home


def test_an_account_is_added_listed_and_changed(clerk: Home) -> None:
    assert listed(clerk) == [
        {
            "name": "wangfang",
            "shown_name": "王芳",
            "email": "wangfang@nanchang.example",
            "role": "clerk",
            "division": "360100",
            "language": "zh",
            "is_disabled": False,
            "has_password": False,
            "subject": None,
        }
    ]
    shown = run(clerk, "list").out
    for word in ("王芳", "报送员", "南昌市", "未设密码"):
        assert word in shown
    changed = run(
        clerk,
        "change",
        "wangfang",
        "--role",
        "steward",
        "--everywhere",
        "--email",
        "",
        language="en",
    )
    assert (changed.code, changed.out) == (0, "")
    assert changed.err == "Changed the account wangfang.\n"
    (one,) = listed(clerk)
    assert (one["role"], one["division"], one["email"]) == ("steward", None, None)
    assert "as it was" in run(clerk, "change", "wangfang", "--role", "steward", language="en").err


def test_the_language_of_the_command_is_the_accounts(home: Home) -> None:
    for name, words in (("lin", ()), ("tan", ("--account-language", "zh"))):
        ran = run(home, "add", name, "--role", "auditor", *words, language="en")
        assert ran.code == 0
        assert "fleetmon users link" in ran.err
    assert {one["name"]: one["language"] for one in listed(home)} == {"lin": "en", "tan": "zh"}


def test_a_link_stands_alone_on_standard_output_and_sets_a_password(clerk: Home) -> None:
    ran = run(clerk, "link", "wangfang")
    assert ran.code == 0
    address = ran.out.strip()
    assert re.fullmatch(rf"http://127\.0\.0\.1:8000{PATH}[A-Za-z0-9_-]{{43}}", address)
    assert "只能用一次" in ran.err
    session = make_session(clerk.root, None, None, debug=False)
    with open_door(clerk) as door:
        done = use_link(door, address.rpartition("/")[2], PASSWORD, now=session.now())
        assert isinstance(done, Account)
        assert isinstance(sign_in(door, "wangfang", PASSWORD, now=session.now()), Account)


def test_a_link_is_at_the_address_that_people_type(
    clerk: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEETMON_SITE__ADDRESS", "https://nev.jiangxi.example/")
    assert run(clerk, "link", "wangfang").out.startswith("https://nev.jiangxi.example/link/")


def test_an_account_is_disabled_and_enabled(clerk: Home) -> None:
    assert run(clerk, "disable", "WangFang").code == 0
    assert listed(clerk)[0]["is_disabled"]
    assert "已停用" in run(clerk, "list").out
    refused = run(clerk, "link", "wangfang")
    assert (refused.code, refused.out) == (2, "")
    assert run(clerk, "enable", "wangfang").code == 0
    assert not listed(clerk)[0]["is_disabled"]


def test_a_token_is_printed_once_and_revoked(home: Home) -> None:
    issued = run(
        home,
        *("token", "issue", "--role", "clerk", "--division", "360100", "--label", "车管所上传"),
        *("--scope", "submit", "--scope", "see", "--days", "30"),
    )
    assert issued.code == 0, issued.err
    text = issued.out.strip()
    assert text not in issued.err
    session = make_session(home.root, None, None, debug=False)
    with open_door(home) as door:
        visitor = visitor_of_token(door, text, session.now())
    assert visitor is not None
    assert (visitor.role, visitor.division) == (Role.CLERK, "360100")
    assert visitor.verbs == frozenset({Verb.ENTER, Verb.SEE, Verb.SUBMIT})
    shown, document = run(home, "token", "list"), run(home, "token", "list", "--json")
    assert text not in shown.out + document.out
    (one,) = json.loads(document.out)["tokens"]
    assert one["label"] == "车管所上传"
    assert one["scopes"] == ["enter", "see", "submit"]
    assert one["used_on"] == session.now().astimezone(SHANGHAI).date().isoformat()
    assert "有效" in shown.out
    assert run(home, "token", "revoke", one["id"]).code == 0
    assert "已作废" in run(home, "token", "list").out
    with open_door(home) as door:
        assert visitor_of_token(door, text, session.now()) is None


def test_who_is_shut_out_takes_their_tokens_along(clerk: Home) -> None:
    run(clerk, "add", "zhoulan", "--role", "administrator")
    run(clerk, "add", "sunwei", "--role", "administrator")
    issued = run(
        clerk,
        *("token", "issue", "--role", "clerk", "--division", "360100", "--label", "车管所上传"),
        *("--scope", "submit"),
    )
    with open_door(clerk) as door:
        door.change("UPDATE token SET made_by = 'user:zhoulan'")
    assert "令牌 1 个随之停用" in run(clerk, "disable", "zhoulan").err
    (one,) = json.loads(run(clerk, "token", "list", "--json").out)["tokens"]
    assert one["is_stopped"] is True
    assert "发放人已停用" in run(clerk, "token", "list").out
    session = make_session(clerk.root, None, None, debug=False)
    with open_door(clerk) as door:
        assert visitor_of_token(door, issued.out.strip(), session.now()) is None
    assert "令牌" not in run(clerk, "disable", "wangfang").err


def test_a_token_lasts_as_long_as_the_setting_lets_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEETMON_SITE__TOKEN_DAYS", "7")
    words = ("token", "issue", "--role", "auditor", "--scope", "audit", "--label", "审计平台")
    assert run(home, *words).code == 0
    refused = run(home, *words, "--days", "8")
    assert refused.code == 2
    assert "1 到 7 天" in refused.err
    assert refused.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("add", "liming", "--role", "clerk"),
        ("add", "liming", "--role", "mayor"),
        ("add", "wangfang", "--role", "auditor"),
        ("add", "li ming", "--role", "auditor"),
        ("change", "wangfang"),
        ("change", "wangfang", "--division", "360200", "--everywhere"),
        ("change", "wangfang", "--role", "steward"),
        ("change", "nobody", "--role", "steward"),
        ("disable", "nobody"),
        ("enable", "nobody"),
        ("link", "nobody"),
        ("token", "issue", "--role", "clerk", "--division", "360100", "--label", "x"),
        ("token", "issue", "--role", "clerk", "--scope", "see", "--label", "x"),
        ("token", "issue", "--role", "auditor", "--scope", "submit", "--label", "x"),
        ("token", "issue", "--role", "auditor", "--scope", "audit", "--label", "x", "--days", "0"),
        ("token", "revoke", "0123456789"),
        ("fly",),
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_and_changes_nothing(clerk: Home, words: tuple[str, ...]) -> None:
    before = listed(clerk)
    ran = run(clerk, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.strip()
    assert listed(clerk) == before
    with open_door(clerk) as door:
        assert len(acts(door)) == 1


def test_the_last_administrator_cannot_be_taken_away(home: Home) -> None:
    assert run(home, "add", "zhaomin", "--role", "administrator").code == 0
    for words in (("disable", "zhaomin"), ("change", "zhaomin", "--role", "steward")):
        refused = run(home, *words)
        assert refused.code == 2
        assert "最后一个可用的管理员" in refused.err


def test_it_works_while_others_are_at_the_door(clerk: Home) -> None:
    with open_door(clerk) as door:
        door.connection.execute("BEGIN")
        assert account_by_name(door, "wangfang")  # a reader in the middle of something
        assert run(clerk, "add", "liming", "--role", "auditor").code == 0
        assert account_by_name(door, "liming") is None
        door.connection.execute("COMMIT")
        assert account_by_name(door, "liming")


def test_who_typed_it_is_written_down(clerk: Home) -> None:
    with open_door(clerk) as door:
        ((actor, action, name, outcome),) = acts(door)
    assert actor.startswith("cli:")
    assert (action, name, outcome) == ("account_added", "wangfang", "ok")


@pytest.mark.parametrize(
    "words",
    [(), ("add",), ("list",), ("change",), ("disable",), ("enable",), ("link",)]
    + [("token", verb) for verb in ("issue", "list", "revoke")],
    ids=" ".join,
)
def test_help_speaks_both_languages(home: Home, words: tuple[str, ...]) -> None:
    ran = run(home, *words, "--help")
    assert ran.code == 0
    assert re.search(r"[一-鿿].* / [a-z]", ran.out)
