"""Refused exemptions in the one question: their rows get a facet that claims nothing.

Nothing of it is there, and nothing is joined, while no decision is known.
"""

from __future__ import annotations

from typing import Final

from monitor.store.engine import Engine, is_any
from monitor.store.schema import FACET_COLUMNS

# Which rows count as if they had claimed nothing.
_REFUSED: Final = """
    WITH placed AS (
        SELECT submission, line, registered_on, decision, until,
               row_number() OVER (PARTITION BY submission, line ORDER BY seq DESC) AS place
        FROM decision_row)
    SELECT submission, line FROM placed
    WHERE place = 1
      AND (decision = 'refused' OR (decision <> 'withdrawn' AND registered_on > until))
"""
_CODES: Final = ", ".join(FACET_COLUMNS)
_WITHOUT: Final = ", ".join(
    "NULL AS exemption" if name == "exemption" else name for name in FACET_COLUMNS
)


def prepare_refusals(engine: Engine) -> bool:
    """Create `live_facet` and, where any claim is refused, `refused_claim`: submission and line of
    those that are. Gives whether any is.

    `live_facet` holds the facets, and where some claim is refused each one that claims an
    exemption once more without it, under its number with the sign turned. `Engine.look` must have
    run.
    """
    refused, facets = False, f"SELECT id, {_CODES} FROM facet"
    if is_any(engine, "decision_seen"):
        engine.table("refused_claim", _REFUSED)
        refused = is_any(engine, "refused_claim")
    if refused:
        facets += f" UNION ALL SELECT -id AS id, {_WITHOUT} FROM facet WHERE exemption IS NOT NULL"
    engine.view("live_facet", facets)
    return refused
