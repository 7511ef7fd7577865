"""What is held on a vehicle is given out whole, and blanked without moving a figure."""

from __future__ import annotations

import csv
import json
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from journey.answers import Fleetmon, run_fleetmon
from journey.sent_files import bus, plain_csv, vin

from monitor.door.database import open_door
from monitor.errors import StoreError
from monitor.extracts.pseudonyms import key_of, stand_in_for
from monitor.extracts.redaction import redacted
from monitor.model import Text
from monitor.store.blanking import blanked_vehicles
from monitor.store.home import Home
from monitor.store.manifest import named_files
from monitor.store.opening import open_store
from privacy.conftest import CANARY, LATER, PLATE, figures, named_in

WHY = ("--reason", "个人信息保护法第四十七条，当事人申请", "--by", "zhao")


def test_everything_on_a_vehicle_is_given_out(city: Fleetmon, home: Path) -> None:
    (told,) = city("subject", "export", "--vin", CANARY, "--json").document["vehicles"]
    assert [row["submission"] for row in told["rows"]] == ["S000001", "S000002"]
    assert [row["submission"] for row in told["set_aside"]] == ["S000003"]
    assert {row["category"] for row in told["rows"]} == {"bus"}
    assert {one["code"] for one in told["findings"]} >= {"energy_unknown"}
    assert len(told["files"]) == 3
    lines = list(csv.DictReader(StringIO(city("subject", "export", "--vin", CANARY).out[1:])))
    assert {line["vin"] for line in lines} == {CANARY}
    assert {"rows", "set_aside", "findings", "files"} <= {line["part"] for line in lines}
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        noted = store.rows("SELECT actor, detail FROM audit WHERE action = 'subject_export'")
    assert len(noted) == 2
    assert CANARY not in str(noted)


@pytest.mark.parametrize("asked", ["LKLR1HSJ", vin(999)])
def test_what_is_not_held_is_told_in_words(city: Fleetmon, asked: str) -> None:
    assert city("subject", "export", "--vin", asked).code == 2
    assert city("subject", "blank", "--vin", asked, *WHY).code == 2


def test_a_blanked_vehicle_is_nowhere_and_no_figure_has_moved(city: Fleetmon, home: Path) -> None:
    before = figures(city)
    assert named_in(home, CANARY, PLATE)
    answer = city("subject", "blank", "--vin", CANARY, *WHY)
    assert answer.code == 0, answer.err
    assert named_in(home, CANARY, PLATE) == []
    assert figures(city) == before
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        (noted,) = store.rows("SELECT detail FROM audit WHERE action = 'subject_blank'")
    assert json.loads(noted[0])["files"] == 3
    assert json.loads(noted[0])["reason"] == WHY[1]
    assert "LKL" not in noted[0]


def test_what_keeps_watch_knows_of_it(city: Fleetmon, home: Path) -> None:
    receipt = city("submissions", "--json").document["submissions"][0]["receipt"]
    assert "回执真实，内容与所存一致" in city("verify", receipt).out
    city("subject", "blank", "--vin", CANARY, *WHY)
    told = city("verify", receipt)
    assert (told.code, "已依法隐去" in told.out) == (0, True)
    assert "已变" not in city("doctor").out
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        assert all((home / path).is_file() for path in named_files(store))
    assert city("backup").code == 0
    assert city("audit", "verify").code == 0


def test_a_later_file_corrects_it_and_it_stays_blank(
    city: Fleetmon, home: Path, tmp_path: Path
) -> None:
    city("subject", "blank", "--vin", CANARY, *WHY)
    file = plain_csv(tmp_path / "d.csv", [bus(7, 初次登记日期="2018-10-02"), bus(40)])
    answer = city("ingest", file, "--division", "360100", *LATER, "--json")
    assert answer.code == 0, answer.err
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        change = store.rows("SELECT added, corrected FROM submission ORDER BY seq DESC LIMIT 1")
    assert change == [(1, 1)]
    # What was received stands in the archive until it is blanked there too.
    assert {path.partition("/")[0] for path in named_in(home, CANARY, PLATE)} == {"archive"}
    assert city("subject", "blank", "--vin", CANARY, *WHY).code == 0
    assert named_in(home, CANARY, PLATE) == []


