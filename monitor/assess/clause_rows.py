"""Lines that are counted over the rows of a declared kind: shares, counts, places covered."""

from __future__ import annotations

from fractions import Fraction

from monitor.assess.arithmetic import Sides
from monitor.assess.clause_counts import Counted, Tally, of, tally
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.clause_found import (
    CENT,
    Asked,
    Found,
    beyond,
    number_status_of,
    share_status_of,
    until_of,
)
from monitor.assess.clause_places import by_places
from monitor.assess.clause_status import plain
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line


def by_rows(asked: Asked) -> Found:
    """What the rows of the clause's kind come to."""
    if asked.line.measure == "covered":
        return by_places(asked)
    counted = asked.tallied()
    if counted is None:
        return Found(is_known=False)
    found = of(counted, asked.members)
    return _count(asked, found) if asked.line.measure == "count" else _share(asked, found)


def tally_line(held: ClauseEvidence, clause: Clause, line: Line, year: int) -> Counted | None:
    """The rows of a line and year by division; None where none of their kind ever came."""
    frame = held.records.get(clause.kind_of(line))
    if frame is None:
        return None
    return tally(frame, line, year, until_of(held, clause, year), floor_of(clause, line))


def floor_of(clause: Clause, line: Line) -> Fraction:
    """The share that each row must reach, where the line looks at each: the target's own."""
    if line.measure != "each":
        return Fraction(0)
    targets = clause.targets_of(line)
    return Fraction(targets[0].value or 0) / CENT if targets else Fraction(0)


def _share(asked: Asked, found: Tally) -> Found:
    sides = Sides(denominator=found.rows, numerator=found.hits, undetermined=found.unsure)
    misses = found.rows - found.hits - found.unsure
    return Found(
        is_known=found.rows > 0,
        status=share_status_of(asked, sides),
        unit="share",
        sides=sides,
        misses=misses,
    )


def _count(asked: Asked, found: Tally) -> Found:
    low = found.total
    high = low + found.unsure if asked.line.unsure else low
    return Found(
        is_known=found.rows > 0,
        status=number_status_of(asked, low, high),
        value=plain(low),
        value_most=plain(high) if high != low else None,
        unit=asked.line.unit,
        notes=beyond(asked, low),
    )
