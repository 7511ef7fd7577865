"""Accounts: who may come in, what they are, and the one-time links that set their passwords."""

from __future__ import annotations

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.accounts import (
    Account,
    AccountChanges,
    account_by_name,
    accounts,
    add_account,
    change_account,
    disable,
    enable,
    may_grant,
)
from monitor.door.database import Door
from monitor.door.links import link_address, password_link
from monitor.door.rights import Role, Verb, Visitor
from monitor.door.role_words import DUTIES, ROLES
from monitor.door.tokens import tokens_of
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.site.desk import Desk, desk_of
from monitor.site.pages import render, text_of
from monitor.site.routing import Way, action, nothing_there, page, see_other
from monitor.site.shown_once import keep_for_me, shown_to_me
from monitor.site.threads import act_in_thread, field_of, in_thread
from monitor.site.visitors import language_of, visitor_of

_TYPED: Final = ("name", "shown_name", "email", "role", "division", "language", "subject")
_BEYOND: Final = Text(
    "这个地区不在您的管理范围之内，没有保存。请选择本省或本省的地区。",
    "That is beyond what you look after, and nothing was kept. Choose your province or a division "
    "of it.",
)
_NO_ROLE: Final = Text("请选择角色。", "Choose a role.")
_LANGUAGES: Final = (("zh", "中文"), ("en", "English"))


def _list(
    request: Request, wrong: Text | None = None, given: dict[str, str] | None = None
) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    table = desk.policy().divisions
    with desk.door() as door:
        found = [one for one in accounts(door) if may_grant(visitor, one.division, table)]
    return render(
        request,
        "accounts.html.j2",
        status=422 if wrong else 200,
        found=found,
        wrong=wrong,
        given=given or {},
        **_names(request),
    )


def _add(request: Request, form: FormData) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    given = {name: field_of(form, name) for name in _TYPED}
    try:
        role, division = role_typed(given), given["division"] or None
        _ensure_mine(request, division)
        with desk.door() as door, door.transaction():
            made = add_account(
                door,
                desk.policy().divisions,
                name=given["name"],
                role=role,
                division=division,
                shown_name=given["shown_name"] or None,
                email=given["email"] or None,
                language="en" if given["language"] == "en" else "zh",
                subject=given["subject"] or None,
                actor=visitor.name,
                at=desk.now(),
            )
            secret = password_link(door, made, actor=visitor.name, now=desk.now())
    except WrongUse as wrong:
        return _list(request, wrong.text, given)
    return _to_link(request, desk, made, secret)


def _one(
    request: Request, wrong: Text | None = None, given: dict[str, str] | None = None
) -> Response:
    desk = desk_of(request)
    with desk.door() as door:
        held = _mine(request, door)
        issued = len(tokens_of(door, held.actor, desk.now()))
    return render(
        request,
        "account.html.j2",
        issued=issued,
        status=422 if wrong else 200,
        one=held,
        link=None if wrong else shown_to_me(request, f"link {held.name}"),
        wrong=wrong,
        given=given or _as_typed(held),
        is_me=held.id == visitor_of(request).account,
        **_names(request),
    )


def _change(request: Request, form: FormData) -> Response:
    desk = desk_of(request)
    given = {name: field_of(form, name) for name in _TYPED}
    try:
        changes: AccountChanges = {
            "role": role_typed(given),
            "division": given["division"] or None,
            "shown_name": given["shown_name"],
            "email": given["email"] or None,
            "language": "en" if given["language"] == "en" else "zh",
        }
        if desk.settings.oidc.issuer is not None:
            changes["subject"] = given["subject"] or None
        _ensure_mine(request, changes["division"])
        with desk.door() as door, door.transaction():
            change_account(
                door,
                desk.policy().divisions,
                _mine(request, door),  # as it is, in the same transaction
                changes,
                actor=visitor_of(request).name,
                at=desk.now(),
            )
    except WrongUse as wrong:
        return _one(request, wrong.text, given)
    return see_other(_path(request.path_params["name"]))


