"""Backups: consistent while others write, proved, and put back to the same verdicts."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from made_once import copied_home

from monitor.door.copying import BESIDE
from monitor.errors import StoreError, WrongUse
from monitor.model import SHANGHAI, Text
from monitor.store import backup_making, restoring
from monitor.store.archive import stored_at
from monitor.store.audit_check import read_files, verify
from monitor.store.backup import BackupDoubtful, make_backup, thin_out
from monitor.store.backup_check import verify_backup
from monitor.store.backup_making import backups
from monitor.store.deliveries import NewDelivery, add_deliveries
from monitor.store.home import Home
from monitor.store.mail_hold import mail_hold
from monitor.store.manifest import read_manifest
from monitor.store.opening import open_store
from monitor.store.restoring import restore

from .actors import NANCHANG, START, any_words, no_words, run, send_buses, start

AT = datetime(2021, 2, 1, 1, 0, tzinfo=SHANGHAI)
LETTER = b"Subject: \r\n\r\n"


def make_home(folder: Path) -> None:
    home = Home(folder / "home")
    with open_store(home, write=True, waiting=no_words) as store:
        send_buses(store, folder, 0)
        send_buses(store, folder, 1, 初次登记日期="")
    code, _, err = run(home.root, "bulletin", "--as-of", "2020-12-31", "--division", NANCHANG)
    assert code == 0, err


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with rows that count and rows set aside, and a bulletin of 南昌."""
    return Home(copied_home(tmp_path_factory, "to-back-up", make_home, tmp_path / "home"))


def verdicts(home: Home) -> str:
    code, out, err = run(home.root, "assess", "--json", "--as-of", "2020-12-31")
    assert (code, err) == (0, "")
    return out


def made(home: Home, *, days: int = 0) -> Path:
    at = AT + timedelta(days=days)
    return make_backup(home, home.backups, beside=BESIDE, at=at, waiting=no_words).folder


def promise_letter(home: Home) -> None:
    (home.outbox / "waiting.eml").write_bytes(LETTER)
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        add_deliveries(store, [_delivery("waiting.eml")], START)


def test_a_backup_restores_to_the_same_verdicts(home: Home, tmp_path: Path) -> None:
    before, submissions = verdicts(home), run(home.root, "submissions", "--json")[1]
    folder = made(home)
    assert folder.name == "backup-20210201T010000"
    assert verify_backup(folder) == ()
    shutil.move(folder, tmp_path / "elsewhere")
    shutil.rmtree(home.root)
    bare = Home(tmp_path / "bare")
    restore(tmp_path / "elsewhere", bare, at=AT, actor="cli:wangfang", waiting=no_words)
    assert verdicts(bare) == before
    assert run(bare.root, "submissions", "--json")[1] == submissions
    assert run(bare.root, "submissions", "S000002", "--rejected", str(tmp_path / "r.csv"))[0] == 0
    assert (tmp_path / "r.csv").read_text("utf-8-sig").count("\n") == 21
    row = next(row for row in json.loads(before)["assessments"] if row["denominator"])
    assert run(bare.root, "explain", row["explain"])[0] == 0
    with open_store(bare, write=True, waiting=no_words) as store:
        send_buses(store, tmp_path, 2)
    with open_store(bare, write=False, waiting=no_words) as store:
        assert verify(store, read_files(bare)).faults == ()
        acts = [act for (act,) in store.rows("SELECT action FROM audit ORDER BY seq")]
        assert acts[-3:] == ["restore", "mail_hold", "submission"]


def test_letters_forms_and_rules_come_back(home: Home, tmp_path: Path) -> None:
    folders = ("archive", "facts", "rejected", "rulesets", "bulletins", "outbox")
    before = {
        path.relative_to(home.root): path.read_bytes()
        for name in folders
        for path in (home.root / name).rglob("*")
        if path.is_file()
    }
    assert {path.parts[0] for path in before} == set(folders)
    bare = Home(tmp_path / "bare")
    restore(made(home), bare, at=AT, actor="cli:wangfang", waiting=no_words)
    assert {path: (bare.root / path).read_bytes() for path in before} == before


def test_a_backup_is_for_the_service_alone(home: Home) -> None:
    folder = made(home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "audit" / "key").stat().st_mode) == 0o600


