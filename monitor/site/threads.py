"""Views that read the store or the door, done in a thread so that others are answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.errors import WrongUse
from monitor.site.answers import Refused
from monitor.site.routing import Act, View


def in_thread(view: Callable[[Request], Response]) -> View:
    """A view that may block."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(view, request)

    return answer


def act_in_thread(act: Callable[[Request, FormData], Response]) -> Act:
    """What a form does, where that may block; what cannot be meant is told on a page."""

    async def answer(request: Request, form: FormData) -> Response:
        try:
            return await run_in_threadpool(act, request, form)
        except WrongUse as wrong:
            raise Refused(422, "wrong_use", wrong.text) from wrong

    return answer


def field_of(form: FormData | Mapping[str, str], name: str) -> str:
    """A field as it was typed, without white space around it; a file in its place is nothing."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
