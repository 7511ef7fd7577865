"""What has ended at the door, taken away; the service does it now and then."""

from __future__ import annotations

from datetime import datetime

from monitor.door.database import Door
from monitor.door.devices import sweep_devices
from monitor.door.links import sweep_links
from monitor.door.sessions import sweep_sessions
from monitor.door.throttle import sweep_tries
from monitor.settings import SiteSettings


def sweep_door(door: Door, now: datetime, site: SiteSettings) -> int:
    """Remove ended sessions and links, counted failures, browsers; gives how many rows went."""
    ended = sweep_sessions(door, now, site) + sweep_links(door, now)
    return ended + sweep_tries(door, now) + sweep_devices(door, now)
