"""The page of a draft: what is awaited, what a check found, what would change; its downloads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import PurePath
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import blank_kinds
from monitor.bulletins.labels import kind_word
from monitor.corridor.draft_result import read_result, rejected_csv
from monitor.corridor.second_person import needs_second_person
from monitor.door.draft import Draft
from monitor.door.draft_states import UNCHECKED, UNFINISHED, DraftState
from monitor.door.drafts import explanations, held_draft
from monitor.door.rights import Verb
from monitor.model import Text
from monitor.policy.explanation_reasons import load_reasons
from monitor.site.answers import answer
from monitor.site.declaring import Wrong
from monitor.site.desk import Desk, desk_of
from monitor.site.downloads import attachment
from monitor.site.draft_here import draft_here
from monitor.site.draft_view import draft_view
from monitor.site.finding_view import findings_csv, group_findings, rows_shown
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, nothing_there, page, see_other
from monitor.site.rows_seen import note_rows_seen
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of

# Most checks end within it, so that most clerks never see a page that waits.
_PATIENCE_SECONDS: Final = 2.5
_LONGEST_STEM: Final = 40


def path_of(number: str) -> str:
    """The address of a draft."""
    return f"/submissions/drafts/{number}"


async def _draft(request: Request) -> Response:
    held = await run_in_threadpool(draft_here, request, Verb.SEE)
    if held.state in UNFINISHED:
        await _wait(desk_of(request), held)
        held = await run_in_threadpool(draft_here, request, Verb.SEE)
    if held.state is DraftState.CONFIRMED and held.submission is not None:
        return see_other(f"/submissions/{held.submission}?done=confirmed")
    return await run_in_threadpool(draft_page, request, held)


async def _wait(desk: Desk, held: Draft) -> None:
    work = desk.workers.check if held.state in UNCHECKED else desk.workers.confirm
    ended = asyncio.wrap_future(work(held.id))
    with suppress(TimeoutError, CancelledError):
        await asyncio.wait_for(asyncio.shield(ended), _PATIENCE_SECONDS)


def draft_page(
    request: Request,
    held: Draft,
    wrongs: Sequence[Wrong] = (),
    *,
    typed: FormData | None = None,
    status: int = 200,
) -> Response:
    """The page of a draft; `wrongs` is what is wrong in `typed`, the form that was sent. Blocks."""
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    with desk.door() as door:
        told = actor_words(door, language_of(request))
        explained = explanations(door, held.id)
        seconds = desk.settings.site.second_person
        result = read_result(desk.home, held.id)
        view = draft_view(
            held,
            result,
            explained,
            visitor=visitor_of(request),
            policy=policy,
            words=words,
            needs_second=needs_second_person(policy.divisions, held, result, seconds),
            wrongs=wrongs,
            typed=typed,
        )
    shown = rows_shown((*view.errors, *view.warnings))
    note_rows_seen(request, held.id, "draft", shown)
    kind = view.result.kind if view.result else held.asked.kind
    is_told = kind in policy.rules
    return render(
        request,
        "draft.html.j2",
        status=status,
        d=view,
        with_rows=view.with_rows,
        wrong={name: words.text(said) for name, said in wrongs},
        path=path_of(held.id),
        waits=words.text(_progress_words(desk, held)),
        reasons=[(code, words.text(said)) for code, said in load_reasons(desk.project).items()],
        kinds=[(one, kind_word(one, policy, words)) for one in blank_kinds(policy)],
        kind=kind_word(kind, policy, words) if kind and is_told else "",
        actor=told,
    )


async def _progress(request: Request) -> Response:
    held = await run_in_threadpool(draft_here, request, Verb.SEE)
    words = text_of(request).text(_progress_words(desk_of(request), held))
    return answer({"is_done": held.state not in UNFINISHED, "words": words})


def _progress_words(desk: Desk, held: Draft) -> Text:
    ahead = desk.workers.ahead_of(held.id)
    if held.state is DraftState.CONFIRMING:
        return Text("正在生效，请稍候。", "Coming into force; please wait.")
    if ahead:
        return Text(f"排队中：前面还有 {ahead} 份。", f"In the queue: {ahead} before this one.")
    return Text("正在校验，请稍候。", "Being checked; please wait.")


def _rejected(request: Request) -> Response:
    held = draft_here(request, Verb.SEE_ROWS)
    desk = desk_of(request)
    path = rejected_csv(desk.home, held.id)
    result = read_result(desk.home, held.id)
    if path is None or result is None:
        raise nothing_there()
    note_rows_seen(request, held.id, "rejected", result.to_mend)
    words = text_of(request)
    return attachment(path, words("%(file)s-待改正.csv", file=stem_of(held.file_name, held.id)))


def _findings(request: Request) -> Response:
    held = draft_here(request, Verb.SEE_ROWS)
    result = read_result(desk_of(request).home, held.id)
    if result is None or held.state in UNFINISHED:
        raise nothing_there()
    found = group_findings(result.groups)
    note_rows_seen(request, held.id, "findings", sum(one.value is not None for one in found))
    words = text_of(request)
    content = findings_csv(found, {group.code: group.rows for group in result.groups}, words)
    return attachment(
        content, words("%(file)s-校验结果.csv", file=stem_of(held.file_name, held.id))
    )


def stem_of(file_name: str | None, number: str) -> str:
    """The first part of a download's name: the sender's own, shortened, or the number."""
    return PurePath(file_name).stem[:_LONGEST_STEM] if file_name else number


def reload_draft(request: Request, number: str) -> Draft:
    """The draft as it is now. Blocking."""
    with desk_of(request).door() as door:
        return held_draft(door, number)


WAYS: tuple[Way, ...] = (
    page("/submissions/drafts/{draft}", _draft, Verb.SEE),
    page("/submissions/drafts/{draft}/progress", _progress, Verb.SEE),
    page("/submissions/drafts/{draft}/rejected.csv", in_thread(_rejected), Verb.SEE_ROWS),
    page("/submissions/drafts/{draft}/findings.csv", in_thread(_findings), Verb.SEE_ROWS),
)
