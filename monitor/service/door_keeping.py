"""What the clock does at the door: acts into the audit log, and away with what has ended."""

from __future__ import annotations

import shutil

from monitor.door.database import open_door
from monitor.door.draft_states import LIVE
from monitor.door.drafts import drafts, ended_drafts, expire
from monitor.door.folding import fold_acts, waiting_acts
from monitor.door.sweeping import sweep_door
from monitor.service.workplace import Workplace


def keep_door(place: Workplace) -> None:
    """Carry acts over and end what is over; a home without a door has nothing to keep.

    A draft that nobody confirmed in time is given up. What its check said of vehicles goes with it,
    and as long after a draft was confirmed or given up by hand: what is in force stands in the
    store. Its bytes stay in the archive like all that was ever received.
    """
    if not place.home.door.exists():
        return
    site, now = place.settings.site, place.now()
    with open_door(place.home) as door:
        over = {*expire(door, days=site.draft_days, at=now)}
        over |= {*ended_drafts(door, days=site.draft_days, at=now)}
        for folder in place.home.drafts.glob("U*"):
            if folder.name in over:
                shutil.rmtree(folder, ignore_errors=True)
        sweep_door(door, now, site)
        with place.store(write=False) as store:
            is_waiting = waiting_acts(store, door)
        if is_waiting:
            with place.store(write=True) as store:
                fold_acts(store, door)


def bytes_at_the_door(place: Workplace) -> frozenset[str]:
    """The hashes of what was uploaded and may still come into force."""
    if not place.home.door.exists():
        return frozenset()
    with open_door(place.home) as door:
        held = drafts(door, states=LIVE)
    return frozenset(draft.sha256 for draft in held if draft.sha256 is not None)
