"""What was due and what came in for it, asked once for all divisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from monitor.assess.coverage import gaps, merged
from monitor.bulletins.reporting_facts import Standing, State
from monitor.model import SHANGHAI, Period
from monitor.policy.calendars import load_calendar
from monitor.policy.codes import normal_name
from monitor.policy.due_dates import DueItem, load_reporting
from monitor.policy.policy import Policy
from monitor.store.knowledge import read_moment
from monitor.store.store import Store

_RULES: Final = "reporting.yml"
_CALENDAR: Final = "china.yml"

# A span of an item's period and the first moment at which a submission covered it.
_Spans = list[tuple[datetime, Period]]

# Clipped to the period of the item first: files that report the year so far again and again come
# out as one span. A refused file covers nothing, whatever was written of it.
_COVERED = """
WITH wanted AS (
    SELECT unnest($place::INTEGER[]) AS place, unnest($kind::VARCHAR[]) AS kind,
           unnest($division::VARCHAR[]) AS division,
           unnest($start::DATE[]) AS start_on, unnest($end::DATE[]) AS end_on)
SELECT w.place, w.division, greatest(c.start_on, w.start_on) AS start_on,
       least(c.end_on, w.end_on) AS end_on, min(s.received_at) AS received_at
FROM wanted AS w
JOIN coverage AS c ON c.kind = w.kind AND c.division = w.division
    AND c.start_on <= w.end_on AND c.end_on >= w.start_on
JOIN seen AS s ON s.seq = c.submission AND s.status <> 'refused'
GROUP BY ALL ORDER BY ALL
"""
_LAST = """
SELECT c.kind, c.division, max(s.received_at) FROM coverage AS c
JOIN seen AS s ON s.seq = c.submission AND s.status <> 'refused' GROUP BY ALL
"""


def standing(
    store: Store, policy: Policy, items: Sequence[DueItem], as_of: date
) -> tuple[Standing, ...]:
    """How each item stands on `as_of`, in the order given; `Store.look` fixes what may be seen.

    A county stands for the division that it reports to, and a province is whole when each of its
    divisions is. What came in on the due day, in Shanghai, is on time.
    """
    members = [_members(policy, item.division) for item in items]
    spans = _spans(store, items, members)
    last = _last(store)
    return tuple(
        _standing(
            item,
            [spans[place, code] for code in codes],
            max(
                (last[item.kind, code] for code in codes if (item.kind, code) in last), default=None
            ),
            as_of,
        )
        for place, (item, codes) in enumerate(zip(items, members, strict=True))
    )


def reporting_of(store: Store, policy: Policy, as_of: date) -> tuple[Standing, ...]:
    """All that was due by `as_of`, and what each division has to send next of each kind.

    Next is what has begun: periods still to come are no one's concern yet. In the order of due
    dates; empty where the project's files ask nobody to report.
    """
    files = {path.name: path for path in policy.project.files("data/calendars")}
    if not {_RULES, _CALENDAR} <= files.keys():  # an archived ruleset holds neither
        return ()
    rules = load_reporting(files[_RULES], policy.divisions, frozenset(policy.rules))
    calendar = load_calendar(files[_CALENDAR])
    due = rules.items(policy.divisions, calendar, date.min, as_of)
    ahead = rules.items(policy.divisions, calendar, as_of + timedelta(days=1), date.max)
    following: dict[tuple[str, str], DueItem] = {}
    for item in ahead:
        if item.period.start <= as_of:
            following.setdefault((item.kind, item.division), item)
    return standing(store, policy, [*due, *following.values()], as_of)


def _members(policy: Policy, division: str) -> tuple[str, ...]:
    table = policy.divisions
    reporting = division if table.known(division) else table.reports_to.get(normal_name(division))
    return table.members(reporting or division)


def _spans(
    store: Store, items: Sequence[DueItem], members: Sequence[tuple[str, ...]]
) -> Mapping[tuple[int, str], _Spans]:
    found: dict[tuple[int, str], _Spans] = defaultdict(list)
    asked = [(place, code) for place, codes in enumerate(members) for code in codes]
    rows = store.rows(
        _COVERED,
        {
            "place": [place for place, _ in asked],
            "kind": [items[place].kind for place, _ in asked],
            "division": [code for _, code in asked],
            "start": [items[place].period.start for place, _ in asked],
            "end": [items[place].period.end for place, _ in asked],
        },
    )
    for place, code, start, end, received_at in rows:
        found[place, code].append((read_moment(received_at), Period(start, end)))
    return found


def _last(store: Store) -> dict[tuple[str, str], datetime]:
    return {(kind, code): read_moment(moment) for kind, code, moment in store.rows(_LAST)}


def _standing(
    item: DueItem, parts: Sequence[_Spans], last_at: datetime | None, as_of: date
) -> Standing:
    """One item over the divisions that it is of; they are several only for a province."""
    whole_at = [_whole_at(spans, item.period) for spans in parts]
    known = [moment for moment in whole_at if moment is not None]
    if len(known) == len(whole_at):
        received_at = max(known)
        came_on = received_at.astimezone(SHANGHAI).date()
        state: State = "on_time" if came_on <= item.due_on else "late"
        return Standing(item, state, received_at, (item.period,), last_at)
    covers = _covered_by_all(parts, item.period)
    if as_of <= item.due_on:
        return Standing(item, "waiting", None, covers, last_at)
    has_some = any(parts)
    return Standing(item, "partial" if has_some else "missing", None, covers, last_at)


def _whole_at(spans: _Spans, period: Period) -> datetime | None:
    """When the last lacking day of the period came in; None while one is lacking."""
    held: list[Period] = []
    for moment, span in sorted(spans):
        held = merged([*held, span])
        if not gaps(held, *period):
            return moment
    return None


def _covered_by_all(parts: Sequence[_Spans], period: Period) -> tuple[Period, ...]:
    lacking = [gap for spans in parts for gap in gaps(merged([span for _, span in spans]), *period)]
    return tuple(gaps(merged(lacking), *period))
