"""The audit log: each act once, chained, mirrored; whatever is changed in it is found."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import stat
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_once import copied_home
from thorough import TIMES

from monitor.errors import WrongUse
from monitor.store import audit
from monitor.store.audit import AuditLine, audit_lines, mirror, mirrored_seq, month_files, record
from monitor.store.audit_check import AuditReport, read_files, verify
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.rulesets import accept_ruleset
from monitor.store.store import Store

from .actors import START, no_words, plate, run, send_buses, vin

TAMPERINGS = 100 * TIMES
Tampering = Callable[[random.Random, Store, Home], None]


def checked(home: Home, expected: tuple[int, str] | None = None) -> AuditReport:
    filed = read_files(home)
    with open_store(home, write=False, waiting=no_words) as store:
        return verify(store, filed, expected)


def codes(report: AuditReport) -> set[str]:
    return {fault.code for fault in report.faults}


def make_home(folder: Path) -> None:
    home = Home(folder / "home")
    for number in range(9):
        actor = ("cli:wangfang", "job:ingest_inbox", "web:360100")[number % 3]
        with open_store(home, write=True, waiting=no_words, actor=actor) as store:
            if not number:
                send_buses(store, folder, 0)
                send_buses(store, folder, 0)
            at = START + timedelta(days=9 * number)
            with store.transaction():
                record(store, "job", f"nightly_checks {at:%Y-%m-%d}", detail={"runs": 1}, at=at)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with eleven acts over three months, by several people in several sessions."""
    return Home(copied_home(tmp_path_factory, "audited", make_home, tmp_path / "home"))


def test_every_act_is_a_line_of_table_and_files(home: Home) -> None:
    report = checked(home)
    assert report.faults == ()
    assert report.lines == 11
    assert [path.name for path in month_files(home)] == [
        "2021-01.jsonl",
        "2021-02.jsonl",
        "2021-03.jsonl",
    ]
    with open_store(home, write=False, waiting=no_words) as store:
        lines = audit_lines(store)
    assert [line for _, _, line in read_files(home).entries] == lines
    assert report.head == f"11:{lines[-1].hash}"
    assert [line.action for line in lines[:3]] == ["submission", "duplicate", "job"]
    assert {line.actor for line in lines} == {"cli:wangfang", "job:ingest_inbox", "web:360100"}


def test_the_key_is_the_services_own(home: Home) -> None:
    key = home.audit / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(bytes.fromhex(key.read_text())) == 32


def test_no_line_holds_personal_data(home: Home, tmp_path: Path) -> None:
    code, _, _ = run(
        home.root,
        *("withdraw", "--division", "360100", "--vin", vin(3), "--reason", "王建国的车已退回"),
        *("--received-at", "2021-01-05T10:30+08:00"),
    )
    assert code == 0
    with open_store(home, write=True, waiting=no_words) as store:
        send_buses(store, tmp_path, 2, 车辆识别代号="LZYTAGBW0L100000I")  # rows set aside
        text = "".join(line.as_json() for line in audit_lines(store))
    assert '"withdrawal"' in text
    for secret in (
        vin(3),
        plate(3),
        "LZYTAGBW0L100000I",
        "公共交通集团",
        "91360100MA31J4EU2P",
        "王建国",
    ):
        assert secret not in text


def test_a_change_that_is_rolled_back_leaves_no_line(home: Home) -> None:
    with (
        open_store(home, write=True, waiting=no_words) as store,
        suppress(ValueError),
        store.transaction(),
    ):
        record(store, "backup", "backup-20210401T020000", at=START)
        raise ValueError
    assert checked(home).lines == 11
    assert checked(home).faults == ()


def test_accepted_rules_are_a_line(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words, actor="cli:zhaomin") as store:
        accept_ruleset(store, "2c49cccb25699003", at=START, by="赵敏", note=None)
        (line,) = audit_lines(store, 11)
    assert (line.actor, line.action, line.object) == ("cli:zhaomin", "ruleset", "2c49cccb25699003")
    assert json.loads(line.detail) == {"before": None, "by": "赵敏"}


def test_a_killed_writers_lines_are_mirrored_by_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("monitor.store.opening._show", lambda *_: None)
        with open_store(home, write=True, waiting=no_words) as store, store.transaction():
            record(store, "hold", "1", at=START)
    assert codes(checked(home)) == {"files_behind"}
    with open_store(home, write=True, waiting=no_words):
        assert mirrored_seq(home) == 12  # before it adds anything
    assert checked(home).faults == ()


def test_a_line_cut_by_a_power_failure_is_told_and_then_written_anew(home: Home) -> None:
    last = month_files(home)[-1]
    whole = last.read_bytes()
    last.write_bytes(whole[:-40])
    assert "file_line_unreadable" in codes(checked(home))
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        record(store, "hold", "1", at=START + timedelta(days=80))
    assert last.read_bytes().startswith(whole)
    assert checked(home).faults == ()


