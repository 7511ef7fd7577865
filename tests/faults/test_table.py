"""The table and its lines; the model of an order; a smoke of what harms a home."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from thorough import nightly

from faults import table
from faults.serial import Act, explained
from faults.table import Line, read_lines

HERE = Path(__file__).parent
LINE = Line("R4", "disk full", "6 homes", "nothing lost", ok=True, seed=7)


def test_lines_are_read_as_they_are_written_and_others_are_refused() -> None:
    assert [*read_lines(f"{LINE.as_json()}\n\n")] == [LINE]
    for wrong in ('{"rule": "R4"}', json.dumps({**json.loads(LINE.as_json()), "rule": "R99"})):
        with pytest.raises(ValueError, match=r"R99|not a line"):
            [*read_lines(wrong)]


def test_the_table_has_every_rule() -> None:
    shown = table.table([LINE, replace(LINE, rule="R3", ok=False, found="lost | gone")])
    assert "| R4 ok | disk full | 6 homes | nothing lost | 7 |" in shown
    assert "| R3 NOT OK | disk full | 6 homes | lost \\| gone | 7 |" in shown
    assert all(f"| {rule} " in shown for rule in table.RULES)


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("print('{}')", "not a line of the table: {}"),
        ("pass", "printed nothing"),
        ("import sys; sys.exit(5)", "ended with 5"),
        ("import time; time.sleep(30)", "took more than 1 s"),
    ],
)
def test_a_part_that_does_not_come_through_is_a_line_that_is_not_ok(
    program: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "part.py"
    path.write_text(program)
    part = table.Part(path, 1 if "sleep" in program else 30)
    monkeypatch.setitem(table.PARTS, "kills", part)
    (line,) = table.run_part("kills", 7, 1.0)
    assert (line.ok, line.found) == (False, found)


def act(what: str, file: str, answer: Any, begun: float, ended: float) -> Act:
    return Act("one", what, file, answer, begun, ended)


FINE = [
    act("taken", "a", "S000001", 0, 2),
    act("taken", "b", "S000003", 1, 6),
    act("taken", "c", "S000002", 1, 4),
    act("again", "a", "S000001", 3, 5),
    act("listed", "", [], 0, 0.5),
    act("listed", "", ["S000001"], 2.5, 3),
    act("listed", "", ["S000001", "S000002", "S000003"], 7, 8),
]


def test_a_history_that_some_order_explains_is_explained() -> None:
    assert explained(FINE, {"a", "b", "c"}) == []


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (1, {"what": "not", "answer": "failed"}, "was not taken"),
        (1, {"file": "a"}, "with nothing of its sender in between"),
        (1, {"answer": "S000002"}, "the submissions are not"),
        (2, {"begun": 6.5, "ended": 7}, "was answered before it began"),
        (3, {"answer": "S000002"}, "is told S000002"),
        (3, {"begun": -2, "ended": -1}, "known before it was handed in"),
        (5, {"answer": ["S000002"]}, "with gaps"),
        (6, {"answer": ["S000001", "S000002"]}, "saw 2, not 3"),
        (4, {"answer": ["S000001", "S000002"], "ended": 0.7}, "saw 2, not 0 to 1"),
        (5, {"answer": []}, "saw 0, not 1"),
    ],
)
def test_a_history_without_such_an_order_is_not(
    place: int, change: dict[str, Any], said: str
) -> None:
    acts = [replace(one, **change) if n == place else one for n, one in enumerate(FINE)]
    assert said in " ".join(explained(acts, {"a", "b", "c"}))


def test_the_same_bytes_after_another_file_of_their_sender_are_new() -> None:
    first, other, second = (
        act("taken", file, f"S00000{n}", n, n + 0.5)
        for n, file in enumerate(("a-1", "a-2", "a-1"), start=1)
    )
    assert explained([first, other, second], {"a-1", "a-2"}) == []
    again = act("again", "a-1", "S000001", 2.1, 2.2)  # the other is still on its way
    assert explained([first, again, other], {"a-1", "a-2"}) == []
    late = replace(again, begun=3, ended=4)
    (found,) = explained([first, other, late], {"a-1", "a-2"})
    assert found == "a-1 is told S000001, although a-2 came after"


def test_a_look_that_goes_back_is_found() -> None:
    held = ["S000001", "S000002", "S000003"]
    writes = [act("taken", name, f"S00000{n}", 0, 9) for n, name in enumerate("abc", 1)]
    looks = [act("listed", "", held, 1, 2), act("listed", "", held[:1], 3, 4)]
    assert "saw less" in " ".join(explained([*writes, *looks], {"a", "b", "c"}))


@pytest.mark.timeout(600)
def test_a_smoke_of_what_harms_a_home(tmp_path: Path) -> None:
    """The long run is `make faults`."""
    words = ["cut short", "newer", "torn"]
    ran = subprocess.run(
        [
            *(sys.executable, str(HERE / "environment.py"), "--share", "0.01"),
            *(part for word in words for part in ("--only", word)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert [line.ok for line in read_lines(ran.stdout)] == [True] * len(words)


@nightly  # its parts have shorter tests of their own
@pytest.mark.timeout(3600)
def test_the_whole_campaign_in_short(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(HERE / "table.py"), "--short"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
