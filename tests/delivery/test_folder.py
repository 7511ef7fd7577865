"""Without a mail server a letter is delivered where it lies: wholly, and once."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.delivery.journal import Journal, JournalBroken, journal_path
from monitor.delivery.sending import has_work
from monitor.settings import MailSettings
from monitor.store.deliveries import State, sent_of_day
from monitor.store.delivery_events import Event

from .conftest import GANZHOU, JIUJIANG, NANCHANG, Post


def test_letters_go_to_sent_also_without_an_address(post: Post) -> None:
    new = [post.add(NANCHANG), post.add(None, "360400 2020-12-31 a1")]
    content = {one.file_name: (post.home.outbox / one.file_name).read_bytes() for one in new}
    report = post.send()
    assert (report.sent, report.no_address, report.is_well) == (2, 0, True)
    assert post.outbox == []
    assert {name: (post.home.sent / name).read_bytes() for name in post.sent} == content
    assert post.send().counts() == dict.fromkeys(report.counts(), 0)
    assert post.states() == [State.SENT, State.SENT]


def test_a_folder_of_others_gets_a_copy_and_sent_keeps_one(post: Post, tmp_path: Path) -> None:
    new = post.add(NANCHANG)
    mail = MailSettings(folder=tmp_path / "gateway")
    assert post.send(mail).sent == 1
    (there,) = (tmp_path / "gateway").iterdir()
    assert there.name == new.file_name
    assert there.read_bytes() == (post.home.sent / new.file_name).read_bytes()
    there.unlink()  # taken by the gateway
    assert post.send(mail).sent == 0
    assert not list((tmp_path / "gateway").iterdir())


def _cut_off(post: Post, *steps: str) -> None:
    """Leave the journal as a sender that was killed leaves it."""
    (row,) = post.rows()
    journal = Journal(journal_path(post.home))
    for step in steps:
        journal.note(Event(row.id, row.attempts + 1, post.now, step))
    journal.close()


def test_a_crash_after_the_rename_is_seen_by_where_the_letter_lies(post: Post) -> None:
    new = post.add(NANCHANG)
    _cut_off(post, "started")
    (post.home.outbox / new.file_name).rename(post.home.sent / new.file_name)
    assert post.send().sent == 1
    assert (post.row(new).state, post.row(new).doubles) == (State.SENT, 0)


@pytest.mark.parametrize("when_in_doubt", ["send", "ask"])
def test_a_crash_beside_a_folder_of_others_is_seen_there(
    post: Post, tmp_path: Path, when_in_doubt: str
) -> None:
    new = post.add(NANCHANG)
    mail = MailSettings.model_validate(
        {"folder": tmp_path / "gateway", "when_in_doubt": when_in_doubt}
    )
    _cut_off(post, "started", "data")
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / new.file_name).write_bytes(
        (post.home.outbox / new.file_name).read_bytes()
    )
    assert post.send(mail).sent == 1
    assert (post.row(new).state, post.row(new).doubles) == (State.SENT, 0)


def test_a_folder_that_others_emptied_leaves_a_doubt_that_is_counted(
    post: Post, tmp_path: Path
) -> None:
    new = post.add(NANCHANG)
    _cut_off(post, "started", "data")
    mail = MailSettings(folder=tmp_path / "gateway")
    assert post.send(mail).in_doubt == 1
    post.now += timedelta(minutes=6)
    report = post.send(mail)
    assert (report.sent, report.doubles) == (1, 1)
    assert post.row(new).doubles == 1


def test_a_folder_that_cannot_be_written_is_a_fault_and_costs_nothing(
    post: Post, tmp_path: Path
) -> None:
    new = post.add(NANCHANG)
    (tmp_path / "gateway").write_text("not a folder")
    report = post.send(MailSettings(folder=tmp_path / "gateway", tries=1))
    assert "无法把信件放入" in report.faults[0].zh
    assert not report.is_well
    assert post.row(new).state is State.DEFERRED
    post.now = post.row(new).next_try_at or post.now
    assert post.send().sent == 1


def test_a_newer_content_replaces_what_has_not_gone_out(post: Post) -> None:
    first = post.add(NANCHANG, "360100 2020-12-31 a1")
    other = post.add(JIUJIANG, "360100 2020-12-31 a1")
    second = post.add(NANCHANG, "360100 2020-12-31 b2")
    assert post.row(first).state is State.SUPERSEDED
    assert post.row(other).state is State.WAITING
    assert post.send().sent == 2
    assert post.sent == sorted([other.file_name, second.file_name])
    assert post.outbox == []


def test_a_content_that_comes_back_waits_again(post: Post) -> None:
    first = post.add(NANCHANG, "360100 2020-12-31 a1")
    second = post.add(NANCHANG, "360100 2020-12-31 b2")
    again = post.lay(NANCHANG, "360100 2020-12-31 a1")
    assert post.promise([again]) == (first.id,)
    assert (post.row(first).state, post.row(second).state) == (State.WAITING, State.SUPERSEDED)
    assert post.send().sent == 1
    assert post.sent == [first.file_name]


def test_the_same_promise_twice_is_one_letter(post: Post) -> None:
    first = post.add(NANCHANG)
    assert post.send().sent == 1
    assert post.promise([post.lay(NANCHANG)]) == ()
    assert post.send().sent == 0
    assert post.sent == [first.file_name]
    assert post.outbox == []


def _has_work(post: Post, mail: MailSettings) -> bool:
    return has_work(post.home, mail, open_store=post.store, now=post.now)


def test_a_letter_that_cannot_be_laid_down_lets_the_others_go(post: Post, tmp_path: Path) -> None:
    """Whoever empties the folder of others has cut the first letter short there."""
    first, second = post.add_many([NANCHANG, JIUJIANG])
    mail = MailSettings(folder=tmp_path / "gateway", tries=2)
    (tmp_path / "gateway").mkdir()
    short = tmp_path / "gateway" / first.file_name
    short.write_bytes(b"")
    report = post.send(mail)
    assert (report.sent, report.deferred, report.is_well) == (1, 1, False)
    assert first.id in report.faults[0].zh
    assert "同名而内容不同" in report.faults[0].zh
    assert (post.row(first).state, post.row(second).state) == (State.DEFERRED, State.SENT)
    assert not _has_work(post, mail)
    third = post.add(GANZHOU, "360700 2020-12-31 a1")
    post.now += timedelta(minutes=6)
    assert post.send(mail).given_up == 1
    assert post.row(third).state is State.SENT
    assert post.row(first).doubles == 0


@pytest.mark.parametrize("spoil", ["gone", "changed", "folder"])
def test_a_letter_that_cannot_be_read_waits_and_lets_the_others_go(post: Post, spoil: str) -> None:
    spoiled, whole = post.add_many([NANCHANG, JIUJIANG])
    place = post.home.outbox / spoiled.file_name
    content = place.read_bytes()
    place.unlink()
    if spoil == "changed":
        place.write_bytes(content + b"x")
    elif spoil == "folder":
        place.mkdir()
    report = post.send()
    assert (report.sent, report.unreadable, report.is_well) == (1, 1, False)
    assert spoiled.id in report.faults[0].zh
    assert post.row(whole).state is State.SENT
    # A run, and a line of the audit, for each try and none between them.
    with post.store(write=False) as store:
        lines = store.one("SELECT count(*) FROM audit")
    assert not _has_work(post, MailSettings())
    assert post.send().unreadable == 0
    with post.store(write=False) as store:
        assert store.one("SELECT count(*) FROM audit") == lines
    if spoil == "folder":
        place.rmdir()
    place.write_bytes(content)
    post.now += timedelta(minutes=6)
    assert _has_work(post, MailSettings())
    assert post.send().sent == 1


def test_letters_for_tomorrow_are_no_work_today(post: Post) -> None:
    for day in (1, 2):
        post.add(NANCHANG, f"S00000{day}", kind="correction")
    mail = MailSettings(most_per_recipient_per_day=1)
    assert _has_work(post, mail)
    assert post.send(mail).held_back == 1
    assert not _has_work(post, mail)
    post.now += timedelta(days=1)
    assert _has_work(post, mail)


def test_a_journal_that_cannot_be_written_stops_everything(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would know of what went out after that."""
    post.add_many([NANCHANG, JIUJIANG])

    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.delivery.journal.os.write", full)
        with pytest.raises(JournalBroken, match="磁盘空间"):
            post.send(MailSettings(folder=tmp_path / "gateway"))
    assert not list((tmp_path / "gateway").glob("*.eml"))
    assert post.send(MailSettings(folder=tmp_path / "gateway")).sent == 2


