"""Files on their way in, by a form or by the API: how many at once, how slowly, into what room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import Request

from monitor.service.health import LEAST_FREE_BYTES
from monitor.site.api.refusals import refused
from monitor.site.desk import desk_of

# A line may stand still for so long, and the whole of a body may take so long.
STILL_SECONDS: Final = 30
WHOLE_SECONDS: Final = 2 * 60
WHOLE_FILE_SECONDS: Final = 30 * 60
_MOST_AT_ONCE: Final = 100
_MOST_DIGITS: Final = 15  # of a length that somebody claims


def said_length(request: Request) -> int | None:
    """How long a body says it is; None where it does not say."""
    said = request.headers.get("content-length", "")
    return int(said[:_MOST_DIGITS]) if said.isascii() and said.isdigit() else None


@contextmanager
def room_for_files(request: Request) -> Iterator[None]:
    """A place among those who send files at this moment, whichever way they came.

    Raises `Refused` where there are too many, or where the disk may not hold what they announced.
    """
    desk = desk_of(request)
    coming = desk.arriving
    said = said_length(request)
    length = desk.settings.site.most_megabytes << 20 if said is None else said
    if shutil.disk_usage(desk.home.root).free - sum(coming) - length < LEAST_FREE_BYTES:
        raise refused("no_room")
    if len(coming) >= _MOST_AT_ONCE:
        raise refused("busy")
    coming.append(length)
    try:
        yield
    finally:
        coming.remove(length)
