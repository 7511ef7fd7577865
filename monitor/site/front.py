"""An application at an address: uvicorn, told when to stop by the service and not by signals."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.settings import SiteSettings

_MOST_AT_ONCE: Final = 512
_GRACE_SECONDS: Final = 10


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
                http="h11",
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
