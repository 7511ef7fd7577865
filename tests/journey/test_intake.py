"""Files in, receipts out: every dress, every way to send, and what each answer must add up to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from journey.answers import Fleetmon
from journey.sent_files import Row, bus, buses, gb18030_csv, plain_csv, titled_csv, vin, workbook

RECEIPT_KEYS = {
    *("submission", "sha256", "file", "kind", "division", "period", "received_at", "status"),
    *("rows", "findings", "findings_total", "interpretations", "receipt"),
}
NANCHANG = ("--division", "360100", "--kind", "registration")
YEAR = (*NANCHANG, "--period", "2018")


def received(day: int) -> tuple[str, str]:
    return "--received-at", f"2019-01-{day:02d}T09:00+08:00"


def assert_adds_up(receipt: dict[str, Any]) -> None:
    rows = receipt["rows"]
    assert rows["read"] == rows["accepted"] + rows["rejected"] + rows["ignored"]
    assert receipt.keys() >= RECEIPT_KEYS
    assert receipt["findings_total"] >= len(receipt["findings"])
    severities = [finding["severity"] for finding in receipt["findings"]]
    assert severities == sorted(severities)
    for finding in receipt["findings"]:
        assert finding.keys() >= {"code", "severity", "line", "column", "value", "message"}


def figure(fleetmon: Fleetmon, *words: object, division: str = "360100") -> Any:
    """JX-F01's row of 2018, judged at the year's end."""
    answer = fleetmon(
        *("assess", "--json", "--as-of", "2018-12-31", "--mandate", "JX-F01"),
        *("--division", division, *words),
    )
    assert answer.code == 0
    (row,) = answer.document["assessments"]
    return row


def sides(row: Any) -> tuple[int, int]:
    return row["numerator"], row["denominator"]


@pytest.mark.parametrize(
    ("dress", "ignored", "first_line"),
    [(plain_csv, 0, 2), (gb18030_csv, 0, 2), (titled_csv, 4, 5), (workbook, 0, 2)],
)
def test_every_dress_gives_the_same_rows(
    dress: Any, ignored: int, first_line: int, fleetmon: Fleetmon, tmp_path: Path
) -> None:
    rows = [bus(90, 燃料种类="煤"), *buses(11, 9)]
    suffix = ".xlsx" if dress is workbook else ".csv"
    file = dress(tmp_path / f"南昌{suffix}", rows)
    answer = fleetmon("ingest", file, *YEAR, *received(5), "--json")
    assert answer.code == 1  # one row has an unknown fuel
    receipt = answer.receipt
    assert_adds_up(receipt)
    assert receipt["rows"] == {
        "read": 21 + ignored,
        "accepted": 20,
        "rejected": 1,
        "ignored": ignored,
    }
    (error,) = (f for f in receipt["findings"] if f["severity"] == "error")
    assert (error["code"], error["line"], error["value"]) == ("energy_unknown", first_line, "煤")
    assert error["column"] == "燃料种类"
    assert receipt["status"] == "accepted_with_findings"
    assert receipt["period"] == {"start": "2018-01-01", "end": "2018-12-31"}
    assert receipt["received_at"] == "2019-01-05T09:00:00+08:00"
    row = figure(fleetmon)
    assert sides(row) == (11, 20)
    assert (row["status"], row["share"]) == ("met", "0.5500")


def test_the_same_bytes_twice(fleetmon: Fleetmon, tmp_path: Path) -> None:
    file = plain_csv(tmp_path / "a.csv", buses(2, 1))
    first = fleetmon("ingest", file, *YEAR, *received(5), "--json").receipt
    again = fleetmon("ingest", file, *YEAR, *received(6), "--json").receipt
    assert (first["status"], again["status"]) == ("accepted", "duplicate")
    assert again["submission"] == first["submission"]
    assert again["receipt"] == first["receipt"]
    assert_adds_up(again)
    listed = fleetmon("submissions", "--json").document["submissions"]
    assert [one["submission"] for one in listed] == [first["submission"]]
    # Another period makes it another submission over the same bytes.
    other = fleetmon(
        "ingest", file, *NANCHANG, "--period", "2018-01..2018-12", *received(7), "--json"
    ).receipt
    assert other["status"] == "duplicate"  # the same days in other words
    third = fleetmon("ingest", file, *NANCHANG, *received(8), "--json").receipt
    assert third["status"] != "duplicate"
    assert third["sha256"] == first["sha256"]
    assert third["changes"]["unchanged"] == 3
    assert (third["changes"]["added"], third["changes"]["corrected"]) == (0, 0)
    assert sides(figure(fleetmon)) == (2, 3)


def test_a_correction_and_what_was_known_before(fleetmon: Fleetmon, tmp_path: Path) -> None:
    first = plain_csv(tmp_path / "a.csv", buses(1, 2))
    fleetmon("ingest", first, *YEAR, *received(5), "--json")
    before = fleetmon(
        "assess", "--json", "--as-of", "2018-12-31", "--known-at", "2019-01-07T00:00+08:00"
    ).out
    mended = plain_csv(tmp_path / "b.csv", [bus(2)])
    receipt = fleetmon("ingest", mended, *NANCHANG, *received(8), "--json").receipt
    assert receipt["changes"] == {"added": 0, "corrected": 1, "unchanged": 0, "withdrawn": 0}
    assert sides(figure(fleetmon)) == (2, 3)
    after = fleetmon(
        "assess", "--json", "--as-of", "2018-12-31", "--known-at", "2019-01-07T00:00+08:00"
    ).out
    assert after == before  # to the byte
    known = figure(fleetmon, "--known-at", "2019-01-07T00:00+08:00")
    assert sides(known) == (1, 3)
    nothing = figure(fleetmon, "--known-at", "2019-01-04")
    assert (nothing["status"], nothing["share"]) == ("no_data", None)


def test_nil_returns(fleetmon: Fleetmon, tmp_path: Path) -> None:
    nil = ("ingest", "--nil", *YEAR)
    receipt = fleetmon(*nil, *received(3), "--json").receipt
    assert (receipt["status"], receipt["rows"]["read"], receipt["sha256"]) == ("nil", 0, None)
    row = figure(fleetmon)
    assert (row["status"], row["consequence"], row["share"]) == ("no_additions", "none", None)
    assert row["covered"] == {"from": "2018-01-01", "to": "2018-12-31"}
    fleetmon("ingest", plain_csv(tmp_path / "a.csv", buses(1, 1)), *YEAR, *received(4))
    refused = fleetmon(*nil, *received(5), "--json")
    assert refused.code == 1
    assert refused.receipt["status"] == "refused"
    assert [f["code"] for f in refused.receipt["findings"]] == ["nil_contradicts_rows"]
    assert sides(figure(fleetmon)) == (1, 2)
    replaced = fleetmon(*nil, *received(6), "--replace", "--json")
    assert replaced.code == 0
    assert replaced.receipt["status"] == "nil"
    assert figure(fleetmon)["status"] == "no_additions"
    assert sides(figure(fleetmon, "--known-at", "2019-01-05T23:00")) == (1, 2)


def test_rows_backfilled_before_a_nil_return(fleetmon: Fleetmon, tmp_path: Path) -> None:
    nil = ("ingest", "--nil", *YEAR, *received(6), "--json")
    older = ("ingest", plain_csv(tmp_path / "a.csv", buses(1, 1)), *YEAR, *received(5))
    replacing = fleetmon(*nil, "--replace")
    assert (replacing.code, replacing.receipt["status"]) == (0, "nil")
    assert fleetmon(*older, "--backfill").code == 0
    assert figure(fleetmon)["status"] == "no_additions"
    assert sides(figure(fleetmon, "--known-at", "2019-01-05T23:00")) == (1, 2)


def test_a_nil_return_accepted_stays_so(fleetmon: Fleetmon, tmp_path: Path) -> None:
    assert fleetmon("ingest", "--nil", *YEAR, *received(6)).code == 0
    older = plain_csv(tmp_path / "a.csv", buses(1, 1))
    assert fleetmon("ingest", older, *NANCHANG, *received(5), "--backfill").code == 0
    row = figure(fleetmon)
    assert sides(row) == (1, 2)
    assert row["covered"] == {"from": "2018-01-01", "to": "2018-12-31"}


def test_replace(fleetmon: Fleetmon, tmp_path: Path) -> None:
    outside = bus(50, 初次登记日期="2017-11-15")
    first = plain_csv(tmp_path / "a.csv", [*buses(1, 3), outside])
    fleetmon("ingest", first, *NANCHANG, *received(5))
    spoiled = plain_csv(tmp_path / "b.csv", [*buses(2, 0, first=20), bus(30, 燃料种类="煤")])
    replace = ("ingest", spoiled, *YEAR, "--replace", "--json")
    refused = fleetmon(*replace, *received(6))
    assert refused.code == 1
    assert refused.receipt["status"] == "refused"
    assert sides(figure(fleetmon)) == (1, 4)
    forced = fleetmon(*replace, *received(7), "--force")
    assert forced.receipt["status"] == "accepted_with_findings"
    assert forced.receipt["changes"]["withdrawn"] == 4
    assert sides(figure(fleetmon)) == (2, 2)
    assert sides(figure(fleetmon, "--known-at", "2019-01-06T10:00")) == (1, 4)
    for lacking in (["--kind", "registration"], ["--division", "360100"]):
        assert fleetmon("ingest", spoiled, "--replace", *lacking, "--json").code == 2


def test_withdraw(fleetmon: Fleetmon, tmp_path: Path) -> None:
    fleetmon("ingest", plain_csv(tmp_path / "a.csv", buses(2, 1)), *YEAR, *received(5))
    take_back = ("withdraw", "--division", "360100", "--vin", vin(3))
    assert fleetmon(*take_back, *received(6)).code == 2  # without a reason
    done = fleetmon(*take_back, *received(6), "--reason", "车辆属九江", "--json")
    assert done.code == 0
    assert done.receipt["changes"]["withdrawn"] == 1
    assert sides(figure(fleetmon)) == (2, 2)
    assert sides(figure(fleetmon, "--known-at", "2019-01-05T12:00")) == (2, 3)
    assert fleetmon(*take_back, *received(7), "--reason", "再来一次").code == 2


def test_backfill(fleetmon: Fleetmon, tmp_path: Path) -> None:
    fleetmon("ingest", plain_csv(tmp_path / "a.csv", [bus(1)]), *YEAR, *received(8))
    older = plain_csv(tmp_path / "b.csv", [bus(1, "柴油"), bus(2, "柴油")])
    late = fleetmon("ingest", older, *YEAR, *received(5), "--json")
    assert late.code == 2
    assert sides(figure(fleetmon)) == (1, 1)
    assert fleetmon("ingest", older, *YEAR, *received(5), "--backfill").code == 0
    assert sides(figure(fleetmon)) == (1, 2)  # the later receipt's row stays in force
    assert sides(figure(fleetmon, "--known-at", "2019-01-06")) == (0, 2)


def test_a_manifest_with_more_cells_than_its_header_is_refused_in_words(
    fleetmon: Fleetmon, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("file,kind\na.csv,registration,2018\n", "utf-8")
    answer = fleetmon("ingest", "--manifest", manifest)
    assert answer.code == 2
    assert "清单第 2 行的单元格多于表头" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "JX-F01.360100.2018.whole.20181231.12.k99999999999999.0a1b2c3d"),
        ("assess", "--as-of", "9999-12-31"),
        ("ingest", "--nil", "--received-at", "0001-01-01T00:00+14:00"),
        ("ingest", "--nil", "--period", "9999-12-31"),
    ],
)
def test_a_moment_that_no_clock_can_count_is_refused_in_words(
    fleetmon: Fleetmon, words: tuple[str, ...]
) -> None:
    answer = fleetmon(*words)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_manifest(fleetmon: Fleetmon, tmp_path: Path) -> None:
    plain_csv(tmp_path / "a.csv", buses(1, 1))
    plain_csv(tmp_path / "b.csv", [bus(9)])
    (tmp_path / "c.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "file,kind,division,period,received_at,nil,replace\n"
        "a.csv,registration,360100,2018,2019-01-05T09:00+08:00,,\n"
        "missing.csv,registration,360100,2018,2019-01-06T09:00+08:00,,\n"
        "c.csv,registration,360200,2018,2019-01-06T09:00+08:00,,\n"
        ",registration,360300,2018,2019-01-06T09:00+08:00,true,\n"
        "b.csv,registration,360100,2018,2019-01-07T09:00+08:00,,true\n",
        "utf-8",
    )
    answer = fleetmon("ingest", "--manifest", manifest, "--json")
    assert answer.code == 1
    receipts = answer.document["receipts"]
    assert [r["status"] for r in receipts] == ["accepted", "refused", "refused", "nil", "accepted"]
    assert receipts[1]["submission"] is None
    assert receipts[2]["sha256"]  # its bytes are kept all the same
    for receipt in receipts:
        assert_adds_up(receipt)
    assert sides(figure(fleetmon)) == (1, 1)
    assert figure(fleetmon, division="360200")["status"] == "no_data"
    assert figure(fleetmon, division="360300")["status"] == "no_additions"


def test_rejected_rows_mended_and_sent_again(fleetmon: Fleetmon, tmp_path: Path) -> None:
    rows: list[Row] = [bus(1), bus(2, 燃料种类="煤"), bus(3, 初次登记日期="三月"), bus(4, "柴油")]
    file = titled_csv(tmp_path / "a.csv", rows)
    receipt = fleetmon("ingest", file, *YEAR, *received(5), "--json").receipt
    assert receipt["rows"]["rejected"] == 2
    out = tmp_path / "out.csv"
    assert fleetmon("submissions", receipt["submission"], "--rejected", out).code == 0
    given_back = out.read_text("utf-8-sig")
    assert len(given_back.splitlines()) == 3
    out.write_text(given_back.replace("煤,", "纯电动,").replace("三月", "2018-03-09"), "utf-8")
    again = fleetmon("ingest", out, *YEAR, *received(6), "--json")
    assert again.code == 0
    assert again.receipt["rows"] == {"read": 2, "accepted": 2, "rejected": 0, "ignored": 0}
    assert again.receipt["changes"]["added"] == 2
    assert sides(figure(fleetmon)) == (3, 4)


def test_a_vehicle_of_two_divisions(fleetmon: Fleetmon, tmp_path: Path) -> None:
    fleetmon("ingest", plain_csv(tmp_path / "a.csv", buses(1, 1)), *YEAR, *received(5))
    theirs = plain_csv(tmp_path / "b.csv", [bus(1, 行政区划代码="360202", 号牌号码="赣H00001D")])
    receipt = fleetmon(
        *("ingest", theirs, "--division", "360200", "--period", "2018", *received(6), "--json")
    ).receipt
    assert [f["code"] for f in receipt["findings"]] == ["claimed_elsewhere"]
    assert sides(figure(fleetmon)) == (1, 2)
    assert sides(figure(fleetmon, division="360200")) == (0, 0)
    assert sides(figure(fleetmon, division="360000")) == (1, 2)
    fleetmon(
        *("withdraw", "--division", "360100", "--vin", vin(1), "--reason", "属景德镇"),
        *received(7),
    )
    assert sides(figure(fleetmon)) == (0, 1)
    assert sides(figure(fleetmon, division="360200")) == (1, 1)
    assert sides(figure(fleetmon, division="360000")) == (1, 2)
