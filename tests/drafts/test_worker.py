"""What one worker does with a draft, from within: the limits of the site, and rules that fail."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drafts.conftest import NOW, Counter, extract, row
from monitor.corridor.draft_result import read_result
from monitor.corridor.rehearsal import rehearse
from monitor.door.draft_states import DraftState
from monitor.door.drafts import held_draft
from monitor.settings import Settings, SiteSettings
from monitor.site import warm_up, worker

EIGHT = extract(*(row(n) for n in range(1, 9)))
Begin = Callable[..., None]


@pytest.fixture
def begin(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """A worker in this process, without the limits that it would set for all of it."""

    def place(config: Path | None = None, **site: Any) -> None:
        setup = worker.setup_of(counter.home, config, Settings(site=SiteSettings(**site)))
        monkeypatch.setattr(worker, "_PLACES", [worker._Place(setup, counter.home)])

    return place


def test_a_file_of_more_rows_than_the_site_takes_is_refused(counter: Counter, begin: Begin) -> None:
    begin(most_rows=2)
    draft = counter.upload(EIGHT)
    assert worker.check(draft.id, NOW) is DraftState.REFUSED
    words = held_draft(counter.door, draft.id).words
    assert words is not None
    assert "超过 2 行" in words.zh
    assert "拆成几份" in words.zh
    assert "more than 2 rows" in words.en
    assert "Split it" in words.en
    result = read_result(counter.home, draft.id)
    assert result is not None
    (group,) = result.groups
    assert (group.code, group.shown[0].line) == ("file_too_many_rows", None)
    assert result.rows.read == 0


def test_a_file_of_as_many_rows_as_the_site_takes_is_checked(
    counter: Counter, begin: Begin
) -> None:
    begin(most_rows=8)
    assert worker.check(counter.upload(EIGHT).id, NOW) is DraftState.CHECKED


def _break(config: Path) -> None:
    (config / "checks").mkdir(parents=True)
    (config / "checks" / "registration.yml").write_text("rules: [", "utf-8")


def test_rules_of_ours_that_cannot_be_read_are_not_the_files_fault(
    counter: Counter, begin: Begin, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    _break(config)
    begin(config)
    draft = counter.upload(EIGHT)
    assert worker.check(draft.id, NOW) is DraftState.FAILED
    words = held_draft(counter.door, draft.id).words
    assert words is not None
    for zh in ("监测规则现在读不出来", "不是您的文件有问题", "告知系统管理员", "registration.yml"):
        assert zh in words.zh
    for en in ("Our own rules", "nothing is wrong with your file", "administrator"):
        assert en in words.en
    (config / "checks" / "registration.yml").unlink()
    again = counter.upload(EIGHT)
    assert worker.check(again.id, NOW) is DraftState.CHECKED


def test_a_confirmation_waits_for_rules_that_can_be_read(
    counter: Counter, begin: Begin, tmp_path: Path
) -> None:
    draft = counter.upload(EIGHT)
    counter.check(draft)
    counter.ask(draft)
    config = tmp_path / "config"
    _break(config)
    begin(config)
    assert worker.confirm(draft.id, NOW) == (DraftState.CHECKED, None)
    words = held_draft(counter.door, draft.id).words
    assert words is not None
    assert "不是您的文件有问题" in words.zh
    assert counter.rows("SELECT id FROM submission") == []


def test_a_worker_begins_though_the_rules_are_broken(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> None:
        """Of this process the limits stay as they are."""

    def broken(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    monkeypatch.setattr(worker, "_PLACES", [])
    monkeypatch.setattr(worker, "_limit", nothing)
    monkeypatch.setattr(signal, "signal", nothing)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(worker, "load_policy", broken)
    worker.begin(worker.setup_of(counter.home, None, Settings()), NOW)
    draft = counter.upload(EIGHT)
    assert worker.check(draft.id, NOW) is DraftState.FAILED
    words = held_draft(counter.door, draft.id).words
    assert words is not None
    assert "UnicodeDecodeError" in words.zh


def test_what_the_first_check_would_wait_for_is_done_before(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, own = [], tmp_path / "own"
    own.mkdir()

    def rehearsed(*given: Any, **more: Any) -> Any:
        seen.append(rehearse(*given, **more))
        return seen[-1]

    monkeypatch.setattr(warm_up, "rehearse", rehearsed)
    warm_up.warm_up(counter.policy, own, NOW.replace(year=2026))
    (found,) = seen
    assert found.receipts[0].rows.accepted > 0
    assert found.after  # verdicts too
    assert not [one for one in own.rglob("*") if one.is_file()]
