"""The store open to write in a visitor's name, with what was done at the door before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import Request

from monitor.door.folding import fold_acts
from monitor.errors import StoreBusy
from monitor.site.desk import desk_of
from monitor.site.visitors import visitor_of
from monitor.store.locking import BUSY
from monitor.store.opening import open_store
from monitor.store.store import Store

PATIENCE_SECONDS: Final = 10.0


@contextmanager
def writing(request: Request) -> Iterator[Store]:
    """The store for one change, in a thread; waits for another writer, and not for long.

    Raises `StoreBusy` where that one takes longer, or where several wait already.
    """
    desk = desk_of(request)
    if not desk.writers.acquire(blocking=False):
        raise StoreBusy(BUSY)
    try:
        with (
            open_store(
                desk.home,
                write=True,
                waiting=desk.place.waiting,
                actor=visitor_of(request).name,
                patience=PATIENCE_SECONDS,
            ) as store,
            desk.door() as door,
        ):
            fold_acts(store, door)
            yield store
    finally:
        desk.writers.release()
