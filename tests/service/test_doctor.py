"""What the doctor says of jobs, desks, the drop folder, the outbox and the calendars."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from monitor.cli.main import main
from monitor.model import SHANGHAI
from monitor.service.diagnosis import Result, State
from monitor.service.doctor import CHECKS, examine
from monitor.service.workplace import Workplace
from monitor.store.home import Home
from monitor.store.knowledge import stored_moment
from monitor.store.locking import writing
from service.conftest import Clock

ROOT = Path(__file__).resolve().parents[2]
HOMES = ROOT / "tests" / "store_operations" / "homes"


def told(place: Workplace, code: str) -> Result:
    """What one check says; its words are in both languages."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("monitor.service.doctor.CHECKS", {code: CHECKS[code]})
        ((_, result),) = examine(place)
    for text in (result.what, *([result.mend] if result.mend else []), *result.items):
        assert text.zh
        assert text.en
    assert (result.mend is None) == (result.state is State.OK)
    return result


@pytest.fixture
def config(place: Workplace, tmp_path: Path) -> Path:
    """A config folder laid over the project."""
    folder = tmp_path / "config"
    (folder / "data" / "calendars").mkdir(parents=True)
    place.config = folder
    return folder


# --- jobs --------------------------------------------------------------------------------------


def add_attempt(place: Workplace, job: str, outcome: str, *, hours: int, number: int = 1) -> None:
    at = place.now() + timedelta(hours=hours)
    with place.store(write=True) as store:
        store.connection.execute(
            "INSERT INTO job_attempt (job, period, as_of, attempt, asked_by, owner, is_late, "
            "started_at, ended_at, outcome, ruleset, version, zh, en) VALUES "
            "(?, '2026-W47', '2026-11-22', ?, 'schedule', 'host:1', false, ?, ?, ?, '', '', "
            "'磁盘已满。\n请腾出空间。', 'The disk is full.\nMake room.')",
            [job, number, *[stored_moment(at)] * 2, outcome],
        )


def test_every_job_that_was_given_up_or_fails_is_named_with_its_command(
    place: Workplace, clock: Clock
) -> None:
    with place.store(write=True):
        pass
    assert told(place, "jobs").state is State.OK
    add_attempt(place, "weekly_bulletins", "given_up", hours=-6)
    add_attempt(place, "reminders", "given_up", hours=-5)
    add_attempt(place, "no_such_job", "given_up", hours=-5)
    for number in (1, 2, 3):
        add_attempt(place, "backup", "failed", hours=number - 5, number=number)
    add_attempt(place, "retention", "failed", hours=-1)
    result = told(place, "jobs")
    assert result.state is State.FAIL
    lines = {one.en.split()[0]: one.en for one in result.items}
    assert lines.keys() == {"weekly_bulletins", "reminders", "backup"}
    assert "fleetmon run weekly_bulletins --as-of 2026-11-22" in lines["weekly_bulletins"]
    assert "The disk is full. Make room." in lines["weekly_bulletins"]
    assert "3 times" in lines["backup"]
    assert result.mend is not None
    assert "journalctl" in result.mend.zh
    # What has come through since is no news.
    clock.pass_by(hours=1)
    add_attempt(place, "weekly_bulletins", "done", hours=0, number=2)
    add_attempt(place, "reminders", "done", hours=0, number=2)
    result = told(place, "jobs")
    assert result.state is State.WARN
    assert [one.en.split()[0] for one in result.items] == ["backup"]


# --- recipients --------------------------------------------------------------------------------

