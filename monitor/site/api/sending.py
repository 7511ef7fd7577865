"""Uploads and nil returns handed in by programs: each a draft that nothing counts of yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.draft import Asked, Draft, NewDraft
from monitor.door.draft_states import UNCHECKED
from monitor.door.drafts import Added, KeyTaken, TooManyWaiting, drafts
from monitor.door.rights import Verb
from monitor.model import Mode, Text
from monitor.policy.policy import Policy
from monitor.site.answers import answer
from monitor.site.api import bodies, shapes
from monitor.site.api.incoming import incoming
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.refusals import refused
from monitor.site.api.upload_document import upload_document
from monitor.site.desk import desk_of
from monitor.site.receiving import add_with_bytes
from monitor.site.routing import there
from monitor.site.visitors import visitor_of
from monitor.store.archive import Incoming, display_name

_LONGEST_KEY: Final = 200
_ADDRESS: Final = "/api/v1/uploads"
DIVISION: Final = Parameter(
    "division",
    "name",
    Text("报送单位代码；令牌属于一个单位时可省略", "who reports; a division's token needs none"),
)
DIVISIONS: Final = replace(
    DIVISION, about=Text("只看这些地区", "these divisions only"), is_many=True
)


async def _upload(request: Request, given: Given) -> Response:
    policy = await run_in_threadpool(desk_of(request).policy)
    division = _sender(request, given.query["division"])
    asked = _asked(policy, given.query)
    key = _key(request)
    await run_in_threadpool(_ensure_room, request, division, key)
    async with incoming(request) as (coming, name):
        shown = given.query["file_name"] or name or "upload"
        return await run_in_threadpool(
            _add, request, division, asked, key, coming, display_name(shown)
        )


def _nil(request: Request, given: Given) -> Response:
    said: bodies.Nil = given.body
    division = _sender(request, said.division, "wrong_fields")
    policy = desk_of(request).policy()
    asked = Asked(
        kind=said.kind,
        period=bodies.period_of(said.period),
        mode=Mode.NIL,
        nil_replaces=said.replaces,
        corrects=said.corrects,
        reason=said.reason,
    )
    ensure_kind(policy, said.kind, "wrong_fields")
    _ensure_reason(asked, "wrong_fields")
    return _add(request, division, asked, _key(request))


def _add(
    request: Request,
    division: str,
    asked: Asked,
    key: str | None,
    coming: Incoming | None = None,
    name: str | None = None,
) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    new = NewDraft(
        actor=visitor.name,
        account=visitor.account,
        division=division,
        asked=asked,
        sha256=coming.settle() if coming else None,
        size=coming.size if coming else None,
        file_name=name,
        key=key,
    )
    try:
        held, added = add_with_bytes(desk, new, coming)
    except KeyTaken as taken:
        raise refused("key_taken", taken.text) from taken
    except TooManyWaiting as many:
        raise refused("too_many_waiting", many.text) from many
    if added == "new":
        desk.workers.check(held.id)
    return _accepted(request, held, added)


def _accepted(request: Request, held: Draft, added: Added) -> Response:
    status = 202 if added == "new" else 200
    headers = {"Location": f"{_ADDRESS}/{held.id}"}
    return answer(upload_document(request, held), status, headers)


def _sender(request: Request, asked: str | None, code: str = "wrong_query") -> str:
    """In whose name something is sent: as asked, else the token's own division."""
    division = asked or visitor_of(request).division
    if division is None:
        raise refused(
            code,
            Text(
                "请给出报送单位（division）：这个令牌不属于任何一个单位。",
                "Say who reports (division): this token is of no one division.",
            ),
        )
    there(request, Verb.SUBMIT, division)
    return division


def _asked(policy: Policy, query: Mapping[str, Any]) -> Asked:
    mode = Mode(query["mode"] or Mode.ADD.value)
    asked = Asked(
        kind=query["kind"],
        period=query["period"],
        mode=mode,
        force=bool(query["force"]),
        columns=query["columns"],
        corrects=query["corrects"],
        reason=query["reason"],
    )
    ensure_kind(policy, asked.kind)
    if asked.columns is not None and asked.columns not in policy.columns:
        listed = ", ".join(policy.columns)
        raise refused(
            "wrong_query",
            Text(f"没有这个列映射。可用的有：{listed}。", f"No such column map. Known: {listed}."),
        )
    if mode is Mode.REPLACE and None in {asked.kind, asked.period}:
        raise refused(
            "wrong_query",
            Text(
                "整期替换（mode=replace）须同时给出 kind 与 period。",
                "To replace a period (mode=replace), give kind and period too.",
            ),
        )
    _ensure_reason(asked)
    return asked


