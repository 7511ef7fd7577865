"""Whose figures of which years the last submissions bear on."""

from __future__ import annotations

from monitor.store.differences import NO_CORRECTION
from monitor.store.knowledge import parts_query
from monitor.store.store import Store

# Who reported what, and what that ended: a row corrected away takes its vehicle out of its own
# year; a vehicle that two divisions know is counted once; one ended here may be another's.
_YEARS = """
    SELECT DISTINCT division, y::INTEGER AS year FROM coverage,
        range(year(start_on), year(end_on) + 1) AS years(y)
    WHERE kind = 'registration' AND submission > $since
    UNION
    SELECT division, year(registered_on) FROM claim
    WHERE vin IN (SELECT vin FROM claim WHERE submission > $since)
"""
_ROWS = """
    SELECT DISTINCT facet.division, year({moment})
    FROM ({parts}) AS r JOIN {link} AS l USING (submission, line)
    JOIN facet ON facet.id = r.facet
    WHERE l.by_submission > $since AND {moment} IS NOT NULL
"""
_LINKS = {
    "ending": ("r.registered_on", f"l.reason NOT IN {NO_CORRECTION}"),
    "retirement": ("l.retired_on", "true"),
}


def borne_on(store: Store, since: int) -> list[tuple[str, int]]:
    """Division and year of every registration that submissions after `since` add, end or claim."""
    found = set(store.rows(_YEARS, {"since": since}))
    for link, (moment, condition) in _LINKS.items():
        parts = store.rows(
            f"SELECT DISTINCT file_name FROM part JOIN {link} AS l USING (submission) "
            f"WHERE kind = 'registration' AND by_submission > $since AND {condition} ORDER BY ALL",
            {"since": since},
        )
        if parts:
            query = _ROWS.format(
                moment=moment, link=link, parts=parts_query("registration", store.facts, parts)
            )
            found.update(store.rows(f"{query} AND {condition}", {"since": since}))
    return sorted(found, key=lambda one: (one[1], one[0]))
