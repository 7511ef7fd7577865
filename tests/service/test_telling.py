"""What people and operators are told is in plain words, in the language that they read."""

from __future__ import annotations

import re

import pytest

from monitor.corridor.inbox_look import waiting_files
from monitor.model import plural
from monitor.service.reporting import of_inbox
from monitor.service.telling import explain
from monitor.service.timetable import read_timetable
from monitor.service.words import counted
from monitor.service.workplace import Workplace
from monitor.store.ledger import note_seen
from service.conftest import Clock

CHINESE = re.compile("[，。、；：（）]")


def test_a_folder_of_nobody_is_named_in_plain_words(place: Workplace) -> None:
    (place.home.inbox / "nanchang").mkdir(parents=True)
    (place.home.inbox / "表.csv").symlink_to(place.home.root)
    found = waiting_files(
        place.home, place.now(), 0, is_known=lambda code: code in place.divisions().divisions
    )
    told = of_inbox(read_timetable(place), found.faults)
    (folder,) = (one for one in told if "nanchang" in one.what.zh)
    assert folder.what.zh == "文件夹 inbox/nanchang 不属于任何报送单位，里面的文件没有读取"
    assert (
        folder.what.en == "The folder inbox/nanchang is no division's; the files in it are not read"
    )
    assert "inbox/360100" in folder.why.zh
    assert folder.command == "fleetmon divisions"
    (file,) = (one for one in told if one is not folder)
    assert "表.csv" in file.why.zh
    assert file.what.zh == "投递文件夹中有文件无法接收"


def test_what_was_missed_is_listed_in_the_language_of_the_words(
    place: Workplace, clock: Clock
) -> None:
    with place.store(write=True) as store:
        note_seen(store, ["weekly_bulletins"], clock())
    clock.pass_by(days=21)
    told = explain(read_timetable(place), "weekly_bulletins")
    (missed,) = (words for words in told if "错过未补" in words.zh)
    assert "、" in missed.zh
    assert not any(CHINESE.search(words.en) for words in told)


def test_a_job_that_often_has_nothing_to_do_says_that_it_looks_all_the_same(
    place: Workplace,
) -> None:
    table = read_timetable(place)
    said = {job: " ".join(words.en for words in explain(table, job)) for job in table.schedules}
    silent = {job for job, words in said.items() if "is not recorded" in words}
    assert silent == {"ingest_inbox", "send_due"}


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 letters"), (1, "1 letter"), (2, "2 letters"), (-1, "-1 letters")]
)
def test_one_is_no_plural(count: int, words: str) -> None:
    assert plural(count, "letter") == words


def test_what_there_was_none_of_is_not_counted() -> None:
    assert counted({"sent": 1200, "refused": 0, "held_back": 1}, "zh") == (
        "已寄出 1,200  收件人今天已达上限，明天寄 1"
    )