def test_while_a_writer_is_at_work(home: Home, tmp_path: Path) -> None:
    """It holds the last finished session, whole, whatever the writer does meanwhile."""
    before = verdicts(home)
    with start("write", str(home.root), str(tmp_path), "2", "6") as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        assert writer.stdout.readline() == "2\n"
        told: list[Text] = []
        folder = make_backup(
            home, tmp_path / "safe", beside=BESIDE, at=AT, waiting=told.append
        ).folder
        writer.wait(timeout=60)
    assert "cli:wangfang" in told[0].zh
    assert verify_backup(folder) == ()
    assert read_manifest(folder).history == 2
    bare = Home(tmp_path / "bare")
    restore(folder, bare, at=AT, actor="cli:wangfang", waiting=no_words)
    assert verdicts(bare) == before
    with open_store(bare, write=False, waiting=no_words) as store:
        assert verify(store, read_files(bare)).faults == ()
    with open_store(home, write=False, waiting=no_words) as store:
        assert store.history() == 8
        assert store.rows("SELECT action, outcome FROM audit ORDER BY seq DESC LIMIT 1") == [
            ("backup", "ok")
        ]


def test_what_a_killed_writer_had_stored_is_in_it(home: Home, tmp_path: Path) -> None:
    with start("write", str(home.root), str(tmp_path), "2", "50") as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if line == "4\n":
                break
        writer.kill()
    assert read_manifest(made(home)).history >= 5


def test_an_unchanged_file_is_shared_with_the_backup_before(home: Home, tmp_path: Path) -> None:
    first = made(home)
    with open_store(home, write=True, waiting=no_words) as store:
        send_buses(store, tmp_path, 2)
    second = make_backup(
        home, home.backups, beside=BESIDE, at=AT + timedelta(days=1), waiting=no_words
    )
    shared = [
        file.path
        for file in read_manifest(second.folder).files
        if (first / file.path).exists() and (first / file.path).samefile(second.folder / file.path)
    ]
    assert len(shared) == second.linked > 50
    assert {path.split("/")[0] for path in shared} == {
        *("archive", "facts", "rejected", "rulesets", "bulletins", "outbox"),
    }
    shutil.rmtree(first)
    assert verify_backup(second.folder) == ()


def test_only_the_last_are_kept_and_only_good_ones_count(home: Home) -> None:
    folders = [made(home, days=day) for day in range(4)]
    (folders[3] / "manifest.json").write_text("{}")
    assert thin_out(home.backups, 2) == 1
    assert backups(home.backups) == folders[1:3]
    assert thin_out(home.backups, 2) == 0


def test_two_of_the_same_moment_stand_side_by_side(home: Home) -> None:
    folders = [made(home) for _ in range(3)]
    assert [folder.name for folder in folders[1:]] == [f"{folders[0].name}-{n}" for n in (2, 3)]
    assert backups(home.backups) == folders


def test_a_home_without_data_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no data"):
        made(Home(tmp_path / "none"))


def test_a_backup_cut_off_leaves_nothing_that_looks_like_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(backup_making.Making, "_finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made(home)
    assert backups(home.backups) == []
    assert len(list(home.backups.glob(".backup-*.part"))) == 1
    folder = made(home)
    assert [path for path in home.backups.iterdir() if path.name.startswith((".b", "b"))] == [
        folder
    ]


def _lose_archive(home: Home) -> None:
    next(path for path in home.archive.rglob("*") if path.is_file()).unlink()


def _spoil_archive(home: Home) -> None:
    path = next(path for path in home.archive.rglob("*") if path.is_file())
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + b"x")


def _lose_part(home: Home) -> None:
    next(home.facts.iterdir()).unlink()


def _lose_rejected(home: Home) -> None:
    next(home.rejected.iterdir()).unlink()


@pytest.mark.parametrize("damage", [_lose_archive, _spoil_archive, _lose_part, _lose_rejected])
def test_a_damaged_home_gives_a_doubtful_backup(home: Home, damage: Callable[[Home], None]) -> None:
    good = made(home)
    damage(home)
    # The good copy of the file is linked from the backup before: only a new target shows the loss.
    with pytest.raises(BackupDoubtful):
        make_backup(home, home.root / "other", beside=BESIDE, at=AT, waiting=no_words)
    doubtful = home.root / "other" / good.name
    assert read_manifest(doubtful).faults
    assert backups(home.root / "other") == []
    with pytest.raises(StoreError, match="did not pass"):
        restore(doubtful, Home(home.root / "x"), at=AT, actor="cli:x", waiting=no_words)


