"""The page of a division and the line of each: what bulletins would say, gathered once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from attribution.weeks import FUJIAN, FUZHOU, NANJING, XIAMEN, Weeks, car, cars

from monitor.assess.assess import assess
from monitor.bulletins.figures import figures_of
from monitor.bulletins.reporting_facts import Standing
from monitor.bulletins.words import Words, load_words
from monitor.corridor import division_page, judged
from monitor.corridor.all_divisions import overview
from monitor.corridor.division_page import DivisionToday, division_today, due_lines
from monitor.corridor.judge import hold
from monitor.model import SHANGHAI, Period
from monitor.policy.due_dates import DueItem

TODAY = date(2023, 6, 19)
YEAR_2022 = Period(date(2022, 1, 1), date(2022, 12, 31))
HALF = Period(date(2023, 1, 1), date(2023, 6, 30))
HERE = {"行政区划代码": "350203"}


@pytest.fixture
def words(weeks: Weeks) -> Words:
    return load_words(weeks.policy.project, "zh")


def send_two_cities(weeks: Weeks) -> None:
    """福州 misses its official cars of 2023, 厦门 does not; 2022 of 福州 was met."""
    weeks.send([car(n, 初次登记日期="2022-03-01") for n in range(301, 306)], period=YEAR_2022)
    weeks.send(cars(1, 12, 8), period=HALF)
    weeks.send(cars(101, 12, 0, **HERE), XIAMEN, period=HALF)


def today(weeks: Weeks, words: Words, code: str = FUZHOU, as_of: date = TODAY) -> DivisionToday:
    return division_today(weeks.store, weeks.policy, words, code, as_of)


def test_the_rows_are_the_assessments_and_the_blocks_their_words(
    weeks: Weeks, words: Words
) -> None:
    send_two_cities(weeks)
    found = today(weeks, words)
    rows = assess(weeks.policy, hold(weeks.store, TODAY, None), divisions=(FUZHOU,))
    assert found.rows == tuple(row for row in rows if row.status != "no_mandate")
    (block,) = [one for one in found.blocks if one.mandate == "FJ-F01"]
    (row,) = [r for r in rows if (r.mandate, r.period) == ("FJ-F01", "2023")]
    assert block.rows == (figures_of(row, "福州市", weeks.policy, words),)
    assert (block.rows[0].counted, block.rows[0].new_energy) == ("20", "12")
    assert block.rows[0].verdict.code == "out_of_reach"
    before = [one for one in found.earlier if one.mandate == "FJ-F01"]
    assert [(one.period, one.verdict.code) for one in before] == [("2022", "met")]
    assert [one.period for one in found.earlier] == sorted(
        (one.period for one in found.earlier), reverse=True
    )


def test_a_mandate_that_has_ended_shows_its_last_year(weeks: Weeks, words: Words) -> None:
    send_two_cities(weeks)
    found = today(weeks, words, as_of=date(2026, 11, 21))
    (block,) = [one for one in found.blocks if one.mandate == "FJ-F01"]
    assert [row.period for row in block.rows] == ["2025"]
    assert {"2022", "2023", "2024"} <= {
        one.period for one in found.earlier if one.mandate == "FJ-F01"
    }


def test_a_province_has_its_divisions_beside_it(weeks: Weeks, words: Words) -> None:
    send_two_cities(weeks)
    found = today(weeks, words, FUJIAN)
    (block,) = [one for one in found.blocks if one.mandate == "FJ-F01"]
    assert found.is_province
    assert block.rows[0].label == "福建省"
    assert {row.division for members in block.members for row in members.rows} >= {FUZHOU, XIAMEN}
    assert {one.division for one in found.earlier} == {FUJIAN}


def test_the_last_submissions_come_newest_first_and_are_its_own(weeks: Weeks, words: Words) -> None:
    send_two_cities(weeks)
    weeks.send([car(401), car(402, **HERE)], FUJIAN)
    assert [one.submission for one in today(weeks, words).submissions] == [
        "S000004",
        "S000002",
        "S000001",
    ]
    assert [one.submission for one in today(weeks, words, XIAMEN).submissions] == [
        "S000004",
        "S000003",
    ]
    assert len(division_page.last_submissions(weeks.store, [FUJIAN, FUZHOU, XIAMEN], 2)) == 2
    assert today(weeks, words, NANJING).submissions == ()


def test_the_last_bulletin_with_its_files(weeks: Weeks, words: Words) -> None:
    assert today(weeks, words).bulletin is None
    issues = [(1, date(2023, 6, 12), 1, "zh", "a"), (2, date(2023, 6, 19), 2, "zh", "b")]
    issues += [(2, date(2023, 6, 19), 2, "en", "c"), (3, date(2023, 6, 19), 2, "zh", "d")]
    for run, as_of, number, language, name in issues:
        weeks.store.add_bulletin(
            run,
            division=FUZHOU,
            as_of=as_of,
            issue_number=number,
            language=language,
            name=name,
            digest="",
        )
        folder = weeks.store.home.bulletins / name
        folder.mkdir(parents=True)
        (folder / "bulletin.pdf").write_bytes(b"")
        (folder / "bulletin.html").write_bytes(b"")
    found = today(weeks, words).bulletin
    assert found is not None
    assert (found.as_of, found.issue_number) == (date(2023, 6, 19), 2)
    archive = weeks.store.home.bulletins
    assert found.folders == (("zh", archive / "d"), ("en", archive / "c"))
    assert found.forms("en") == (
        archive / "c" / "bulletin.html",
        archive / "c" / "bulletin.pdf",
    )


def test_what_is_overdue_comes_first_the_longest_late_before(weeks: Weeks, words: Words) -> None:
    def item(month: int, kind: str = "registration") -> DueItem:
        last = date(2023, month + 1, 1).toordinal() - 1
        period = Period(date(2023, month, 1), date.fromordinal(last))
        return DueItem("monthly", kind, FUZHOU, period, date(2023, month + 1, 10))

    came = datetime(2023, 2, 9, 9, tzinfo=SHANGHAI)
    part = Period(date(2023, 4, 1), date(2023, 4, 20))
    lines = due_lines(
        [
            Standing(item(6), "waiting"),
            Standing(item(4), "partial", covers=(part,)),
            Standing(item(1), "on_time", came),
            Standing(item(2), "late", came),
            Standing(item(3), "missing"),
        ],
        TODAY,
        weeks.policy,
        words,
    )
    assert [(one.state, one.days_late) for one in lines] == [
        ("missing", 70),
        ("partial", 40),
        ("waiting", 0),
    ]
    assert lines[0].what == "机动车登记"
    assert lines[0].covers == ()
    assert len(lines[1].covers) == 1


# --- all divisions ------------------------------------------------------------------------------


def test_each_division_has_its_line_in_the_order_asked(weeks: Weeks) -> None:
    send_two_cities(weeks)
    codes = (XIAMEN, FUJIAN, FUZHOU, NANJING)
    lines = overview(weeks.store, weeks.policy, codes, TODAY)
    assert [line.division for line in lines] == list(codes)
    by_code = {line.division: line for line in lines}
    assert by_code[FUJIAN].is_province
    worst = by_code[FUZHOU].worst
    assert worst is not None
    assert (worst.mandate, worst.status) == ("FJ-F01", "out_of_reach")
    assert worst.consequence == "violation"
    assert by_code[FUZHOU].consequences["violation"] == 1
    assert by_code[XIAMEN].consequences["violation"] == 0
    assert by_code[FUZHOU].last_submission == "S000002"
    assert by_code[FUZHOU].last_at == weeks.day
    assert (by_code[NANJING].last_submission, by_code[NANJING].last_at) == (None, None)
    rows = assess(weeks.policy, hold(weeks.store, TODAY, None), divisions=(FUZHOU,))
    findings = [row for row in rows if row.period == "2023" and row.role == "finding"]
    assert sum(by_code[FUZHOU].consequences.values()) == len(findings)
    assert sum(by_code[FUZHOU].statuses.values()) == len(findings)


def test_what_is_late_is_counted(weeks: Weeks, monkeypatch: pytest.MonkeyPatch) -> None:
    period = Period(date(2023, 3, 1), date(2023, 3, 31))
    items = [
        DueItem("monthly", kind, FUZHOU, period, due)
        for kind, due in (
            ("registration", date(2023, 4, 10)),
            ("procurement", date(2023, 5, 10)),
            ("registration", date(2023, 7, 10)),
        )
    ]
    standings = (
        Standing(items[0], "missing"),
        Standing(items[1], "partial"),
        Standing(items[2], "waiting"),
    )
    monkeypatch.setattr(judged, "reporting_of", lambda *_given: standings)
    fuzhou, xiamen = overview(weeks.store, weeks.policy, (FUZHOU, XIAMEN), TODAY)
    assert (fuzhou.overdue, fuzhou.longest_late_days) == (2, 70)
    assert (xiamen.overdue, xiamen.longest_late_days) == (0, 0)
    assert fuzhou.worst is not None
    assert fuzhou.worst.consequence == "report"


def test_a_refused_file_is_no_last_submission(weeks: Weeks) -> None:
    send_two_cities(weeks)
    weeks.store.connection.execute("UPDATE submission SET status = 'refused' WHERE seq = 2")
    (line,) = overview(weeks.store, weeks.policy, (FUZHOU,), TODAY)
    assert line.last_submission == "S000001"


def test_a_trend_hides_no_verdict_and_silence_outweighs_success(weeks: Weeks) -> None:
    weeks.send([car(n, 初次登记日期="2023-03-01") for n in range(301, 306)], period=HALF)
    (line,) = overview(weeks.store, weeks.policy, (FUZHOU,), TODAY)
    assert {"trend", "on_track"} <= line.statuses.keys()
    assert line.worst is not None
    assert line.worst.status == "on_track"
    (silent,) = overview(weeks.store, weeks.policy, (XIAMEN,), TODAY)
    assert silent.worst is not None
    assert silent.worst.status == "no_data"