def test_a_letter_that_senders_die_of_is_given_up(post: Post, tmp_path: Path) -> None:
    new = post.add(NANCHANG)
    mail = MailSettings(folder=tmp_path / "gateway", tries=3, pause_factor=2)
    waits = []
    for _ in range(2):
        _cut_off(post, "started", "data")
        post.send(mail)
        row = post.row(new)
        assert row.state is State.IN_DOUBT
        assert row.next_try_at is not None
        waits.append(row.next_try_at - post.now)
        post.now = row.next_try_at
    _cut_off(post, "started", "data")
    report = post.send(mail)
    assert waits == [timedelta(minutes=5), timedelta(minutes=10)]
    assert (report.given_up, report.sent, report.is_well) == (1, 0, False)
    assert "可能已送达" in report.faults[0].zh
    row = post.row(new)
    assert (row.state, row.doubles) == (State.GIVEN_UP, 2)
    post.now += timedelta(days=2)
    assert not _has_work(post, mail)


def test_a_newer_content_replaces_one_in_doubt(post: Post, tmp_path: Path) -> None:
    outdated = post.add(NANCHANG, "360100 2020-12-31 a1")
    mail = MailSettings(folder=tmp_path / "gateway")
    for _ in range(2):
        _cut_off(post, "started", "data")
        post.send(mail)
        post.now = post.row(outdated).next_try_at or post.now
    newer = post.add(NANCHANG, "360100 2020-12-31 b2")
    assert post.send(mail).sent == 1
    row = post.row(outdated)
    assert (row.state, row.doubles) == (State.SUPERSEDED, 1)
    with post.store(write=False) as store:
        sent = sent_of_day(store, "bulletin", date(2020, 12, 31))
        assert [one.message_id for one in sent] == [outdated.message_id, newer.message_id]
        assert sent_of_day(store, "bulletin", date(2020, 12, 30)) == []
    assert [path.name for path in (tmp_path / "gateway").iterdir()] == [newer.file_name]


def test_a_file_of_an_unreadable_name_in_the_outbox_stops_no_letter(post: Post) -> None:
    post.home.outbox.mkdir(parents=True, exist_ok=True)
    stray = post.home.outbox / os.fsdecode(b"\xb9\xab\xbd\xbb.eml")  # GBK, as copied by hand
    stray.write_bytes(b"")
    post.add(NANCHANG)
    assert post.send().sent == 1
    assert stray.exists()
