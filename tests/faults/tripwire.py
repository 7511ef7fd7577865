"""A process that kills itself at the nth thing it does to the disk, the database or the wire.

Waiting a random while before a kill mostly hits start-up and computing; what matters is every
moment between two lasting effects. So each such effect counts as two points, just before it and
just after it, and the process is struck by SIGKILL at the point that was drawn.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Tripwire:
    """Counts points; kills at `fatal`. With `fatal` None it only counts."""

    fatal: int | None
    passed: int = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **given: Any) -> Any:
            self.point()
            try:
                return function(*args, **given)
            finally:
                self.point()

        return watched

    def lay(self) -> None:
        """Watch what this process does from now on."""
        import smtplib  # noqa: PLC0415  # only here

        from monitor.store import opening  # noqa: PLC0415
        from monitor.store import store as opened  # noqa: PLC0415

        for name in ("fsync", "replace", "rename", "unlink", "link", "truncate"):
            setattr(os, name, self.around(getattr(os, name)))
        opened.Store.insert = self.around(opened.Store.insert)  # type: ignore[method-assign]
        setattr(opening, "connect", self.around(getattr(opening, "connect")))  # noqa: B009, B010
        smtplib.SMTP.send = self.around(smtplib.SMTP.send)  # type: ignore[method-assign]
        smtplib.SMTP.getreply = self.around(smtplib.SMTP.getreply)  # type: ignore[method-assign]
        plain = opened.Store.transaction
        wire = self

        class Watched:
            def __init__(self, inner: Any) -> None:
                self.inner = inner

            def __enter__(self) -> Any:
                wire.point()
                return self.inner.__enter__()

            def __exit__(self, *why: object) -> Any:
                wire.point()  # everything is written, nothing is committed
                ended = self.inner.__exit__(*why)
                wire.point()  # all is committed, nobody knows
                return ended

        def transaction(store: Any) -> Any:
            return Watched(plain(store))

        opened.Store.transaction = transaction  # type: ignore[method-assign,assignment]


@dataclass(frozen=True)
class Ended:
    """How a struck process ended: killed at its point, or through; and how many points it has."""

    is_killed: bool
    code: int
    points: int


def struck(action: Callable[[], int], fatal: int | None, tally: Path) -> Ended:
    """Run `action` in a process of its own, forked from this one, killed at point `fatal`.

    This process must hold no open database: it only has the programs in memory.
    """
    tally.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        code = 70
        try:
            wire = Tripwire(fatal)
            wire.lay()
            code = action()
            tally.write_text(str(wire.passed))
        except BaseException as error:  # noqa: BLE001  # told below, by its exit code
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    points = int(tally.read_text()) if tally.exists() else 0
    is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Ended(is_killed, os.waitstatus_to_exitcode(status), points)
