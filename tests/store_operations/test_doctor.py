"""The doctor: silent on a home that is well, and each fault told with how to mend it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from made_once import copied_home

from monitor.door.copying import BESIDE
from monitor.model import Text
from monitor.service.diagnosis import Result, State
from monitor.service.doctor import CHECKS, examine
from monitor.service.workplace import Workplace
from monitor.settings import MailSettings, Settings
from monitor.store.audit import month_files
from monitor.store.backup import make_backup
from monitor.store.home import Home
from monitor.store.mail_hold import hold_mail
from monitor.store.opening import open_store
from monitor.store.schema import SCHEMA_VERSION

from .actors import START, no_words, run, send_buses, start

NOW = START + timedelta(days=30)
DESKS = 35 + 3 + 1  # of divisions, of provinces, of files that nobody knows the sender of


def make_home(folder: Path) -> None:
    home = Home(folder / "home")
    with open_store(home, write=True, waiting=no_words) as store:
        send_buses(store, folder, 0)
        send_buses(store, folder, 1, 初次登记日期="")
    make_backup(home, home.backups, beside=BESIDE, at=NOW - timedelta(days=1), waiting=no_words)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two submissions and a backup of yesterday."""
    return Home(copied_home(tmp_path_factory, "to-examine", make_home, tmp_path / "home"))


def place_of(
    home: Home,
    *,
    now: datetime = NOW,
    config: Path | None = None,
    mail: MailSettings | None = None,
) -> Workplace:
    settings = Settings(mail=mail or MailSettings())
    return Workplace(home, config, settings, lambda: now, "cli:test")


def found(place: Workplace, *, whole: bool = False) -> dict[str, Result]:
    return dict(examine(place, whole=whole))


def states(results: dict[str, Result]) -> dict[str, State]:
    return {code: one.state for code, one in results.items() if one.state is not State.OK}


# What a home is like that nobody has set up further: no addresses, no service.
UNTENDED = {"service": State.WARN, "recipients": State.WARN, "operators": State.WARN}


def test_a_home_that_is_well(home: Home) -> None:
    results = found(place_of(home), whole=True)
    assert list(results) == list(CHECKS)
    assert states(results) == UNTENDED
    assert "2 批报送" in results["database"].what.zh
    assert "2/2" in results["archive"].what.zh
    assert "weekly_bulletins" in results["schedules"].what.en


def test_a_home_that_is_not_there_yet(tmp_path: Path) -> None:
    assert states(found(place_of(Home(tmp_path / "new" / "home")))) == UNTENDED
    assert not (tmp_path / "new").exists()


def test_nothing_is_written(home: Home) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    found(place_of(home), whole=True)
    after = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    assert after == before


def test_every_fault_says_how_to_mend_it(home: Home) -> None:
    for one in found(place_of(home)).values():
        assert (one.mend is None) == (one.state is State.OK)


def _lose_part(home: Home) -> None:
    next(home.facts.iterdir()).unlink()


def _lose_rejected(home: Home) -> None:
    next(home.rejected.iterdir()).unlink()


def _lose_received(home: Home) -> None:
    next(path for path in home.archive.rglob("*") if path.is_file()).unlink()


def _change_received(home: Home) -> None:
    path = next(path for path in home.archive.rglob("*") if path.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _cut_audit(home: Home) -> None:
    month_files(home)[0].unlink()


def _spoil_database(home: Home) -> None:
    shutil.rmtree(home.snapshot.parent)
    home.database.write_bytes(b"not a database" * 1000)


def _lose_backups(home: Home) -> None:
    shutil.rmtree(home.backups)


def _lose_snapshot(home: Home) -> None:
    home.snapshot.unlink()


def _hold(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words) as store:
        hold_mail(store, by="王芳", reason="服务器搬迁", at=NOW)


def _undelivered(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words) as store:
        store.connection.execute(
            "INSERT INTO delivery VALUES ('D1', 'bulletin', 'a', '360100', 'director', "
            "'a@b.example', 'zh', 'a.eml', '', '<a@b>', NULL, "
            "'2021-01-05', 'in_doubt', 1, NULL, NULL, 0)"
        )


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_lose_part, {"files": State.FAIL}),
        (_lose_rejected, {"files": State.FAIL}),
        (_lose_received, {"files": State.FAIL}),
        (_change_received, {"archive": State.FAIL}),
        (_cut_audit, {"audit": State.FAIL}),
        (_lose_backups, {"backup": State.WARN}),
        (_lose_snapshot, {"snapshot": State.WARN}),
        (_hold, {"mail_hold": State.WARN}),
        (_undelivered, {"deliveries": State.WARN}),
    ],
)
def test_each_fault_is_told_and_no_other(
    home: Home, damage: Callable[[Home], None], told: dict[str, State]
) -> None:
    damage(home)
    assert states(found(place_of(home))) == UNTENDED | told


def test_a_damaged_database_hides_nothing_else(home: Home) -> None:
    _spoil_database(home)
    results = states(found(place_of(home)))
    assert results["database"] is State.FAIL
    assert results["audit"] is State.FAIL
    assert {"disk", "calendar", "backup", "rules"}.isdisjoint(results)


