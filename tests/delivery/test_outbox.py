"""A letter is in the outbox wholly, once, or not at all."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from monitor.delivery.outbox import OutboxConflictError, letter_name, put


def test_a_letter_lies_where_put_says(tmp_path: Path) -> None:
    place = put(tmp_path / "outbox", "a.eml", b"letter")
    assert place == tmp_path / "outbox" / "a.eml"
    assert place.read_bytes() == b"letter"
    assert list(place.parent.iterdir()) == [place]


def test_the_same_letter_twice_is_one(tmp_path: Path) -> None:
    first = put(tmp_path, "a.eml", b"letter")
    before = first.stat()
    assert put(tmp_path, "a.eml", b"letter") == first
    assert first.stat().st_mtime_ns == before.st_mtime_ns


def test_other_bytes_of_the_same_name_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.eml", b"letter")
    with pytest.raises(OutboxConflictError):
        put(tmp_path, "a.eml", b"other")
    assert (tmp_path / "a.eml").read_bytes() == b"letter"


@pytest.mark.parametrize("name", ["../a.eml", "x/a.eml", ".a.eml", "", "."])
def test_a_name_cannot_leave_the_outbox(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        put(tmp_path, name, b"letter")


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_fault_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(28, "no space left")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="no space"):
        put(tmp_path, "a.eml", b"letter")
    assert list(tmp_path.iterdir()) == []


def test_the_bytes_are_on_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.rename

    def seen_sync(descriptor: int) -> None:
        steps.append("sync")
        sync(descriptor)

    def seen_rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", seen_sync)
    monkeypatch.setattr(Path, "rename", seen_rename)
    put(tmp_path, "a.eml", b"letter")
    assert steps == ["sync", "rename", "sync"]


def test_a_name_tells_day_division_language_and_content() -> None:
    name = letter_name(date(2020, 12, 31), "36GJXQ", "zh", b"letter")
    assert name.startswith("2020-12-31_36GJXQ_zh_")
    assert name.endswith(".eml")
    assert name != letter_name(date(2020, 12, 31), "36GJXQ", "zh", b"other")
