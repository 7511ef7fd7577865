"""Every clause of the documents: all of a place, one by one, and what answers each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import blank_kinds
from monitor.corridor.answering import Answers
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.site.clause_list import (
    FLEET,
    HEADINGS,
    STANDING_WORDS,
    Reader,
    entries_of,
    silence_of,
)
from monitor.site.clause_reach import all_clauses, seen_answers, seen_checks, shown_places
from monitor.site.clause_rows import WAYS as ROW_WAYS
from monitor.site.clause_standing import STANDINGS
from monitor.site.clause_view import clause_view, line_views
from monitor.site.coverage_view import bodies_of, counts_of, coverage_views
from monitor.site.desk import desk_of
from monitor.site.mandate_view import mandate_view
from monitor.site.pages import render, text_of
from monitor.site.picture import Picture, answers_of, picture_of
from monitor.site.places import ALL
from monitor.site.routing import Way, nothing_there, page
from monitor.site.visitors import language_of, visitor_of

_ALL: Final = "all"
_COVERAGE: Final = "coverage"
_OTHER: Final = "other"  # all that are no fleet mandates
_NOTHING: Final = Answers((), ())


async def _mandates(request: Request) -> Response:
    if not visitor_of(request).has(Verb.SEE):
        return await run_in_threadpool(_list, request, None, _NOTHING)
    picture, answers = await picture_of(request), await answers_of(request)
    return await run_in_threadpool(_list, request, picture, answers)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the address asks for, and the ids of the clauses that it is about."""

    place: str
    places: tuple[str, ...]
    sort: str
    state: str
    view: str
    ids: tuple[str, ...]


def _list(request: Request, picture: Picture | None, answers: Answers) -> Response:
    desk, words, visitor = desk_of(request), text_of(request), visitor_of(request)
    policy = desk.policy()
    table = policy.divisions
    choice = _choice_of(request, policy)
    rows = picture.judged.rows if picture else ()
    reader = Reader(
        places=shown_places(request, policy),
        answers=seen_answers(request, answers),
        rows=[row for row in rows if may(visitor, Verb.SEE, row.division, table)],
    )
    values: dict[str, Any] = {
        "chosen": choice.place,
        "places": [
            (_ALL, ALL.to(language_of(request))),
            *((code, words.text(table.name(code))) for code in choice.places),
        ],
        "sort": choice.sort,
        "sorts": [
            ("", words("全部类别")),
            *((sort, words.text(word)) for sort, word in HEADINGS.items()),
            (_OTHER, words("规则、指标和机制")),
        ],
    }
    if choice.view == _COVERAGE:
        found = coverage_views(policy, words, choice.ids, reader)
        values |= {"counts": counts_of(found), "blank": _blank(request, policy)}
        return render(request, "coverage.html.j2", rows=found, **values)
    entries = entries_of(policy, words, desk.today(), choice.ids, reader)
    counted = Counter(entry.state for entry in entries)
    return render(
        request,
        "mandates.html.j2",
        entries=[entry for entry in entries if choice.state in {"", entry.state}],
        total=len(entries),
        state=choice.state,
        states=[
            (one, words.text(STANDING_WORDS[one]), counted[one])
            for one in STANDINGS
            if counted[one]
        ],
        headings=HEADINGS,
        **values,
    )


def _choice_of(request: Request, policy: Policy) -> _Choice:
    """Raises `Refused` 404 for a word of the address that stands for nothing."""
    table, asked = policy.divisions, request.query_params
    every = all_clauses(policy)
    places = tuple(dict.fromkeys(one.jurisdiction for one in every))
    own = visitor_of(request).division
    usual = (own, table.province_of(own), _ALL) if own else (_ALL,)
    place = asked.get("place", next(one for one in usual if one in {_ALL, *places}))
    sort, state, view = (asked.get(name, "") for name in ("sort", "state", "view"))
    known = ((sort, (*HEADINGS, _OTHER)), (state, STANDINGS), (view, (_COVERAGE,)))
    if place not in {_ALL, *places} or any(word and word not in some for word, some in known):
        raise nothing_there()
    ids = tuple(
        one.id for one in every if place in {_ALL, one.jurisdiction} and sort in _sorts_of(one)
    )
    return _Choice(place, places, sort, state, view, ids)


async def _one(request: Request) -> Response:
    policy = await run_in_threadpool(desk_of(request).policy)
    name = request.path_params["id"]
    if name in policy.mandates:
        return await run_in_threadpool(_mandate, request, policy.mandates[name])
    clause = policy.clauses.get(name)
    if clause is None:
        raise nothing_there()
    answers = await answers_of(request) if visitor_of(request).has(Verb.SEE) else _NOTHING
    return await run_in_threadpool(_clause, request, clause, answers)


def _mandate(request: Request, mandate: Mandate) -> Response:
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    return render(
        request,
        "mandate.html.j2",
        one=mandate_view(mandate, policy, words, desk.today()),
        bodies=bodies_of(policy, mandate, words),
    )


def _clause(request: Request, clause: Clause, answers: Answers) -> Response:
    desk, words, visitor = desk_of(request), text_of(request), visitor_of(request)
    policy, today = desk.policy(), desk.today()
    table = policy.divisions
    place = shown_places(request, policy)[clause.jurisdiction]
    mine = [one for one in seen_answers(request, answers) if one.clause == clause.id]
    lines = line_views(
        mine,
        place or "",
        policy,
        words,
        shows_rows=lambda code: may(visitor, Verb.SEE_ROWS, code, table),
    )
    return render(
        request,
        "clause.html.j2",
        one=clause_view(clause, policy, words, today),
        bodies=bodies_of(policy, clause, words),
        lines=lines,
        silence="" if mine else silence_of(clause, place, policy, words, today),
        compared=[
            (one, _because(policy, one.check))
            for one in seen_checks(request, answers)
            if clause.id in one.clauses
        ],
        blank=clause.evidence.kind in _blank(request, policy),
    )


def _sorts_of(one: Mandate | Clause) -> tuple[str, ...]:
    """The choices of a class that it is among."""
    return ("", _OTHER, one.clause_class) if isinstance(one, Clause) else ("", FLEET)


def _blank(request: Request, policy: Policy) -> Collection[str]:
    """The reports whose empty tables the visitor can download."""
    return blank_kinds(policy) if visitor_of(request).has(Verb.SUBMIT) else ()


def _because(policy: Policy, check: str) -> Text | None:
    return next((one.because for one in policy.consistency if one.id == check), None)


WAYS: tuple[Way, ...] = (
    page("/mandates", _mandates, Verb.ENTER),
    page("/mandates/{id}", _one, Verb.ENTER),
    *ROW_WAYS,
)
