"""Retention: nothing by default, never what a bulletin rests on, and who asks is told."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from made_once import copied_home

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.door.copying import BESIDE
from monitor.model import Status
from monitor.settings import RetentionSettings
from monitor.store.archive import stored_at
from monitor.store.backup import make_backup
from monitor.store.deliveries import NewDelivery, add_deliveries
from monitor.store.home import Home
from monitor.store.knowledge import stored_moment
from monitor.store.opening import open_store
from monitor.store.retention import Removal, plan_removal, remove, removed
from monitor.store.store import Store

from .actors import NANCHANG, START, no_words, policy, run, send_buses, write_buses

LATER = START + timedelta(days=400)
ALL = RetentionSettings(
    refused_files_days=365, rejected_rows_days=180, sent_letters_days=90, held_letters_days=30
)
LETTER = b"Subject: \r\n\r\n"


def make_home(folder: Path) -> None:
    home = Home(folder / "home")
    with open_store(home, write=True, waiting=no_words) as store:
        send_buses(store, folder, 0)
        send_half(store, folder, 1)
        receipt = receive(
            store,
            policy(),
            unreadable(folder),
            Declared(
                received_at=START + timedelta(hours=2), kind="registration", division=NANCHANG
            ),
            now=START + timedelta(hours=2),
        )
        assert receipt.status is Status.REFUSED
    code, _, err = run(home.root, "bulletin", "--as-of", "2020-12-31", "--division", NANCHANG)
    assert code == 0, err
    with open_store(home, write=True, waiting=no_words) as store:
        settled(store, "sent.eml", START + timedelta(days=1))
    (home.held / "2020-12-31_360100_zh_0123456789ab.eml").write_bytes(LETTER)
    moment = (START + timedelta(days=1)).timestamp()
    os.utime(home.held / "2020-12-31_360100_zh_0123456789ab.eml", (moment, moment))


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Rows that count, rows set aside, a refused file, bulletins, a letter sent and one held."""
    return Home(copied_home(tmp_path_factory, "to-thin-out", make_home, tmp_path / "home"))


def unreadable(folder: Path) -> Path:
    file = folder / "读不懂.csv"
    file.write_text("这不是表\n", "utf-8")
    return file


def send_half(store: Store, folder: Path, number: int) -> None:
    """A file of which half the rows lack a date."""
    file = write_buses(folder / f"南昌-{number}.csv", number * 20)
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    for row in rows[::2]:
        row["初次登记日期"] = ""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    at = START + timedelta(hours=number)
    receive(
        store,
        policy(),
        file,
        Declared(received_at=at, kind="registration", division=NANCHANG),
        now=at,
    )


def settled(store: Store, name: str, at: datetime | None) -> None:
    """A letter that went out at a moment; one still to be sent where there is none."""
    digest = hashlib.sha256(LETTER).hexdigest()
    new = NewDelivery(
        id=f"D{name}",
        kind="bulletin",
        about=name,
        division=NANCHANG,
        role="director",
        recipient="director@transport.example",
        language="zh",
        file_name=name,
        sha256=digest,
        message_id=f"<{name}@transport.example>",
    )
    with store.transaction():
        add_deliveries(store, [new], START)
        if at is not None:
            store.connection.execute(
                "UPDATE delivery SET state = 'sent', settled_at = ? WHERE id = ?",
                [stored_moment(at), new.id],
            )
    ((store.home.sent if at else store.home.outbox) / name).write_bytes(LETTER)


def planned(home: Home, settings: RetentionSettings, at: datetime) -> dict[str, Removal]:
    with open_store(home, write=False, waiting=no_words) as store:
        return {removal.kind: removal for removal in plan_removal(store, settings, at)}


def removing(home: Home, settings: RetentionSettings, at: datetime) -> dict[str, int]:
    with open_store(home, write=True, waiting=no_words, actor="job:retention") as store:
        return remove(store, settings, at=at)


