"""Workers that end in the middle, in the ways that real ones do."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.door.database import open_door
from monitor.door.draft_states import DraftState
from monitor.door.drafts import move
from monitor.site import worker
from monitor.store.home import Home


def _at_work(number: str, now: datetime) -> Home:
    home = worker._PLACES[0].home  # what a worker of ours keeps
    with open_door(home) as door:
        move(door, number, (DraftState.RECEIVED,), DraftState.CHECKING, at=now)
    return home


def abort(number: str, now: datetime) -> None:
    """What a parser of spreadsheets does that is asked for half a terabyte."""
    _at_work(number, now)
    os.abort()


def kill(number: str, now: datetime) -> None:
    """What a kernel does that is out of memory."""
    _at_work(number, now)
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(number: str, now: datetime) -> None:
    """What a file does whose reading never ends."""
    _at_work(number, now)
    time.sleep(600)


def _once(number: str) -> bool:
    """Whether this is the first worker at the draft."""
    mark: Path = worker._PLACES[0].home.root / f"{number}.struck"  # as above
    if mark.exists():
        return False
    mark.touch()
    return True


def kill_before_confirming(number: str, now: datetime) -> Any:
    """A death before anything was stored, the first time."""
    if _once(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return worker.confirm(number, now)


def kill_after_confirming(number: str, now: datetime) -> Any:
    """A death after all was stored, the first time."""
    done = worker.confirm(number, now)
    if _once(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return done
