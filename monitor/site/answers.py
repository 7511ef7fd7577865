"""How the web front answers: JSON, one shape for errors, and headers that go with every answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.model import Text

# Nothing here is a page: nothing may be loaded, framed, sniffed, stored or told on.
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Told to nobody else; without it, a browser hides from us too whose form it sends.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Who came by https once comes by nothing else, for a year.
_ONLY_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}


def headers_of(*, is_secure: bool) -> Mapping[str, str]:
    """What goes with every answer; `is_secure` is of a site that people reach by https."""
    return {**HEADERS, **_ONLY_HTTPS} if is_secure else HEADERS


class Refused(Exception):
    """A request that is not carried out: the status, a code for programs, words for people."""

    def __init__(
        self, status: int, code: str, words: Text, headers: Mapping[str, str] | None = None
    ) -> None:
        """The words hold nothing of what was sent."""
        super().__init__(code)
        self.status, self.code, self.words, self.headers = status, code, words, headers or {}


def answer(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer."""
    return Response(
        json.dumps(content, ensure_ascii=False).encode(),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/json",
    )


def refusal(refused: Refused) -> Response:
    """The one shape of an error: `{"error": {"code", "zh", "en"}}`."""
    zh, en = refused.words
    return answer(
        {"error": {"code": refused.code, "zh": zh, "en": en}}, refused.status, refused.headers
    )


class WithHeaders:
    """Puts the headers on whatever answer goes out, where it does not set its own."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        """Wraps the whole application."""
        self.app, self._headers = app, headers_of(is_secure=is_secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