BOOK = """
sender: {name: {zh: 监测, en: Monitoring}, address: bulletin@nev-watch.cn, reply_to: null,
  unsubscribe: null}
roles:
  bureau: {receives: [bulletin, correction], forms: [pdf], digest: false, languages: [zh]}
  director: {receives: [bulletin, escalation], forms: [pdf], digest: true, languages: [zh]}
  visitor: {receives: [], forms: [], digest: false, languages: [zh]}
  unknown_sender: {receives: [correction], forms: [], digest: false, languages: [zh]}
  operator: {receives: [operators], forms: [], digest: false, languages: [zh]}
everyone:
  divisions:
    - {role: bureau, name: {zh: "{name}交通运输局", en: "{name} transport bureau"},
       address: "{division}@nev-watch.cn"}
  provinces:
    - {role: bureau, name: {zh: "{name}交通运输厅", en: "{name} department"},
       address: "{division}@nev-watch.cn"}
  unknown_sender:
    - {role: unknown_sender, name: {zh: 报送单位, en: sender}, address: sender@nev-watch.cn}
divisions: OWN
operators:
  - {role: operator, name: {zh: 运维一, en: Operator one}, address: ops@nev-watch.cn}
  - {role: operator, name: {zh: 运维二, en: Operator two}, address: OPERATOR}
"""
BUREAU = "{role: bureau, name: {zh: 交通局, en: Bureau}, address: traffic@nev-watch.cn}"
DIRECTOR = "{role: director, name: {zh: 局长, en: Director}, address: env:NO_SUCH_ADDRESS_HERE}"
VISITOR = "{role: visitor, name: {zh: 来访, en: Visitor}, address: env:NO_SUCH_ADDRESS_HERE}"
DEPARTMENT = "{role: bureau, name: {zh: 交通厅, en: Department}, address: a@fleetmon.invalid}"


def write_book(config: Path, own: str, operator: str = "two@nev-watch.cn") -> None:
    book = BOOK.replace("OWN", own).replace("OPERATOR", operator)
    (config / "data" / "recipients.yml").write_text(book, "utf-8")


def test_each_desk_without_an_address_is_named_by_division_and_role(
    place: Workplace, config: Path
) -> None:
    write_book(config, "{}")
    assert told(place, "recipients").state is State.OK
    write_book(
        config,
        f'{{"360100": [{BUREAU}, {DIRECTOR}, {VISITOR}], "360000": [{DEPARTMENT}], '
        f'"350200": [{VISITOR}]}}',
    )
    result = told(place, "recipients")
    assert result.state is State.WARN
    lines = [one.zh for one in result.items]
    assert len(lines) == 3
    director = next(line for line in lines if "360100" in line)
    assert "南昌" in director
    assert "director（局长）" in director
    assert any("江西省（360000）：bureau（交通厅）" in line for line in lines)
    assert any("350200" in line and "没有岗位接收通报" in line for line in lines)


def test_the_operators_without_an_address_are_named(place: Workplace, config: Path) -> None:
    write_book(config, "{}")
    assert told(place, "operators").state is State.OK
    write_book(config, "{}", operator="env:NO_SUCH_ADDRESS_HERE")
    result = told(place, "operators")
    assert result.state is State.WARN
    assert "Operator two" in result.what.en
    assert "Operator one" not in result.what.en


