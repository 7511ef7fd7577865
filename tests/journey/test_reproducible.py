"""The same day judged and the same moment of knowledge give the same bulletin, to the byte."""

from pathlib import Path

import pytest

from monitor.cli.main import main

HEADER = "车辆识别代号,燃料种类,初次登记日期,车辆用途\n"


def run(home: Path, *words: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(home), *words])
    assert not left.value.code


def letters(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "outbox").iterdir()}


def test_what_comes_later_does_not_change_what_was_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, early, late = tmp_path / "home", tmp_path / "a.csv", tmp_path / "b.csv"
    early.write_text(HEADER + "LZYTEST03J1000001,纯电动,2018-03-05,公交车\n", encoding="utf-8")
    late.write_text(HEADER + "LZYTEST05J1000002,柴油,2018-04-05,公交车\n", encoding="utf-8")
    judged = ("--as-of", "2018-12-31", "--known-at", "2019-02-01", "--division", "360100")
    sent = ("--division", "360100", "--period", "2018")

    run(home, "ingest", str(early), *sent, "--received-at", "2019-01-05")
    run(home, "bulletin", *judged, "--both")
    first = letters(home)
    assert len(first) == 2

    run(home, "ingest", str(late), *sent, "--received-at", "2019-03-05")
    run(home, "bulletin", *judged, "--both")
    assert letters(home) == first

    run(home, "bulletin", "--as-of", "2018-12-31", "--division", "360100", "--both")
    assert len(letters(home)) == 4
    assert "LZYTEST" not in capsys.readouterr().out
