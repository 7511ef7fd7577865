"""Files taken in: recorded once, put away with a receipt, and nobody's fault stops the others."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from inbox.conftest import ROWS, Desk, extract
from monitor.corridor import inbox
from monitor.corridor.inbox_look import waiting_files
from monitor.corridor.intake import ingest
from monitor.errors import CheckDidNotRun, FleetmonError
from monitor.model import Text
from monitor.store.opening import open_store

NAME = "南昌-机动车登记-2018.csv"
FILE = f"360100/{NAME}"
DAY = "2031-03-10"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


def test_a_taken_file_lies_on_its_shelf_with_its_receipt(desk: Desk) -> None:
    content = desk.drop(FILE).read_bytes()
    report = desk.take()
    assert report.taken == ["S000001"]
    assert report.counts == {"taken": 1, "duplicates": 0, "refused": 0, "failed": 0, "changed": 0}
    assert desk.submissions() == [("S000001", "360100", "accepted", NAME)]
    shelf = desk.home.inbox / "360100" / "taken" / DAY
    assert desk.files() == [
        f"360100/taken/{DAY}/S000001-{NAME}",
        f"360100/taken/{DAY}/S000001-{NAME}.receipt.txt",
    ]
    assert (shelf / f"S000001-{NAME}").read_bytes() == content
    receipt = (shelf / f"S000001-{NAME}.receipt.txt").read_text()
    for words in (
        "已接收",
        "南昌市（360100）",
        "计入 3",
        "Accepted",
        "3 accepted",
        "Nothing to do",
    ):
        assert words in receipt
    assert hashlib.sha256(content).hexdigest() in receipt
    assert not list(desk.home.runs.glob("*.note"))
    assert not list(desk.home.work.glob("keep-*"))


def test_the_archive_and_the_receipt_are_those_of_the_command(desk: Desk) -> None:
    content = desk.drop(FILE).read_bytes()
    desk.take()
    digest = hashlib.sha256(content).hexdigest()
    assert (desk.home.archive / digest[:2] / digest).read_bytes() == content


def test_rows_set_aside_are_told_with_what_to_do(desk: Desk) -> None:
    bad = ROWS[1].replace("纯电动", "煤")
    desk.drop(FILE, extract(ROWS[0], bad))
    desk.take()
    (text,) = [
        path.read_text() for path in desk.home.inbox.rglob("*.receipt.txt") if path.is_file()
    ]
    for words in ("有 1 行未计入", "energy_unknown", "Rows that do not count: 1.", "Set aside"):
        assert words in text


def test_a_file_without_a_folder_has_no_declared_sender(desk: Desk) -> None:
    desk.drop("汇总.csv")
    desk.take()
    assert desk.submissions() == [("S000001", None, "accepted", "汇总.csv")]
    assert desk.files("taken") == [
        f"{DAY}/S000001-汇总.csv",
        f"{DAY}/S000001-汇总.csv.receipt.txt",
    ]


def test_rows_of_another_city_are_not_this_senders(desk: Desk) -> None:
    desk.drop("360200/南昌的车.csv")
    desk.take()
    found = desk.rows("SELECT code, rows FROM tally")
    assert ("division_foreign", 3) in found


def test_a_refused_file_goes_to_its_own_shelf_and_the_others_go_on(desk: Desk) -> None:
    desk.drop("360100/照片.csv", PICTURE)
    desk.drop("360200/景德镇.csv", extract(ROWS[0].replace("360102", "360202")))
    report = desk.take()
    assert (len(report.refused), len(report.taken), report.failed) == (1, 1, [])
    refused, _ = desk.files("360100/refused")
    assert refused == f"{DAY}/{report.refused[0]}-照片.csv"
    receipt = (desk.home.inbox / "360100/refused" / f"{refused}.receipt.txt").read_text()
    assert "未接收" in receipt
    assert "Refused" in receipt


def test_the_same_bytes_again_are_no_second_submission(desk: Desk) -> None:
    desk.drop(FILE)
    desk.take()
    desk.drop(FILE)
    report = desk.take()
    assert report.duplicates == ["S000001"]
    assert len(desk.submissions()) == 1
    assert f"taken/{DAY}/S000001-2-{NAME}" in desk.files("360100")
    (again,) = desk.home.inbox.rglob("S000001-2-*.receipt.txt")
    assert "作为 S000001 收到" in again.read_text()


def test_a_companion_goes_along(desk: Desk) -> None:
    content = desk.drop(FILE).read_bytes()
    desk.drop(f"{FILE}.sha256", hashlib.sha256(content).hexdigest())
    desk.take()
    assert f"taken/{DAY}/S000001-{NAME}.sha256" in desk.files("360100")
    assert not (desk.home.inbox / f"{FILE}.sha256").exists()


def test_an_unknown_folder_is_left_and_told(desk: Desk) -> None:
    path = desk.drop("南昌市/表.csv")
    report = desk.take()
    assert path.exists()
    assert len(report.failed) == 1
    assert not desk.submissions()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_left_and_told(desk: Desk) -> None:
    desk.drop(FILE).chmod(0)
    desk.drop("360200/好.csv")
    report = desk.take()
    assert len(report.failed) == 1
    assert len(report.taken) == 1


@pytest.mark.parametrize(
    "error",
    [
        CheckDidNotRun(Text("检查未运行。", "A check did not run.")),
        FleetmonError(Text("失败。", "Failed.")),
        ValueError("车牌 赣A12345 的行有误"),
        OSError(28, "No space left on device"),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_we_fail_on_stays_and_is_told_without_values(
    desk: Desk, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop(FILE)
    desk.drop("360200/好.csv", extract(ROWS[0].replace("360102", "360202")))
    honest = ingest

    def fails(store: Any, policy: Any, kept: Any, declared: Any, **given: Any) -> Any:
        if declared.division == "360100":
            raise error
        return honest(store, policy, kept, declared, **given)

    monkeypatch.setattr(inbox, "ingest", fails)
    report = desk.take()
    (words,) = report.failed
    assert "赣A12345" not in words.zh + words.en
    assert path.exists()
    assert [row[1] for row in desk.submissions()] == ["360200"]
    monkeypatch.setattr(inbox, "ingest", honest)
    assert len(desk.take().taken) == 1


def test_a_store_that_is_gone_stops_the_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop(FILE)

    def fatal(store: Any, *_: Any, **__: Any) -> Any:
        store.connection.close()
        raise RuntimeError

    monkeypatch.setattr(inbox, "ingest", fatal)
    with pytest.raises(Exception, match="closed"):
        desk.take()


def test_a_file_that_cannot_be_put_away_is_recorded_once(desk: Desk) -> None:
    desk.drop(FILE)
    trap = desk.home.inbox / "360100" / "taken"
    outside = desk.home.root / "outside"
    outside.mkdir()
    trap.symlink_to(outside)  # a sender's link where our shelf should be
    assert len(desk.take().failed) == 1
    assert not list(outside.iterdir())
    desk.drop("360100/另一份.csv", extract(ROWS[0]))
    desk.take()
    trap.unlink()
    report = desk.take()
    assert not report.failed
    assert [row[3] for row in desk.submissions()] == [NAME, "另一份.csv"]
    assert len(desk.rows("SELECT * FROM reception")) == 2
    assert len(desk.files("360100/taken")) == 4


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (FleetmonError(Text("信没有写成。", "The letter was not written.")), "信没有写成"),
        (OSError(28, "No space left on device"), "OSError"),
        (KeyError("LKLR1HSJ8JA000001"), "KeyError"),
    ],
)
def test_what_follows_a_submission_may_fail_and_the_submission_is_said_to_be_kept(
    desk: Desk, error: Exception, why: str
) -> None:
    desk.drop(FILE)

    def after(_seq: int) -> None:
        raise error

    for _ in range(2):  # the second time by the note that the first one left
        (words,) = desk.take(after=after).failed
        assert "S000001" in words.zh
        assert why in words.zh
        assert "未保存" not in words.zh
        assert "nothing was kept" not in words.en
        assert "LKLR1HSJ8JA000001" not in words.zh + words.en
    assert len(desk.submissions()) == 1


def test_what_follows_a_submission_is_made_up_for(desk: Desk) -> None:
    desk.drop(FILE)
    seen: list[int] = []

    def after(seq: int) -> None:
        seen.append(seq)
        if len(seen) == 1:
            raise FleetmonError(Text("信没有写成。", "The letter was not written."))

    assert len(desk.take(after=after).failed) == 1
    assert desk.take(after=after).taken == ["S000001"]
    assert seen == [1, 1]
    assert len(desk.submissions()) == 1


# --- senders who write while we read -----------------------------------------------------------


def take_after(desk: Desk, change: Any) -> inbox.InboxReport:
    """Something happens between the look and the taking."""
    found = waiting_files(desk.home, desk.now, 30)
    change()
    with open_store(desk.home, write=True, waiting=lambda _: None, actor="test") as store:
        return inbox.take_in(store, desk.policy, found.ready, now=desk.now)


def test_a_file_changed_after_the_look_waits(desk: Desk) -> None:
    path = desk.drop(FILE)
    report = take_after(desk, lambda: path.write_text(extract(ROWS[0])))
    assert report.changed == 1
    assert path.exists()
    assert not desk.submissions()


def test_a_link_put_in_the_place_of_a_file_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    path = desk.drop(FILE)
    secret = tmp_path / "secret.csv"
    secret.write_text(extract(ROWS[2]))

    def swap() -> None:
        path.unlink()
        path.symlink_to(secret)

    report = take_after(desk, swap)
    assert len(report.failed) == 1
    assert not desk.submissions()
    assert not list(desk.home.archive.rglob("*/*"))


def test_a_file_taken_back_is_nobodys_fault(desk: Desk) -> None:
    path = desk.drop(FILE)
    report = take_after(desk, path.unlink)
    assert report.counts == dict.fromkeys(report.counts, 0)


def test_a_new_file_of_the_same_name_is_not_put_away_with_the_old(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop(FILE)
    honest = ingest

    def meanwhile(*args: Any, **given: Any) -> Any:
        receipt = honest(*args, **given)
        path.unlink()
        path.write_text(extract(ROWS[0]))
        return receipt

    monkeypatch.setattr(inbox, "ingest", meanwhile)
    desk.take()
    assert path.read_text() == extract(ROWS[0])
    monkeypatch.setattr(inbox, "ingest", honest)
    assert desk.take().taken == ["S000002"]


def test_a_race_of_links_never_lets_a_foreign_file_in(desk: Desk, tmp_path: Path) -> None:
    """A sender swaps a file and a link as fast as it can; only its own bytes come in."""
    path = desk.drop(FILE)
    mine = path.read_bytes()
    secret = tmp_path / "secret.csv"
    secret.write_text(extract(ROWS[2]))
    done = threading.Event()
    spare, link = path.with_name(".spare"), path.with_name(".link")

    def swap() -> None:
        while not done.is_set():
            spare.write_bytes(mine)
            spare.replace(path)
            link.symlink_to(secret)
            link.replace(path)

    racing = threading.Thread(target=swap)
    racing.start()
    try:
        with open_store(desk.home, write=True, waiting=lambda _: None, actor="test") as store:
            for _ in range(60):
                found = waiting_files(desk.home, desk.now, 0)
                inbox.take_in(store, desk.policy, found.ready, now=desk.now)
    finally:
        done.set()
        racing.join()
    digests = {row[0] for row in desk.rows("SELECT sha256 FROM reception")}
    assert digests <= {hashlib.sha256(mine).hexdigest()}
    assert not list(desk.home.archive.rglob(hashlib.sha256(secret.read_bytes()).hexdigest()))
    assert secret.read_text() == extract(ROWS[2])


def test_a_file_that_kills_is_set_aside_in_the_end(desk: Desk) -> None:
    desk.drop(FILE)

    class Killed(BaseException):
        """The process ends here."""

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "ingest", die)
        for _ in range(3):
            with pytest.raises(Killed):
                desk.take(most_deaths=3)
        report = desk.take(most_deaths=3)
    assert len(report.failed) == 1
    assert not desk.submissions()
    assert desk.files("360100") == [
        f"refused/{DAY}/unread-{NAME}",
        f"refused/{DAY}/unread-{NAME}.receipt.txt",
    ]


def test_stale_scratch_is_swept(desk: Desk) -> None:
    (desk.home.work / "keep-abc").write_text("half")
    (desk.home.work / "intake-abc").mkdir()
    (desk.home.work / "other-abc").mkdir()
    desk.take()
    assert [path.name for path in desk.home.work.iterdir()] == ["other-abc"]
    shutil.rmtree(desk.home.work / "other-abc")
