"""What the commands about who may come in share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from monitor.cli.session import Session
from monitor.door.rights import Role

if TYPE_CHECKING:
    from monitor.door.database import Door

ROLE: Final = click.Choice([role.value for role in Role])


@contextmanager
def at_door(session: Session) -> Iterator[Door]:
    """The door of the home, beside the service where that runs."""
    from monitor.door.database import open_door  # noqa: PLC0415  # --help needs none of it

    with open_door(session.home) as door:
        yield door


def note_unmasked(session: Session, about: str, command: str, rows: int) -> None:
    """Write down, before it is shown, that whole VINs are; `about` is a code and names no vehicle.

    Where that cannot be written, nothing is shown: raises what the door raises.
    """
    from monitor.door.acts import record_act  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door, door.transaction():
        record_act(
            door,
            session.actor,
            "rows_seen",
            about,
            detail={"page": command, "rows": rows},
            at=session.now(),
        )


def tell(session: Session, zh: str, en: str) -> None:
    """What was done, on standard error: a link or token on standard output stands alone."""
    click.echo(session.say(zh, en), err=True)
