"""What people decide on the page of a draft: explain, confirm, sign, give back, change, discard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.draft_result import DraftResult, read_result
from monitor.corridor.periods import read_day
from monitor.corridor.second_person import needs_second_person
from monitor.door.draft import Draft
from monitor.door.draft_states import CHANGEABLE, DraftState
from monitor.door.draft_steps import (
    confirm,
    discard,
    give_back,
    sign,
)
from monitor.door.drafts import explain
from monitor.door.rights import Verb
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.explanation_reasons import OTHER, load_reasons
from monitor.site.declaring import Filled, Wrong, read_asked
from monitor.site.desk import desk_of
from monitor.site.draft_here import draft_here
from monitor.site.draft_pages import draft_page, path_of, reload_draft
from monitor.site.receiving import take_again
from monitor.site.routing import Act, Way, action, see_other
from monitor.site.threads import field_of
from monitor.site.visitors import visitor_of

_WRONG_DAY: Final = Text(
    "日期请写成 2020-12-31，或留空。", "Write the day as 2020-12-31, or leave it empty."
)
_NEEDS_WORDS: Final = Text(
    "选择“其他”时请写明情况。", "Say what it is where the reason is “other”."
)
_NEEDS_REASON: Final = Text("请选择理由。", "Choose a reason.")
_MOVED: Final = Text(
    "您打开页面之后结果有变，没有确认。请按现在的内容重新核对。",
    "The result changed after you opened the page, and nothing was confirmed. Look at it as it is "
    "now.",
)

Deed = Callable[[Request, Draft, FormData], Response]


def _deed(verb: Verb, do: Deed, button: str) -> Act:
    """A form of the page; what cannot be done is told on the page, beside what can."""

    def run(request: Request, form: FormData) -> Response:
        held = draft_here(request, verb)
        try:
            return do(request, held, form)
        except WrongUse as error:
            now = reload_draft(request, held.id)
            return draft_page(request, now, [(button, error.text)], typed=form, status=409)

    async def act(request: Request, form: FormData) -> Response:
        return await run_in_threadpool(run, request, form)

    return act


def _explain(request: Request, held: Draft, form: FormData) -> Response:
    result = read_result(desk_of(request).home, held.id)
    wrongs = _keep_explanations(request, held, result, form)
    if wrongs:
        return draft_page(request, held, wrongs, typed=form, status=422)
    return see_other(f"{path_of(held.id)}#explain")


def _confirm(request: Request, held: Draft, form: FormData) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    result = read_result(desk.home, held.id)
    seen = field_of(form, "seen")
    if result is None or seen != result.fingerprint:
        raise WrongUse(_MOVED)
    wrongs = _keep_explanations(request, held, result, form)
    if wrongs:
        return draft_page(request, held, wrongs, typed=form, status=422)
    table, seconds = desk.policy().divisions, desk.settings.site.second_person
    needs_second = needs_second_person(table, held, result, seconds)
    with desk.door() as door:
        now = confirm(
            door,
            held.id,
            seen=seen,
            by=visitor.name,
            needs_second=needs_second,
            at=desk.now(),
        )
    return _go_on(request, now)


def _sign(request: Request, held: Draft, form: FormData) -> Response:
    desk = desk_of(request)
    with desk.door() as door:
        seen, by = field_of(form, "seen"), visitor_of(request).name
        now = sign(door, held.id, seen=seen, by=by, at=desk.now())
    return _go_on(request, now)


def _go_on(request: Request, now: Draft) -> Response:
    if now.state is DraftState.CONFIRMING:
        desk_of(request).workers.confirm(now.id)
    return see_other(path_of(now.id))


def _give_back(request: Request, held: Draft, form: FormData) -> Response:
    desk = desk_of(request)
    with desk.door() as door:
        by = visitor_of(request).name
        give_back(door, held.id, reason=field_of(form, "back_reason"), by=by, at=desk.now())
    return see_other(path_of(held.id))


def _discard(request: Request, held: Draft, _form: FormData) -> Response:
    desk = desk_of(request)
    with desk.door() as door:
        discard(door, held.id, by=visitor_of(request).name, at=desk.now())
    return see_other("/submissions?done=discarded")


def _change(request: Request, held: Draft, form: FormData) -> Response:
    """Check the same bytes anew under what is said of them now."""
    desk = desk_of(request)
    if held.state not in CHANGEABLE:
        raise WrongUse(
            Text(
                "这份上传已不能更改：它已生效、已放弃或正在处理。",
                "It can no longer be changed: it is in force, discarded or at work.",
            )
        )
    filled = Filled.of(form)
    asked, wrongs = read_asked(filled, desk.policy(), is_nil=held.is_nil)
    if wrongs:
        return draft_page(request, held, wrongs, typed=form, status=422)
    return see_other(path_of(take_again(desk, visitor_of(request), held, asked).id))


def _keep_explanations(
    request: Request, held: Draft, result: DraftResult | None, form: FormData
) -> list[Wrong]:
    """Keep what is said of the warnings that ask for it; all of it, or what is wrong with it."""
    desk = desk_of(request)
    reasons = load_reasons(desk.project)
    said, wrongs = [], list[Wrong]()
    for code in _asking(result):
        reason, words = field_of(form, f"reason-{code}"), field_of(form, f"words-{code}")
        until, fault = _day(field_of(form, f"until-{code}"))
        if fault is not None:
            wrongs.append((f"until-{code}", fault))
        if reason not in reasons:
            if words or until:
                wrongs.append((f"reason-{code}", _NEEDS_REASON))
            continue
        if reason == OTHER and not words:
            wrongs.append((f"words-{code}", _NEEDS_WORDS))
        said.append((code, reason, words, until))
    if not wrongs:
        with desk.door() as door:
            for code, reason, words, until in said:
                explain(
                    door,
                    held.id,
                    code=code,
                    reason=reason,
                    words=words,
                    until=until,
                    by=visitor_of(request).name,
                    at=desk.now(),
                )
    return wrongs


def _asking(result: DraftResult | None) -> list[str]:
    return [group.code for group in result.to_explain] if result else []


def _day(text: str) -> tuple[date | None, Text | None]:
    try:
        return (read_day(text) if text else None), None
    except ValueError:
        return None, _WRONG_DAY


def _way(name: str, verb: Verb, do: Deed) -> Way:
    return action(f"/submissions/drafts/{{draft}}/{name}", _deed(verb, do, name), verb)


WAYS: tuple[Way, ...] = (
    _way("explain", Verb.SUBMIT, _explain),
    _way("confirm", Verb.CONFIRM, _confirm),
    _way("sign", Verb.SIGN, _sign),
    _way("give-back", Verb.SIGN, _give_back),
    _way("change", Verb.SUBMIT, _change),
    _way("discard", Verb.SUBMIT, _discard),
)
