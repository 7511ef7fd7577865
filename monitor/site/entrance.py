"""Coming in and going out: sign-in, one-time links, one's own account, the language."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.accounts import Account
from monitor.door.accounts import visitor_of as visitor_of_account
from monitor.door.devices import remember_device
from monitor.door.links import Purpose, link_of, use_link, use_setup_link
from monitor.door.rights import Verb
from monitor.door.sessions import close_session, open_session
from monitor.door.signing_in import Refusal, change_password, sign_in
from monitor.model import Text
from monitor.site.desk import Desk, desk_of
from monitor.site.menu import first_page
from monitor.site.pages import render
from monitor.site.routing import SIGN_OUT, Way, action, nothing_there, page, see_other
from monitor.site.visitors import (
    forget_session,
    language_of,
    remember_browser,
    remember_language,
    remember_session,
    signed_in,
    visitor_of,
)

_MISMATCH = Text(
    "两次输入的密码不一致，密码没有改动。请重新输入两次。",
    "The two passwords differ, and nothing was changed. Type both again.",
)


async def _sign_in_page(request: Request) -> Response:
    if visitor_of(request).role is not None:
        return see_other(first_page(visitor_of(request)))
    return sign_in_form(request, back=local_address(request.query_params.get("next")))


def sign_in_form(
    request: Request, *, back: str = "/", name: str = "", wrong: Refusal | None = None
) -> Response:
    """The page on which people sign in, saying what went wrong the last time."""
    desk, later = desk_of(request), wrong.wait if wrong else None
    made = render(
        request,
        "sign_in.html.j2",
        status=(429 if later else 403) if wrong else 200,
        back=back,
        name=name,
        wrong=wrong.text if wrong else None,
        done=request.query_params.get("done"),
        single=_single_sign_on(desk),
        is_public=desk.settings.site.is_public,
    )
    if later:
        made.headers["Retry-After"] = str(math.ceil(later.total_seconds()))
    return made


async def _sign_in(request: Request, form: FormData) -> Response:
    desk = desk_of(request)
    name, password = _field(form, "name").strip(), _field(form, "password")
    back = local_address(_field(form, "next"))

    device = request.cookies.get(desk.device_cookie)

    def try_it() -> tuple[str, str, Account] | Refusal:
        with desk.door() as door:
            found = sign_in(door, name, password, now=desk.now(), device=device)
            if isinstance(found, Refusal):
                return found
            opened = open_session(door, found, desk.now(), desk.settings.site)
            known = remember_device(door, found.id, device, now=desk.now())
            return opened.secret, known, found

    came = await to_thread.run_sync(try_it, limiter=desk.passwords)
    if isinstance(came, Refusal):
        return sign_in_form(request, back=back, name=name, wrong=came)
    secret, known, account = came
    response = see_other(back if back != "/" else first_page(visitor_of_account(account)))
    remember_session(response, desk, secret)
    remember_browser(response, desk, known)
    return response


async def _sign_out(request: Request, _form: FormData) -> Response:
    desk = desk_of(request)
    secret = request.cookies.get(desk.cookie, "")

    def close() -> None:
        with desk.door() as door:
            close_session(door, secret, now=desk.now())

    await run_in_threadpool(close)
    response = see_other("/sign-in")
    forget_session(response, desk)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # cookies: ours are said above
    return response


async def _language(request: Request, form: FormData) -> Response:
    response = see_other(local_address(_field(form, "back")))
    chosen = _field(form, "language")
    if chosen in {"zh", "en"}:
        remember_language(response, desk_of(request), chosen)
    return response


async def _link_page(request: Request) -> Response:
    return await run_in_threadpool(_link_form, request)


def _link_form(
    request: Request, wrong: Text | None = None, given: FormData | None = None
) -> Response:
    desk = desk_of(request)
    with desk.door() as door:
        link = link_of(door, request.path_params["secret"], desk.now())
    if link is None and wrong is None:
        return render(request, "link_gone.html.j2", status=404)
    return render(
        request,
        "link.html.j2",
        status=422 if wrong else 200,
        is_setup=link is not None and link.purpose is Purpose.SETUP,
        account=link.account if link else None,
        wrong=wrong,
        given={key: _field(given, key) for key in ("name", "shown_name", "email")} if given else {},
    )


async def _use_link(request: Request, form: FormData) -> Response:
    desk, secret = desk_of(request), request.path_params["secret"]
    password = _field(form, "password")

    def use() -> Account | Text:
        if password != _field(form, "again"):
            return _MISMATCH
        with desk.door() as door:
            link = link_of(door, secret, desk.now())
            if link is None or link.purpose is Purpose.PASSWORD:
                return use_link(door, secret, password, now=desk.now())
            return use_setup_link(
                door,
                desk.policy().divisions,
                secret,
                name=_field(form, "name").strip(),
                password=password,
                shown_name=_field(form, "shown_name").strip() or None,
                email=_field(form, "email").strip() or None,
                language=language_of(request),
                now=desk.now(),
            )

    used = await to_thread.run_sync(use, limiter=desk.passwords)
    if isinstance(used, Text):
        return await run_in_threadpool(_link_form, request, used, form)
    return see_other("/sign-in?done=password")


async def _me(request: Request) -> Response:
    return _my_page(request)


def _my_page(request: Request, wrong: Text | None = None) -> Response:
    session = signed_in(request)
    if session is None:  # a token has no page of its own
        raise nothing_there()
    return render(
        request, "me.html.j2", status=422 if wrong else 200, account=session.account, wrong=wrong
    )


async def _change_password(request: Request, form: FormData) -> Response:
    desk, session = desk_of(request), signed_in(request)
    if session is None:
        raise nothing_there()
    new = _field(form, "password")

    def change() -> Text | None:
        if new != _field(form, "again"):
            return _MISMATCH
        with desk.door() as door:
            refusal = change_password(
                door, session.account, _field(form, "current"), new, now=desk.now()
            )
        return refusal.text if refusal else None

    wrong = await to_thread.run_sync(change, limiter=desk.passwords)
    return _my_page(request, wrong) if wrong else see_other("/sign-in?done=password")


def _field(form: FormData | None, name: str) -> str:
    """A field as it was typed; a file in its place is nothing."""
    value = form.get(name) if form is not None else None
    return value if isinstance(value, str) else ""


def local_address(path: str | None) -> str:
    """An address of this site; whatever would lead elsewhere leads to the first page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc and path.isprintable() else "/"


def _single_sign_on(desk: Desk) -> Text | None:
    """What the button to the bureau's own sign-in says, where there is one."""
    oidc = desk.settings.oidc
    return Text(*oidc.name) if oidc.issuer else None


WAYS: tuple[Way, ...] = (
    page("/sign-in", _sign_in_page, None),
    action("/sign-in", _sign_in, None),
    action(SIGN_OUT, _sign_out, Verb.ENTER),
    action("/language", _language, None),
    page("/link/{secret}", _link_page, None),
    action("/link/{secret}", _use_link, None),
    page("/me", _me, Verb.ENTER),
    action("/me/password", _change_password, Verb.ENTER),
)
