"""The site opened for one service: its workers at hand, its first link printed, its address."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from monitor.door.database import open_door
from monitor.door.links import link_address, setup_link
from monitor.model import Text
from monitor.service.health import ServiceState
from monitor.service.workplace import Workplace
from monitor.site.app import make_app
from monitor.site.desk import Desk
from monitor.site.front import Front, take
from monitor.site.workers import Workers

# What a worker is at when the service stops: a check of a large file may take so long.
_PATIENCE_SECONDS: Final = 20


@contextmanager
def open_front(
    place: Workplace, state: ServiceState, *, host: str, port: int, say: Callable[[Text], None]
) -> Iterator[Front]:
    """The site at an address, and its workers, for as long as the service runs.

    `say` is given, once, what only the person at the console may read: the link by which the
    first account is made. Raises `WrongUse` where the address cannot be had.
    """
    tempfile.tempdir = str(place.home.work)  # what is uploaded lies where there is room for it
    site = place.settings.site
    taken = take(host, port, site)
    workers = Workers(place.home, place.config, place.settings, now=place.now, tell=place.tell)
    try:
        desk = Desk(place, state, workers, site.address or taken.address)
        _offer_set_up(place, desk.address, say)
        workers.resume()
        yield Front(make_app(desk), taken, site)
    finally:
        workers.stop(_PATIENCE_SECONDS)


def _offer_set_up(place: Workplace, address: str, say: Callable[[Text], None]) -> None:
    with open_door(place.home) as door:
        secret = setup_link(door, place.now())
    if secret is not None:
        link = link_address(address, secret)
        say(
            Text(
                f"还没有账户。请打开此链接设立第一个管理员（七天内有效，只用一次）：{link}",
                "There is no account yet. Open this link within seven days to make the first "
                f"administrator's; it works once: {link}",
            )
        )
