"""What programs decide of an upload: explain, correct, confirm, sign, give back, discard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.draft_result import read_result
from monitor.corridor.periods import read_day
from monitor.corridor.second_person import needs_second_person
from monitor.door.draft import Draft
from monitor.door.draft_states import CHANGEABLE, CONFIRMABLE, UNCHECKED, UNFINISHED, DraftState
from monitor.door.draft_steps import (
    confirm,
    discard,
    give_back,
    sign,
)
from monitor.door.drafts import KeyTaken, TooManyWaiting, explain, held_draft
from monitor.door.rights import Verb
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.explanation_reasons import OTHER, load_reasons
from monitor.site.answers import answer
from monitor.site.api import bodies, shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.refusals import refused
from monitor.site.api.sending import ensure_kind
from monitor.site.api.upload_document import upload_document
from monitor.site.desk import desk_of
from monitor.site.draft_here import draft_here
from monitor.site.receiving import take_again
from monitor.site.visitors import visitor_of

_ONE: Final = "/api/v1/uploads/{upload}"
# Said once more because its answer was lost: only while it stands as it was answered then.
_CONFIRMED: Final = (DraftState.AWAITING, DraftState.CONFIRMING, DraftState.CONFIRMED)
_SIGNED: Final = (DraftState.CONFIRMING, DraftState.CONFIRMED)


def _step(verb: Verb, do: Callable[[Request, Draft, Given], Draft]) -> Callable[..., Response]:
    """One decision; where the state does not allow it, that is told as such."""

    def act(request: Request, given: Given) -> Response:
        held = draft_here(request, verb, "upload")
        try:
            now = do(request, held, given)
        except WrongUse as wrong:
            raise refused("wrong_state", wrong.text) from wrong
        if now.state is DraftState.CONFIRMING:
            desk_of(request).workers.confirm(now.id)
        return answer(upload_document(request, now), 202 if now.state in UNFINISHED else 200)

    return act


def _confirm(request: Request, held: Draft, given: Given) -> Draft:
    desk, by, seen = desk_of(request), visitor_of(request).name, given.body.fingerprint
    if held.confirmed_by == by and held.seen == seen and held.state in _CONFIRMED:
        return held
    if held.state in UNCHECKED:
        raise refused("not_checked")
    result = read_result(desk.home, held.id)
    if held.state in CONFIRMABLE and (result is None or seen != result.fingerprint):
        raise refused("result_moved")
    table, seconds = desk.policy().divisions, desk.settings.site.second_person
    needs_second = needs_second_person(table, held, result, seconds)
    with desk.door() as door:
        return confirm(door, held.id, seen=seen, by=by, needs_second=needs_second, at=desk.now())


def _sign(request: Request, held: Draft, given: Given) -> Draft:
    desk, by, seen = desk_of(request), visitor_of(request).name, given.body.fingerprint
    if held.signed_by == by and held.seen == seen and held.state in _SIGNED:
        return held
    if held.state is DraftState.AWAITING and held.seen != seen:
        raise refused("result_moved")
    with desk.door() as door:
        return sign(door, held.id, seen=seen, by=by, at=desk.now())


def _give_back(request: Request, held: Draft, given: Given) -> Draft:
    desk = desk_of(request)
    with desk.door() as door:
        by = visitor_of(request).name
        return give_back(door, held.id, reason=given.body.reason, by=by, at=desk.now())


def _discard(request: Request, held: Draft, _given: Given) -> Draft:
    desk = desk_of(request)
    if held.state is DraftState.DISCARDED:
        return held
    with desk.door() as door:
        return discard(door, held.id, by=visitor_of(request).name, at=desk.now())


def _explain(request: Request, held: Draft, given: Given) -> Draft:
    desk, said = desk_of(request), given.body
    result = read_result(desk.home, held.id) if held.state not in UNCHECKED else None
    if result is None:
        raise refused("not_checked")
    reasons, asking = load_reasons(desk.project), [one.code for one in result.to_explain]
    for name, value, known in (("reason", said.reason, [*reasons]), ("code", said.code, asking)):
        if value not in known:
            listed = ", ".join(known) or "—"
            words = Text(
                f"字段 {name} 应为 {listed} 之一。", f"The field {name} is one of {listed}."
            )
            raise refused("wrong_fields", words)
    if said.reason == OTHER and not said.words.strip():
        words = Text("理由为 other 时须写明（words）。", "With the reason other, say why (words).")
        raise refused("wrong_fields", words)
    with desk.door() as door:
        explain(
            door,
            held.id,
            code=said.code,
            reason=said.reason,
            words=said.words,
            until=read_day(said.until) if said.until else None,
            by=visitor_of(request).name,
            at=desk.now(),
        )
        return held_draft(door, held.id)


def _correct(request: Request, held: Draft, given: Given) -> Draft:
    """The same bytes under another question, in an upload of its own; this one is given up."""
    desk, said = desk_of(request), given.body
    if held.state not in CHANGEABLE:
        raise refused("wrong_state")
    ensure_kind(desk.policy(), said.kind, "wrong_fields")
    asked = replace(held.asked, kind=said.kind, period=bodies.period_of(said.period))
    if held.is_nil and None in {asked.kind, asked.period}:
        words = Text("零报告须给出 kind 与 period。", "A nil return has kind and period.")
        raise refused("wrong_fields", words)
    try:
        return take_again(desk, visitor_of(request), held, asked)
    except KeyTaken as taken:
        raise refused("key_taken", taken.text) from taken
    except TooManyWaiting as many:
        raise refused("too_many_waiting", many.text) from many


_SEEN: Final = '--json \'{"fingerprint": "FINGERPRINT"}\''
OPERATIONS: Final = (
    Operation(
        "POST",
        f"{_ONE}/explanations",
        Verb.SUBMIT,
        _step(Verb.SUBMIT, _explain),
        Text("说明一类提示为何成立", "Say why the findings of one code stand"),
        shapes.Upload,
        body=bodies.Explain,
        codes=("wrong_state", "not_checked"),
        example='--json \'{"code": "CODE", "reason": "verified", "words": ""}\'',
    ),
    Operation(
        "POST",
        f"{_ONE}/correct",
        Verb.SUBMIT,
        _step(Verb.SUBMIT, _correct),
        Text(
            "按另一种类或期间重新校验同一文件；得到一份新的上传，原上传放弃",
            "Have the same file checked as another kind or period: a new upload in its place",
        ),
        shapes.Upload,
        status=202,
        body=bodies.Correct,
        codes=("wrong_state", "too_many_waiting", "key_taken"),
        example='--json \'{"kind": "registration", "period": "2020-12"}\'',
    ),
    Operation(
        "POST",
        f"{_ONE}/confirm",
        Verb.CONFIRM,
        _step(Verb.CONFIRM, _confirm),
        Text(
            "确认：核对过的结果生效，或交复核人复核",
            "Confirm: what was looked at comes into force, or goes to the second person",
        ),
        shapes.Upload,
        status=202,
        body=bodies.Confirm,
        codes=("wrong_state", "not_checked", "result_moved"),
        example=_SEEN,
    ),
    Operation(
        "POST",
        f"{_ONE}/sign",
        Verb.SIGN,
        _step(Verb.SIGN, _sign),
        Text("复核通过，生效", "Sign as the second person: it comes into force"),
        shapes.Upload,
        status=202,
        body=bodies.Confirm,
        codes=("wrong_state", "result_moved"),
        example=_SEEN,
    ),
    Operation(
        "POST",
        f"{_ONE}/return",
        Verb.SIGN,
        _step(Verb.SIGN, _give_back),
        Text("复核退回，写明理由", "Give it back as the second person, with a reason"),
        shapes.Upload,
        body=bodies.GiveBack,
        codes=("wrong_state",),
        example='--json \'{"reason": "12 月少报一批公交车"}\'',
    ),
    Operation(
        "POST",
        f"{_ONE}/discard",
        Verb.SUBMIT,
        _step(Verb.SUBMIT, _discard),
        Text("放弃这份上传；文件仍存档", "Give the upload up; its bytes stay kept"),
        shapes.Upload,
        codes=("wrong_state",),
        example="-X POST",
    ),
)