def test_a_clock_that_went_back_does_not_break_the_order(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        record(store, "hold", "1", at=datetime(2020, 12, 31, 16, 30, tzinfo=UTC))
    assert [path.name for path in month_files(home)][-1] == "2021-03.jsonl"
    assert checked(home).faults == ()


def test_a_lost_key_is_told(home: Home) -> None:
    (home.audit / "key").unlink()
    assert codes(checked(home)) == {"key_missing"}


def test_another_key_is_told(home: Home) -> None:
    (home.audit / "key").write_text("00" * 32)
    assert "line_changed" in codes(checked(home))


# --- tampering ----------------------------------------------------------------------------------


def _edit_table(chance: random.Random, store: Store, _home: Home) -> None:
    column = chance.choice(["actor", "action", "object", "outcome", "detail", "previous", "hash"])
    seq = chance.randint(1, 11)
    changed = f"UPDATE audit SET {column} = {column} || 'x' WHERE seq = ?"  # noqa: S608  # no input
    store.connection.execute(changed, [seq])


def _date_table(chance: random.Random, store: Store, _home: Home) -> None:
    store.connection.execute(
        'UPDATE audit SET "at" = "at" + INTERVAL 1 MICROSECOND WHERE seq = ?',
        [chance.randint(1, 11)],
    )


def _delete_table(chance: random.Random, store: Store, _home: Home) -> None:
    store.connection.execute("DELETE FROM audit WHERE seq = ?", [chance.randint(1, 11)])


def _close_gap_in_table(chance: random.Random, store: Store, _home: Home) -> None:
    gone = chance.randint(1, 10)
    rows = [row for row in store.rows("FROM audit ORDER BY seq") if row[0] != gone]
    store.connection.execute("DELETE FROM audit")
    store.insert("audit", [[place, *row[1:]] for place, row in enumerate(rows, start=1)])


def _swap_table(chance: random.Random, store: Store, _home: Home) -> None:
    one, other = chance.sample(range(1, 12), 2)
    rows = store.rows("FROM audit ORDER BY seq")
    rows[one - 1], rows[other - 1] = rows[other - 1], rows[one - 1]
    store.connection.execute("DELETE FROM audit")
    store.insert("audit", [[place, *row[1:]] for place, row in enumerate(rows, start=1)])


def _cut_table(chance: random.Random, store: Store, _home: Home) -> None:
    store.connection.execute("DELETE FROM audit WHERE seq > ?", [chance.randint(0, 10)])


def _cut_both(chance: random.Random, store: Store, home: Home) -> None:
    kept = chance.randint(0, 10)
    store.connection.execute("DELETE FROM audit WHERE seq > ?", [kept])
    for path in month_files(home):
        lines = [x for x in path.read_text().splitlines() if json.loads(x)["seq"] <= kept]
        path.write_text("".join(f"{line}\n" for line in lines))
        if not lines and chance.random() < 0.5:
            path.unlink()


def _rewrite_both(chance: random.Random, store: Store, home: Home) -> None:
    """Changed alike in table and files, hashed anew, by somebody without the key."""
    seq = chance.randint(1, 11)
    key = chance.randbytes(32)
    lines, previous = [], "0" * 64
    for line in audit_lines(store):
        words = (line.actor, line.action, line.object, line.outcome, line.detail)
        if line.seq == seq:
            words = ("cli:nobody", *words[1:])
        new = AuditLine(line.seq, line.at, *words, previous, "")
        if line.seq < seq:
            new = line
        else:
            new = AuditLine(line.seq, line.at, *words, previous, new.expected_hash(key))
        previous = new.hash
        lines.append(new)
        store.connection.execute(
            "UPDATE audit SET actor = ?, previous = ?, hash = ? WHERE seq = ?",
            [new.actor, new.previous, new.hash, new.seq],
        )
    for path in month_files(home):
        held = {json.loads(x)["seq"] for x in path.read_text().splitlines()}
        path.write_text("".join(f"{x.as_json()}\n" for x in lines if x.seq in held))


def _in_file(chance: random.Random, home: Home, change: Callable[[list[bytes]], None]) -> None:
    path = chance.choice(month_files(home))
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))


def _edit_file(chance: random.Random, _store: Store, home: Home) -> None:
    def change(lines: list[bytes]) -> None:
        place = chance.randrange(len(lines))
        at = chance.randrange(len(lines[place]))
        other = chance.choice([byte for byte in b'a1" ,\n' if byte != lines[place][at]])
        lines[place] = lines[place][:at] + bytes([other]) + lines[place][at + 1 :]

    _in_file(chance, home, change)


def _delete_file_line(chance: random.Random, _store: Store, home: Home) -> None:
    def change(lines: list[bytes]) -> None:
        del lines[chance.randrange(len(lines))]

    _in_file(chance, home, change)


def _double_file_line(chance: random.Random, _store: Store, home: Home) -> None:
    _in_file(chance, home, lambda lines: lines.append(chance.choice(lines)))