# --- outbox ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2])
def test_letters_of_an_earlier_version_are_told_as_never_sent(
    place: Workplace, tmp_path: Path, version: int
) -> None:
    with tarfile.open(HOMES / f"v{version}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    place.home = Home(tmp_path / f"v{version}")
    letters = sorted(path.name for path in place.home.outbox.iterdir())
    assert letters
    for _ in range(2):
        result = told(place, "outbox")
        assert result.state is State.WARN
        assert [one.en.split()[0] for one in result.items] == [f"outbox/{one}" for one in letters]
        assert all("earlier version" in one.en for one in result.items)
        assert result.mend is not None
        assert "fleetmon bulletin" in result.mend.en
        with place.store(write=True):  # brought up to this version, they are still not sent
            pass
    for name in letters:
        (place.home.outbox / name).rename(place.home.sent / name)
    assert told(place, "outbox").state is State.OK


def test_a_letter_that_nothing_names_is_told_unless_its_writer_is_at_work(
    place: Workplace,
) -> None:
    with place.store(write=True):
        pass
    (place.home.outbox / ".2026-11-22_360100_zh_1a.eml.part").write_bytes(b"half")
    assert told(place, "outbox").state is State.OK
    (place.home.outbox / "2026-11-22_360100_zh_1a.eml").write_bytes(b"whole")
    with writing(place.home, what="job:weekly_bulletins", waiting=lambda _words: None):
        assert told(place, "outbox").state is State.OK
    result = told(place, "outbox")
    assert result.state is State.WARN
    assert [one.zh for one in result.items] == ["outbox/2026-11-22_360100_zh_1a.eml（无人认领）"]


# --- drop folder -------------------------------------------------------------------------------


def test_the_drop_folder_is_told_with_what_nobody_reads(place: Workplace, clock: Clock) -> None:
    inbox = place.home.inbox
    assert told(place, "inbox").state is State.OK
    for name in ("南昌", "360100", "999999"):
        (inbox / name).mkdir()
    (inbox / "南昌" / "五月.csv").write_text("a,b\n")
    (inbox / "360100" / "五月.csv").write_text("a,b\n")
    (inbox / "360100" / "elsewhere.csv").symlink_to("/etc/hostname")
    today = f"{clock().astimezone(SHANGHAI):%Y-%m-%d}"
    for day in (today, "2026-01-05"):
        shelf = inbox / "360100" / "refused" / day
        shelf.mkdir(parents=True)
        (shelf / "S000004-四月.csv").write_text("a\n")
        (shelf / "S000004-四月.csv.receipt.txt").write_text("请改正\n")
    result = told(place, "inbox")
    assert result.state is State.WARN
    lines = [one.zh for one in result.items]
    assert len(lines) == 4
    assert any(line.startswith("inbox/南昌：") and "1 份" in line for line in lines)
    assert any(line.startswith("inbox/999999：") for line in lines)
    assert any(line.startswith("inbox/360100/elsewhere.csv：") for line in lines)
    assert any("inbox/360100/refused" in line and "拒收 1 份" in line for line in lines)
    assert result.mend is not None
    assert "fleetmon divisions" in result.mend.en
    assert ".receipt.txt" in result.mend.en


def test_looking_into_the_drop_folder_leaves_the_services_memory_alone(place: Workplace) -> None:
    file = place.home.inbox / "360100" / "五月.csv"
    file.parent.mkdir()
    file.write_text("a,b\n")
    (file.parent / "五月.csv.sha256").write_text(hashlib.sha256(b"else").hexdigest())
    memory = place.home.runs / "inbox.json"
    memory.write_text('{"inbox/1": {"since": 1}}')
    told(place, "inbox")
    assert memory.read_text() == '{"inbox/1": {"since": 1}}'


def test_names_that_no_terminal_can_show_break_nothing(place: Workplace) -> None:
    name = os.fsdecode(b"\xff[bold]\x1b[2J")
    (place.home.inbox / name).mkdir()
    (place.home.outbox / name).write_bytes(b"letter")
    with place.store(write=True):
        pass
    for shape in ([], ["--json"]):
        out = StringIO()
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            main(["--home", str(place.home.root), "doctor", "--strict", *shape])
        assert ended.value.code == 1
        out.getvalue().encode()
        assert "\x1b" not in out.getvalue()
        assert "（无人认领）" in out.getvalue()


def test_on_a_terminal_a_long_list_is_cut_and_says_so(place: Workplace) -> None:
    with place.store(write=True):
        pass
    for number in range(60):
        (place.home.outbox / f"2026-11-22_360100_zh_{number:012x}.eml").write_bytes(b"letter")
    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit):
        main(["--home", str(place.home.root), "doctor"])
    assert out.getvalue().count("· outbox/") == 40
    assert "另有 20 项" in out.getvalue()


# --- calendars ---------------------------------------------------------------------------------


def _spoil(path: Path) -> None:
    path.write_text("rules:\n  - id: JX\n", "utf-8")


