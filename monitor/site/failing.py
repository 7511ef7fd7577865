"""What is answered where a request is not carried out: words for people, a code for programs."""

from __future__ import annotations

from html import escape
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.errors import FleetmonError, WrongUse
from monitor.model import Text
from monitor.site.answers import Refused, headers_of, refusal
from monitor.site.api.refusals import refused
from monitor.site.desk import Desk
from monitor.site.pages import render
from monitor.site.visitors import visitor_of

_WORDS: Final = {
    400: (
        "refused",
        Text(
            "请求无法读取，或表单中的内容、文件过多，没有执行。请返回上一页，缩短或分次提交。",
            "The request cannot be read, or its form holds too much, and nothing was done. Go "
            "back, write less or send it in parts.",
        ),
    ),
    404: ("not_found", Text("这里没有内容。", "There is nothing here.")),
    405: ("wrong_method", Text("不支持这种请求方法。", "Not by this method.")),
    413: (
        "too_large",
        Text(
            "文件或请求超过允许的大小，没有接收。请拆分后分次报送，或联系管理员调整上限。",
            "The file or request is larger than allowed and was not taken. Split it, or ask the "
            "administrator for a higher limit.",
        ),
    ),
}
_ELSE: Final = ("refused", Text("请求未执行。", "The request was not carried out."))
_FAILED: Final = Refused(
    500,
    "failed",
    Text(
        "程序内部错误，没有保存任何半成品；详情在服务日志中。请稍后重试，仍不行请联系管理员。",
        "We failed, and kept nothing half done; the service's log has it. Try again later, and "
        "tell the administrator if it stays so.",
    ),
)
_FOR_PROGRAMS: Final = ("/api/", "/healthz", "/readyz", "/metrics")
# For when nothing else can be relied on: no rules, no door, no template, no style.
_BARE: Final = (
    '<!doctype html>\n<html lang="zh"><head><meta charset="utf-8"><title>fleetmon</title></head>'
    '<body><main><h1>{status}</h1><p>{zh}</p><p lang="en">{en}</p><p><a href="/">fleetmon</a></p>'
    "</main></body></html>\n"
)


async def not_served(request: Request, error: Exception) -> Response:
    """What the framework says no to, in our shape."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return await not_done(request, Refused(status, *_WORDS.get(status, _ELSE), headers))


async def not_done(request: Request, error: Exception) -> Response:
    """A refusal."""
    told = error if isinstance(error, Refused) else _FAILED
    _note_refused(request, told)
    if request.url.path.startswith(_FOR_PROGRAMS):
        return refusal(told)
    try:
        made = render(request, "refused.html.j2", status=told.status, refused=told)
    except FleetmonError:  # no page can be made, so what it would say is said without one
        made = _bare(told)
    made.headers.update(told.headers)
    return made


async def stopped(request: Request, error: Exception) -> Response:
    """A fault of ours that has words: rules or a store that cannot be used.

    They may name files of this machine, which are for who is signed in.
    """
    desk: Desk = request.app.state.desk
    desk.place.tell("request_failed", path=request.url.path, error=error)
    if isinstance(error, WrongUse):
        return await not_done(request, refused("wrong_use", error.text))
    is_person = not request.url.path.startswith(_FOR_PROGRAMS) and visitor_of(request).role
    words = error.text if is_person and isinstance(error, FleetmonError) else None
    return await not_done(request, refused("store_unavailable", words))


async def failed(request: Request, error: Exception) -> Response:
    """Whatever nobody thought of."""
    desk: Desk = request.app.state.desk
    desk.place.tell("request_failed", path=request.url.path, error=error)
    made = refusal(_FAILED) if request.url.path.startswith(_FOR_PROGRAMS) else _bare(_FAILED)
    made.headers.update(headers_of(is_secure=desk.is_secure))  # it goes around the middleware
    return made


def _note_refused(request: Request, told: Refused) -> None:
    """Who is known and asks for what is not there, or not theirs, is told to the log."""
    visitor = getattr(request.state, "visitor", None)
    if told.code == "not_found" and visitor is not None and visitor.role is not None:
        desk: Desk = request.app.state.desk
        desk.place.tell("not_shown", who=visitor.name, path=request.url.path)


def _bare(told: Refused) -> Response:
    zh, en = told.words
    page = _BARE.format(status=told.status, zh=escape(zh), en=escape(en))
    return HTMLResponse(page, told.status)
