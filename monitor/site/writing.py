"""The store open to write in a visitor's name, with what was done at the door before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from monitor.door.folding import fold_acts
from monitor.site.desk import desk_of
from monitor.site.visitors import visitor_of
from monitor.store.opening import open_store
from monitor.store.store import Store


@contextmanager
def writing(request: Request) -> Iterator[Store]:
    """The store for one change; waits for another writer, so a thread of its own is needed."""
    desk = desk_of(request)
    with (
        open_store(
            desk.home, write=True, waiting=desk.place.waiting, actor=visitor_of(request).name
        ) as store,
        desk.door() as door,
    ):
        fold_acts(store, door)
        yield store