def _swap_file_lines(chance: random.Random, _store: Store, home: Home) -> None:
    def change(lines: list[bytes]) -> None:
        one, other = chance.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]

    _in_file(chance, home, change)


def _cut_file(chance: random.Random, _store: Store, home: Home) -> None:
    path = month_files(home)[-1]
    os.truncate(path, chance.randrange(path.stat().st_size))


def _lose_file(chance: random.Random, _store: Store, home: Home) -> None:
    chance.choice(month_files(home)).unlink()


TAMPERERS: list[Tampering] = [
    *(_edit_table, _date_table, _delete_table, _close_gap_in_table, _swap_table, _cut_table),
    *(_cut_both, _rewrite_both, _edit_file, _delete_file_line, _double_file_line),
    *(_swap_file_lines, _cut_file, _lose_file),
]


def test_every_tampering_is_found(home: Home, tmp_path: Path) -> None:
    """Drawn at random, with the head noted elsewhere."""
    chance = random.Random(20201121)  # draws what to spoil
    head = checked(home).head
    noted = (int(head.split(":")[0]), head.split(":")[1])
    kept = tmp_path / "kept"
    shutil.copytree(home.audit, kept)
    missed = []
    with open_store(home, write=True, waiting=no_words) as store:
        for number in range(TAMPERINGS):
            tamper = TAMPERERS[number % len(TAMPERERS)]
            store.connection.execute("BEGIN")
            tamper(chance, store, home)
            if not verify(store, read_files(home), noted).faults:
                missed.append((number, tamper.__name__))
            store.connection.execute("ROLLBACK")
            shutil.rmtree(home.audit)
            shutil.copytree(kept, home.audit)
            assert not verify(store, read_files(home), noted).faults
    assert missed == []


def test_only_a_log_cut_in_both_needs_the_noted_head(home: Home) -> None:
    chance = random.Random(7)  # draws where to cut
    head = checked(home).head
    with open_store(home, write=True, waiting=no_words) as store:
        _cut_both(chance, store, home)
    assert checked(home).faults == ()
    assert codes(checked(home, (11, head.split(":")[1]))) == {"head_not_found"}


# --- the command --------------------------------------------------------------------------------


def test_the_command_lists_and_verifies(home: Home) -> None:
    code, out, _ = run(home.root, "audit", "--json", "--last", "2")
    assert code == 0
    listed = json.loads(out)["audit"]
    assert [one["seq"] for one in listed] == [10, 11]
    assert listed[0]["detail"] == {"runs": 1}
    assert "job:ingest_inbox" in run(home.root, "audit")[1]
    code, out, _ = run(home.root, "audit", "verify", "--json")
    assert code == 0
    head = json.loads(out)["head"]
    assert run(home.root, "audit", "verify", "--expect", head)[0] == 0
    assert run(home.root, "audit", "verify", "--expect", "11:" + "0" * 64)[0] == 1
    month_files(home)[0].unlink()
    code, out, _ = run(home.root, "audit", "verify")
    assert code == 1
    assert "line_missing" in out


def test_the_details_are_words_and_not_json(home: Home) -> None:
    shown = run(home.root, "audit")[1]
    assert not set(shown) & set("{}'")
    words = shown.split()
    assert "kind=registration" in words
    assert any(re.fullmatch(r"accepted=[1-9]\d*", word) for word in words)
    assert not any(word.endswith("=0") for word in words)


def test_a_head_that_is_none_is_refused(home: Home) -> None:
    code, _, err = run(home.root, "audit", "verify", "--expect", "eleven")
    assert code == WrongUse.exit_code
    assert "--expect" in err


@given(
    st.lists(st.sampled_from([b'{"seq": 7}', b"x", b"", b'{"seq": ', b"\xff" * 40]), max_size=12),
    st.sampled_from([b"", b"\n", b'\n{"seq": 9}', b"\n\n"]),
    st.integers(1, 70),
)
def test_the_last_line_is_found_from_the_end_whatever_the_file_holds(
    lines: list[bytes], end: bytes, block: int
) -> None:
    content = b"\n".join(lines) + end
    whole = content.split(b"\n")[:-1]
    with mock.patch.object(audit, "_BLOCK", block):
        assert list(audit._from_end(io.BytesIO(content))) == whole[::-1]
        assert audit._end_of_lines(io.BytesIO(content)) == content.rfind(b"\n") + 1


def test_a_long_month_is_not_read_at_each_writers_end(home: Home) -> None:
    last = month_files(home)[-1]
    held = last.read_bytes()
    last.write_bytes(b"x" * (32 << 20) + b"\n" + held + b'{"seq": ')
    with open_store(home, write=False, waiting=no_words) as store:
        (line,) = audit_lines(store, 10)
    tracemalloc.start()
    try:
        assert mirrored_seq(home) == 11
        mirror(home, [replace(line, seq=12)])
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert mirrored_seq(home) == 12
    assert last.read_bytes().endswith(held + replace(line, seq=12).as_json().encode() + b"\n")
