"""Every mandate that has begun, period by period and division by division."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from monitor.assess.arithmetic import consequence, cut_share
from monitor.assess.coverage import Coverage, clipped, gaps
from monitor.assess.evidence import Evidence, Tallies
from monitor.assess.explain_code import WHOLE, ExplainCode
from monitor.assess.measures import Question, WeighedSorts, judge
from monitor.model import Assessment, Excluded, Period, Text
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.policy.side_by_side import strictest_first


@dataclass(frozen=True, slots=True)
class Held:
    """What is held, as far as verdicts need it: counts, weighed sorts, coverage, and the moment.

    `decisions` is the number of the last decision over an exemption that was known.
    """

    evidence: Evidence
    sorts: WeighedSorts
    coverage: Coverage
    known_at: datetime | None
    history: int
    decisions: int = 0

    @property
    def as_of(self) -> date:
        """The day judged."""
        return self.evidence.as_of


def assess(
    policy: Policy,
    held: Held,
    *,
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
    only_year: int | None = None,
    tallies: Tallies | None = None,
) -> tuple[Assessment, ...]:
    """Assess the chosen mandates (None: all that began by the day judged) for the chosen divisions.

    `only_year` leaves out the periods of all other years. A mandate that is named also answers for
    the judged year outside its life: `no_mandate`. Those on the same vehicles follow one another,
    the strictest first, each with rows of its own. With `tallies`, which must be of `held`,
    findings alone are given, and what was tallied before is not tallied again.
    """
    asked = mandates if mandates is not None else tuple(policy.mandates)
    chosen = [policy.mandates[m] for m in strictest_first(policy, asked, held.as_of.year)]
    rows: list[Assessment] = []
    for mandate in chosen:
        years = [
            year
            for year in mandate.years
            if date(year, 1, 1) <= held.as_of and only_year in {None, year}
        ]
        # One mandate's vehicles are let go with it; who lends tallies keeps them.
        own = tallies or Tallies(policy, held.evidence)
        for scope in _scopes(policy, mandate):
            if tallies is not None and not scope.is_finding:
                continue
            if years:
                rows += _scope_rows(policy, held, mandate, scope, years, divisions, own)
            if mandates is not None and held.as_of.year not in mandate.years:
                rows += _no_mandate_rows(policy, held, mandate, scope, divisions)
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The categories of one row, and whether it is the finding or a part shown beside it."""

    listed: tuple[str, ...]
    kinds: frozenset[str]
    is_finding: bool
    name: str


def _scopes(policy: Policy, mandate: Mandate) -> list[_Scope]:
    whole = _Scope(mandate.categories, policy.categories_of(mandate), is_finding=True, name=WHOLE)
    if len(mandate.categories) == 1:
        return [whole]
    each = mandate.grouping == "each"
    parts = [
        _Scope((category,), policy.kinds_of(category), is_finding=each, name=category)
        for category in mandate.categories
    ]
    return parts if each else [whole, *parts]


def concerned(policy: Policy, mandate: Mandate) -> list[tuple[str, bool]]:
    """The codes that a mandate has rows for, each with whether it binds there."""
    table = policy.divisions
    code = mandate.jurisdiction
    if code not in table.provinces:
        return [(code, "divisions" in mandate.binds)]
    rows = [(code, "province" in mandate.binds)] if "province" in mandate.judged_at else []
    if "divisions" in mandate.judged_at:
        listed = frozenset(mandate.counties or ())
        rows += [
            (member, "divisions" in mandate.binds)
            for member in table.members(code)
            if not listed
            or member in listed
            or not listed.isdisjoint(table.divisions[member].counties)
        ]
    return rows


