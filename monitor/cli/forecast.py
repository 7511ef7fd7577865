"""`forecast`: what the year will come to, and how such forecasts fared in years that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import judged_options
from monitor.cli.session import Session, print_json
from monitor.corridor import documents
from monitor.model import Assessment, Text

if TYPE_CHECKING:
    from monitor.assess.forecast import Forecast

OUTCOME_WORDS = {
    "sure": Text("按现有合同可达到", "met on signed contracts"),
    "likely": Text("预计达到", "expected to be met"),
    "possible": Text("有可能达到", "may be met"),
    "unreachable": Text("按目前进度达不到", "not at this pace"),
}
_NAMED_CATEGORIES = 3
_NOTHING = "—"


@click.command()
@judged_options
@click.option(
    "--backtest",
    "tests_past",
    is_flag=True,
    help="用已结束的年度检验预计 / test forecasts on years that are over",
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def forecast(session: Session, /, *, tests_past: bool, as_json: bool, **given: Any) -> None:
    """预计年末数与能否达标 / what the year will come to, and whether the target can be met."""
    as_of: date = given["as_of"] or session.now().date()
    if tests_past:
        _test_past(session, as_of, given, as_json=as_json)
    else:
        _look_ahead(session, as_of, given, as_json=as_json)


def _look_ahead(session: Session, as_of: date, given: dict[str, Any], *, as_json: bool) -> None:
    from monitor.assess.forecast import METHOD  # noqa: PLC0415  # polars
    from monitor.corridor.forecasting import forecast_held  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import (  # noqa: PLC0415  # --help needs none of it
        chosen_divisions,
        chosen_mandates,
    )

    policy = session.policy
    mandates = chosen_mandates(policy, given["mandates"])
    divisions = chosen_divisions(policy, given["divisions"])
    with session.store(write=False) as store:
        rows, forecasts = forecast_held(
            store, policy, as_of, given["known_at"], mandates=mandates, divisions=divisions
        )
    by_key = {row.key: row for row in rows}
    if as_json:
        print_json(
            {
                "as_of": as_of.isoformat(),
                "known_at": documents.moment(given["known_at"]),
                "ruleset": policy.ruleset,
                "forecasts": [_document(session, by_key[f.key], f) for f in forecasts],
            }
        )
        return
    _print_forecasts(session, as_of, [(by_key[f.key], f) for f in forecasts])
    for sentence in METHOD.to(session.language).splitlines():
        session.out.print(sentence, style="dim", soft_wrap=True)


def _document(session: Session, row: Assessment, made: Forecast) -> dict[str, Any]:
    from monitor.cli.backtests import counts  # noqa: PLC0415  # rich

    target = row.target
    return {
        **documents.row_key(made.key),
        "target": {"op": target.op, "value": target.value, "unit": target.unit} if target else None,
        "now": {
            "denominator": row.denominator,
            "numerator": row.numerator,
            "undetermined": row.undetermined,
            "share": row.share,
            "status": row.status,
        },
        "due_new": made.due_new,
        "due_open": made.due_open,
        "due_other": made.due_other,
        "late": made.late,
        "beyond": made.beyond,
        "low": counts(made.low),
        "expected": counts(made.expected),
        "high": counts(made.high),
        "outcome": made.outcome,
        "lost_from": documents.day(made.lost_from),
        "notes": [note.to(session.language) for note in made.notes],
    }


def _print_forecasts(
    session: Session, as_of: date, pairs: Sequence[tuple[Assessment, Forecast]]
) -> None:
    from monitor.bulletins.formats import target_sign  # noqa: PLC0415  # babel
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say, language = session.say, session.language
    lines = []
    marks: dict[str, str] = {}
    for row, made in pairs:
        for note in made.notes:
            marks.setdefault(note.to(language), ascii_lowercase[len(marks) % len(ascii_lowercase)])
        indent = "  " if row.role == "breakdown" else ""
        due = made.due_new + made.due_open + made.due_other
        lines.append(
            (
                f"{indent}{row.mandate}",
                session.policy.divisions.name(row.division).to(language),
                _categories(session, row.categories),
                _shown(row.numerator, row.denominator, row.share),
                f"{made.due_new} / {due}",
                _shown(made.expected.numerator, made.expected.denominator, made.expected.share),
                _span(made),
                target_sign(row.target) if row.target else _NOTHING,
                OUTCOME_WORDS[made.outcome].to(language),
                made.lost_from.isoformat() if made.lost_from else _NOTHING,
                " ".join(marks[note.to(language)] for note in made.notes),
            )
        )
    headings = (
        (say("要求", "mandate"), False),
        (say("地区", "division"), False),
        (say("车辆", "vehicles"), False),
        (say("目前", "now"), True),
        (say("合同待登记：新能源 / 全部", "under contract: new / all"), True),
        (say("预计年末", "expected"), True),
        (say("低–高", "low–high"), True),
        (say("目标", "target"), True),
        (say("能否达到", "outcome"), False),
        (say("何时起不再可能", "out of reach from"), False),
        (say("注", "notes"), False),
    )
    print_table(
        session, say(f"{as_of} 的年末预计", f"Year-end forecast as of {as_of}"), headings, lines
    )
    for note_words, mark in marks.items():
        session.out.print(f"{mark}  {note_words}", soft_wrap=True)


def _categories(session: Session, codes: Sequence[str]) -> str:
    if len(codes) > _NAMED_CATEGORIES:
        return session.say("多类车辆", "several")
    labels = session.policy.codes["category"]
    return session.say("、", ", ").join(
        session.say("全部", "all") if code == "all" else labels.label(code).to(session.language)
        for code in codes
    )


def _shown(numerator: int | str, denominator: int | None, share: str | None) -> str:
    if denominator is None:
        return str(numerator)
    return f"{numerator} / {denominator}\n{_percent(share)}"


def _span(made: Forecast) -> str:
    if made.low.denominator is None:
        return f"{made.low.numerator}–{made.high.numerator}"
    return f"{_percent(made.low.share)}–{_percent(made.high.share)}"


def _percent(share: str | None) -> str:
    from monitor.bulletins.formats import percent  # noqa: PLC0415  # babel

    return percent(share) if share else _NOTHING


def _test_past(session: Session, as_of: date, given: dict[str, Any], *, as_json: bool) -> None:
    from monitor.assess.backtest import summarised  # noqa: PLC0415  # polars
    from monitor.cli.backtests import (  # noqa: PLC0415  # rich
        print_summaries,
        summary_document,
        test_document,
    )
    from monitor.corridor.forecasting import backtest  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import (  # noqa: PLC0415  # --help needs none of it
        chosen_divisions,
        chosen_mandates,
    )

    policy = session.policy
    with session.store(write=False) as store:
        tests = backtest(
            store,
            policy,
            until=as_of,
            known_at=given["known_at"],
            mandates=chosen_mandates(policy, given["mandates"]),
            divisions=chosen_divisions(policy, given["divisions"]),
            progress=session.bar("检验", "testing", quiet=as_json),
        )
    summaries = summarised(tests)
    if as_json:
        print_json(
            {
                "backtests": [test_document(test) for test in tests],
                "summary": [summary_document(summary) for summary in summaries],
            }
        )
    else:
        print_summaries(session, summaries)