def files(home: Home) -> set[str]:
    folders = (
        *("archive", "facts", "rejected", "rulesets", "bulletins", "outbox", "sent", "held"),
    )
    return {
        path.relative_to(home.root).as_posix()
        for folder in folders
        for path in (home.root / folder).rglob("*")
        if path.is_file()
    }


def test_nothing_goes_by_default(home: Home) -> None:
    before = files(home)
    assert removing(home, RetentionSettings(), LATER + timedelta(days=9999)) == {}
    assert files(home) == before
    with open_store(home, write=False, waiting=no_words) as store:
        assert store.one("SELECT count(*) FROM audit WHERE action = 'retention'") == 0


def test_what_has_been_kept_long_enough_goes_and_nothing_else(home: Home) -> None:
    before = files(home)
    going = planned(home, ALL, LATER)
    assert files(home) == before
    assert removing(home, ALL, LATER) == {
        "refused_file": 1,
        "rejected_rows": 1,
        "sent_letter": 1,
        "held_letter": 1,
    }
    gone = {one.path.relative_to(home.root).as_posix() for one in going.values()}
    assert before - files(home) == gone
    assert {path.split("/")[0] for path in gone} == {"archive", "rejected", "sent", "held"}
    assert removing(home, ALL, LATER + timedelta(days=1)) == {}
    with open_store(home, write=False, waiting=no_words) as store:
        (line,) = store.rows("SELECT actor, detail FROM audit WHERE action = 'retention'")
        assert store.one("SELECT count(*) FROM removal") == 4
    assert line[0] == "job:retention"
    assert json.loads(line[1])["removed"]["refused_file"] == 1


@pytest.mark.parametrize(
    ("kind", "since", "days"),
    [
        ("refused_file", START + timedelta(hours=2), 365),
        ("rejected_rows", START + timedelta(hours=1), 180),
        ("sent_letter", START + timedelta(days=1), 90),
        ("held_letter", START + timedelta(days=1), 30),
    ],
)
def test_each_rule_counts_whole_days_from_its_own_moment(
    home: Home, kind: str, since: datetime, days: int
) -> None:
    kept_until = since + timedelta(days=days)
    assert kind not in planned(home, ALL, kept_until)
    assert kind in planned(home, ALL, kept_until + timedelta(seconds=1))


def test_each_published_figure_is_explained_and_made_again_afterwards(
    home: Home, tmp_path: Path
) -> None:
    command = ("assess", "--json", "--as-of", "2020-12-31")
    before = run(home.root, *command)
    codes = [row["explain"] for row in json.loads(before[1])["assessments"] if row["denominator"]]
    assert len(codes) >= 2
    explained = [run(home.root, "explain", code, "--json") for code in codes]
    (letter,) = (path for path in home.outbox.iterdir() if NANCHANG in path.name)
    content = letter.read_bytes()
    removing(home, ALL, LATER)
    assert run(home.root, *command) == before
    assert [run(home.root, "explain", code, "--json") for code in codes] == explained
    letter.unlink()  # the same history and rules make the same letter to the byte
    with open_store(home, write=True, waiting=no_words) as store:
        store.connection.execute("DELETE FROM delivery WHERE file_name = ?", [letter.name])
    assert run(home.root, "bulletin", "--as-of", "2020-12-31", "--division", NANCHANG)[0] == 0
    assert letter.read_bytes() == content
    assert figures(again_from_archive(home, tmp_path)) == figures(home)


def again_from_archive(home: Home, folder: Path) -> Home:
    """A home taken in anew from the kept bytes of all that was not refused."""
    again = Home(folder / "again")
    with (
        open_store(home, write=False, waiting=no_words) as old,
        open_store(again, write=True, waiting=no_words) as new,
    ):
        for one in old.summaries("status <> 'refused'"):
            assert one.sha256 is not None
            assert one.file is not None
            file = shutil.copyfile(stored_at(home, one.sha256), folder / one.file)
            declared = Declared(received_at=one.received_at, kind=one.kind, division=one.division)
            receive(new, policy(), file, declared, now=one.recorded_at)
    return again