def test_every_change_in_a_backup_is_found_and_not_restored(home: Home, tmp_path: Path) -> None:
    folder = made(home)
    paths = [file.path for file in read_manifest(folder).files]
    by_kind = {path.split("/")[0]: path for path in paths}
    assert len(by_kind) == 8
    for number, path in enumerate(by_kind.values()):
        spoiled = tmp_path / f"spoiled{number}"
        shutil.copytree(folder, spoiled)
        (spoiled / path).chmod(0o644)
        content = (spoiled / path).read_bytes()
        (spoiled / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert verify_backup(spoiled), path
        with pytest.raises(StoreError, match="manifest"):
            restore(
                spoiled, Home(tmp_path / f"bare{number}"), at=AT, actor="cli:x", waiting=no_words
            )
        (spoiled / path).unlink()
        assert verify_backup(spoiled), path


def test_a_home_with_data_is_left_alone(home: Home) -> None:
    folder = made(home)
    before = sorted(path.name for path in home.root.iterdir())
    with pytest.raises(WrongUse, match="holds data already"):
        restore(folder, home, at=AT, actor="cli:x", waiting=no_words)
    assert sorted(path.name for path in home.root.iterdir()) == before


def test_a_restore_that_was_cut_off_is_begun_anew(home: Home, tmp_path: Path) -> None:
    folder = made(home)
    bare = Home(tmp_path / "bare")

    def cut_off(done: int, _all: int, _name: str) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(folder, bare, at=AT, actor="cli:x", progress=cut_off, waiting=no_words)
    assert not bare.database.exists()
    restore(folder, bare, at=AT, actor="cli:x", waiting=no_words)
    assert verdicts(bare) == verdicts(home)


def test_letters_still_to_be_sent_come_back_under_a_hold(home: Home, tmp_path: Path) -> None:
    """They may have gone out since: none goes twice because of a restore."""
    promise_letter(home)
    folder = made(home)
    bare = Home(tmp_path / "bare")
    done = restore(folder, bare, at=AT, actor="cli:wangfang", waiting=no_words)
    assert done.is_mail_held
    assert (bare.outbox / "waiting.eml").read_bytes() == LETTER
    with open_store(bare, write=False, waiting=no_words) as store:
        hold = mail_hold(store)
        assert hold is not None
        assert hold.reason is not None
        assert folder.name in hold.reason


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", ["unsettled_letters", "record", "keep_hold", "fsync_folder"])
def test_a_restore_killed_at_any_step_ends_with_the_hold(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """`fsync_folder` last of all: the mark is gone only where the hold is there."""
    promise_letter(home)
    folder = made(home)
    bare = Home(tmp_path / "bare")

    def dies(*given: object, **named: object) -> object:
        if step != "fsync_folder" or not (bare.root / ".restoring").exists():
            raise Killed
        return kept(*given, **named)

    kept = getattr(restoring, step)
    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, dies)
        with pytest.raises(Killed):
            restore(folder, bare, at=AT, actor="cli:wangfang", waiting=no_words)
    if step == "fsync_folder":
        with open_store(bare, write=False, waiting=no_words) as store:
            assert mail_hold(store) is not None
        return
    assert restore(
        folder, bare, at=AT + timedelta(days=1), actor="cli:wangfang", waiting=no_words
    ).is_mail_held
    with open_store(bare, write=False, waiting=no_words) as store:
        assert mail_hold(store) is not None
        acts = [act for (act,) in store.rows("SELECT action FROM audit ORDER BY seq")]
        assert (acts.count("restore"), acts.count("mail_hold")) == (1, 1)
        assert verify(store, read_files(bare)).faults == ()


def test_a_restore_begun_anew_keeps_nothing_that_the_first_had_recorded(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise_letter(home)
    folder = made(home)
    bare = Home(tmp_path / "bare")

    def dies(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == ".restoring":
            raise Killed
        unlink(path, missing_ok=missing_ok)

    unlink = Path.unlink
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", dies)
        with pytest.raises(Killed):
            restore(folder, bare, at=AT + timedelta(days=31), actor="cli:a", waiting=no_words)
    restore(folder, bare, at=AT + timedelta(days=62), actor="cli:wangfang", waiting=no_words)
    with open_store(bare, write=False, waiting=no_words) as store:
        assert verify(store, read_files(bare)).faults == ()
        assert store.rows("SELECT actor FROM audit WHERE action = 'restore'") == [("cli:wangfang",)]


def test_a_letter_that_went_out_unrecorded_stays_among_the_sent(home: Home) -> None:
    """Where the sender finds it after a restore and does not send it again."""
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        add_deliveries(store, [_delivery("left.eml")], START)
    (home.sent / "left.eml").write_bytes(LETTER)
    folder = made(home)
    assert (folder / "sent" / "left.eml").read_bytes() == LETTER
    assert not (folder / "outbox" / "left.eml").exists()


def test_a_letter_that_is_to_be_sent_and_lost_is_told(home: Home) -> None:
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        add_deliveries(store, [_delivery("lost.eml")], START)
    with pytest.raises(BackupDoubtful, match=r"lost\.eml"):
        made(home)


def test_the_senders_journal_is_in_it(home: Home) -> None:
    (home.runs / "deliveries.journal").write_bytes(b"{}\n")
    assert (made(home) / "runs" / "deliveries.journal").read_bytes() == b"{}\n"


def _delivery(name: str) -> NewDelivery:
    import hashlib  # noqa: PLC0415  # here alone

    return NewDelivery(
        id="D0123456789abcdef",
        kind="bulletin",
        about="360100 2020-12-31 0",
        division=NANCHANG,
        role="director",
        recipient="director@transport.example",
        language="zh",
        file_name=name,
        sha256=hashlib.sha256(LETTER).hexdigest(),
        message_id="<a@transport.example>",
    )


def test_the_commands(home: Home, tmp_path: Path) -> None:
    before = verdicts(home)
    target = tmp_path / "safe"
    code, out, err = run(home.root, "backup", "--to", str(target))
    assert (code, err) == (0, "")
    (folder,) = backups(target)
    assert str(folder) in out
    assert run(home.root, "backup", "--verify", str(folder))[0] == 0
    bare = Home(tmp_path / "bare")
    assert run(bare.root, "restore", str(folder))[0] == 0
    assert verdicts(bare) == before
    with open_store(bare, write=False, waiting=no_words) as store:
        (actor,) = store.rows("SELECT actor FROM audit WHERE action = 'restore'")[0]
    assert actor.startswith("cli:")
    stored = stored_at(Home(folder), next((home.archive).rglob("[0-9a-f]" * 64)).name)
    stored.unlink()
    code, out, _ = run(home.root, "backup", "--verify", str(folder))
    assert code == 1
    assert stored.name in out


@pytest.mark.parametrize("folder", ["gone", "."])
def test_a_folder_that_is_no_backup_is_wrong_use(tmp_path: Path, folder: str) -> None:
    code, _, err = run(tmp_path / "home", "restore", str(tmp_path / folder))
    assert code == WrongUse.exit_code
    assert "manifest.json" in err
    assert "backup-" in err
    assert not (tmp_path / "home").exists()
    assert run(tmp_path / "home", "backup", "--verify", str(tmp_path / folder))[0] == 2


def test_a_spoiled_manifest_is_no_wrong_use(home: Home, tmp_path: Path) -> None:
    folder = made(home)
    (folder / "manifest.json").write_bytes(b"{")
    assert run(tmp_path / "bare", "restore", str(folder))[0] == StoreError.exit_code


def test_an_older_home_is_backed_up_as_it_is(tmp_path: Path) -> None:
    import tarfile  # noqa: PLC0415  # here alone

    with tarfile.open(Path(__file__).parent / "homes" / "v2.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    home = Home(tmp_path / "v2")
    before = verdicts(home)
    folder = make_backup(home, tmp_path / "safe", beside=BESIDE, at=AT, waiting=any_words).folder
    assert read_manifest(folder).schema_version == 2
    bare = Home(tmp_path / "bare")
    restore(folder, bare, at=AT, actor="cli:x", waiting=no_words)
    assert verdicts(bare) == before
