"""The application: every table of ways joined, and what stands around all of them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from monitor.errors import FleetmonError
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
    failing,
    handbook_pages,
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
from monitor.site.answers import Refused, WithHeaders
from monitor.site.api import table as api_table
from monitor.site.desk import Desk
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
    *handbook_pages.WAYS,
    *exemption_acts.WAYS,
    *single_sign_on.WAYS,
    *audit_pages.WAYS,
    *token_pages.WAYS,
    *account_pages.WAYS,
    *reconciliation_pages.WAYS,
    *review_pages.WAYS,
)


def make_app(desk: Desk) -> Starlette:
    """The application over one desk."""
    most = desk.settings.site.most_megabytes << 20
    app = Starlette(
        routes=[way.route(most) for way in WAYS],
        middleware=[
            Middleware(WithHeaders, is_secure=desk.is_secure),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(desk), www_redirect=False),
            Middleware(Recognised),
        ],
        exception_handlers={
            HTTPException: failing.not_served,
            Refused: failing.not_done,
            FleetmonError: failing.stopped,
            Exception: failing.failed,
        },
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
