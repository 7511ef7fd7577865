"""What people did at the door, written down in the transaction that did it.

The audit log is the store's; a sign-in must not wait for whoever writes there. So acts wait here,
in order, until `monitor.door.folding` carries them over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from monitor.door.database import Door, stored

Detail = Mapping[str, str | int | bool | None]

PUBLIC: Final = "public"  # whoever it was, nobody we know
UNKNOWN: Final = "unknown"  # an account or token that does not exist: what was typed is not kept


def record_act(
    door: Door,
    actor: str,
    action: str,
    object: str,  # noqa: A002  # the word of the trade: actor, action, object
    outcome: str = "ok",
    *,
    detail: Detail | None = None,
    at: datetime,
) -> None:
    """Write down in the caller's transaction that `actor` did something.

    `actor` is `user:NAME`, `token:ID`, `public` or a program's own name; `action` is a code,
    `object` an id; `detail` holds codes, counts and ids only, never an address or a vehicle.
    """
    content = json.dumps(
        dict(detail or {}), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    door.change(
        'INSERT INTO act ("at", actor, action, object, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)',
        [stored(at), actor, action, object, outcome, content],
    )
