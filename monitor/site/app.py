"""The application: every table of ways joined, and what stands around all of them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response

from monitor.model import Text
from monitor.site import (
    account_pages,
    api_docs,
    audit_pages,
    bounces,
    bulletin_pages,
    delivery_pages,
    draft_actions,
    draft_pages,
    entrance,
    exemption_acts,
    help_pages,
    mandate_pages,
    receipt_pages,
    reconciliation_pages,
    review_pages,
    run_pages,
    single_sign_on,
    static,
    submission_pages,
    submitting,
    template_pages,
    today,
    token_pages,
    watch,
)
from monitor.site.answers import HEADERS, Refused, WithHeaders, refusal
from monitor.site.api import table as api_table
from monitor.site.desk import Desk
from monitor.site.pages import render
from monitor.site.routing import Way
from monitor.site.visitors import Recognised

WAYS: Final[tuple[Way, ...]] = (
    *watch.WAYS,
    *bounces.WAYS,
    *static.WAYS,
    *api_table.WAYS,
    *api_docs.WAYS,
    *entrance.WAYS,
    *submitting.WAYS,
    *draft_pages.WAYS,
    *draft_actions.WAYS,
    *submission_pages.WAYS,
    *receipt_pages.WAYS,
    *delivery_pages.WAYS,
    *run_pages.WAYS,
    *today.WAYS,
    *bulletin_pages.WAYS,
    *template_pages.WAYS,
    *mandate_pages.WAYS,
    *help_pages.WAYS,
    *exemption_acts.WAYS,
    *single_sign_on.WAYS,
    *audit_pages.WAYS,
    *token_pages.WAYS,
    *account_pages.WAYS,
    *reconciliation_pages.WAYS,
    *review_pages.WAYS,
)

_WORDS: Final = {
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


def make_app(desk: Desk) -> Starlette:
    """The application over one desk."""
    most = desk.settings.site.most_megabytes << 20
    app = Starlette(
        routes=[way.route(most) for way in WAYS],
        middleware=[
            Middleware(WithHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(desk), www_redirect=False),
            Middleware(Recognised),
        ],
        exception_handlers={HTTPException: _not_served, Refused: _refused, Exception: _failed},
    )
    app.router.redirect_slashes = False  # an address is right or it is not
    app.state.desk = desk
    app.state.bounces = bounces.BounceDesk(
        desk.settings, desk.place.store, desk.now, desk.place.tell
    )
    return app


def _hosts(desk: Desk) -> list[str]:
    """The names that this site answers to: a page elsewhere cannot point a name of its own here."""
    served = desk.settings.service.host
    if desk.settings.site.address is None and served not in {"127.0.0.1", "::1", "localhost"}:
        return ["*"]  # served to a network under whatever name it has there
    named = urlsplit(desk.address).hostname or served
    return sorted({named, served, "127.0.0.1", "localhost", "[::1]"})


async def _not_served(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return await _refused(request, Refused(status, *_WORDS.get(status, _ELSE), headers))


async def _refused(request: Request, error: Exception) -> Response:
    told = error if isinstance(error, Refused) else _FAILED
    if request.url.path.startswith(_FOR_PROGRAMS):
        return refusal(told)
    made = render(request, "refused.html.j2", status=told.status, refused=told)
    made.headers.update(told.headers)
    return made


async def _failed(request: Request, error: Exception) -> Response:
    desk: Desk = request.app.state.desk
    desk.place.tell("request_failed", path=request.url.path, error=error)
    made = refusal(_FAILED)
    made.headers.update(HEADERS)  # this one goes out around the middleware
    return made