def figures(home: Home) -> list[tuple[object, ...]]:
    _, out, _ = run(home.root, "assess", "--json", "--as-of", "2020-12-31")
    wanted = ("mandate", "division", "period", "denominator", "numerator", "status", "covered")
    return [tuple(str(row[name]) for name in wanted) for row in json.loads(out)["assessments"]]


def test_who_asks_for_rows_that_went_is_told_when_and_why(home: Home, tmp_path: Path) -> None:
    words = ("submissions", "S000002", "--rejected", str(tmp_path / "r.csv"))
    assert run(home.root, *words)[0] == 0
    (tmp_path / "r.csv").unlink()
    removing(home, ALL, LATER)
    code, out, err = run(home.root, *words)
    assert (code, out) == (2, "")
    assert f"{LATER:%Y-%m-%d}" in err
    assert "rejected_rows_days=180" in err
    assert not (tmp_path / "r.csv").exists()
    assert run(home.root, "submissions", "S000002", "--json")[0] == 0


def test_bytes_that_were_accepted_another_time_stay(home: Home, tmp_path: Path) -> None:
    """Refused as a replacement with rows set aside, accepted as an addition."""
    with open_store(home, write=True, waiting=no_words) as store:
        (half,) = store.rows("SELECT sha256 FROM submission WHERE seq = 2")
        store.connection.execute(
            "INSERT INTO submission SELECT * REPLACE (9 AS seq, 'S000009' AS id, "
            "'refused' AS status, 0 AS rows_rejected) FROM submission WHERE seq = 2"
        )
    assert planned(home, ALL, LATER)["refused_file"].name != half[0]
    del tmp_path


def test_bytes_refused_again_lately_stay_for_now(home: Home, tmp_path: Path) -> None:
    at = LATER - timedelta(days=10)
    with open_store(home, write=True, waiting=no_words) as store:
        receive(
            store,
            policy(),
            unreadable(tmp_path),
            Declared(received_at=at, kind="registration", division=NANCHANG),
            now=at,
        )
    assert "refused_file" not in planned(home, ALL, LATER)


def test_a_letter_still_to_be_sent_stays(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words) as store:
        settled(store, "waiting.eml", None)
    removing(home, ALL, LATER + timedelta(days=9999))
    assert (home.outbox / "waiting.eml").exists()


def test_a_removal_that_was_cut_off_is_finished(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", cut_off)
        with pytest.raises(KeyboardInterrupt):
            removing(home, ALL, LATER)
    assert len(planned(home, ALL, LATER)) == 4
    assert sum(removing(home, ALL, LATER + timedelta(days=1)).values()) == 4
    assert planned(home, ALL, LATER + timedelta(days=2)) == {}


def test_a_backup_afterwards_is_whole(home: Home, tmp_path: Path) -> None:
    """It does not ask for what went; what came again since is in it."""
    (refused,) = (one.name for one in [planned(home, ALL, LATER)["refused_file"]])
    removing(home, ALL, LATER)
    folder = make_backup(home, home.backups, beside=BESIDE, at=LATER, waiting=no_words).folder
    assert not list(folder.rglob(refused))
    again = LATER + timedelta(days=1)
    with open_store(home, write=True, waiting=no_words) as store:
        gone = removed(store, "refused_file", refused)
        assert gone is not None
        assert gone.removed_at == LATER
        receive(
            store,
            policy(),
            unreadable(tmp_path),
            Declared(received_at=again, kind="registration", division=NANCHANG),
            now=again,
        )
    folder = make_backup(home, home.backups, beside=BESIDE, at=again, waiting=no_words).folder
    assert len(list(folder.rglob(refused))) == 1
