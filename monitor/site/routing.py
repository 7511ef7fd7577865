"""How an address leads to a view: who may come, how a form is read, what a refusal looks like.

Every address of the site and of the API stands in a table of `Way`s; what is not there is not
served, and a way without a verb is open to everybody on purpose.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Message

from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.site.answers import Refused
from monitor.site.api.refusals import refused
from monitor.site.arriving import (
    STILL_SECONDS,
    WHOLE_FILE_SECONDS,
    WHOLE_SECONDS,
    room_for_files,
    said_length,
)
from monitor.site.desk import desk_of
from monitor.site.visitors import signed_in, visitor_of

View = Callable[[Request], Awaitable[Response]]
Act = Callable[[Request, FormData], Awaitable[Response]]
Kind = Literal["page", "action", "upload", "api"]

SIGN_OUT: Final = "/sign-out"
MOST_FORM_BYTES: Final = 256 * 1024
_MOST_FIELDS: Final = 400
# Typed words are 2000 characters at most: of four bytes each as they are beside a file, and of
# twelve in an ordinary form, which writes each byte as %E5.
_MOST_PART_BYTES: Final = 64 * 1024
_MOST_FIELDS_BESIDE_FILES: Final = 40
_MOST_PART_BYTES_BESIDE_FILES: Final = 16 * 1024
_SLACK_BYTES: Final = 64 * 1024  # of a form around its files


@dataclass(frozen=True, slots=True)
class Way:
    """One address: what it needs and what answers; `verb` None is open to everybody."""

    path: str
    method: str
    verb: Verb | None
    kind: Kind
    view: View | Act
    takes_files: bool = False

    def route(self, most_upload_bytes: int) -> Route:
        """The framework's route for it."""
        most = most_upload_bytes + _SLACK_BYTES if self.takes_files else MOST_FORM_BYTES
        # Not by the framework's own bound: that answers without our words, and not in our shape.
        return Route(
            self.path,
            partial(_bounded, self, most),
            methods=[self.method],
            name=f"{self.method} {self.path}",
        )


def page(path: str, view: View, verb: Verb | None) -> Way:
    """A page or a file to read."""
    return Way(path, "GET", verb, "page", view)


def action(path: str, act: Act, verb: Verb | None) -> Way:
    """A form that is sent; its view gets the fields."""
    return Way(path, "POST", verb, "action", act)


def upload(path: str, act: Act, verb: Verb) -> Way:
    """A form that is sent with files."""
    return Way(path, "POST", verb, "upload", act, takes_files=True)


def api(path: str, method: str, view: View, verb: Verb | None, *, takes_files: bool = False) -> Way:
    """An address for programs; a view reads its own body, of a form's size unless it is a file."""
    return Way(path, method, verb, "api", view, takes_files)


def path_names(path: str) -> list[str]:
    """The names of what varies in an address."""
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def there(request: Request, verb: Verb, division: str | None) -> None:
    """Go on where the visitor may do this about a division.

    Raises `Refused` 404 else: what is forbidden looks like what is not there.
    """
    if not may(visitor_of(request), verb, division, desk_of(request).policy().divisions):
        raise nothing_there()


def nothing_there() -> Refused:
    """There is nothing here, or nothing for this visitor."""
    return Refused(
        404,
        "not_found",
        Text(
            "这里没有内容，或不在您的权限之内。请从上方的菜单重新选择。",
            "There is nothing here, or nothing that you may see. Choose again from the menu above.",
        ),
    )


def see_other(path: str) -> Response:
    """After a form: go and look."""
    return RedirectResponse(path, 303)


async def _bounded(way: Way, most: int, request: Request) -> Response:
    """Answer with a body of at most so many bytes that does not come too slowly.

    Raises HTTPException 413 for more, `Refused` 408 for slower.
    """
    if (said_length(request) or 0) > most:
        raise HTTPException(413)
    taken, is_coming = 0, True
    now = asyncio.get_running_loop().time
    ends = now() + (WHOLE_FILE_SECONDS if way.takes_files else WHOLE_SECONDS)

    async def receive() -> Message:
        nonlocal taken, is_coming
        if not is_coming:
            return await request.receive()
        try:
            async with asyncio.timeout(min(STILL_SECONDS, ends - now())):
                message = await request.receive()
        except TimeoutError:
            raise refused("too_slow") from None
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        is_coming = message.get("more_body", False)
        return message

    return await _answer(way, Request(request.scope, receive))


