"""Health, readiness and figures, for whoever watches the service: none of them opens the store."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.model import Text
from monitor.service.health import reasons_of
from monitor.service.metrics import CONTENT_TYPE, make_registry, metrics_text
from monitor.site.answers import Refused, answer
from monitor.site.desk import desk_of
from monitor.site.openapi import OPENAPI
from monitor.site.routing import Way, api
from monitor.site.service_token import shows_token

# By these a proxy on this machine says that the caller is not on it.
_PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


async def _healthz(request: Request) -> Response:
    desk = desk_of(request)
    reasons = reasons_of(desk.state, desk.settings, desk.now())
    told = [{"code": r.code, "zh": r.words.zh, "en": r.words.en} for r in reasons]
    status = "degraded" if reasons else "ok"
    return answer({"status": status, "reasons": told}, 503 if reasons else 200)


async def _readyz(request: Request) -> Response:
    is_ready = desk_of(request).state.last_tick_at is not None
    return answer({"status": "ready" if is_ready else "starting"}, 200 if is_ready else 503)


async def _metrics(request: Request) -> Response:
    """How much there is of everything is for whoever watches, and nobody else."""
    desk = desk_of(request)
    if not _is_from_here(request) and not shows_token(request, desk.settings.service.token):
        raise _not_yours()
    registry = make_registry(desk.state, desk.settings, desk.now)
    return Response(metrics_text(registry), headers={"Content-Type": CONTENT_TYPE})


def _is_from_here(request: Request) -> bool:
    """Whether a program on this machine asks, and for itself."""
    if request.client is None or any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _not_yours() -> Refused:
    return Refused(
        401,
        "wrong_token",
        Text(
            "这些数字只给本机，或在 Authorization: Bearer 中给出 service.token 的程序。",
            "These figures are for this machine, and for programs that give service.token in "
            "Authorization: Bearer.",
        ),
        {"WWW-Authenticate": "Bearer"},
    )


async def _openapi(_request: Request) -> Response:
    return answer(OPENAPI)


WAYS: tuple[Way, ...] = (
    api("/healthz", "GET", _healthz, None),
    api("/readyz", "GET", _readyz, None),
    api("/metrics", "GET", _metrics, None),
    api("/api/openapi.json", "GET", _openapi, None),
)
