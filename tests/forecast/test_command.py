"""`fleetmon forecast`, in words and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli.forecast import forecast
from monitor.cli.session import make_session
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.store.home import Home


def run(home: Home, *words: str, language: Language = "zh") -> Result:
    session = make_session(home.root, None, language, debug=True)
    result = CliRunner().invoke(forecast, list(words), obj=session, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def column(table: str, place: int) -> str:
    """All cells of one column, without the spaces at which lines are broken."""
    lines = [line.split("│") for line in table.splitlines() if line.startswith("│")]
    return "".join("".join(line[place].split()) for line in lines)


def document(home: Home, *words: str) -> Any:
    return json.loads(run(home, *words, "--json").stdout)


ASKED = ("--as-of", "2020-09-30", "--mandate", "JX-F01")


def test_every_field_is_in_the_document(samples_home: Home) -> None:
    told = document(samples_home, *ASKED, "--division", "360000")
    assert (told["as_of"], told["known_at"]) == ("2020-09-30", None)
    assert told["ruleset"]
    (row,) = told["forecasts"]
    assert (row["mandate"], row["division"], row["period"]) == ("JX-F01", "360000", "2020")
    assert (row["categories"], row["role"]) == (["bus"], "finding")
    assert row["target"] == {"op": ">=", "value": "0.75", "unit": "share"}
    assert (row["now"]["denominator"], row["now"]["status"]) == (255, "on_track")
    due = row["due_new"] + row["due_open"] + row["due_other"]
    assert due
    for case in ("low", "expected", "high"):
        assert row[case]["denominator"] == 255 + due + row["beyond"]
    assert row["low"]["share"] <= row["expected"]["share"] <= row["high"]["share"]
    assert row["outcome"] in {"sure", "likely", "possible", "unreachable"}
    assert {"late", "lost_from", "notes"} <= row.keys()


def test_what_came_later_is_not_seen(samples_home: Home) -> None:
    # Ganzhou's file of 2019 came on 20 April 2020: before, there is nothing to carry on.
    asked = ("--as-of", "2019-06-30", "--mandate", "JX-F01", "--division", "360700")
    before = document(samples_home, *asked, "--known-at", "2020-04-19T00:00+08:00")
    assert before["known_at"] == "2020-04-19T00:00:00+08:00"
    assert before["forecasts"] == []
    assert len(document(samples_home, *asked)["forecasts"]) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["南昌市", "公交车", "能否达到", "何时起不再可能", "预计数只用加减乘除"]),
        ("en", ["Nanchang", "bus", "outcome", "out of reach from", "plain arithmetic"]),
    ],
)
def test_the_table_speaks_both_languages(
    samples_home: Home, language: Language, words: list[str]
) -> None:
    out = run(samples_home, *ASKED, "--division", "360100", language=language).output
    assert [word for word in words if word not in out] == []


@pytest.mark.parametrize(("language", "mark"), [("zh", "、"), ("en", ", ")])
def test_the_table_reads_as_bulletins_do(
    samples_home: Home,
    policy: Policy,
    language: Language,
    mark: str,
) -> None:
    asked = ("--as-of", "2020-09-30", "--mandate", "JX-F02", "--division", "360100")
    rows = document(samples_home, *asked)["forecasts"]
    table = run(samples_home, *asked, language=language).output
    names = [policy.codes["category"].label(code).to(language) for code in rows[0]["categories"]]
    assert column(table, 3).startswith(mark.join(names).replace(" ", ""))
    assert "≥ 50 %" in table
    for row in rows:
        for case in ("low", "expected", "high"):
            assert f"{Decimal(row[case]['share']) * 100:.2f} %" in table


def test_a_year_that_is_over_has_no_forecast(samples_home: Home) -> None:
    assert document(samples_home, "--as-of", "2020-12-31")["forecasts"] == []


def test_the_backtest_is_told_by_row_and_in_sum(samples_home: Home) -> None:
    asked = ("--backtest", "--as-of", "2018-12-31", "--mandate", "JX-F01")
    told = document(samples_home, *asked, "--division", "360300")
    assert told.keys() == {"backtests", "summary"}
    assert [row["on"] for row in told["backtests"]] == [
        *("2018-03-31", "2018-06-30", "2018-09-30", "2018-10-31"),
    ]
    last = told["backtests"][-1]
    assert last["actual"] == {"denominator": 20, "numerator": 10, "share": "0.5000"}
    assert last["status"] == "not_met"
    assert [summary["checkpoint"] for summary in told["summary"]] == [
        *("03-31", "06-30", "09-30", "10-31", "all"),
    ]
    assert told["summary"][-1]["rows"] == 4
    whole, _, places = last["error_points"].partition(".")
    assert whole.lstrip("-").isdigit()
    assert len(places) == 2
    table = run(samples_home, *asked, language="en").output
    assert "refuted" in table
