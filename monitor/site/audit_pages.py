"""Audit: who did what, the newest first, and whether the log is as it was written."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.accounts import accounts
from monitor.door.database import Door
from monitor.door.folding import unfolded_acts
from monitor.door.rights import Verb, may
from monitor.door.tokens import tokens
from monitor.model import Text
from monitor.service.telling import shown
from monitor.site.audit_words import ACTIONS, OUTCOMES, told
from monitor.site.desk import desk_of
from monitor.site.leaves import make_leaf, start_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, action, page, see_other
from monitor.site.threads import act_in_thread, in_thread
from monitor.site.visitors import language_of, visitor_of
from monitor.store.audit import Act, AuditLine, moment_of
from monitor.store.audit_check import AuditReport, read_files, verify
from monitor.store.audit_reading import Wanted, count_lines, detail_words, last_lines, names_in

_ON_A_LEAF: Final = 100
_FRESH: Final = timedelta(hours=1)  # a long log takes seconds to check
_EVERY: Final = Text("全部", "all")


@dataclass(frozen=True, slots=True)
class _Line:
    """One act as the page has it; `seq` is None where it is not in the log yet."""

    seq: int | None
    at: datetime
    actor: str
    who: str
    action: str
    object: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Checked:
    at: datetime
    report: AuditReport


def _log(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    asked = {name: request.query_params.get(name, "") for name in ("actor", "action")}
    with desk.door() as door:
        mine = _actors_of(request, door)
        name_of = actor_words(door, language_of(request))
        wanted = _wanted(asked, mine)
        with desk.store() as store:
            total = count_lines(store, wanted)
            start = start_of(request, total, _ON_A_LEAF)
            lines = last_lines(store, wanted, start, _ON_A_LEAF)
            actors, actions = names_in(store)
            waiting = [] if start else unfolded_acts(store, door)
    fresh = [one for one in reversed(waiting) if _is_wanted(one, wanted)]

    def line(one: AuditLine | Act) -> _Line:
        return _Line(
            seq=one.seq if isinstance(one, AuditLine) else None,
            at=moment_of(one) if isinstance(one, AuditLine) else one.at,
            actor=one.actor,
            who=name_of(one.actor),
            action=words.text(told(ACTIONS, one.action)),
            object=one.object,
            outcome=words.text(told(OUTCOMES, one.outcome)),
            detail=detail_words(one.detail),
        )

    every = ("", words.text(_EVERY))
    return render(
        request,
        "audit.html.j2",
        checked=_checked(request),
        leaf=make_leaf(request, [line(one) for one in lines], start, total, _ON_A_LEAF),
        waiting=[line(one) for one in fresh],
        is_part=mine is not None,
        asked=asked,
        at_of=shown,
        actors=[
            every,
            *((one, _named(one, name_of(one))) for one in actors if mine is None or one in mine),
        ],
        actions=[every, *((code, words.text(told(ACTIONS, code))) for code in actions)],
    )


def _verify(request: Request, _form: FormData) -> Response:
    _check(request)
    return see_other("/audit")


def _actors_of(request: Request, door: Door) -> frozenset[str] | None:
    """Whose acts the visitor sees: None for all; of a province, its own people and programs."""
    visitor, table = visitor_of(request), desk_of(request).policy().divisions
    if visitor.division is None:
        return None
    found = [(one.actor, one.division) for one in accounts(door)]
    found += [(f"token:{one.id}", one.division) for one in tokens(door)]
    return frozenset(
        actor for actor, code in found if code is not None and may(visitor, Verb.AUDIT, code, table)
    )


def _wanted(asked: dict[str, str], mine: frozenset[str] | None) -> Wanted:
    actors = mine
    if asked["actor"]:
        actors = frozenset({asked["actor"]}) & (mine if mine is not None else {asked["actor"]})
    return Wanted(actors, asked["action"] or None)


def _is_wanted(act: Act, wanted: Wanted) -> bool:
    return (wanted.actors is None or act.actor in wanted.actors) and (
        wanted.action is None or act.action == wanted.action
    )


def _named(actor: str, name: str) -> str:
    return name if name == actor else f"{name} ({actor})"


# --- the check -----------------------------------------------------------------------------------

_CHECKING: Final = threading.Lock()


def _checked(request: Request) -> _Checked:
    """The last check of this process, made anew after a while."""
    held: _Checked | None = getattr(request.app.state, "audit_checked", None)
    if held is not None and desk_of(request).now() - held.at < _FRESH:
        return held
    return _check(request)


def _check(request: Request) -> _Checked:
    desk = desk_of(request)
    with _CHECKING:
        filed = read_files(desk.home)  # before the table: see monitor.store.audit_check
        with desk.store() as store:
            made = _Checked(desk.now(), verify(store, filed))
        request.app.state.audit_checked = made
        return made


WAYS: tuple[Way, ...] = (
    page("/audit", in_thread(_log), Verb.AUDIT),
    action("/audit/check", act_in_thread(_verify), Verb.AUDIT),
)
