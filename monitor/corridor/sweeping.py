"""Letters that were laid down and never recorded: whoever wrote them was cut off; away with them.

A letter goes out only if a row says so, and the rows come last, all at once. A file without one
was never promised to anybody and is made again by whoever does that work again.
"""

from __future__ import annotations

from monitor.delivery.outbox import lying
from monitor.store.deliveries import unclaimed
from monitor.store.store import Store


def sweep(store: Store) -> int:
    """Remove letters of the outbox that no row names; gives how many. A writer's session only.

    Letters that an older program made stand in tables of their own; they are left, and never sent.
    """
    orphans = unclaimed(store, [path.name for path in lying(store.home)])
    for name in orphans:
        (store.home.outbox / name).unlink()
    return len(orphans)