async def _answer(way: Way, request: Request) -> Response:
    visitor = visitor_of(request)
    if way.verb is not None and not visitor.has(way.verb):
        if visitor.role is not None:
            raise nothing_there()
        if way.kind == "api":
            raise _sign_in_first()
        return see_other(_sign_in_address(way, request))
    _ensure_right_entrance(way, request)
    if way.kind in {"page", "api"}:
        return await way.view(request)  # type: ignore[call-arg]
    _ensure_same_origin(request)
    with room_for_files(request) if way.takes_files else nullcontext():
        async with _form_of(way, request) as form:
            session, typed = signed_in(request), form.get("csrf")
            if session and not (isinstance(typed, str) and session.accepts(typed)):
                raise _stale_form()
            return await way.view(request, form)  # type: ignore[call-arg]


@asynccontextmanager
async def _form_of(way: Way, request: Request) -> AsyncIterator[FormData]:
    """What a form holds; its files are gone afterwards."""
    bounds = {"max_files": 0, "max_fields": _MOST_FIELDS, "max_part_size": _MOST_PART_BYTES}
    if way.takes_files:
        bounds = {
            "max_files": desk_of(request).settings.site.most_files,
            "max_fields": _MOST_FIELDS_BESIDE_FILES,
            "max_part_size": _MOST_PART_BYTES_BESIDE_FILES,
        }
    try:
        form = await request.form(**bounds)
    except ClientDisconnect:
        raise refused("cut_off") from None
    try:
        yield form
    finally:
        await form.close()


def _sign_in_address(way: Way, request: Request) -> str:
    """Where who is not signed in goes first; a form that was sent is told not to be done."""
    if way.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return f"/sign-in?next={quote(request.url.path + query)}"
    if way.path == SIGN_OUT:
        return "/sign-in"
    return f"/sign-in?done=ended&next={quote(_page_of(request))}"


def _page_of(request: Request) -> str:
    """The page that a form stands on: at its own address, or above it."""
    path = request.url.path
    while path:
        asked = dict(request.scope, method="GET", path=path)
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            return path
        path = path.rpartition("/")[0]
    return "/"


def _ensure_right_entrance(way: Way, request: Request) -> None:
    """People change things by pages and programs by the API; raises `Refused` for the other way.

    A page elsewhere can make a browser send its cookie, and a program's token knows no form.
    """
    if way.verb is None:
        return
    is_person = signed_in(request) is not None
    if way.kind != "api" and not is_person:
        raise nothing_there()
    if way.kind == "api" and is_person and way.method != "GET":
        raise _sign_in_first()


def _ensure_same_origin(request: Request) -> None:
    """A form comes from one of our own pages; raises `Refused` for all others.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin` or `Referer`; what says nothing is
    no browser, and a program has the API.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_own = site == "same-origin"
    else:
        source = request.headers.get("origin") or request.headers.get("referer") or ""
        is_own = urlsplit(source).netloc == request.headers.get("host")
    if not is_own:
        raise Refused(
            403,
            "foreign_form",
            Text(
                "这份表单不是从本站页面提交的，没有执行。请回到本站页面重新提交。",
                "The form was not sent from a page of this site, and nothing was done. Go back to "
                "the site and send it again.",
            ),
        )


def _stale_form() -> Refused:
    return Refused(
        403,
        "stale_form",
        Text(
            "页面已过期（可能已在别处重新登录），没有执行。请返回上一页，刷新后重新提交。",
            "The page is out of date (perhaps you signed in anew), and nothing was done. Go back, "
            "reload it and send it again.",
        ),
    )


def _sign_in_first() -> Refused:
    return Refused(
        401,
        "no_token",
        Text(
            "缺少访问令牌，或令牌无效、已过期。请在请求头 Authorization: Bearer 中给出有效令牌。",
            "The token is missing, wrong or expired. Give a valid one in the header "
            "Authorization: Bearer.",
        ),
        {"WWW-Authenticate": "Bearer"},
    )