def test_a_blanking_that_was_cut_off_is_finished_by_the_next(
    city: Fleetmon, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = figures(city)

    def cut(*_: object) -> None:
        raise StoreError(Text("断电", "the power went"))

    with monkeypatch.context() as patch:
        patch.setattr("monitor.corridor.subject_blanking.replace_archived", cut)
        assert city("subject", "blank", "--vin", CANARY, *WHY).code == 3
    assert city("subject", "blank", "--vin", CANARY, *WHY).code == 0
    assert named_in(home, CANARY, PLATE) == []
    assert figures(city) == before
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        assert len(blanked_vehicles(store)) == 1


def test_the_store_made_anew_from_the_archive_is_the_same(
    city: Fleetmon, home: Path, tmp_path: Path
) -> None:
    """The redacted files lead to the rows that are held, so the archive stays the source."""
    city("subject", "blank", "--vin", CANARY, *WHY)
    held = [json.loads(figures(city))["assessments"]]
    anew = tmp_path / "anew"
    again = partial(run_fleetmon, anew)
    with open_store(Home(home), write=False, waiting=lambda _: None) as store:
        sent = store.rows("SELECT sha256, received_at FROM submission ORDER BY seq")
    for sha256, received_at in sent:
        at = ("--received-at", f"{received_at.isoformat()}+00:00")
        again("ingest", home / "archive" / sha256[:2] / sha256, "--division", "360100", *at)
    held.append(json.loads(figures(again))["assessments"])
    assert held[0] == held[1]


@pytest.mark.parametrize("vins", [[vin(n) for n in range(1, 200)]])
def test_a_stand_in_is_of_the_same_form(vins: list[str]) -> None:
    pick = Random(1).choice
    made = [stand_in_for(one, pick) for one in vins]
    assert all(a[:3] == b[:3] and a[9] == b[9] for a, b in zip(vins, made, strict=True))
    assert all(key_of(one) for one in made)
    assert not set(vins) & set(made)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_vehicle_is_found_in_any_dress(encoding: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in CANARY)
    text = f"编号,{CANARY}\n二,{CANARY.lower()}\n三,{wide}\n四,{CANARY[:8]} {CANARY[8:]}\n"
    made = redacted(text.encode(encoding), {CANARY: vin(999)}, {})
    assert made is not None
    assert made.decode(encoding).count(vin(999)) == 4
    assert redacted("编号,无\n".encode(encoding), {CANARY: vin(999)}, {}) is None


def test_whole_vins_are_shown_where_asked_for_and_that_is_written_down(
    city: Fleetmon, home: Path
) -> None:
    (row,) = [
        one
        for one in json.loads(figures(city))["assessments"]
        if (one["mandate"], one["division"]) == ("JX-F01", "360100")
    ]
    assert CANARY not in city("explain", row["explain"]).out
    assert CANARY in city("explain", row["explain"], "--unmask", "--json").out
    assert CANARY not in city("reconcile", "--list").out
    with open_door(Home(home)) as door:
        noted = door.rows("SELECT actor, action, object, detail FROM act")
    assert [(one[1], one[2]) for one in noted] == [("rows_seen", row["explain"])]
    assert noted[0][0].startswith("cli:")
    assert CANARY not in str(noted)


def test_what_was_dropped_and_put_away_is_blanked_too(city: Fleetmon, home: Path) -> None:
    for name, text in (("登记.csv", f"车架号\n{CANARY}\n"), ("登记.csv.回执.txt", f"{CANARY}\n")):
        path = home / "inbox" / "360100" / "taken" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    outside = home.parent / "outside.csv"
    outside.write_text(CANARY, "utf-8")
    (home / "inbox" / "360100" / "taken" / "link.csv").symlink_to(outside)
    city("subject", "blank", "--vin", CANARY, *WHY)
    (home / "inbox" / "360100" / "taken" / "link.csv").unlink()
    assert named_in(home, CANARY, PLATE) == []
    assert outside.read_text("utf-8") == CANARY
