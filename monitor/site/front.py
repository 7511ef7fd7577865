"""An application at an address: uvicorn, told when to stop by the service and not by signals."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.settings import SiteSettings

_MOST_AT_ONCE: Final = 512
_GRACE_SECONDS: Final = 10
# Every line counts among those at once, so one on which nothing is asked is not kept for long.
_HEAD_SECONDS: Final = 15.0
_REST_SECONDS: Final = 60.0  # for what is still sent of a request that was answered already


class Taken(NamedTuple):
    """An address that is ours; `address` is how it is typed."""

    address: str
    socket: socket.socket


def take(host: str, port: int, site: SiteSettings) -> Taken:
    """Take an address, port 0 for any that is free; raises `WrongUse` where it cannot be had."""
    listening = _listen(host, port)
    scheme = "https" if site.certificate else "http"
    named = f"[{host}]" if ":" in host else host
    return Taken(f"{scheme}://{named}:{listening.getsockname()[1]}", listening)


class Front:
    """An application at an address; `run` answers until `stop` is called from wherever."""

    def __init__(self, app: ASGIApp, taken: Taken, site: SiteSettings) -> None:
        """The address is closed when `run` ends."""
        self.address, self._socket = taken.address, taken.socket
        self._server = _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=_Impatient,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # What a proxy says of the caller is believed of the proxies that are named.
                proxy_headers=bool(site.trusted_proxies),
                forwarded_allow_ips=list(site.trusted_proxies),
                ssl_certfile=site.certificate,
                ssl_keyfile=site.certificate_key,
                limit_concurrency=_MOST_AT_ONCE,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

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


class _Impatient(H11Protocol):
    """uvicorn's protocol that closes a line on which the head of a request does not come."""

    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head is awaited from here on."""
        super().connection_made(transport)
        self._await_head(_HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._await_head(None)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """A whole head makes a request, and then the application has its own patience."""
        super().handle_events()
        under_way: RequestResponseCycle | None = self.cycle
        if under_way is not None and not under_way.response_complete:
            self._await_head(None)

    def on_response_complete(self) -> None:
        """The next head is awaited; one that was sent already is met in here."""
        self._await_head(_REST_SECONDS if self.cycle.more_body else _HEAD_SECONDS)
        super().on_response_complete()

    def _await_head(self, seconds: float | None) -> None:
        if self._closing is not None:
            self._closing.cancel()
        close = self.transport.close
        self._closing = None if seconds is None else self.loop.call_later(seconds, close)


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