def _bytes(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00rules")


def _unknown_kind(path: Path) -> None:
    path.write_text(
        (ROOT / "data" / "calendars" / "reporting.yml")
        .read_text("utf-8")
        .replace("kind: registration", "kind: registratoin", 1),
        "utf-8",
    )


def _nothing(path: Path) -> None:
    path.write_text("", "utf-8")


def _not_yaml(path: Path) -> None:
    path.write_text("rules: [", "utf-8")


@pytest.mark.parametrize("spoil", [_spoil, _bytes, _unknown_kind, _nothing, _not_yaml])
def test_a_wrong_file_of_due_dates_is_a_fault_with_its_place(
    place: Workplace, clock: Clock, config: Path, spoil: Callable[[Path], None]
) -> None:
    clock.moment = clock.moment.replace(month=6)
    assert told(place, "calendar").state is State.OK
    spoil(config / "data" / "calendars" / "reporting.yml")
    result = told(place, "calendar")
    assert result.state is State.FAIL
    (line,) = result.items
    assert "reporting.yml" in line.zh
    assert "Error" not in result.what.en


def test_both_calendars_are_told_at_once(place: Workplace, config: Path) -> None:
    for name in ("reporting.yml", "china.yml"):
        _not_yaml(config / "data" / "calendars" / name)
    assert len(told(place, "calendar").items) == 2


# --- whatever is broken ------------------------------------------------------------------------


def _no_config(place: Workplace, _folder: Path) -> None:
    place.config = Path("/no/such/folder")


def _all_policy_wrong(place: Workplace, folder: Path) -> None:
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("var"))
    shutil.copytree(ROOT / "checks", folder / "checks")
    shutil.copytree(ROOT / "schedules", folder / "schedules")
    for path in folder.rglob("*.yml"):
        path.write_text("a: 1\na: 2\n", "utf-8")
    place.config = folder


def _home_is_a_file(place: Workplace, _folder: Path) -> None:
    shutil.rmtree(place.home.root)
    place.home.root.write_text("not a folder")


def _everything_is_a_folder(place: Workplace, _folder: Path) -> None:
    (place.home.runs / "service.json").mkdir()
    place.home.database.mkdir()
    place.home.snapshot.mkdir()


def _everything_is_a_file(place: Workplace, _folder: Path) -> None:
    for folder in sorted(place.home.root.iterdir()):
        shutil.rmtree(folder)
        folder.write_text("not a folder")
    place.home.database.write_bytes(b"not a database" * 99)


def _half_a_note(place: Workplace, _folder: Path) -> None:
    (place.home.runs / "service.json").write_text('{"pid":')


BROKEN = [
    _no_config,
    _all_policy_wrong,
    _home_is_a_file,
    _everything_is_a_folder,
    _everything_is_a_file,
    _half_a_note,
]


@pytest.mark.parametrize("spoil", BROKEN)
def test_whatever_is_broken_every_check_answers(
    place: Workplace, tmp_path: Path, spoil: Callable[[Workplace, Path], None]
) -> None:
    spoil(place, tmp_path / "config")
    results = dict(examine(place))
    assert list(results) == list(CHECKS)
    for one in results.values():
        assert (one.mend is None) == (one.state is State.OK)
        for text in (one.what, *([one.mend] if one.mend else [])):
            assert "Traceback" not in text.en
    if spoil is _half_a_note:
        assert results["service"].state is State.WARN
    elif spoil is not _everything_is_a_folder:
        assert State.FAIL in {one.state for one in results.values()}


def test_the_document_has_everything(place: Workplace) -> None:
    (place.home.inbox / "999999").mkdir()
    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        main(["--home", str(place.home.root), "--language", "en", "doctor", "--json"])
    assert ended.value.code == 0
    document = json.loads(out.getvalue())
    assert document["state"] == "warn"
    assert [one["code"] for one in document["checks"]] == list(CHECKS)
    for one in document["checks"]:
        assert one.keys() == {"code", "state", "what", "mend", "items"}
    (inbox,) = (one for one in document["checks"] if one["code"] == "inbox")
    assert "inbox/999999" in inbox["items"][0]
    (desks,) = (one for one in document["checks"] if one["code"] == "recipients")
    assert len(desks["items"]) == int(desks["what"].split()[0])
