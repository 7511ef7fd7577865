"""A process that ends between two steps: the next one finishes them, and nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from thorough import TIMES

from inbox.conftest import ROWS, Desk, extract
from monitor.corridor import inbox
from monitor.corridor.intake import ingest

KILLS = Path(__file__).with_name("kills.py")
STRUCK = 5 * TIMES
NAME = "南昌-机动车登记-2018.csv"
FILE = f"360100/{NAME}"
STEPS = ("keep_open", "write_note", "ingest", "write_text", "move", "remove_note")


class Killed(BaseException):
    """The process ends here."""


def ends_at(name: str, *, is_after: bool, time: int = 1) -> Any:
    """The function `name` of the taking, with the process's end before or after its n-th call."""
    honest, calls = getattr(inbox, name), 0

    def ends(*args: Any, **given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == time and not is_after:
            raise Killed
        outcome = honest(*args, **given)
        if calls == time:
            raise Killed
        return outcome

    return ends


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [*((step, 1) for step in STEPS), ("move", 2)], ids=str)
@pytest.mark.parametrize("content", [extract(*ROWS), "不是表格"], ids=["good", "bad"])
def test_the_next_process_finishes(
    desk: Desk,
    step: tuple[str, int],
    content: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_after: bool,
) -> None:
    path = desk.drop(FILE, content)
    desk.drop(f"{FILE}.sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    with monkeypatch.context() as patch:
        patch.setattr(inbox, step[0], ends_at(step[0], is_after=is_after, time=step[1]))
        with pytest.raises(Killed):
            desk.take()
    # Another file of the sender comes in first: the same bytes would not be known as the last.
    desk.drop("360100/.第二份.csv", extract(ROWS[0])).rename(path.with_name("第二份.csv"))
    desk.take()
    desk.take()
    names = [row[3] for row in desk.submissions()]
    assert sorted(names) == sorted([NAME, "第二份.csv"])
    assert len(desk.rows("SELECT * FROM reception")) == 2
    shelf = "taken" if content.startswith("车辆") else "refused"
    (put_away,) = (path.parent / shelf).glob(f"*/S*-{NAME}")
    assert put_away.read_text() == content
    assert put_away.with_name(f"{put_away.name}.receipt.txt").exists()
    assert put_away.with_name(f"{put_away.name}.sha256").exists()
    assert [p for p in path.parent.iterdir() if p.is_file()] == []
    assert not list(desk.home.runs.glob("*.note"))


def test_a_duplicate_cut_off_before_it_was_put_away_is_noted_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(FILE)
    desk.take()
    desk.drop(FILE)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "write_text", ends_at("write_text", is_after=False))
        with pytest.raises(Killed):
            desk.take()
    report = desk.take()
    assert report.duplicates == ["S000001"]
    assert [row[0] for row in desk.rows("SELECT outcome FROM reception ORDER BY ALL")] == [
        "accepted",
        "duplicate",
    ]


def test_a_commit_of_doubtful_outcome_is_settled_by_the_store(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are there although the commit was answered with an error."""
    desk.drop(FILE)
    honest = ingest

    def answers_with_an_error(*args: Any, **given: Any) -> Any:
        honest(*args, **given)
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "ingest", answers_with_an_error)
        assert len(desk.take().failed) == 1
    assert desk.take().taken == ["S000001"]
    assert len(desk.submissions()) == 1


@pytest.mark.timeout(600)
def test_a_few_kills_at_random_moments_lose_and_double_nothing() -> None:
    """The long test is `python tests/inbox/kills.py --kills 200`."""
    ran = subprocess.run(
        [sys.executable, KILLS, "--kills", str(STRUCK), "--seed", "4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout)
    assert found["kills"] >= STRUCK
    assert found["files"] >= STRUCK
    assert found["faults"] == []
