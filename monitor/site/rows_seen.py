"""That somebody was shown vehicles, written down; who may not see them is shown none."""

from __future__ import annotations

from starlette.requests import Request

from monitor.door.acts import record_act
from monitor.door.rights import Verb
from monitor.site.desk import desk_of
from monitor.site.visitors import visitor_of


def may_see_rows(request: Request) -> bool:
    """Whether the visitor sees vehicles at all; of which divisions is asked elsewhere."""
    return visitor_of(request).has(Verb.SEE_ROWS)


def note_rows_seen(request: Request, about: str, where: str, rows: int) -> None:
    """Write down that the visitor was shown rows; `about` is a division's code or a submission."""
    if not rows:
        return
    desk = desk_of(request)
    with desk.door() as door, door.transaction():
        record_act(
            door,
            visitor_of(request).name,
            "rows_seen",
            about,
            detail={"page": where, "rows": rows},
            at=desk.now(),
        )
