"""Forecasts and backtests as JSON, and the table of backtests."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from monitor.assess.backtest import Backtest, BacktestSummary
from monitor.assess.forecast import Case
from monitor.cli.session import Session
from monitor.cli.tables import print_table
from monitor.corridor import documents

_NOTHING = "—"


def counts(case: Case) -> dict[str, Any]:
    """The counts of one case with their share."""
    return {
        "denominator": case.denominator,
        "numerator": case.numerator,
        "share": case.share,
    }


def points(error: Fraction | None) -> str | None:
    """Percentage points to two places, half to even."""
    return None if error is None else str(Decimal(round(error * 100)).scaleb(-2))


def test_document(test: Backtest) -> dict[str, Any]:
    """One backtest as JSON."""
    return {
        **documents.row_key(test.key),
        "on": test.on.isoformat(),
        "now": counts(test.now),
        "low": counts(test.low),
        "expected": counts(test.expected),
        "high": counts(test.high),
        "actual": counts(test.actual),
        "outcome": test.outcome,
        "status": test.status,
        "is_within": test.is_within,
        "error_points": points(test.error_points),
        "naive_error_points": points(test.naive_error_points),
        "agrees": test.agrees,
        "naive_agrees": test.naive_agrees,
        "is_refuted": test.is_refuted,
    }


def summary_document(summary: BacktestSummary) -> dict[str, Any]:
    """One summary as JSON."""
    return {
        "checkpoint": summary.checkpoint,
        "rows": summary.rows,
        "within": summary.within,
        "decided": summary.decided,
        "agreed": summary.agreed,
        "refuted": summary.refuted,
        "both_decided": summary.both_decided,
        "both_agreed": summary.both_agreed,
        "naive_agreed": summary.naive_agreed,
        "compared": summary.compared,
        "mean_error_points": points(summary.mean_error_points),
        "naive_mean_error_points": points(summary.naive_mean_error_points),
    }


def print_summaries(session: Session, summaries: Sequence[BacktestSummary]) -> None:
    """The table of summaries, and how to read it."""
    say = session.say
    headings = (
        (say("预计日", "day"), False),
        (say("行数", "rows"), True),
        (say("实际在低高之间", "within low–high"), True),
        (say("预计相符", "agreed"), True),
        (say("断言落空", "refuted"), True),
        (say("已有占比：预计相符", "with a share so far: agreed"), True),
        (say("当日占比相符", "share so far agreed"), True),
        (say("可比", "compared"), True),
        (say("预计误差（百分点）", "error (points)"), True),
        (say("当日占比误差（百分点）", "error of share so far"), True),
    )
    lines = [
        (
            say("合计", "all") if s.checkpoint == "all" else s.checkpoint,
            str(s.rows),
            str(s.within),
            f"{s.agreed} / {s.decided}",
            str(s.refuted),
            f"{s.both_agreed} / {s.both_decided}",
            f"{s.naive_agreed} / {s.both_decided}",
            str(s.compared),
            points(s.mean_error_points) or _NOTHING,
            points(s.naive_mean_error_points) or _NOTHING,
        )
        for s in summaries
    ]
    print_table(
        session, say("已结束年度的检验", "Forecasts of years that are over"), headings, lines
    )
    session.out.print(
        say(
            "误差为预计占比与年末实际占比之差的绝对值的平均；“断言落空”指预计“按现有合同可达到”而未达标，"
            "或预计“按目前进度达不到”而达标。",
            "Errors are means of the distance between the forecast and the final share; refuted: "
            "“met on signed contracts” but not met, or “not at this pace” but met.",
        ),
        style="dim",
        soft_wrap=True,
    )
