"""The first page: one's own division today; for stewards and auditors all that they see."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins import labels
from monitor.bulletins.parts import Figures, MandateBlock, Verdict
from monitor.bulletins.spoken_row import spoken
from monitor.bulletins.words import Words
from monitor.corridor.all_divisions import DivisionLine
from monitor.corridor.answering import Answers
from monitor.corridor.division_page import DivisionToday, DueLine
from monitor.corridor.inbox_receipt import STATUS_WORDS as RECEIVED_WORDS
from monitor.door.draft import Draft
from monitor.door.draft_states import NEXT_STEPS, OPEN, STATE_WORDS, UNFINISHED, DraftState
from monitor.door.drafts import drafts
from monitor.door.rights import OF_A_DIVISION, Verb, may, permitted
from monitor.policy.policy import Policy
from monitor.site.clause_list import STANDING_WORDS
from monitor.site.clause_standing import tally_of
from monitor.site.desk import Desk, desk_of
from monitor.site.menu import first_page
from monitor.site.pages import render, text_of
from monitor.site.picture import Picture, answers_of, picture_of
from monitor.site.routing import Way, nothing_there, page, see_other, there
from monitor.site.visitors import language_of, visitor_of

# What somebody has to do something about, or that is under way.
WAITING: Final = (*OPEN, *UNFINISHED, DraftState.FAILED, DraftState.REFUSED)


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """A row of figures with its sentence."""

    figures: Figures
    sentence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One mandate as the page shows it; `has_ended` where its last year is shown for reading."""

    block: MandateBlock
    rows: tuple[SpokenRow, ...]
    has_ended: bool
    ended_on: date


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that is owed, whose it is, and the days until it is due (below 0: past)."""

    line: DueLine
    division: str
    days_left: int


@dataclass(frozen=True, slots=True)
class Group:
    """A province with the lines of its divisions that a visitor sees; its own line first."""

    name: str
    lines: tuple[tuple[DivisionLine, str, int], ...]


async def _first(request: Request) -> Response:
    visitor = visitor_of(request)
    if not visitor.has(Verb.SEE):
        elsewhere = first_page(visitor)
        if elsewhere == "/":
            raise nothing_there()
        return see_other(elsewhere)
    if visitor.role in OF_A_DIVISION and visitor.division is not None:
        return await _of(request, visitor.division, is_first=True)
    return await _overview(request)


async def _division(request: Request) -> Response:
    code = request.path_params["code"]
    there(request, Verb.SEE, code)
    return await _of(request, code, is_first=False)


async def _of(request: Request, code: str, *, is_first: bool) -> Response:
    picture, answers = await asyncio.gather(picture_of(request), answers_of(request))
    return await run_in_threadpool(
        _division_page, request, picture, answers, code, is_first=is_first
    )


def _division_page(
    request: Request, picture: Picture, answers: Answers, code: str, *, is_first: bool
) -> Response:
    desk, visitor, words = desk_of(request), visitor_of(request), text_of(request)
    policy = picture.policy
    found = picture.division(code, language_of(request))
    judgements = _judgements(found, policy, words)
    members = policy.divisions.members(code) if found.is_province else ()
    seen = tuple(one for one in members if may(visitor, Verb.SEE, one, policy.divisions))
    waiting = _waiting(desk, (code, *seen))
    return render(
        request,
        "today.html.j2",
        found=found,
        is_first=is_first,
        judged=[one for one in judgements if one.block.has_target],
        trends=[one for one in judgements if not one.block.has_target],
        clauses=tally_of(answers.rows, code, policy, found.as_of),
        standing_words=STANDING_WORDS,
        province=policy.divisions.province_of(code),
        last_year=max((row.period for one in judgements for row in one.block.rows), default=None),
        is_in_force=any(not one.has_ended for one in judgements),
        subject_of={one.block.mandate: one.block.title for one in judgements},
        owed=_owed(found),
        waiting=waiting,
        state_words=STATE_WORDS,
        next_steps=NEXT_STEPS,
        received=RECEIVED_WORDS,
        kind_of=lambda kind: labels.kind_word(kind, policy, words),
        place_of=lambda one: words.text(policy.divisions.name(one)) if one else "",
        may_submit=may(visitor, Verb.SUBMIT, code, policy.divisions),
        groups=_groups(picture, seen, waiting, words),
        worst_of=lambda line: _worst(line, policy, words),
    )


async def _overview(request: Request) -> Response:
    picture = await picture_of(request)
    return await run_in_threadpool(_overview_page, request, picture)


def _overview_page(request: Request, picture: Picture) -> Response:
    words, policy = text_of(request), picture.policy
    codes = permitted(visitor_of(request), Verb.SEE, policy.divisions)
    waiting = _waiting(desk_of(request), codes)
    return render(
        request,
        "divisions.html.j2",
        as_of=picture.judged.as_of,
        groups=_groups(picture, codes, waiting, words),
        worst_of=lambda line: _worst(line, policy, words),
    )


def _judgements(found: DivisionToday, policy: Policy, words: Words) -> list[Judgement]:
    """Those in force first, then those that have ended, each as bulletins order them."""
    judgements = []
    for block in found.blocks:
        mandate = policy.mandates[block.mandate]
        rows = (SpokenRow(row, spoken(row, mandate.unit, words)) for row in block.rows)
        has_ended = mandate.valid_to < found.as_of
        judgements.append(Judgement(block, tuple(rows), has_ended, mandate.valid_to))
    return sorted(judgements, key=lambda one: one.has_ended)


def _owed(found: DivisionToday) -> list[Owed]:
    return [
        Owed(line, line.standing.item.division, (line.standing.item.due_on - found.as_of).days)
        for line in found.due
    ]


def _waiting(desk: Desk, codes: Sequence[str]) -> list[Draft]:
    with desk.door() as door:
        return drafts(door, divisions=tuple(codes), states=WAITING)


def _groups(
    picture: Picture, codes: tuple[str, ...], waiting: Sequence[Draft], words: Words
) -> list[Group]:
    table = picture.policy.divisions
    counted = Counter(one.division for one in waiting)
    by_province: dict[str, list[tuple[DivisionLine, str, int]]] = {}
    for line in picture.lines(codes) if codes else ():
        name = words.text(table.name(line.division))
        cell = (line, name, counted[line.division])
        by_province.setdefault(table.province_of(line.division), []).append(cell)
    return [
        Group(words.text(table.name(code)), tuple(lines)) for code, lines in by_province.items()
    ]


def _worst(line: DivisionLine, policy: Policy, words: Words) -> tuple[Verdict, str] | None:
    """The verdict that weighs most, and what it is about."""
    if line.worst is None:
        return None
    subject = labels.subject_of(line.worst, policy, words)
    return labels.verdict(line.worst.status, words), f"{subject} {line.worst.period}"


WAYS: tuple[Way, ...] = (
    page("/", _first, Verb.ENTER),
    page("/divisions/{code}", _division, Verb.SEE),
)
