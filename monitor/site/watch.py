"""Health, readiness and figures, for whoever watches the service: none of them opens the store."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from monitor.service.health import reasons_of
from monitor.service.metrics import CONTENT_TYPE, make_registry, metrics_text
from monitor.site.answers import answer
from monitor.site.desk import desk_of
from monitor.site.openapi import OPENAPI
from monitor.site.routing import Way, api


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
    desk = desk_of(request)
    registry = make_registry(desk.state, desk.settings, desk.now)
    return Response(metrics_text(registry), headers={"Content-Type": CONTENT_TYPE})


async def _openapi(_request: Request) -> Response:
    return answer(OPENAPI)


WAYS: tuple[Way, ...] = (
    api("/healthz", "GET", _healthz, None),
    api("/readyz", "GET", _readyz, None),
    api("/metrics", "GET", _metrics, None),
    api("/api/openapi.json", "GET", _openapi, None),
)
