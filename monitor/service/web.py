"""The web front: health, metrics and returned letters, on loopback unless the settings say else.

What it offers is the list of routes in `make_app`, and what stands there stands in `openapi`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.service.answers import HEADERS, Refused, WithHeaders, answer, refusal
from monitor.service.bounces import BounceDesk, OpenStore
from monitor.service.health import ServiceState, reasons_of
from monitor.service.log import Tell
from monitor.service.metrics import CONTENT_TYPE, make_registry, metrics_text
from monitor.service.openapi import OPENAPI
from monitor.settings import Settings

_MOST_AT_ONCE: Final = 64
_GRACE_SECONDS: Final = 10
_WORDS: Final = {
    404: ("not_found", Text("这里没有内容。", "There is nothing here.")),
    405: ("wrong_method", Text("不支持这种请求方法。", "Not by this method.")),
}
_ELSE: Final = ("refused", Text("请求未执行。", "The request was not carried out."))
_FAILED: Final = Refused(
    500,
    "failed",
    Text("程序内部错误；详情在服务日志中。", "We failed; the service's log has it."),
)


def _silent(event: str, **fields: Any) -> None:
    """Say nothing."""
    del event, fields


def make_app(
    state: ServiceState,
    settings: Settings,
    *,
    open_store: OpenStore,
    now: Callable[[], datetime],
    tell: Tell = _silent,
) -> Starlette:
    """The application over one service's state; `open_store(write=True)` gives its store.

    Only a bounce opens the store: whoever watches the service never waits for it.
    """
    registry = make_registry(state, settings, now)
    desk = BounceDesk(settings, open_store, now, tell)

    async def healthz(_request: Request) -> Response:
        reasons = reasons_of(state, settings, now())
        told = [{"code": r.code, "zh": r.words.zh, "en": r.words.en} for r in reasons]
        status = "degraded" if reasons else "ok"
        return answer({"status": status, "reasons": told}, 503 if reasons else 200)

    async def readyz(_request: Request) -> Response:
        is_ready = state.last_tick_at is not None
        return answer({"status": "ready" if is_ready else "starting"}, 200 if is_ready else 503)

    async def metrics(_request: Request) -> Response:
        return Response(metrics_text(registry), headers={"Content-Type": CONTENT_TYPE})

    async def openapi(_request: Request) -> Response:
        return answer(OPENAPI)

    routes = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/api/openapi.json", openapi, methods=["GET"]),
        Route("/api/bounces", desk.take, methods=["POST"]),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(WithHeaders)],
        exception_handlers={HTTPException: _not_served, Refused: _refused, Exception: _failed},
    )
    app.router.redirect_slashes = False  # an address is right or it is not
    return app


async def _not_served(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return refusal(Refused(status, *_WORDS.get(status, _ELSE), headers))


async def _refused(_request: Request, error: Exception) -> Response:
    return refusal(error if isinstance(error, Refused) else _FAILED)


async def _failed(_request: Request, _error: Exception) -> Response:
    made = refusal(_FAILED)
    made.headers.update(HEADERS)  # this one goes out around the middleware
    return made


class Front:
    """An application at an address; `run` answers until `stop` is called from wherever."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        """Take the address at once; raises `WrongUse` where it cannot be had."""
        self._socket = _listen(host, port)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self._server = _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_MOST_AT_ONCE,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    @property
    def address(self) -> str:
        """Where it answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def run(self, ready: Callable[[str], None] = lambda _address: None) -> None:
        """Answer in this thread until stopped; `ready` is called once with the address."""
        self._server.ready = lambda: ready(self.address)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Let `run` end: open requests are finished, within a few seconds. Safe in a signal."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn's server that leaves signals to the process and says when it answers."""

    ready: Callable[[], None]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's: it has jobs to stop first."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, and tell."""
        await super().startup(sockets=sockets)
        if self.started:
            self.ready()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise WrongUse(
            Text(
                f"无法在 {host}:{port} 上提供服务：{error.strerror}。请换一个端口（--port），"
                "或先停止占用它的程序。",
                f"Cannot serve at {host}:{port}: {error.strerror}. Choose another --port, or stop "
                "the program that has it.",
            )
        ) from error
    return listening
