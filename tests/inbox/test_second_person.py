"""A division whose reports a second person signs does not report by the drop folder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inbox.conftest import ROWS, Desk, extract
from monitor.service.jobs import JOBS
from monitor.service.workplace import Workplace
from monitor.settings import ServiceSettings, Settings, SiteSettings

FILE = "360100/登记.csv"
DAY = "2031-03-10"
OF_JIUJIANG = extract("LKLR1HSJXJA000002,纯电动,2018-03-15,360402,公交车,赣G00002D")


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (FILE, ("360100",)),
        (FILE, ("all",)),
        ("360000/登记.csv", ("360100",)),  # in the province's name
        ("登记.csv", ("360100",)),  # in nobody's: its rows say whose it is
    ],
)
def test_such_a_file_does_not_count_and_is_told_to_go_by_the_site(
    desk: Desk, place: str, named: tuple[str, ...]
) -> None:
    desk.drop(place)
    report = desk.take(second_person=named)
    assert (report.taken, report.counts["failed"]) == ([], 1)
    assert desk.submissions() == []
    assert desk.rows("SELECT * FROM coverage") == []
    assert not list(desk.home.facts.iterdir())
    shelf = desk.home.inbox / place
    shelf = shelf.parent / "refused" / DAY
    assert sorted(path.name for path in shelf.iterdir()) == [
        "unread-登记.csv",
        "unread-登记.csv.receipt.txt",
    ]
    text = (shelf / "unread-登记.csv.receipt.txt").read_text()
    for words in ("须经两人复核", "文件未计入", "网页上传", "second person", "Sign in to the site"):
        assert words in text
    assert not list(desk.home.runs.glob("*.note"))


def test_a_file_that_cannot_be_read_is_refused_the_same_way(desk: Desk) -> None:
    desk.drop(FILE, "")
    desk.take(second_person=("360100",))
    assert desk.submissions() == []
    assert desk.files("360100")[0].startswith("refused/")


def test_the_others_report_as_before(desk: Desk) -> None:
    desk.drop("登记.csv", OF_JIUJIANG)
    desk.drop("360100/登记.csv", extract(*ROWS))
    assert desk.take(second_person=("360200",)).counts["taken"] == 2


def test_what_counts_already_is_a_repetition(desk: Desk) -> None:
    desk.drop("甲.csv")
    desk.take()
    desk.drop("乙.csv")
    assert desk.take(second_person=("360100",)).duplicates == ["S000001"]


def test_the_job_asks_as_the_site_is_set(desk: Desk) -> None:
    desk.drop(FILE)
    settings = Settings(
        site=SiteSettings(second_person=("360100",)), service=ServiceSettings(quiet_seconds=0)
    )
    place = Workplace(desk.home, None, settings, now=lambda: desk.now, actor="job:test")
    run: Any = SimpleNamespace(place=place, policy=desk.policy, faults=[])
    assert JOBS["ingest_inbox"].do(run)["taken"] == 0
    assert desk.submissions() == []
    assert "须经两人复核" in run.faults[0].zh
