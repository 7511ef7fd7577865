"""Single sign-on: to the bureau's identity provider and back, to the account that is linked.

What one try asks with is worked out of a random key that lies in the visitor's browser alone, so
nothing is kept here and nobody can fill it up. An account is linked by an administrator, never by
an e-mail address that somebody else may have written.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.door.accounts import visitor_of as visitor_of_account
from monitor.door.sessions import open_session
from monitor.door.signing_in import Refusal, sign_in_by_subject
from monitor.model import Text
from monitor.site.desk import Desk, desk_of
from monitor.site.entrance import local_address, sign_in_form
from monitor.site.identity_provider import Asked, IdentityProvider, ProviderFault
from monitor.site.menu import first_page
from monitor.site.pages import render
from monitor.site.routing import Way, action, nothing_there, page
from monitor.site.threads import field_of
from monitor.site.visitors import remember_session

_BACK: Final = "/single-sign-on/back"
_LIFE: Final = timedelta(minutes=10)
_KEY_BYTES: Final = 32
_COOKIE: Final = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{1,12})\.([A-Za-z0-9_=-]{0,2000})")
_SAFE: Final = ":/%#?=@[]!$&'()*+,;"  # what an address may hold as it is
_LONGEST: Final = 4096  # of what the provider sends along

_AWAY: Final = Text(
    "统一身份认证暂时不可用。请稍后再试，或用用户名和密码登录。",
    "The single sign-on is not available at present. Try again later, or sign in with your user "
    "name and password.",
)
_STALE: Final = Text(
    "这次登录已过期，或不是从本页开始的，没有登录。请重新开始。",
    "This sign-in took too long or did not start here, and you are not signed in. Start again.",
)
_DECLINED: Final = Text(
    "统一身份认证没有确认您的身份，没有登录。请重新开始，或用用户名和密码登录。",
    "The single sign-on did not vouch for you, and you are not signed in. Start again, or use your "
    "user name and password.",
)
_UNBELIEVED: Final = Text(
    "统一身份认证的答复没有通过核对，没有登录。请重新开始；仍不行请告诉管理员，服务日志中有原因。",
    "What the single sign-on answered did not stand the check, and you are not signed in. Start "
    "again; if it stays so, tell the administrator: the service's log has the reason.",
)


class _Try(NamedTuple):
    """One sign-in under way, as the browser keeps it: its key, since when, where it leads."""

    key: str
    since: int
    back: str

    @classmethod
    def read(cls, cookie: str, now: datetime) -> _Try | None:
        """What a browser kept; None for what is none of ours, or too old."""
        found = _COOKIE.fullmatch(cookie)
        if found is None:
            return None
        try:
            back = base64.urlsafe_b64decode(found[3]).decode()
        except ValueError:
            return None
        made = cls(found[1], int(found[2]), local_address(back))
        age = now.timestamp() - made.since
        return made if -1 <= age < _LIFE.total_seconds() else None  # kept in whole seconds

    def kept(self) -> str:
        """What the browser keeps."""
        return f"{self.key}.{self.since}.{base64.urlsafe_b64encode(self.back.encode()).decode()}"

    def asked(self, desk: Desk) -> Asked:
        """What the provider is asked with: each value its own, all of them from the key."""
        back = f"{desk.address.rstrip('/')}{_BACK}"
        return Asked(self._part("state"), self._part("nonce"), self._part("verifier"), back)

    def _part(self, what: str) -> str:
        made = hmac.digest(self.key.encode(), f"{what} {self.kept()}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


async def _start(request: Request, form: FormData) -> Response:
    desk, now = _desk_with_provider(request), desk_of(request).now()
    made = _Try(
        secrets.token_urlsafe(_KEY_BYTES),
        int(now.timestamp()),
        local_address(field_of(form, "next")),
    )

    def ask() -> Response:
        try:
            provider = IdentityProvider(desk.settings.oidc, desk.provider_words, now)
            address = provider.address(made.asked(desk))
        except ProviderFault as fault:
            return _refused(request, fault)
        # No redirect: browsers hold those of a form to the policy that forms stay on this site.
        response = render(request, "single_sign_on.html.j2", address=address, subject=None)
        response.headers["Refresh"] = _at_once(address)
        _remember(response, desk, made.kept())
        return response

    return await to_thread.run_sync(ask, limiter=desk.providers)


async def _back(request: Request) -> Response:
    desk = desk_of(request)
    response = await to_thread.run_sync(_come_back, request, limiter=desk.providers)
    response.delete_cookie(
        _cookie_of(desk), path="/", secure=desk.is_secure, httponly=True, samesite="lax"
    )
    return response


def _come_back(request: Request) -> Response:
    desk, given = _desk_with_provider(request), request.query_params
    made = _Try.read(request.cookies.get(_cookie_of(desk), ""), desk.now())
    asked = made.asked(desk) if made is not None else None
    state = given.get("state", "")
    is_ours = asked is not None and hmac.compare_digest(asked.state.encode(), state.encode())
    if made is None or asked is None or not is_ours:
        return sign_in_form(request, wrong=Refusal(_STALE))
    code = given.get("code", "")
    if not 0 < len(code) <= _LONGEST or "error" in given:
        return sign_in_form(request, back=made.back, wrong=Refusal(_DECLINED))
    try:
        provider = IdentityProvider(desk.settings.oidc, desk.provider_words, desk.now())
        subject = provider.subject(code, asked)
    except ProviderFault as fault:
        return _refused(request, fault, made.back)
    with desk.door() as door:
        account = sign_in_by_subject(door, subject, now=desk.now())
        if isinstance(account, Refusal):
            return render(
                request,
                "single_sign_on.html.j2",
                status=403,
                address=None,
                subject=subject,
                wrong=account.text,
            )
        opened = open_session(door, account, desk.now(), desk.settings.site)
    path = made.back if made.back != "/" else first_page(visitor_of_account(account))
    # No redirect: a strict cookie is not sent along where another site started the journey.
    response = render(request, "single_sign_on.html.j2", address=path, subject=None)
    response.headers["Refresh"] = _at_once(path)
    remember_session(response, desk, opened.secret)
    return response


def _desk_with_provider(request: Request) -> Desk:
    """The desk; raises `Refused` 404 where single sign-on is off."""
    desk = desk_of(request)
    if desk.settings.oidc.issuer is None:
        raise nothing_there()
    return desk


def _at_once(address: str) -> str:
    """A header by which the browser goes on by itself."""
    return f"0; url={quote(address, safe=_SAFE)}"


def _refused(request: Request, fault: ProviderFault, back: str = "/") -> Response:
    desk_of(request).place.tell("single_sign_on_failed", reason=fault.code)
    wrong = Refusal(_AWAY if fault.is_away else _UNBELIEVED)
    return sign_in_form(request, back=back, wrong=wrong)


def _cookie_of(desk: Desk) -> str:
    return f"{desk.cookie}-single"


def _remember(response: Response, desk: Desk, kept: str) -> None:
    """Lax, not strict: the provider sends the browser back from elsewhere."""
    response.set_cookie(
        _cookie_of(desk),
        kept,
        max_age=int(_LIFE.total_seconds()),
        path="/",
        secure=desk.is_secure,
        httponly=True,
        samesite="lax",
    )


WAYS: tuple[Way, ...] = (
    action("/single-sign-on", _start, None),
    page(_BACK, _back, None),
)
