"""What the clock does at the door: acts into the audit log, and away with what has ended."""

from __future__ import annotations

import shutil

from monitor.door.database import open_door
from monitor.door.drafts import expire
from monitor.door.folding import fold_acts, waiting_acts
from monitor.door.sweeping import sweep_door
from monitor.service.workplace import Workplace


def keep_door(place: Workplace) -> None:
    """Carry acts over and end what is over; a home without a door has nothing to keep.

    A draft that nobody confirmed in time is given up, and what its check said of vehicles goes;
    its bytes stay in the archive like all that was ever received.
    """
    if not place.home.door.exists():
        return
    site, now = place.settings.site, place.now()
    with open_door(place.home) as door:
        for number in expire(door, days=site.draft_days, at=now):
            shutil.rmtree(place.home.drafts / number, ignore_errors=True)
        sweep_door(door, now, site)
        with place.store(write=False) as store:
            is_waiting = waiting_acts(store, door)
        if is_waiting:
            with place.store(write=True) as store:
                fold_acts(store, door)
