"""The journal holds what it was told, whatever moment it is cut off at."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.journal import Journal, journal_path, read_journal
from monitor.settings import MailSettings
from monitor.store.deliveries import State
from monitor.store.delivery_events import Event, fold

from .conftest import MONDAY, NANCHANG, Post

STEPS = (
    Event("Da1", 1, MONDAY, "started"),
    Event("Da1", 1, MONDAY, "data"),
    Event("Da1", 1, MONDAY + timedelta(seconds=1), "sent", 250, "2.0.0 已收"),
)


def written(path: Path, *steps: Event) -> bytes:
    journal = Journal(path)
    for step in steps:
        journal.note(step)
    journal.close()
    return path.read_bytes()


def test_what_is_noted_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "deliveries.journal"
    assert read_journal(path).steps == ()
    written(path, *STEPS)
    assert read_journal(path).steps == STEPS
    assert path.stat().st_mode & 0o077 == 0


@given(cut=st.integers(min_value=0))
def test_a_journal_cut_anywhere_holds_the_steps_before_the_cut(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "deliveries.journal"
    content = written(path, *STEPS)
    cut %= len(content) + 1
    path.write_bytes(content[:cut])
    found = read_journal(path)
    whole = content[:cut].count(b"\n")
    assert found.steps == STEPS[:whole]
    assert found.is_torn is (cut > 0 and not content[:cut].endswith(b"\n"))
    written(path, STEPS[2])
    assert read_journal(path).steps == (*STEPS[:whole], STEPS[2])


@given(junk=st.binary(max_size=200))
def test_a_spoiled_line_hides_no_other(
    junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "deliveries.journal"
    content = written(path, *STEPS)
    path.write_bytes(junk.replace(b"\n", b"") + b"\n" + content)
    found = read_journal(path)
    assert found.steps[-3:] == STEPS
    assert found.spoiled <= 1


def test_every_step_but_the_first_is_on_the_disk_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "deliveries.journal")
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: synced.append(1))
    counts = []
    for step in STEPS:
        journal.note(step)
        counts.append(len(synced))
    journal.close()
    assert counts == [0, 1, 2]


def test_a_torn_line_is_told_and_what_it_would_have_said_done_again(post: Post) -> None:
    post.add(NANCHANG)
    path = journal_path(post.home)
    path.write_bytes(b'{"at":"2021-01-04T08:00:00+08:00","delivery":"D')
    assert post.send().sent == 1
    assert {"event": "journal_torn", "lines": 1} in post.told


def test_folding_twice_changes_nothing_the_second_time(post: Post) -> None:
    new = post.add(NANCHANG)
    steps = [Event(new.id, 1, MONDAY, name) for name in ("started", "data", "sent")]
    with post.store() as store:
        (changed,) = fold(store, steps, MailSettings(), MONDAY)
        assert changed.state is State.SENT
        store.connection.execute("UPDATE delivery SET state = 'bounced'")
        assert fold(store, steps, MailSettings(), MONDAY) == ()
    assert post.row(new).state is State.BOUNCED


def test_steps_of_a_delivery_that_nobody_knows_are_left_out(post: Post) -> None:
    with post.store() as store:
        assert fold(store, [Event("Dffff", 1, MONDAY, "sent")], MailSettings(), MONDAY) == ()
        assert store.one("SELECT count(*) FROM delivery_event") == 0
