"""Uploads followed and decided by programs: read, explained, confirmed, signed, given up."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.draft_result import read_result, rejected_csv
from monitor.door.draft_states import UNCHECKED, UNFINISHED, DraftState
from monitor.door.drafts import drafts
from monitor.door.rights import Verb
from monitor.model import Text
from monitor.site.answers import answer
from monitor.site.api import shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.reach import codes_in_reach
from monitor.site.api.refusals import refused
from monitor.site.api.sending import DIVISION
from monitor.site.api.upload_document import upload_document
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.draft_here import draft_here
from monitor.site.rows_seen import note_rows_seen

_ONE: Final = "/api/v1/uploads/{upload}"
_LONGEST_WAIT: Final = 30
_PAUSE_SECONDS: Final = 0.25
_LISTED: Final = 200


def _list(request: Request, given: Given) -> Response:
    codes = codes_in_reach(request, given.query["division"])
    with desk_of(request).door() as door:
        found = drafts(door, divisions=codes, limit=_LISTED)
    listed = [upload_document(request, one, with_result=False) for one in found]
    return answer({"uploads": listed})


async def _one(request: Request, given: Given) -> Response:
    held = await run_in_threadpool(draft_here, request, Verb.SEE, "upload")
    left = min(given.query["wait"] or 0, _LONGEST_WAIT) / _PAUSE_SECONDS
    while held.state in UNFINISHED and left > 0 and not await request.is_disconnected():
        await _pause(desk_of(request).workers.under_way(held.id))
        left -= 1
        held = await run_in_threadpool(draft_here, request, Verb.SEE, "upload")
    return answer(await run_in_threadpool(upload_document, request, held))


async def _pause(under_way: Future[DraftState] | None) -> None:
    """Until a draft's job ends, and no longer than a pause: who has gone is noticed then."""
    if under_way is None:
        await asyncio.sleep(_PAUSE_SECONDS)
    else:
        await asyncio.wait([asyncio.wrap_future(under_way)], timeout=_PAUSE_SECONDS)


def _rejected(request: Request, _given: Given) -> Response:
    held = draft_here(request, Verb.SEE_ROWS, "upload")
    home = desk_of(request).home
    if held.state in UNCHECKED:
        raise refused("not_checked")
    path, result = rejected_csv(home, held.id), read_result(home, held.id)
    if path is None or result is None:
        raise refused("nothing_set_aside")
    note_rows_seen(request, held.id, "api", result.to_mend)
    return attachment(path, f"{held.id}-rejected.csv")


OPERATIONS: Final = (
    Operation(
        "GET",
        "/api/v1/uploads",
        Verb.SEE,
        _list,
        Text("最近的上传，新的在前", "The last uploads, the newest first"),
        shapes.Uploads,
        parameters=(replace(DIVISION, is_many=True),),
    ),
    Operation(
        "GET",
        _ONE,
        Verb.SEE,
        _one,
        Text(
            "一份上传：状态、下一步、校验结果、生效前后的判定",
            "One upload: its state, the next step, the result, the verdicts before and after",
        ),
        shapes.Upload,
        parameters=(
            Parameter(
                "wait",
                "count",
                Text(
                    f"最多等待多少秒（不超过 {_LONGEST_WAIT}），直到校验或生效结束",
                    f"seconds to wait for the end of the check, {_LONGEST_WAIT} at most",
                ),
            ),
        ),
        example="-G -d wait=30",
    ),
    Operation(
        "GET",
        f"{_ONE}/rejected.csv",
        Verb.SEE_ROWS,
        _rejected,
        Text("退回的行，改正后可再次上传", "The rows set aside, to mend and hand in again"),
        None,
        media_type="text/csv",
        codes=("nothing_set_aside", "not_checked"),
        example="-o rejected.csv",
    ),
)
