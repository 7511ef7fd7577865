"""`POST /api/bounces`: a mail system tells that a letter came back.

Who may tell it is decided by one token of the settings; without one, nobody may.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.service.log import Tell
from monitor.settings import Settings
from monitor.site.answers import Refused, answer
from monitor.site.routing import Way, api
from monitor.site.service_token import shows_token
from monitor.store.delivery_events import Bounce, record_bounce
from monitor.store.store import Store

MOST_BYTES: Final = 64 * 1024
_JSON: Final = "application/json"
_PATIENCE_SECONDS: Final = 30
_KEYS: Final = {"message_id", "status", "detail"}
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
# RFC 3463: class, subject, detail; class 2 tells of a success, so nothing came back.
_STATUS: Final = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
_LONGEST_DETAIL: Final = 2000

OpenStore = Callable[..., AbstractContextManager[Store]]


class Told(NamedTuple):
    """What a mail system says of one letter; `detail` is read by nobody and kept nowhere."""

    message_id: str
    status: str


class BounceDesk:
    """Takes bounces in, one after the other: they wait for the store like any other writer."""

    def __init__(
        self, settings: Settings, open_store: OpenStore, now: Callable[[], datetime], tell: Tell
    ) -> None:
        """`open_store(write=True)` gives the store as a context."""
        self._token = settings.service.token
        self._open_store, self._now, self._tell = open_store, now, tell
        self._is_busy = asyncio.Lock()

    async def take(self, request: Request) -> Response:
        """Answer one request; raises `Refused`."""
        self._admit(request)
        told = read_bounce(await read_body(request))
        if self._is_busy.locked():
            raise Refused(503, "busy", _BUSY)
        async with self._is_busy:
            try:
                bounce = await run_in_threadpool(self._record, told)
            except FleetmonError as error:
                self._tell("bounce_failed", error=error)
                raise Refused(503, "store_unavailable", _BUSY) from error
        if bounce is None:
            self._tell("bounce_unknown", status=told.status)
            raise Refused(404, "unknown_message", _UNKNOWN)
        self._tell(
            "bounce_recorded",
            delivery=bounce.delivery,
            state=str(bounce.state),
            status=told.status,
            is_new=bounce.is_new,
        )
        return answer(
            {"delivery": bounce.delivery, "state": str(bounce.state), "is_new": bounce.is_new}
        )

    def _record(self, told: Told) -> Bounce | None:
        with self._open_store(write=True) as store:
            return record_bounce(store, told.message_id, told.status, self._now())

    def _admit(self, request: Request) -> None:
        """Let in who shows the token."""
        if self._token is None:
            self._tell("bounce_refused", reason="no_token_set")
            raise Refused(403, "no_token_set", _NO_TOKEN)
        if not shows_token(request, self._token):
            self._tell("bounce_refused", reason="wrong_token")
            raise Refused(401, "wrong_token", _WRONG_TOKEN, {"WWW-Authenticate": "Bearer"})


async def read_body(request: Request) -> bytes:
    """The body of a JSON request, of a bounded size and within a bounded time."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise Refused(415, "not_json", _NOT_CALLED_JSON, {"Accept": _JSON})
    try:
        return await asyncio.wait_for(_read(request), _PATIENCE_SECONDS)
    except TimeoutError:
        raise Refused(408, "too_slow", _TOO_SLOW) from None
    except ClientDisconnect:
        raise Refused(400, "cut_off", _TOO_SLOW) from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Refused(413, "too_large", _TOO_LARGE, {"Connection": "close"})
    return bytes(body)


def read_bounce(body: bytes) -> Told:
    """What a body tells; raises `Refused` that names the field which is wrong, not its value."""
    try:
        said = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", _NOT_JSON) from None
    if not isinstance(said, dict) or not {"message_id", "status"} <= said.keys() <= _KEYS:
        raise Refused(422, "wrong_fields", _WRONG_FIELDS)
    for field, pattern in (("message_id", _MESSAGE_ID), ("status", _STATUS)):
        value = said[field]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(422, f"wrong_{field}", _WRONG[field])
    detail = said.get("detail")
    if detail is not None and (not isinstance(detail, str) or len(detail) > _LONGEST_DETAIL):
        raise Refused(422, "wrong_detail", _WRONG["detail"])
    return Told(said["message_id"], said["status"])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that names each key once: which of two would be meant, nobody knows."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made


def _never(constant: str) -> Any:
    raise ValueError(constant)


_NO_TOKEN = Text(
    "未设置令牌，接口未开放。请在设置中给出 service.token 后重启服务。",
    "No token is set, so nobody may use this. Set service.token and start the service again.",
)
_WRONG_TOKEN = Text(
    "令牌不对。请在 Authorization 头中给出 Bearer 与 service.token 的值。",
    "The token is wrong. Give Bearer and the value of service.token in the Authorization header.",
)
_NOT_CALLED_JSON = Text(
    f"请在请求头中写明 Content-Type: {_JSON}；正文须为 JSON。",
    f"Send the header Content-Type: {_JSON}, and a body in JSON.",
)
_NOT_JSON = Text(
    "请求体不是 UTF-8 的 JSON，或有键出现两次。请检查引号、括号是否成对，是否传完整。",
    "The body is not JSON in UTF-8, or names a key twice. Check its quotes and brackets, and that "
    "it came whole.",
)
_TOO_LARGE = Text("请求体超过 64 kB。", "The body is larger than 64 kB.")
_TOO_SLOW = Text("请求体没有按时传完。", "The body did not arrive in time.")
_WRONG_FIELDS = Text(
    "应为一个对象：message_id 与 status 必填，detail 可选，没有别的键。",
    "It must be an object: message_id and status, detail if wanted, and nothing else.",
)
_WRONG = {
    "message_id": Text(
        "message_id 应为信件 Message-ID 头的原文，含尖括号。",
        "message_id must be the letter's Message-ID as it stands, angle brackets and all.",
    ),
    "status": Text(
        "status 应为 RFC 3463 的状态码，如 5.1.1；以 5 或 4 开头。",
        "status must be a code of RFC 3463 such as 5.1.1, of class 5 or 4.",
    ),
    "detail": Text("detail 应为 2000 字以内的文字。", "detail must be a text of up to 2000."),
}
_UNKNOWN = Text(
    "没有寄出过这个 Message-ID 的信件。", "No letter of this Message-ID was sent from here."
)
_BUSY = Text("数据正忙，请过一会儿再报一次。", "The store is busy. Tell it again in a while.")


async def _take(request: Request) -> Response:
    desk: BounceDesk = request.app.state.bounces
    return await desk.take(request)


# Its own token admits: a mail system is nobody's account.
WAYS: tuple[Way, ...] = (api("/api/bounces", "POST", _take, None),)
