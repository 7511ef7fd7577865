"""What has ended at the door, taken away; the service does it now and then."""

from __future__ import annotations

from datetime import datetime

from monitor.door.database import Door
from monitor.door.links import sweep_links
from monitor.door.sessions import sweep_sessions
from monitor.door.throttle import sweep_tries
from monitor.settings import SiteSettings


def sweep_door(door: Door, now: datetime, site: SiteSettings) -> int:
    """Remove ended sessions, links and counted failures; gives how many rows went."""
    return sweep_sessions(door, now, site) + sweep_links(door, now) + sweep_tries(door, now)
