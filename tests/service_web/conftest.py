"""A front that answers on loopback over a home of its own, and a clock set by hand."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from monitor.model import SHANGHAI
from monitor.service.health import ServiceState
from monitor.service.workplace import Workplace
from monitor.settings import ServiceSettings, Settings
from monitor.site.app import make_app
from monitor.site.desk import Desk
from monitor.site.front import Front, take
from monitor.site.workers import Workers
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

TOKEN = "oOqk7_BbZJm3f1Z9yT-4Xc2vNwL8sRdE"  # noqa: S105  # of no service but the tests'
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        told = self.document["error"]
        assert told.keys() == {"code", "zh", "en"}
        return str(told["code"])


@dataclass
class Service:
    """A running front and what stands behind it."""

    home: Home
    settings: Settings
    state: ServiceState
    now: datetime = NOON
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opened: int = 0
    front: Front | None = None

    def open_store(self, *, write: bool) -> AbstractContextManager[Store]:
        self.opened += 1
        return open_store(self.home, write=write, waiting=lambda _words: None, actor="service")

    @property
    def port(self) -> int:
        assert self.front is not None
        return int(self.front.address.rpartition(":")[2])

    def get(self, path: str, *, method: str = "GET") -> Answer:
        return self.send(self.request(path, method=method))

    def post(
        self,
        body: object,
        *,
        token: str | None = TOKEN,
        kind: str = "application/json",
        path: str = "/api/bounces",
    ) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = self.request(path, data=content, method="POST")
        request.add_header("Content-Type", kind)
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        return self.send(request)

    def request(self, path: str, **given: Any) -> urllib.request.Request:
        assert self.front is not None
        return urllib.request.Request(self.front.address + path, **given)  # noqa: S310  # http

    def send(self, request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=30) as got:  # noqa: S310  # http
                return Answer(got.status, got.headers, got.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read())


class _CountedPlace(Workplace):
    """A workplace of a test's service, which counts how often its store is opened."""

    service: Service

    @contextmanager
    def store(self, *, write: bool) -> Iterator[Store]:
        with self.service.open_store(write=write) as opened:
            yield opened


def desk_for(service: Service, address: str = "http://127.0.0.1:8000") -> Desk:
    place = _CountedPlace(
        home=service.home,
        config=None,
        settings=service.settings,
        now=lambda: service.now,
        actor="service",
        tell=lambda event, **fields: service.told.append((event, fields)),
    )
    place.service = service
    workers = Workers(service.home, None, service.settings, now=place.now)
    return Desk(place, service.state, workers, address)


def started(service: Service) -> Iterator[Service]:
    """The front in a thread of its own, stopped at the end as SIGTERM would stop it."""
    taken = take("127.0.0.1", 0, service.settings.site)
    service.front = Front(make_app(desk_for(service, taken.address)), taken, service.settings.site)
    answers = threading.Event()
    running = threading.Thread(target=service.front.run, args=(lambda _address: answers.set(),))
    running.start()
    assert answers.wait(20)
    try:
        yield service
    finally:
        service.front.stop()
        running.join(20)
        assert not running.is_alive()


def at_home(folder: Path, *, token: str | None) -> Service:
    home = Home(folder / "home")
    home.create()
    state = ServiceState(
        started_at=NOON - timedelta(days=3), home=home.root, last_tick_at=NOON, schema_version=3
    )
    secret = SecretStr(token) if token else None
    return Service(home, Settings(service=ServiceSettings(token=secret)), state)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    yield from started(at_home(tmp_path, token=TOKEN))


@pytest.fixture
def closed_service(tmp_path: Path) -> Iterator[Service]:
    yield from started(at_home(tmp_path, token=None))