def _switch(request: Request, form: FormData) -> Response:
    desk, turned = desk_of(request), field_of(form, "turn")
    try:
        with desk.door() as door, door.transaction():
            held = _mine(request, door)
            act = {"off": disable, "on": enable}.get(turned)
            if act is None:
                raise nothing_there()
            act(door, held, actor=visitor_of(request).name, at=desk.now())
    except WrongUse as wrong:
        return _one(request, wrong.text)
    return see_other(_path(held.name))


def _new_link(request: Request, _form: FormData) -> Response:
    desk = desk_of(request)
    try:
        with desk.door() as door, door.transaction():
            held = _mine(request, door)
            secret = password_link(door, held, actor=visitor_of(request).name, now=desk.now())
    except WrongUse as wrong:
        return _one(request, wrong.text)
    return _to_link(request, desk, held, secret)


def _to_link(request: Request, desk: Desk, account: Account, secret: str) -> Response:
    keep_for_me(request, f"link {account.name}", link_address(desk.address, secret))
    return see_other(_path(account.name))


def _mine(request: Request, door: Door) -> Account:
    """The account that the address names; raises `Refused` 404 where it is none of theirs."""
    held = account_by_name(door, request.path_params["name"])
    table = desk_of(request).policy().divisions
    if held is None or not may_grant(visitor_of(request), held.division, table):
        raise nothing_there()
    return held


def _ensure_mine(request: Request, division: str | None) -> None:
    if not may_grant(visitor_of(request), division, desk_of(request).policy().divisions):
        raise WrongUse(_BEYOND)


def _path(name: str) -> str:
    return f"/accounts/{name}"


def _as_typed(one: Account) -> dict[str, str]:
    return {
        "shown_name": one.shown_name,
        "email": one.email or "",
        "role": one.role.value,
        "division": one.division or "",
        "language": one.language,
        "subject": one.subject or "",
    }


def role_choices(request: Request) -> list[tuple[str, str]]:
    """The roles, each with what it may do."""
    language = language_of(request)
    between = Text("：", ": ").to(language)
    return [
        (role.value, f"{ROLES[role].to(language)}{between}{DUTIES[role].to(language)}")
        for role in Role
    ]


def place_choices(request: Request, giver: Visitor) -> list[tuple[str, str]]:
    """Where an account or token may be of, as far as the giver looks after it."""
    table, words = desk_of(request).policy().divisions, text_of(request)
    found = [] if giver.division else [("", words("全部地区（报送员和复核人除外）"))]
    return found + [
        (code, f"{words.text(table.name(code))} {code}")
        for code in table.codes
        if may_grant(giver, code, table)
    ]


def role_typed(given: dict[str, str]) -> Role:
    """The role that was chosen in a form; raises `WrongUse` where none was."""
    if given["role"] not in set(Role):
        raise WrongUse(_NO_ROLE)
    return Role(given["role"])


def called(request: Request) -> dict[str, Any]:
    """What the role and the division of an account or token are called."""
    words, table = text_of(request), desk_of(request).policy().divisions
    return {
        "role_of": lambda one: words.text(ROLES[one.role]),
        "place_of": lambda code: words.text(table.name(code)) if code else words("全部地区"),
    }


def _names(request: Request) -> dict[str, Any]:
    return called(request) | {
        "roles": role_choices(request),
        "places": place_choices(request, visitor_of(request)),
        "languages": _LANGUAGES,
        "has_single": desk_of(request).settings.oidc.issuer is not None,
    }


WAYS: tuple[Way, ...] = (
    page("/accounts", in_thread(_list), Verb.ADMINISTER),
    action("/accounts", act_in_thread(_add), Verb.ADMINISTER),
    page("/accounts/{name}", in_thread(_one), Verb.ADMINISTER),
    action("/accounts/{name}", act_in_thread(_change), Verb.ADMINISTER),
    action("/accounts/{name}/switch", act_in_thread(_switch), Verb.ADMINISTER),
    action("/accounts/{name}/link", act_in_thread(_new_link), Verb.ADMINISTER),
)
