"""Every clause that is no fleet mandate, answered: line by line, year by year, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

import polars as pl

from monitor.assess.answer import ClauseAnswer
from monitor.assess.arithmetic import consequence, cut_share
from monitor.assess.clause_counts import Counted
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.clause_found import Asked, until_of
from monitor.assess.clause_lines import work_out
from monitor.assess.clause_rows import tally_line
from monitor.assess.clause_status import wanted_of
from monitor.assess.coverage import clipped, gaps
from monitor.assess.explain_code import ExplainCode
from monitor.model import Period, Text
from monitor.policy.clause_targets import ClauseTarget
from monitor.policy.clauses import Clause
from monitor.policy.lines import REPORTS, Line
from monitor.policy.policy import Policy

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def answer_clauses(
    policy: Policy,
    held: ClauseEvidence,
    *,
    clauses: Sequence[str] | None = None,
    divisions: Sequence[str] | None = None,
) -> tuple[ClauseAnswer, ...]:
    """Answer the chosen clauses (None: all) that began by the day judged, for the chosen divisions.

    The row of the clause's own place binds; those of its divisions stand beside it for
    information, where something was reported of them.
    """
    asked = tuple(policy.clauses) if clauses is None else clauses
    rows: list[ClauseAnswer] = []
    for name in asked:
        clause = policy.clauses[name]
        if clause.valid_from <= held.as_of:
            rows += _answers(policy, held, clause, divisions)
    return tuple(rows)


def _answers(
    policy: Policy, held: ClauseEvidence, clause: Clause, divisions: Sequence[str] | None
) -> Iterator[ClauseAnswer]:
    members = policy.divisions.members(clause.jurisdiction)
    others = [code for code in members if code != clause.jurisdiction]
    if clause.places:
        others.sort(key=lambda code: code not in clause.places)
    for at, line in enumerate(clause.lines):
        kind = clause.kind_of(line)
        for year in _years(held, clause, line):
            tallied = cache(partial(tally_line, held, clause, line, year))
            for code in (clause.jurisdiction, *others):
                if divisions is not None and code not in divisions:
                    continue
                binds = code == clause.jurisdiction
                if not binds and (kind in REPORTS or not _has_sent(held, kind, code)):
                    continue
                yield _answer(policy, held, clause, (at, line, tallied), code, year, binds=binds)
    yield from _unanswered(held, clause, divisions)


def _last_year(held: ClauseEvidence, clause: Clause) -> int:
    return min(held.as_of.year, clause.valid_to.year)


def _years(held: ClauseEvidence, clause: Clause, line: Line) -> list[int]:
    """The years that a line has rows for: of reported figures those with a target or a report,
    of things that stand the last only, else all that have begun.
    """
    last = _last_year(held, clause)
    years = [year for year in clause.years if year <= last and line.is_for(year)]
    if line.measure == "document" and line.span == "standing":
        return years[-1:]
    if line.measure == "document":
        return [year for year in years if year in clause.whole_years] or years[-1:]
    if line.measure == "figure":
        reported = _reported_years(held, clause, line)
        return [
            year
            for year in years
            if year in reported or _target_of(clause, line, year, last) is not None
        ]
    return years


def _reported_years(held: ClauseEvidence, clause: Clause, line: Line) -> set[int]:
    frame = held.records.get("figure")
    if frame is None:
        return set()
    mine = frame.filter(pl.col("clause") == clause.id, pl.col("item") == line.name.zh)
    return set(mine["dated_on"].dt.year())


def _target_of(clause: Clause, line: Line, year: int, last: int) -> ClauseTarget | None:
    """What the line is set against in a year: the year's own target; a rule's, which holds all the
    time; else one without a year when the last year is looked at, for it is due by the end.
    """
    for target in clause.targets_of(line):
        if target.period == year or (target.every_year and year in clause.whole_years):
            return target
        undated = target.period is None and not target.every_year
        if undated and (clause.clause_class == "rule" or year == last):
            return target
    return None


def _has_sent(held: ClauseEvidence, kind: str, code: str) -> bool:
    return bool(held.coverage.get(kind, {}).get(code))


@dataclass(frozen=True, slots=True)
class _Known:
    covered: Period | None
    is_incomplete: bool
    missing: tuple[str, ...]


def _known(
    policy: Policy, held: ClauseEvidence, kind: str, code: str, start: date, line: Line, until: date
) -> _Known:
    """What was sent of the days of the year. Of what stands, its last day is what matters."""
    declared = policy.kinds.get(kind)
    senders = (code,) if declared and declared.of_provinces else policy.divisions.members(code)
    coverage = held.coverage.get(kind, {})
    spans = {one: clipped(coverage.get(one, []), start, until) for one in senders}
    days = [span for found in spans.values() for span in found]
    if line.span == "year":
        incomplete = any(gaps(found, start, until) for found in spans.values())
    else:
        incomplete = any(not found or max(s.end for s in found) < until for found in spans.values())
    return _Known(
        covered=Period(min(d.start for d in days), max(d.end for d in days)) if days else None,
        is_incomplete=incomplete,
        missing=tuple(one for one, found in spans.items() if not found) if len(senders) > 1 else (),
    )


def _answer(
    policy: Policy,
    held: ClauseEvidence,
    clause: Clause,
    which: tuple[int, Line, Callable[[], Counted | None]],
    code: str,
    year: int,
    *,
    binds: bool,
) -> ClauseAnswer:
    at, line, tallied = which
    kind = clause.kind_of(line)
    last = _last_year(held, clause)
    end = min(date(year, 12, 31), clause.valid_to)
    until = until_of(held, clause, year)
    start = max(date(year, 1, 1), clause.valid_from)
    known = _known(policy, held, kind, code, start, line, until)
    # A number of things is asked of the clause's own place; no part of it owes all of them.
    is_theirs = binds or line.measure != "count"
    target = _target_of(clause, line, year, last) if is_theirs else None
    # What names no year is due by the end of the life, a rule at every moment.
    is_due = target is None or target.period is not None or target.every_year
    due = end if is_due or clause.clause_class == "rule" else clause.valid_to
    complete = held.as_of >= due
    asked = Asked(
        policy=policy,
        held=held,
        clause=clause,
        line=line,
        division=code,
        members=policy.divisions.members(code),
        year=year,
        until=until,
        target=target,
        complete=complete,
        is_whole=known.covered is not None and not known.is_incomplete,
        tallied=tallied,
    )
    found = work_out(asked)
    status, sides = found.status, found.sides
    if kind in REPORTS:
        # A sender of figures or documents says nothing of those that are not in the file.
        status = status if found.is_known else "no_data"
    elif known.covered is None:
        status = "no_data"
    elif not found.is_known:
        status = "no_additions"
    strength = (target.strength if target else None) or clause.strength
    return ClauseAnswer(
        clause=clause.id,
        division=code,
        period=str(year),
        complete=complete,
        line=at,
        name=line.name,
        measure=line.measure,
        evidence=kind,
        binding=binds,
        target=wanted_of(target) if target else None,
        strength=strength,
        status=status,
        consequence=consequence(status, strength, binding=binds, incomplete=known.is_incomplete),
        covered=known.covered,
        incomplete_data=known.is_incomplete,
        missing_divisions=known.missing,
        missed=line.misses,
        explain=str(_code(policy, held, clause, at, code, year)),
        value=found.value,
        value_most=found.value_most,
        unit=found.unit,
        denominator=sides.denominator if sides else None,
        numerator=sides.numerator if sides else None,
        undetermined=sides.undetermined if sides else 0,
        share=cut_share(sides.numerator, sides.denominator) if sides else None,
        misses=found.misses,
        missing=found.missing,
        facts=found.facts,
        sources=found.sources,
        notes=found.notes,
    )


def _code(
    policy: Policy, held: ClauseEvidence, clause: Clause, at: int, code: str, year: int
) -> ExplainCode:
    scope = f"line_{_LETTERS[at]}"
    return ExplainCode(
        clause.id, code, year, scope, held.as_of, held.history, held.known_at, policy.ruleset
    )


def line_of(clause: Clause, scope: str) -> Line | None:
    """The line that an explain code's scope names."""
    letter = scope.removeprefix("line_")
    at = _LETTERS.find(letter) if len(letter) == 1 else -1
    return clause.lines[at] if 0 <= at < len(clause.lines) else None


def _unanswered(
    held: ClauseEvidence, clause: Clause, divisions: Sequence[str] | None
) -> Iterator[ClauseAnswer]:
    """Targets that nothing reported can answer stand with what would be lacking."""
    if divisions is not None and clause.jurisdiction not in divisions:
        return
    last = _last_year(held, clause)
    for place, target in enumerate(clause.unanswered):
        strength = target.strength or clause.strength
        limits = clause.evidence.limits
        yield ClauseAnswer(
            clause=clause.id,
            division=clause.jurisdiction,
            period=str(target.period or last),
            complete=held.as_of >= clause.valid_to,
            line=len(clause.lines) + place,
            name=target.item or clause.meaning,
            measure=clause.measure,
            evidence=clause.evidence.kind,
            binding=True,
            target=wanted_of(target),
            value=None,
            value_most=None,
            unit=target.unit,
            denominator=None,
            numerator=None,
            undetermined=0,
            share=None,
            status="not_computable",
            strength=strength,
            consequence="report",
            covered=None,
            incomplete_data=True,
            missing=(limits,) if limits else (Text("条文没有给出算法", "no way to work it out"),),
        )
