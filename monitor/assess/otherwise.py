"""Verdicts under another reading, set against those of the reading that is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from monitor.assess.assess import Held, assess
from monitor.assess.evidence import Tallies
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.policy.rereading import read_otherwise

# Without data there is no verdict under any reading.
_UNJUDGED = frozenset({"no_data", "no_mandate"})
# Between any others nothing was judged: a trend is as little a verdict as no additions.
_VERDICTS = frozenset({"met", "not_met", "on_track", "behind", "out_of_reach", "undetermined"})
_Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row by the reading taken and by another one; None where one of them has no such row.

    A pooled finding stands against each of the findings that it falls into, and the reverse.
    """

    before: Assessment | None
    after: Assessment | None

    @property
    def row(self) -> Assessment:
        """What both are of."""
        found = self.after or self.before
        if found is None:
            message = "a pair of nothing"
            raise ValueError(message)
        return found

    @property
    def is_other_verdict(self) -> bool:
        """Whether a finding's verdict, or what follows from it, is another."""
        there = [row for row in (self.before, self.after) if row is not None]
        if not any(row.role == "finding" and row.status in _VERDICTS for row in there):
            return False
        if self.before is None or self.after is None:
            return True
        if self.before.categories != self.after.categories and self.after.status == "no_additions":
            return False  # a part of what was pooled that nothing was added of
        return (self.before.status, self.before.consequence) != (
            self.after.status,
            self.after.consequence,
        )

    @property
    def is_other_figure(self) -> bool:
        """Whether a figure, the target or the verdict is another."""
        if self.before is None or self.after is None:
            return True
        return _shown(self.before) != _shown(self.after)


def _shown(row: Assessment) -> tuple[object, ...]:
    return (
        *(row.denominator, row.numerator, row.undetermined, row.excluded, row.share),
        *(row.short_by, row.needed_next, row.target, row.status, row.consequence),
    )


@dataclass(frozen=True, slots=True)
class OtherVerdicts:
    """What one option makes of judged rows: the findings whose verdict is another under it.

    None of `turned` means that no verdict is; `is_computable` False that nothing held can tell.
    """

    reading: str
    option: str
    turned: tuple[Pair, ...] = ()
    is_computable: bool = True


def set_against(before: Iterable[Assessment], after: Iterable[Assessment]) -> tuple[Pair, ...]:
    """Each row of `after` with its own of `before`, in their order, then findings that have gone.

    The same vehicles are the same row. A finding of other vehicles stands against the one finding
    of its mandate, division and period that has no other match, on either side.
    """
    was, became = _grouped(before), _grouped(after)
    found: list[Pair] = []
    for key, rows in became.items():
        found += _paired(was.pop(key, []), rows)
    found += [Pair(row, None) for rows in was.values() for row in rows if _is_finding(row)]
    return tuple(found)


def _is_finding(row: Assessment) -> bool:
    return row.role == "finding"


def _grouped(rows: Iterable[Assessment]) -> dict[_Row, list[Assessment]]:
    found: dict[_Row, list[Assessment]] = defaultdict(list)
    for row in rows:
        if row.status != "no_mandate":
            found[row.mandate, row.division, row.period].append(row)
    return found


def _paired(was: Sequence[Assessment], became: Sequence[Assessment]) -> list[Pair]:
    same = {row.categories: row for row in was}
    ours, theirs = ({row.categories for row in rows if _is_finding(row)} for rows in (was, became))
    left = [row for row in was if _is_finding(row) and row.categories not in theirs]
    new = [row for row in became if _is_finding(row) and row.categories not in ours]
    only = left[0] if len(left) == 1 else None
    pairs = [
        Pair(only if row in new else same.get(row.categories), row)
        for row in became
        if not (row in new and only is None and len(new) == 1 and left)
    ]
    if only is None and left:
        pairs += [Pair(row, new[0] if len(new) == 1 else None) for row in left]
    elif only is not None and not new:
        pairs.append(Pair(only, None))
    return pairs


def judge_otherwise(
    policy: Policy,
    held: Held,
    readings: Mapping[str, str],
    *,
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
) -> tuple[tuple[Assessment, ...], tuple[Pair, ...]]:
    """All rows by these options instead of those taken, and each that is another set against ours.

    `readings` are reading to option, as `chosen_readings` gives them.
    """
    other = read_otherwise(policy, readings)
    rows = assess(other, held, mandates=mandates, divisions=divisions)
    again = tuple(name for name in mandates or policy.mandates if name in other.reread)
    if not again:
        return rows, ()
    ours = assess(policy, held, mandates=again, divisions=divisions)
    theirs = [row for row in rows if row.mandate in other.reread]
    return rows, tuple(pair for pair in set_against(ours, theirs) if pair.is_other_figure)


def verdicts_otherwise(
    policy: Policy, held: Held, rows: Sequence[Assessment], *, divisions: Iterable[str]
) -> tuple[OtherVerdicts, ...]:
    """Every option that is not taken, over the rows of these divisions, judged once for all of
    them: options of clauses that none of the rows is of are left out.

    `rows` are those of the official rules and of what `held` holds.
    """
    wanted = frozenset(divisions)
    mine = [row for row in rows if row.division in wanted and row.role == "finding"]
    there = {row.mandate for row in mine}
    judged = _judged(mine)
    tallies = Tallies(policy, held.evidence)
    held = replace(held, sorts=cache(held.sorts))
    found = []
    for reading in policy.readings.values():
        concerned = there.intersection(reading.clauses(policy.mandates))
        for option in reading.others if concerned else ():
            if option.not_computable is not None:
                found.append(OtherVerdicts(reading.id, option.word, is_computable=False))
                continue
            other = read_otherwise(policy, {reading.id: option.word})
            # What has no number by either reading is never judged, so that no verdict can turn.
            again = {
                name: places
                for name, codes in judged.items()
                if name in concerned & other.reread
                and (policy.mandates[name].targets or other.mandates[name].targets)
                and (places := codes & option.joins.keys() if option.joins else codes)
            }
            turned = _turned(other, held, tallies, mine, again) if again else ()
            found.append(OtherVerdicts(reading.id, option.word, turned))
    return tuple(found)


def _judged(rows: Sequence[Assessment]) -> dict[str, frozenset[str]]:
    """The mandates that something is judged of, each with the divisions where it is."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.status not in _UNJUDGED:
            found[row.mandate].add(row.division)
    return {mandate: frozenset(codes) for mandate, codes in found.items()}


def _turned(
    other: Policy,
    held: Held,
    tallies: Tallies,
    rows: Sequence[Assessment],
    again: Mapping[str, frozenset[str]],
) -> tuple[Pair, ...]:
    """The findings whose verdict is another, of these mandates in these divisions."""
    before = [row for row in rows if row.division in again.get(row.mandate, ())]
    places = tuple(dict.fromkeys(row.division for row in before))
    judged = assess(other, held, mandates=tuple(again), divisions=places, tallies=tallies)
    after = [row for row in judged if row.division in again[row.mandate]]
    return tuple(pair for pair in set_against(before, after) if pair.is_other_verdict)
