"""The facts of bulletins, gathered: once for a run what concerns all, then one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, Protocol, TypeVar

from monitor import __version__
from monitor.assess.assess import Held
from monitor.assess.attribution import Attribution
from monitor.assess.coverage import gaps
from monitor.assess.forecast import Forecast
from monitor.assess.otherwise import OtherVerdicts, Pair, verdicts_otherwise
from monitor.assess.reconciliation import Reconciliation
from monitor.assess.weekly import Weekly
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.reporting_facts import Standing
from monitor.corridor.answering import Answers, answer
from monitor.corridor.attributing import attribute
from monitor.corridor.forecasting import gather
from monitor.corridor.lateness import reporting_of
from monitor.corridor.received import Received
from monitor.corridor.reconciling import reconcile
from monitor.corridor.supervising import RunSupervision, supervise
from monitor.model import Assessment, Period, RowKey
from monitor.policy.policy import Policy
from monitor.store.store import Issue, Store


class Keyed(Protocol):
    """Anything that belongs to a row of an assessment."""

    @property
    def key(self) -> RowKey:
        """The row."""
        ...


Item = TypeVar("Item", bound=Keyed)


class ByDivision(Generic[Item]):
    """Items found by the division of their row, in the order that they came in."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Sort once: nobody should look through hundreds of divisions for each of them."""
        self._items = items
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            self._places[item.key[1]].append(place)

    def of(self, divisions: Iterable[str]) -> tuple[Item, ...]:
        """The items of these divisions."""
        places = sorted(place for code in divisions for place in self._places.get(code, ()))
        return tuple(self._items[place] for place in places)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What one run knows of all divisions; `earlier` are their previous issues."""

    run: int
    assessments: ByDivision[Assessment]
    comparable: ByDivision[Assessment]
    reconciliation: Reconciliation
    weekly: ByDivision[Weekly]
    forecasts: ByDivision[Forecast]
    received: Received
    reporting: tuple[Standing, ...]
    earlier: dict[str, Issue]
    attributions: dict[int, ByDivision[Attribution]]
    answers: Answers
    supervision: RunSupervision
    otherwise: tuple[tuple[OtherVerdicts, dict[str, list[Pair]]], ...]


def gather_run(
    store: Store,
    policy: Policy,
    held: Held,
    run: int,
    assessments: tuple[Assessment, ...],
    *,
    divisions: Sequence[str],
    mandates: tuple[str, ...] | None,
) -> RunFacts:
    """Reconcile, forecast and attribute for all divisions at once, and read otherwise what was
    judged of them.

    Divisions whose previous bulletins are of the same run are attributed together.
    """
    answers = answer(
        store,
        policy,
        held.as_of,
        held.known_at,
        history=held.history,
        decisions=held.decisions,
        divisions=divisions,
    )
    shown = {code for one in divisions for code in (one, *policy.divisions.members(one))}
    verdicts = verdicts_otherwise(policy, held, assessments, divisions=shown)
    otherwise = tuple((one, _by_division(one.turned)) for one in verdicts)
    earlier = {
        division: found
        for division, found in store.issues_before(held.as_of, run).items()
        if division in frozenset(divisions)
    }
    reporting = reporting_of(store, policy, held.as_of)
    # Before the year before is asked for: a scorecard may ask what `held` rests on once more.
    supervision = supervise(
        store,
        policy,
        held,
        divisions,
        earlier={issue.run for issue in earlier.values() if issue.as_of is not None},
        reporting=reporting,
    )
    reconciliation = reconcile(store, policy, held.as_of)
    weekly, forecasts = gather(store, policy, held, assessments, reconciliation)
    together: dict[int, list[str]] = defaultdict(list)
    for division, issue in earlier.items():
        if issue.as_of is not None:
            together[issue.run] += [division, *policy.divisions.members(division)]
    return RunFacts(
        run=run,
        assessments=ByDivision(assessments),
        comparable=ByDivision(
            [
                row
                for row in assessments
                if row.period == str(held.as_of.year) and row.role == "finding" and row.share
            ]
        ),
        reconciliation=reconciliation,
        weekly=ByDivision(weekly),
        forecasts=ByDivision(forecasts),
        received=Received(store, held.as_of.year),
        reporting=reporting,
        earlier=earlier,
        attributions={
            number: ByDivision(
                attribute(
                    store,
                    policy,
                    held,
                    number,
                    tuple(dict.fromkeys(concerned)),
                    mandates=mandates,
                )
            )
            for number, concerned in together.items()
        },
        answers=answers,
        supervision=supervision,
        otherwise=otherwise,
    )


def facts_of(policy: Policy, held: Held, known: RunFacts, division: str) -> BulletinFacts:
    """The facts of one division's bulletin."""
    members = policy.divisions.members(division)
    mine = {division, *members}
    province = policy.divisions.province_of(division)
    peers = {province, *policy.divisions.members(province)} - mine
    issue = known.earlier.get(division)
    earlier = issue if issue is not None and issue.as_of is not None else None
    data = known.received.of(mine)
    year = Period(date(held.as_of.year, 1, 1), held.as_of)
    return BulletinFacts(
        division=division,
        is_province=division in policy.divisions.provinces,
        as_of=held.as_of,
        known_at=held.known_at,
        issue_number=issue.number if issue else 1,
        ruleset=policy.ruleset,
        version=__version__,
        history=held.history,
        assessments=known.assessments.of(mine),
        previous_as_of=earlier.as_of if earlier else None,
        submissions=data.submissions,
        rejected=data.rejected,
        warned=data.warned,
        to_mend=data.to_mend,
        received_until=known.received.until,
        silent=tuple(code for code in members if code not in held.coverage),
        nil=tuple(code for code in members if code in data.nil),
        uncovered={
            code: tuple(found)
            for code in members
            if (found := gaps(held.coverage.get(code, []), *year))
        },
        checks_run=data.checks_run,
        checks_declared=data.checks_declared,
        peers=known.comparable.of(peers),
        weekly=known.weekly.of(mine),
        forecasts=known.forecasts.of(mine),
        attributions=known.attributions[earlier.run].of(mine) if earlier else (),
        reconciliation=known.reconciliation.of(tuple(mine)),
        reporting=tuple(one for one in known.reporting if one.item.division in mine),
        answers=tuple(one for one in known.answers.rows if one.division == division),
        consistency=known.answers.about(policy, division),
        supervision=known.supervision.of(division, earlier.run if earlier else None),
        otherwise=tuple(
            replace(one, turned=tuple(_shown_in(turned, division, members, held.as_of.year)))
            for one, turned in known.otherwise
        ),
    )


def _by_division(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[pair.row.division].append(pair)
    return dict(found)


def _shown_in(
    turned: dict[str, list[Pair]], division: str, members: Sequence[str], year: int
) -> Iterator[Pair]:
    """What turns of a bulletin's own rows; of a province's members it shows the judged year."""
    yield from turned.get(division, ())
    for code in members:
        if code != division:
            yield from (pair for pair in turned.get(code, ()) if pair.row.period == str(year))