def _scope_rows(
    policy: Policy,
    held: Held,
    mandate: Mandate,
    scope: _Scope,
    years: list[int],
    divisions: tuple[str, ...] | None,
    tallies: Tallies,
) -> Iterator[Assessment]:
    codes = [
        (code, binds)
        for code, binds in concerned(policy, mandate)
        if divisions is None or code in divisions
    ]
    if not codes:
        return
    counts, open_categories = tallies.of(mandate, scope.kinds)
    is_of_life = mandate.counting.over == "life"
    for year in years:
        for code, binds in codes:
            members = policy.divisions.members(code)
            question = Question(
                policy, mandate, counts, scope.kinds, held.sorts, members, code, year
            )
            start, end = date(year, 1, 1), date(year, 12, 31)
            start = start.replace(year=mandate.years.start) if is_of_life else start
            known = _known(held, members, start, min(end, held.as_of))
            judged = judge(question, complete=held.as_of >= end, reported=known.covered is not None)
            binding = binds and scope.is_finding
            yield Assessment(
                mandate=mandate.id,
                division=code,
                period=str(year),
                complete=held.as_of >= end,
                measure=mandate.measure,
                categories=scope.listed,
                role="finding" if scope.is_finding else "breakdown",
                binding=binding,
                target=judged.target,
                denominator=judged.denominator,
                numerator=judged.numerator,
                undetermined=judged.undetermined,
                excluded=judged.excluded,
                share=judged.share,
                short_by=judged.short_by,
                needed_next=judged.needed_next,
                status=judged.status,
                strength=mandate.strength,
                consequence=consequence(
                    judged.status,
                    mandate.strength,
                    binding=binding,
                    incomplete=known.is_incomplete,
                ),
                covered=known.covered,
                incomplete_data=known.is_incomplete,
                missing=judged.missing,
                missing_divisions=known.missing if code in policy.divisions.provinces else (),
                explain=str(_code(policy, held, mandate, code, year, scope)),
                category_undetermined=sum(open_categories.get((m, year), 0) for m in members),
                notes=judged.notes,
                compared_with=judged.compared_with,
            )


@dataclass(frozen=True, slots=True)
class _Known:
    covered: Period | None
    is_incomplete: bool
    missing: tuple[str, ...]


def _known(held: Held, members: tuple[str, ...], start: date, end: date) -> _Known:
    """What the members' submissions cover of the days from `start` to `end`."""
    spans = {code: clipped(held.coverage.get(code, []), start, end) for code in members}
    days = [span for found in spans.values() for span in found]
    return _Known(
        covered=Period(min(d.start for d in days), max(d.end for d in days)) if days else None,
        is_incomplete=any(gaps(found, start, end) for found in spans.values()),
        missing=tuple(code for code, found in spans.items() if not found),
    )


def _code(
    policy: Policy, held: Held, mandate: Mandate, division: str, year: int, scope: _Scope
) -> ExplainCode | str:
    """The code of a figure; none under another reading, for it would be looked up by ours."""
    if mandate.id in policy.reread:
        return ""
    return ExplainCode(
        mandate.id,
        division,
        year,
        scope.name,
        held.as_of,
        held.history,
        held.known_at,
        policy.ruleset,
        held.decisions,
    )


def _no_mandate_rows(
    policy: Policy,
    held: Held,
    mandate: Mandate,
    scope: _Scope,
    divisions: tuple[str, ...] | None,
) -> Iterator[Assessment]:
    year = held.as_of.year
    for code, binds in concerned(policy, mandate):
        if divisions is not None and code not in divisions:
            continue
        members = policy.divisions.members(code)
        known = _known(held, members, date(year, 1, 1), held.as_of)
        counted = mandate.unit != "share"
        yield Assessment(
            mandate=mandate.id,
            division=code,
            period=str(year),
            complete=held.as_of >= date(year, 12, 31),
            measure=mandate.measure,
            categories=scope.listed,
            role="finding" if scope.is_finding else "breakdown",
            binding=binds and scope.is_finding,
            target=None,
            denominator=None if counted else 0,
            numerator=0,
            undetermined=0,
            excluded=Excluded(),
            share=cut_share(0, 0),
            short_by=0,
            needed_next=0,
            status="no_mandate",
            strength=mandate.strength,
            consequence="none",
            covered=known.covered,
            incomplete_data=known.is_incomplete,
            missing=(
                Text(
                    f"有效期为 {mandate.valid_from} 至 {mandate.valid_to}",
                    f"in force from {mandate.valid_from} to {mandate.valid_to}",
                ),
            ),
            explain=str(_code(policy, held, mandate, code, year, scope)),
        )