def test_a_part_with_other_rows_is_found_when_all_is_asked_for(home: Home) -> None:
    parts = sorted(home.facts.iterdir())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_parquet('{parts[0]}') LIMIT 7")
        connection.execute(f"COPY t TO '{parts[0]}' (FORMAT parquet)")
    assert states(found(place_of(home))) == UNTENDED
    assert states(found(place_of(home), whole=True)) == UNTENDED | {"files": State.FAIL}


def test_a_clock_that_went_back(home: Home) -> None:
    results = found(place_of(home, now=START - timedelta(days=2)))
    assert results["clock"].state is State.FAIL
    assert "2021-01-03" in results["clock"].what.zh


def test_an_old_backup(home: Home) -> None:
    results = found(place_of(home, now=NOW + timedelta(days=20)))
    assert states(results) == UNTENDED | {"backup": State.WARN}
    assert "21 天" in results["backup"].what.zh


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 10, 31, 9, 0, tzinfo=START.tzinfo), State.OK),
        (datetime(2026, 11, 1, 9, 0, tzinfo=START.tzinfo), State.WARN),
        (datetime(2031, 1, 1, 9, 0, tzinfo=START.tzinfo), State.WARN),
    ],
)
def test_the_calendar_knows_this_year_and_from_november_the_next(
    home: Home, now: datetime, state: State
) -> None:
    assert found(place_of(home, now=now))["calendar"].state is state


def test_a_newer_database_is_told(home: Home) -> None:
    with duckdb.connect(home.database) as connection:
        connection.execute("UPDATE meta SET schema_version = ?", [SCHEMA_VERSION + 1])
    (home.snapshot).unlink()
    assert found(place_of(home))["database"].state is State.FAIL


def test_a_wrong_rule_file_is_told_with_its_place(home: Home, tmp_path: Path) -> None:
    config = tmp_path / "config"
    (config / "checks" / "mandates").mkdir(parents=True)
    (config / "checks" / "mandates" / "JX-F01.yml").write_text("id: JX-F01\nid: JX-F01\n", "utf-8")
    results = found(place_of(home, config=config))
    assert results["rules"].state is State.FAIL
    assert "JX-F01.yml" in results["rules"].what.zh
    assert results["database"].state is State.OK


def test_a_check_that_breaks_is_a_fault_and_hides_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_look: object) -> Result:
        raise ZeroDivisionError("by nought")

    monkeypatch.setitem(CHECKS, "fonts", broken)
    results = found(place_of(home))
    assert results["fonts"].state is State.FAIL
    assert results["fonts"].mend is not None
    assert "ZeroDivisionError" in results["fonts"].mend.en
    assert len(results) == len(CHECKS)


def test_little_room_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((10 << 20, State.FAIL), (500 << 20, State.WARN), (2 << 30, State.OK)):
        monkeypatch.setattr("monitor.service.doctor_service.free_bytes", lambda _, n=free: n)
        assert found(place_of(home))["disk"].state is state


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_mail_server_that_is_not_there_is_told(home: Home) -> None:
    mail = MailSettings(
        transport="smtp", host="127.0.0.1", port=1, security="none", timeout_seconds=2
    )
    results = found(place_of(home, mail=mail))
    assert results["mail"].state is State.FAIL
    assert "127.0.0.1:1" in results["mail"].what.zh


def test_every_desk_of_the_project_is_counted(home: Home) -> None:
    result = found(place_of(home))["recipients"]
    assert f"{DESKS}/{DESKS}" in result.what.zh
    assert len(result.items) == DESKS


def test_a_running_service_is_told_from_one_that_was_killed(home: Home) -> None:
    told = {"pid": os.getpid(), "started_at": NOW.isoformat(), "version": "0.1.0"}
    path = home.runs / "service.json"
    path.write_text(json.dumps(told), "utf-8")
    with path.open("rb+") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        result = found(place_of(home))["service"]
        assert result.state is State.OK
        assert str(os.getpid()) in result.what.zh
    # Its number lives on in another process, its lock does not.
    assert found(place_of(home))["service"].state is State.WARN


def test_beside_a_writer_it_reads_the_snapshot_and_waits_for_nobody(
    home: Home, tmp_path: Path
) -> None:
    with start("write", str(home.root), str(tmp_path), "2", "50") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        results = found(place_of(home))
        assert writer.poll() is None
        writer.kill()
    assert states(results) == UNTENDED
    assert "cli:wangfang" in results["snapshot"].what.zh


def test_the_command(home: Home) -> None:
    code, out, err = run(home.root, "doctor", "--json")
    assert (code, err) == (0, "")
    listed = json.loads(out)["checks"]
    assert [one["code"] for one in listed] == list(CHECKS)
    assert run(home.root, "doctor", "--strict")[0] == 1
    _lose_part(home)
    code, out, _ = run(home.root, "doctor", "--language", "en")
    assert code == 1
    assert "missing or damaged: facts/" in out
    assert "backup" in out


def test_words_are_in_both_languages(home: Home) -> None:
    for one in found(place_of(home)).values():
        for text in (one.what, one.mend or Text("。", ".")):
            assert text.zh
            assert text.en
            assert not any("\u4e00" <= character <= "\u9fff" for character in text.en)
