"""Without a mail server a letter is delivered where it lies: wholly, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.delivery.journal import Journal, journal_path
from monitor.settings import MailSettings
from monitor.store.deliveries import State
from monitor.store.delivery_events import Event

from .conftest import JIUJIANG, NANCHANG, Post


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
    report = post.send(MailSettings(folder=tmp_path / "gateway"))
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
