"""What is ready, what is still on its way, what is refused: told without opening anything else."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.conftest import NOW, QUIET, Desk
from monitor.corridor.inbox_files import bounded
from monitor.corridor.inbox_look import Inbox
from monitor.store.archive import display_name

NAME = "南昌-机动车登记-2018.csv"
FILE = f"360100/{NAME}"


def ready(found: Inbox) -> list[str]:
    return [file.name for file in found.ready]


def test_a_file_of_a_division_and_one_of_nobody_are_ready(desk: Desk) -> None:
    desk.drop(FILE)
    desk.drop("全省.csv")
    found = desk.look()
    assert {(file.division, file.name) for file in found.ready} == {
        ("360100", NAME),
        (None, "全省.csv"),
    }
    assert not found.waiting
    assert not found.refused
    assert not found.faults


def test_files_are_ready_in_the_order_in_which_they_came(desk: Desk) -> None:
    for name in ("丙.csv", "甲.csv", "乙.csv"):
        path = desk.drop(f"360100/{name}")
        # The clock of a file system may be too coarse to tell two quick writes apart.
        while path.stat().st_ctime_ns == desk.drop("360100/.later").stat().st_ctime_ns:
            pass
    assert ready(desk.look()) == ["丙.csv", "甲.csv", "乙.csv"]


def test_a_file_waits_until_it_was_left_alone_for_long_enough(desk: Desk) -> None:
    changed = desk.drop(FILE).stat().st_ctime
    desk.now = datetime.fromtimestamp(changed + QUIET - 1, UTC)
    (left,) = desk.look().waiting
    assert left.name == NAME
    assert not left.is_told
    desk.now = datetime.fromtimestamp(changed + QUIET + 1, UTC)
    assert ready(desk.look()) == [NAME]


def test_an_old_date_copied_along_does_not_make_a_file_ready(
    desk: Desk, age: Callable[[Path, datetime], None]
) -> None:
    path = desk.drop(FILE)
    age(path, datetime(2019, 1, 5, tzinfo=UTC))
    desk.now = datetime.fromtimestamp(path.stat().st_ctime + 1, UTC)
    assert not desk.look().ready


def test_a_date_in_the_future_makes_no_file_wait_for_it(
    desk: Desk, age: Callable[[Path, datetime], None]
) -> None:
    path = desk.drop(FILE)
    age(path, datetime(2099, 1, 1, tzinfo=UTC))
    desk.now = datetime.fromtimestamp(path.stat().st_ctime + QUIET + 1, UTC)
    assert ready(desk.look()) == [NAME]


def test_where_the_clock_stands_before_the_file_two_looks_must_agree(desk: Desk) -> None:
    path = desk.drop(FILE)
    desk.now = datetime(2019, 1, 7, 8, 0, tzinfo=UTC)
    assert not desk.look().ready
    desk.now += timedelta(seconds=QUIET - 5)
    path.write_text("还在写")
    assert not desk.look().ready
    desk.now += timedelta(seconds=QUIET - 5)
    assert not desk.look().ready  # the count began anew when the file changed
    desk.now += timedelta(seconds=10)
    assert ready(desk.look()) == [NAME]


@pytest.mark.parametrize(
    "name",
    [
        *(".隐藏.csv", "表.csv.part", "表.csv.PART", "表.tmp", "表.csv.crdownload", "~$表.xlsx"),
        *("表.csv.filepart", "Thumbs.db", "孤儿.csv.sha256"),
    ],
)
def test_what_is_no_file_of_a_sender_is_passed_over(desk: Desk, name: str) -> None:
    desk.drop(f"360100/{name}")
    desk.drop(name)
    assert desk.look() == Inbox()


@pytest.mark.enable_socket
def test_what_is_not_a_plain_file_is_refused_and_left(desk: Desk, tmp_path: Path) -> None:
    folder = desk.home.inbox / "360100"
    folder.mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text("别家的数据")
    (folder / "链接.csv").symlink_to(secret)
    (folder / "断链.csv").symlink_to(tmp_path / "nowhere")
    (folder / "硬链.csv").hardlink_to(secret)
    (folder / "子文件夹").mkdir()
    os.mkfifo(folder / "管道.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)
        try:
            listening.bind("套接字.csv")
        finally:
            os.chdir(here)
        found = desk.look()
    assert not found.ready
    assert {left.name for left in found.refused} == {
        *("链接.csv", "断链.csv", "硬链.csv", "子文件夹", "管道.csv", "套接字.csv")
    }
    assert len(found.faults) == 6
    assert secret.read_text() == "别家的数据"


def test_a_folder_that_is_a_link_is_not_entered(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / NAME).write_text("x")
    (desk.home.inbox / "360100").symlink_to(elsewhere)
    found = desk.look()
    assert not found.ready
    assert [left.name for left in found.refused] == ["360100"]


def test_a_folder_that_is_no_division_is_told_and_not_read(desk: Desk) -> None:
    desk.drop("南昌/表.csv")
    desk.drop(FILE)
    found = desk.look(is_known=desk.policy.divisions.known)
    assert ready(found) == [NAME]
    (words,) = found.faults
    assert "南昌" in words.zh
    assert "fleetmon divisions" in words.en


def test_what_was_put_away_is_not_looked_at_again(desk: Desk) -> None:
    for shelf in ("taken", "refused"):
        desk.drop(f"360100/{shelf}/2031-03-10/S000001-表.csv")
        desk.drop(f"{shelf}/2031-03-10/S000001-表.csv")
    assert desk.look() == Inbox()


# --- companions --------------------------------------------------------------------------------


@pytest.mark.parametrize("dress", ["{}", "{}  表.csv\n", "{} *表.csv\r\n", "\ufeff{}\n"])
def test_a_companion_that_agrees_lets_its_file_in(desk: Desk, dress: str) -> None:
    content = desk.drop("360100/表.csv").read_bytes()
    told = hashlib.sha256(content).hexdigest().upper()
    desk.drop("360100/表.csv.sha256", dress.format(told))
    assert ready(desk.look()) == ["表.csv"]


@pytest.mark.parametrize("told", ["0" * 64, "", "尚未写完", "0" * 63])
def test_a_companion_that_disagrees_keeps_its_file_out_and_is_told_after_an_hour(
    desk: Desk, told: str
) -> None:
    written = desk.drop("360100/表.csv").stat().st_mtime
    desk.drop("360100/表.csv.sha256", told)
    desk.now = datetime.fromtimestamp(written + 600, UTC)
    found = desk.look()
    assert not found.ready
    assert not found.faults
    desk.now = datetime.fromtimestamp(written + 3700, UTC)
    assert len(desk.look().faults) == 1


def test_a_companion_that_is_a_link_is_no_companion_that_agrees(desk: Desk, tmp_path: Path) -> None:
    content = desk.drop("360100/表.csv").read_bytes()
    hash_file = tmp_path / "hash"
    hash_file.write_text(hashlib.sha256(content).hexdigest())
    (desk.home.inbox / "360100" / "表.csv.sha256").symlink_to(hash_file)
    assert not desk.look().ready


def test_a_hash_is_worked_out_once_for_each_state_of_a_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop("360100/表.csv")
    desk.drop("360100/表.csv.sha256", "0" * 64)
    desk.look()
    monkeypatch.setattr("monitor.corridor.inbox_look.hash_of", lambda _source: 1 / 0)
    assert not desk.look().ready
    desk.drop("360100/表.csv", "已改")
    with pytest.raises(ZeroDivisionError):
        desk.look()


# --- names, costs ------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_shown_name_is_one_step_of_a_path(name: str) -> None:
    shown = bounded(display_name(name))
    assert "/" not in shown
    assert "\0" not in shown
    assert shown.isprintable()
    assert 0 < len(f"S000001-{shown}.receipt.txt".encode()) <= 255


def test_a_cut_name_keeps_its_ending() -> None:
    assert bounded("汇" * 120 + ".xlsx").endswith(".xlsx")


def test_a_cut_off_memory_is_no_obstacle(desk: Desk) -> None:
    desk.drop(FILE)
    (desk.home.runs / "inbox.json").write_text('{"360100/')
    assert ready(desk.look()) == [NAME]


def test_looking_loads_neither_the_store_nor_tables(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom datetime import datetime, UTC\n"
        "from monitor.corridor.inbox_look import waiting_files\n"
        "from monitor.store.home import Home\n"
        f"waiting_files(Home(Path({str(tmp_path)!r})), datetime.now(UTC), 30)\n"
        "heavy = {'duckdb', 'polars', 'pydantic', 'great_expectations'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_home_without_a_drop_folder_has_nothing_waiting(desk: Desk) -> None:
    desk.home.inbox.rmdir()
    assert desk.look() == Inbox()
    assert desk.now == NOW