def ensure_kind(policy: Policy, kind: str | None, code: str = "wrong_query") -> None:
    """Raise `Refused` where there is no such kind of report."""
    if kind is not None and kind not in policy.kinds:
        listed = ", ".join(policy.kinds)
        raise refused(
            code,
            Text(f"没有这种报表。可用的有：{listed}。", f"No such kind. Known: {listed}."),
        )


def _ensure_reason(asked: Asked, code: str = "wrong_query") -> None:
    if asked.corrects is not None and not asked.reason:
        raise refused(
            code,
            Text("更正须写明理由（reason）。", "A correction says why (reason)."),
        )


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise refused("wrong_key")
    return f"key:{key}"


def _ensure_room(request: Request, division: str, key: str | None) -> None:
    """Refuse before a long transfer what would be refused after it."""
    desk = desk_of(request)
    if key is not None:
        return  # it may be of a draft that is there
    with desk.door() as door:
        most = desk.settings.site.most_waiting
        if len(drafts(door, divisions=[division], states=UNCHECKED, limit=most)) >= most:
            raise refused("too_many_waiting")


_PARAMETERS: Final = (
    DIVISION,
    Parameter("kind", "text", Text("报表种类；省略时由表头判断", "the kind; else told by headers")),
    Parameter(
        "period", "period", Text("所属期间；省略时由日期判断", "the period; else told by dates")
    ),
    Parameter(
        "mode",
        "text",
        Text("add 增补（默认），replace 整期替换", "add (default), or replace the whole period"),
        choices=(Mode.ADD.value, Mode.REPLACE.value),
    ),
    Parameter("force", "flag", Text("有退回的行也替换", "replace though rows are set aside")),
    Parameter("columns", "text", Text("指定列映射", "the column map to read it by")),
    Parameter("corrects", "text", Text("所更正的报送编号", "the report that it corrects")),
    Parameter("reason", "text", Text("更正理由", "why it is corrected")),
    Parameter("file_name", "text", Text("文件名，仅供显示", "the file's name, for showing only")),
)
_IDEMPOTENT: Final = Text(
    "请求头 Idempotency-Key 标记一次提交：同样的标记与内容再传，得到同一份上传（200）；"
    "同样的标记、不同的内容为 409。",
    "The header Idempotency-Key marks one act: sent again with the same content it gives the same "
    "upload (200); with other content it is 409.",
)
OPERATIONS: Final = (
    Operation(
        "POST",
        _ADDRESS,
        Verb.SUBMIT,
        _upload,
        Text(
            "上传一份文件（CSV、TSV、XLSX）：请求体，或 multipart 表单中的一个文件",
            "Hand in a file (CSV, TSV, XLSX): the body, or the one file of a multipart form",
        ),
        shapes.Upload,
        status=202,
        parameters=_PARAMETERS,
        codes=(
            *("wrong_use", "wrong_key", "key_taken", "too_many_waiting", "too_large", "too_slow"),
            *("cut_off", "no_content", "wrong_form", "busy", "no_room"),
        ),
        takes_file=True,
        example='--data-binary @extract.csv -H "Idempotency-Key: 2020-360100-1"',
        more=_IDEMPOTENT,
    ),
    Operation(
        "POST",
        "/api/v1/nil",
        Verb.SUBMIT,
        _nil,
        Text("零报告：某期间没有这种车辆可报", "A nil return: nothing of a kind in a period"),
        shapes.Upload,
        status=202,
        body=bodies.Nil,
        codes=("wrong_use", "wrong_key", "key_taken", "too_many_waiting"),
        example='--json \'{"kind": "procurement", "period": "2020-12"}\'',
        more=_IDEMPOTENT,
    ),
)
