"""How a file's columns were understood, for whoever is told of the file."""

from __future__ import annotations

import json

from monitor.extracts.layout import Layout
from monitor.model import ColumnRead
from monitor.policy.policy import Policy
from monitor.store.store import Store


def columns_read(layout: Layout) -> tuple[ColumnRead, ...]:
    """Every column in the order of the file, those kept and echoed too."""
    read_as = {place: logical for logical, place in layout.columns.items()}
    read_as |= {place: logical for logical, rest in layout.twins.items() for place in rest}
    return tuple(
        ColumnRead(name, logical, layout.header_of(logical) if logical else None)
        for place, name in enumerate(layout.names)
        for logical in (read_as.get(place),)
        if name or logical
    )


def columns_of(store: Store, policy: Policy, seq: int) -> tuple[ColumnRead, ...]:
    """The same for a held submission, by its column map as it is now; none where that is gone."""
    found = store.rows("SELECT column_map, headers FROM submission WHERE seq = ?", [seq])
    name, headers = found[0] if found else (None, None)
    columns = policy.columns.get(name or "")
    if columns is None:
        return ()
    return columns_read(Layout.of(columns, tuple(json.loads(headers or "[]"))))
