"""Where the year is heading: forecasts, and the contracts behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from monitor.assess.forecast import METHOD, Case, Forecast, Outcome
from monitor.assess.reconciliation import OpenLine, Unmatched
from monitor.bulletins import formats, labels
from monitor.bulletins.bulletin_view import ForecastRow, ForecastValues, Outlook, PipelineRow
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.figures import target_of
from monitor.bulletins.overview import value_of
from monitor.bulletins.parts import Tone
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.policy import Policy

_TONES: Final[dict[Outcome, Tone]] = {
    "sure": "good",
    "likely": "good",
    "possible": "warn",
    "unreachable": "bad",
}


def outlook_of(
    findings: Sequence[Assessment],
    facts: BulletinFacts,
    policy: Policy,
    words: Words,
) -> Outlook:
    """Forecasts of the findings, and what is under contract by what it is for (a province: by
    division).
    """
    by_key = {forecast.key: forecast for forecast in facts.forecasts}
    forecasts = tuple(
        _row(row, by_key[row.key], policy, words)
        for row in findings
        if row.key in by_key and row.target is not None
    )
    lines = facts.reconciliation.open_lines if facts.reconciliation else ()
    return Outlook(
        forecasts=forecasts,
        pipeline=_pipeline(lines, facts, policy, words),
        method=tuple(words.text(METHOD).splitlines()) if forecasts else (),
    )


def _row(row: Assessment, forecast: Forecast, policy: Policy, words: Words) -> ForecastRow:
    due = forecast.due_new + forecast.due_open + forecast.due_other
    return ForecastRow(
        subject=labels.subject_of(row, policy, words),
        now=value_of(row, policy, words),
        low=_case(forecast.low),
        expected=_case(forecast.expected),
        high=_case(forecast.high),
        target=target_of(row, policy, words),
        contracted=formats.number(due),
        outcome=outcome_word(forecast.outcome, words),
        tone=_TONES[forecast.outcome],
        lost_from=formats.day(forecast.lost_from, words) if forecast.lost_from else formats.NOTHING,
        remarks=tuple(words.text(note) for note in forecast.notes),
        values=_values(row, forecast, due),
    )


def _values(row: Assessment, forecast: Forecast, due: int) -> ForecastValues:
    """The same numbers, unformatted."""
    return ForecastValues(
        now=Case(row.denominator, int(row.numerator), row.share),
        low=forecast.low,
        expected=forecast.expected,
        high=forecast.high,
        target=Decimal(row.target.value if row.target else 0),
        contracted=due,
        lost_from=forecast.lost_from,
    )


def _case(case: Case) -> str:
    if case.denominator is None:
        return formats.number(case.numerator)
    counts = f"{formats.number(case.numerator)}/{formats.number(case.denominator)}"
    return counts if case.share is None else f"{formats.percent(case.share)} ({counts})"


def outcome_word(outcome: Outcome, words: Words) -> str:
    """Whether the target can still be met, in words."""
    return {
        "sure": words("按现有合同可达到"),
        "likely": words("预计达到"),
        "possible": words("有可能达到"),
        "unreachable": words("按目前进度达不到"),
    }[outcome]


def _pipeline(
    lines: Sequence[OpenLine], facts: BulletinFacts, policy: Policy, words: Words
) -> tuple[PipelineRow, ...]:
    """By division for a province, by category for a city; the whole comes last."""
    overdue = facts.reconciliation.overdue if facts.reconciliation else ()

    def group_of(one: OpenLine | Unmatched) -> str:
        return one.division if facts.is_province else one.category

    found = {group_of(line) for line in lines}
    members = policy.divisions.members(facts.division)
    order = members if facts.is_province else tuple(policy.codes["category"].entries)
    year_end = date(facts.as_of.year, 12, 31)
    rows = [
        _pipeline_row(
            labels.group_word(code, policy, words, is_province=facts.is_province),
            [line for line in lines if group_of(line) == code],
            sum(one.vehicles for one in overdue if group_of(one) == code),
            year_end,
            policy,
        )
        for code in order
        if code in found
    ]
    if len(rows) > 1:
        late = sum(one.vehicles for one in overdue)
        rows.append(_pipeline_row(words("合计"), lines, late, year_end, policy))
    return tuple(rows)


def _pipeline_row(
    label: str, lines: Sequence[OpenLine], overdue: int, year_end: date, policy: Policy
) -> PipelineRow:
    new, unsure = policy.energies("yes"), policy.energies("undetermined")

    def total(chosen: Sequence[OpenLine]) -> str:
        return formats.number(sum(line.vehicles for line in chosen))

    return PipelineRow(
        label=label,
        new_energy=total([line for line in lines if line.energy in new]),
        other=total([line for line in lines if line.energy not in new | unsure]),
        undetermined=total([line for line in lines if line.energy in unsure]),
        due_this_year=total([line for line in lines if line.due_on <= year_end]),
        overdue=formats.number(overdue),
    )
