"""Tokens: what programs show instead of signing in; issued, shown once, revoked."""

from __future__ import annotations

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.accounts import may_grant
from monitor.door.rights import RIGHTS, Role, Verb
from monitor.door.role_words import ROLES, TOKEN_STATES, VERBS
from monitor.door.tokens import Token, issue_token, revoke_token, token_by_id, tokens
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.site.account_pages import called, place_choices, role_choices, role_typed
from monitor.site.desk import desk_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, action, nothing_there, page, see_other
from monitor.site.shown_once import keep_for_me, shown_to_me
from monitor.site.threads import act_in_thread, field_of, in_thread
from monitor.site.visitors import language_of, visitor_of

_TYPED: Final = ("label", "role", "division", "days")
_BEYOND: Final = Text(
    "这个地区不在您的管理范围之内，没有发放。请选择本省或本省的地区。",
    "That is beyond what you look after, and no token was issued. Choose your province or a "
    "division of it.",
)
_NO_DAYS: Final = Text("有效天数应为整数。", "The number of days is a whole number.")


def _list(
    request: Request,
    wrong: Text | None = None,
    given: dict[str, str] | None = None,
    ticked: frozenset[str] = frozenset(),
) -> Response:
    desk, visitor, words = desk_of(request), visitor_of(request), text_of(request)
    table = desk.policy().divisions
    with desk.door() as door:
        found = [one for one in tokens(door) if may_grant(visitor, one.division, table)]
    return render(
        request,
        "tokens.html.j2",
        status=422 if wrong else 200,
        found=found,
        wrong=wrong,
        given=given or {},
        ticked=ticked,
        most_days=desk.settings.site.token_days,
        roles=role_choices(request),
        places=place_choices(request, visitor),
        verbs=[
            (
                verb.value,
                words.text(told),
                words.listed([words.text(ROLES[role]) for role in Role if verb in RIGHTS[role]]),
            )
            for verb, told in VERBS.items()
            if verb is not Verb.ENTER
        ],
        **_names(request),
    )


def _issue(request: Request, form: FormData) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    given = {name: field_of(form, name) for name in _TYPED}
    ticked = frozenset(str(one) for one in form.getlist("scope"))
    table, division = desk.policy().divisions, given["division"] or None
    try:
        role = role_typed(given)
        if not may_grant(visitor, division, table):
            raise WrongUse(_BEYOND)  # noqa: TRY301  # told like what the door refuses
        with desk.door() as door:
            issued = issue_token(
                door,
                table,
                role=role,
                division=division,
                scopes={verb for verb in Verb if verb.value in ticked},
                label=given["label"],
                days=_days(given["days"]),
                most_days=desk.settings.site.token_days,
                actor=visitor.name,
                at=desk.now(),
            )
    except WrongUse as wrong:
        return _list(request, wrong.text, given, ticked)
    keep_for_me(request, f"token {issued.token.id}", issued.text)
    return see_other(f"/tokens/{issued.token.id}")


def _one(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    held = _mine(request)
    with desk.door() as door:
        name_of = actor_words(door, language_of(request))
    return render(
        request,
        "token.html.j2",
        one=held,
        text=shown_to_me(request, f"token {held.id}"),
        scopes=[words.text(told) for verb, told in VERBS.items() if verb in held.scopes],
        name_of=name_of,
        **_names(request),
    )


def _revoke(request: Request, _form: FormData) -> Response:
    desk, held = desk_of(request), _mine(request)  # what a token is of never changes
    with desk.door() as door:
        revoke_token(door, held.id, actor=visitor_of(request).name, at=desk.now())
    return see_other(f"/tokens/{held.id}")


def _mine(request: Request) -> Token:
    """The token that the address names; raises `Refused` 404 where it is none of theirs."""
    desk = desk_of(request)
    with desk.door() as door:
        held = token_by_id(door, request.path_params["token"])
    if held is None or not may_grant(visitor_of(request), held.division, desk.policy().divisions):
        raise nothing_there()
    return held


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(10**6)):
        raise WrongUse(_NO_DAYS)
    return int(text)


def _names(request: Request) -> dict[str, Any]:
    words, now = text_of(request), desk_of(request).now()

    def state_of(one: Token) -> tuple[str, str]:
        state = one.state(now)
        return "good" if state == "good" else "bad", words.text(TOKEN_STATES[state])

    return called(request) | {"state_of": state_of}


WAYS: tuple[Way, ...] = (
    page("/tokens", in_thread(_list), Verb.ADMINISTER),
    action("/tokens", act_in_thread(_issue), Verb.ADMINISTER),
    page("/tokens/{token}", in_thread(_one), Verb.ADMINISTER),
    action("/tokens/{token}/revoke", act_in_thread(_revoke), Verb.ADMINISTER),
)
