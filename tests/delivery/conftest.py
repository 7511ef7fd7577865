from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from still_gates import keep_gates_still

from monitor.delivery.outbox import put
from monitor.delivery.report import SendReport
from monitor.delivery.sending import send_due
from monitor.model import SHANGHAI
from monitor.settings import MailSettings
from monitor.store.deliveries import (
    Delivery,
    NewDelivery,
    State,
    add_deliveries,
    deliveries,
    delivery_id,
    supersede,
)
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

MONDAY = datetime(2021, 1, 4, 8, 0, tzinfo=SHANGHAI)
NANCHANG = "zhang.wei@nanchang.example.cn"
JIUJIANG = "li.na@jiujiang.example.cn"
GANZHOU = "chen@ganzhou.example.cn"


def letter_bytes(number: str, recipient: str, body: str = "公交车 72.50 %") -> bytes:
    message = EmailMessage()
    message["From"] = "新能源汽车推广应用监测 <bulletin@jtt.example.cn>"
    message["To"] = recipient
    message["Subject"] = f"监测通报 {number}"
    message["Message-ID"] = f"<{number.lower()}@jtt.example.cn>"
    message.set_content(body)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@dataclass
class Post:
    """One home's post, at a clock that a test moves; what was told to the log and slept."""

    home: Home
    now: datetime = MONDAY
    told: list[dict[str, object]] = field(default_factory=list)
    slept: float = 0

    @contextmanager
    def store(self, *, write: bool = True) -> Iterator[Store]:
        with open_store(self.home, write=write, waiting=lambda _words: None, actor="test") as held:
            yield held

    def lay(
        self,
        recipient: str | None,
        about: str = "360100 2020-12-31 a1",
        *,
        kind: str = "bulletin",
        role: str = "bureau",
        body: str = "公交车 72.50 %",
    ) -> NewDelivery:
        """Lay one letter into the outbox; nothing is promised yet."""
        first = about.split(" ", maxsplit=1)[0]
        division = first if first.isdigit() else "360100"  # a submission names no division
        number = delivery_id(kind, about, recipient or f"{role}.{division}", "zh")
        message = letter_bytes(number, recipient or "nobody@fleetmon.invalid", body)
        name = f"2020-12-31_{division}_zh_{number}.eml"
        put(self.home.outbox, name, message)
        digest = hashlib.sha256(message).hexdigest()
        message_id = f"<{number.lower()}@jtt.example.cn>"
        return NewDelivery(
            number, kind, about, division, role, recipient, "zh", name, digest, message_id
        )

    def promise(self, new: Sequence[NewDelivery]) -> tuple[str, ...]:
        """Promise letters, as those do who make them."""
        with self.store() as store, store.transaction():
            fresh = add_deliveries(store, new, self.now)
            supersede(store, new, self.now)
        return fresh

    def add(
        self,
        recipient: str | None,
        about: str = "360100 2020-12-31 a1",
        *,
        kind: str = "bulletin",
        body: str = "公交车 72.50 %",
    ) -> NewDelivery:
        """Lay one letter into the outbox and promise it."""
        new = self.lay(recipient, about, kind=kind, body=body)
        self.promise([new])
        return new

    def add_many(self, recipients: Sequence[str]) -> list[NewDelivery]:
        """One letter for each, promised at once."""
        new = [self.lay(one, f"3601{n:02} 2020-12-31 a1") for n, one in enumerate(recipients)]
        self.promise(new)
        return new

    def send(self, mail: MailSettings | None = None, **asked: object) -> SendReport:
        """Run the sender at the test's clock; sleeping moves the clock."""

        def sleep(seconds: float) -> None:
            self.slept += seconds
            self.now += timedelta(seconds=seconds)

        def tell(event: str, /, **fields: object) -> None:
            self.told.append({"event": event, **fields})

        given: dict[str, object] = {"sleep": sleep, "tell": tell} | asked
        return send_due(
            self.home,
            mail or MailSettings(),
            open_store=self.store,
            now=lambda: self.now,
            **given,  # type: ignore[arg-type]
        )

    def rows(self) -> list[Delivery]:
        with self.store(write=False) as store:
            return deliveries(store)

    def row(self, new: NewDelivery) -> Delivery:
        (found,) = [one for one in self.rows() if one.id == new.id]
        return found

    def states(self) -> list[State]:
        return [one.state for one in self.rows()]

    @property
    def outbox(self) -> list[str]:
        return sorted(path.name for path in self.home.outbox.iterdir())

    @property
    def sent(self) -> list[str]:
        return sorted(path.name for path in self.home.sent.iterdir())


def by_mail(port: int, **given: object) -> MailSettings:
    """Settings for a server on loopback, fast and plain."""
    said = {"transport": "smtp", "host": "127.0.0.1", "port": port, "security": "none"}
    return MailSettings.model_validate(said | {"letters_per_minute": 6000} | given)


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    home = Home(tmp_path / "home")
    home.create()
    return Post(home)
