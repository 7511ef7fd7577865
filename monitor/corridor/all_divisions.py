"""All divisions at a glance: one line each, from one judgement of what is held."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from monitor.bulletins.labels import SHORT, STATUS_ORDER
from monitor.corridor.division_page import current_rows
from monitor.corridor.judged import Judged, judge_day
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.knowledge import read_moment
from monitor.store.store import Store

# From what weighs most to what calls for nothing.
CONSEQUENCES: Final = ("violation", "explain", "advise", "report", "none")
# As bulletins have them, but silence weighs more than what is met.
_STATUSES: Final = (
    *(one for one in STATUS_ORDER if one in {*SHORT, "undetermined"}),
    "no_data",
    *(one for one in STATUS_ORDER if one not in {*SHORT, "undetermined", "no_data"}),
)
# When each division last sent something, or something came that covers it.
_LAST: Final = """
    SELECT division, arg_max(id, seq), max(received_at)
    FROM (SELECT division, seq, id, received_at FROM submission WHERE status <> 'refused'
          UNION SELECT c.division, s.seq, s.id, s.received_at
          FROM coverage AS c JOIN submission AS s ON s.seq = c.submission
          WHERE s.status <> 'refused')
    WHERE division IS NOT NULL GROUP BY division
"""


@dataclass(frozen=True, slots=True)
class DivisionLine:
    """One division as stewards see it beside the others.

    Of each mandate the last judged period counts, findings only. `worst` is the row that weighs
    most, None where nothing is judged; `consequences` has every consequence, nought too. `overdue`
    counts what was due and is not whole, `longest_late_days` says since when.
    """

    division: str
    is_province: bool
    worst: Assessment | None
    consequences: Mapping[str, int]
    statuses: Mapping[str, int]
    last_submission: str | None
    last_at: datetime | None
    overdue: int
    longest_late_days: int


def overview(
    store: Store,
    policy: Policy,
    codes: Sequence[str],
    as_of: date,
    *,
    judged: Judged | None = None,
) -> tuple[DivisionLine, ...]:
    """One line for each of these divisions or provinces, in their order.

    `judged` spares the work where the day was judged already, of more divisions than these.
    """
    judged = judged or judge_day(store, policy, as_of, codes)
    findings: dict[str, list[Assessment]] = defaultdict(list)
    for row in current_rows(judged.rows_of(codes)):
        if row.role == "finding":
            findings[row.division].append(row)
    late: dict[str, list[int]] = defaultdict(list)
    for standing in judged.reporting:
        if standing.is_overdue:
            late[standing.item.division].append(standing.days_late(as_of))
    last = {code: (name, read_moment(at)) for code, name, at in store.rows(_LAST)}
    return tuple(
        _line(
            code,
            findings[code],
            is_province=code in policy.divisions.provinces,
            last=last.get(code, (None, None)),
            late=late[code],
        )
        for code in codes
    )


def _line(
    code: str,
    rows: Sequence[Assessment],
    *,
    is_province: bool,
    last: tuple[str | None, datetime | None],
    late: Sequence[int],
) -> DivisionLine:
    consequences = Counter(row.consequence for row in rows)
    statuses = Counter(row.status for row in rows)
    return DivisionLine(
        division=code,
        is_province=is_province,
        worst=min(rows, key=_weight, default=None),
        consequences={one: consequences[one] for one in CONSEQUENCES},
        statuses={one: statuses[one] for one in STATUS_ORDER if statuses[one]},
        last_submission=last[0],
        last_at=last[1],
        overdue=len(late),
        longest_late_days=max(late, default=0),
    )


def _weight(row: Assessment) -> tuple[object, ...]:
    """What weighs most comes first; of two alike the one that binds, then the first mandate.

    What calls for nothing goes by its status alone, so that a trend never hides a verdict.
    """
    return (
        min(CONSEQUENCES.index(row.consequence), CONSEQUENCES.index("report")),
        _STATUSES.index(row.status),
        not row.binding,
        row.mandate,
        row.categories,
    )
