"""What jobs work with: the home, the rules as they stand now, the clock, a way to be stopped."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.policy.calendars import WorkCalendar, load_calendar
from monitor.policy.divisions import DivisionTable, load_divisions
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import Project
from monitor.policy.recipients import RecipientBook, load_addresses, load_recipients
from monitor.settings import Settings
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

Tell = Callable[..., None]
CALENDAR = "data/calendars/china.yml"


class StopAsked(FleetmonError):
    """The process is to end: what a job had not committed is undone, and done at the next start."""

    def __init__(self) -> None:
        """The words are the same wherever it happens."""
        super().__init__(
            Text(
                "按要求停止；未提交的内容均未保存，下次启动时重做。",
                "Stopped as asked; nothing uncommitted was kept, and it is done at the next start.",
            )
        )


def _silent(event: str, **fields: Any) -> None:
    """Say nothing: for those who read the outcome instead."""
    del event, fields


@dataclass
class Workplace:
    """One process's surroundings.

    `now` gives the moment with its zone; `tell` writes one line of the log: an event and its
    fields, never personal data; `waiting` is called with words where another process is at work.
    """

    home: Home
    config: Path | None
    settings: Settings
    now: Callable[[], datetime]
    actor: str
    tell: Tell = _silent
    waiting: Callable[[Text], None] = lambda _words: None
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def store(self, *, write: bool) -> Iterator[Store]:
        """The home's store, for as short as can be."""
        with open_store(self.home, write=write, waiting=self.waiting, actor=self.actor) as opened:
            yield opened

    @property
    def project(self) -> Project:
        """The files of policy, with the config folder laid over them."""
        return Project(self.config)

    def policy(self) -> Policy:
        """The rules as their files are now: a job never runs by those of yesterday."""
        return load_policy(self.config)

    def divisions(self) -> DivisionTable:
        """Who reports, without the rest of the rules."""
        return load_divisions(self.project.files("data/divisions"))

    def calendar(self) -> WorkCalendar:
        """The working days."""
        return load_calendar(self.project.file(CALENDAR))

    def book(self) -> RecipientBook:
        """Who receives what, with addresses from the environment and from outside the tree."""
        return read_book(self.project, self.divisions(), self.settings)

    def pause_point(self, *_progress: object) -> None:
        """A moment at which work may be given up; raises `StopAsked` if that is wanted."""
        if self.stop.is_set():
            raise StopAsked


def read_book(project: Project, divisions: DivisionTable, settings: Settings) -> RecipientBook:
    """The recipients of these divisions; `env:` and `file:` addresses are looked up."""
    file = settings.mail.addresses
    addresses = load_addresses(file) if file is not None else {}

    def lookup(reference: str) -> str | None:
        source, _, name = reference.partition(":")
        return os.environ.get(name) if source == "env" else addresses.get(name)

    return load_recipients(project.file("data/recipients.yml"), divisions, lookup)


def process_name() -> str:
    """This process, as the ledger names who runs what."""
    return f"{socket.gethostname()}:{os.getpid()}"
