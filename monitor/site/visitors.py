"""Who asks, from a cookie or a token, and in which language they read."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.door.accounts import visitor_of as visitor_of_account
from monitor.door.devices import KEPT
from monitor.door.rights import NOBODY, Visitor
from monitor.door.sessions import Session, session_of
from monitor.door.tokens import visitor_of_token
from monitor.model import Language
from monitor.site.desk import Desk, desk_of

LANGUAGE_COOKIE: Final = "fleetmon-language"
_A_YEAR: Final = 365 * 24 * 3600
_WITHOUT_VISITOR: Final = ("/static/", "/healthz", "/readyz", "/metrics")


class Recognised:
    """Puts who asks on each request, before any view; a bad cookie is nobody, a bad token too."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look once, then hand the request on."""
        if scope["type"] == "http":
            state = scope.setdefault("state", {})
            state["visitor"], state["session"] = NOBODY, None
            if not scope["path"].startswith(_WITHOUT_VISITOR):
                found = await run_in_threadpool(_look, HTTPConnection(scope))
                state["visitor"], state["session"] = found
        await self.app(scope, receive, send)


def _look(asked: HTTPConnection) -> tuple[Visitor, Session | None]:
    desk: Desk = asked.app.state.desk
    scheme, _, shown = asked.headers.get("authorization", "").partition(" ")
    if scheme:
        # A program never acts by a browser's cookie, whatever else it sends.
        if scheme.lower() != "bearer":
            return NOBODY, None
        with desk.door() as door:
            return visitor_of_token(door, shown.strip(), desk.now()) or NOBODY, None
    secret = asked.cookies.get(desk.cookie)
    if secret:
        with desk.door() as door:
            session = session_of(door, secret, desk.now(), desk.settings.site)
            if session is not None:
                return visitor_of_account(session.account), session
    return NOBODY, None


def visitor_of(request: Request) -> Visitor:
    """Who asks."""
    found: Visitor = request.state.visitor
    return found


def signed_in(request: Request) -> Session | None:
    """The session of who asks, where they came by a browser."""
    found: Session | None = request.state.session
    return found


def csrf_of(request: Request) -> str | None:
    """What a form of this visitor must hold; None before sign-in."""
    session = signed_in(request)
    return session.csrf if session else None


def language_of(request: Request) -> Language:
    """What the visitor reads: as chosen here, else the account's, else the browser's, else ours."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen is None:
        session = signed_in(request)
        if session is not None:
            return session.account.language
        chosen = _first_of(request.headers.get("accept-language", ""))
    if chosen in {"zh", "en"}:
        return "en" if chosen == "en" else "zh"
    return desk_of(request).settings.language


def _first_of(accepted: str) -> str | None:
    """The first of a browser's languages that we speak."""
    wanted = (part.partition(";")[0].strip().lower()[:2] for part in accepted.split(","))
    return next((code for code in wanted if code in {"zh", "en"}), None)


def remember_session(response: Response, desk: Desk, secret: str) -> None:
    """Give the browser its session; no script may read it, no other site send it."""
    response.set_cookie(
        desk.cookie, secret, path="/", secure=desk.is_secure, httponly=True, samesite="strict"
    )


def remember_browser(response: Response, desk: Desk, secret: str) -> None:
    """Give the browser what it is known by at the next sign-in, as out of reach as a session."""
    response.set_cookie(
        desk.device_cookie,
        secret,
        max_age=int(KEPT.total_seconds()),
        path="/",
        secure=desk.is_secure,
        httponly=True,
        samesite="strict",
    )


def forget_session(response: Response, desk: Desk) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        desk.cookie, path="/", secure=desk.is_secure, httponly=True, samesite="strict"
    )


def remember_language(response: Response, desk: Desk, language: str) -> None:
    """Let the browser keep the language chosen here."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=_A_YEAR,
        path="/",
        secure=desk.is_secure,
        httponly=True,
        samesite="lax",
    )
