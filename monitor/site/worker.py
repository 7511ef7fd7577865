"""A worker process from within: limited, warmed up, one draft at a time."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final

from monitor.corridor.draft_work import (
    check_waiting,
    confirm_waiting,
    fail,
    give_up_confirming,
    rules_fault,
)
from monitor.door.database import open_door
from monitor.door.draft_states import DraftState
from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import Project
from monitor.policy.recipients import RecipientBook
from monitor.policy.stamp import Stamp, rules_stamp
from monitor.service.workplace import read_book
from monitor.settings import Settings
from monitor.site.warm_up import warm_up
from monitor.store.home import Home

MEMORY_BYTES: Final = 8 << 30  # of addresses: what is reserved, several times what is used
OPEN_FILES: Final = 4096
# For the store's one writer; then the draft gives its place to the next and comes again.
PATIENCE_SECONDS: Final = 5.0
_FOLDER: Final = "worker-"
# No draft needs them: what reads a stranger's file shall not hold them.
_SECRETS: Final = (("mail", "password"), ("oidc", "secret"), ("service", "token"))


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is started with; `collecting` are its thresholds of garbage collection."""

    home: Path
    config: Path | None
    settings: Settings
    collecting: tuple[int, int, int]


def setup_of(home: Home, config: Path | None, settings: Settings) -> Setup:
    """What a worker needs of the settings: no secret, and of a class that can be handed over."""
    plain = {name: getattr(settings, name) for name in Settings.model_fields}
    for part, name in _SECRETS:
        plain[part] = plain[part].model_copy(update={name: None})
    return Setup(home.root, config, Settings.model_construct(**plain), gc.get_threshold())


def context() -> ForkServerContext:
    """How workers come to be: forked from a process that did nothing but import what takes seconds.

    Not polars: it has threads from its import on, which a fork would lose.
    """
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["monitor.checking.expectations"])
    return made


@dataclass
class _Place:
    """What a worker keeps from one draft to the next."""

    setup: Setup
    home: Home
    rules: tuple[Stamp, Policy] | None = None

    def policy(self) -> Policy:
        """The rules as their files are now."""
        stamp = rules_stamp(Project(self.setup.config))
        if self.rules is None or self.rules[0] != stamp:
            self.rules = stamp, load_policy(self.setup.config)
        return self.rules[1]

    def book(self, policy: Policy) -> RecipientBook | None:
        """Who letters are from; None where that cannot be read: what counts does not wait."""
        try:
            return read_book(policy.project, policy.divisions, self.setup.settings)
        except FleetmonError:
            return None


_PLACES: Final[list[_Place]] = []  # of this process: one


def begin(setup: Setup, now: datetime) -> None:
    """Prepare the process, before its first draft: limits, a folder of its own, what is heavy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us says when to end
    gc.set_threshold(*setup.collecting)  # as seldom as who started us
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    home = Home(setup.home)
    # A scratch copy that a killed worker leaves must be found again: see `sweep_workers`.
    own = home.work / f"{_FOLDER}{os.getpid()}"
    own.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(own)
    _PLACES[:] = [_Place(setup, home)]
    try:
        warm_up(_PLACES[0].policy(), own, now)
    except Exception:  # noqa: BLE001  # whatever is wrong with the rules, a draft will say so
        return


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (wanted, wanted))


def check(number: str, now: datetime) -> DraftState:
    """Check one draft; the policy as it is now decides."""
    place = _PLACES[0]
    with open_door(place.home) as door:
        try:
            policy = place.policy()
        except Exception as error:  # noqa: BLE001  # ours, whatever it is: told as such
            return fail(door, number, (DraftState.RECEIVED,), rules_fault(error), at=now)
        return check_waiting(
            *(place.home, policy, door, number),
            now=now,
            waiting=_silent,
            most_rows=place.setup.settings.site.most_rows,
        )


def confirm(number: str, now: datetime) -> tuple[DraftState, str | None]:
    """Bring one draft into force; gives its state and why its letter could not be made."""
    place = _PLACES[0]
    with open_door(place.home) as door:
        try:
            policy = place.policy()
        except Exception as error:  # noqa: BLE001  # as above
            words = rules_fault(error)
            return give_up_confirming(place.home, door, number, words, at=now), None
        return confirm_waiting(
            *(place.home, policy, door, number),
            book=place.book(policy),
            now=now,
            waiting=_silent,
            patience=PATIENCE_SECONDS,
        )


def sweep_workers(home: Home) -> None:
    """Remove what workers that are gone left in their folders."""
    for folder in home.work.glob(f"{_FOLDER}*"):
        pid = folder.name.removeprefix(_FOLDER)
        if not (pid.isdigit() and Path(f"/proc/{pid}").exists()):
            shutil.rmtree(folder, ignore_errors=True)


def _silent(_words: Text) -> None:
    """A page shows the state; whom a worker waits for is nobody's concern there."""
