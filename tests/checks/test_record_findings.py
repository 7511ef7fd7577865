"""Each finding of a declared kind fires on its own row, and nothing fires on clean ones."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from extract_files import Row, as_csv
from openpyxl import Workbook
from record_files import KINDS

from monitor.corridor.periods import read_period
from monitor.corridor.screen import Screened, screen
from monitor.extracts.context import ExtractContext
from monitor.extracts.reading import open_extract
from monitor.model import Period, Severity
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root
from monitor.store.facets import FacetBook

RECEIVED_ON = date(2025, 1, 20)
PERIOD = read_period("2024")
# Rules that all kinds share and that want a file of their own.
APART = {
    "row_overlong",
    "formula_without_value",
    "division_missing",
    "date_in_future",
    "date_outside_period",
}


SAMPLES = project_root() / "data" / "samples"
SPOILED = {
    "320100-南京-退役动力电池-2020": {"destination_missing": 1},
    "360100-南昌-退役动力电池-2020": {"destination_missing": 1},
    "350000-福建省-退役动力电池-2025": {
        "code_malformed": 1,
        "code_bound_twice": 2,
        "destination_missing": 1,
    },
    "350000-福建省-采购项目-2024-2025": {"factor_missing": 2},
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


def screened(
    policy: Policy,
    kind: str,
    content: bytes,
    folder: Path,
    *,
    sender: str | None,
    received_on: date = RECEIVED_ON,
    period: Period | None = PERIOD,
) -> Screened:
    """What the corridor finds in a file, the store left out."""
    file = folder / "sent"
    file.write_bytes(content)
    reading = open_extract(
        file, name="sent", maps=policy.columns, work=folder, sender_known=sender is not None
    )
    assert reading.kind == kind  # told from the header
    context = ExtractContext(
        policy=policy,
        kind=kind,
        sender=sender,
        received_on=received_on,
        period=period,
        headers={c: reading.headers[int(raw[1:])] for c, raw in reading.mapping.items()},
        identity=reading.map.identity,
        constants=reading.map.constants,
    )
    return screen(reading, context, FacetBook(()), folder, 1)


def codes_by_line(found: Screened) -> dict[int, set[str]]:
    told = defaultdict(set)
    for finding in found.notable.findings():
        assert finding.message.zh
        assert finding.message.en
        assert "{" not in finding.message.zh + finding.message.en
        told[finding.line or 0].add(finding.code)
    return dict(told)


def test_every_declared_kind_is_here(policy: Policy) -> None:
    assert set(KINDS) == {name for name, kind in policy.kinds.items() if kind.is_record}


@pytest.mark.parametrize("kind", KINDS)
def test_each_finding_fires_on_its_row_alone(kind: str, policy: Policy, tmp_path: Path) -> None:
    rows: list[Row] = []
    expected: dict[int, set[str]] = {}
    for case in KINDS[kind].wrong:
        for place, row in enumerate(case.rows):
            rows.append(row)
            if case.each or place == len(case.rows) - 1:
                expected[len(rows) + 1] = set(case.codes)
    found = screened(policy, kind, as_csv(rows), tmp_path, sender=KINDS[kind].sender)
    assert codes_by_line(found) == expected
    rules = policy.rules[kind].by_code()
    errors = {
        line
        for line, codes in expected.items()
        if any(rules[code].severity is Severity.ERROR for code in codes)
    }
    assert found.counts.rejected == len(errors)
    fired = {code for codes in expected.values() for code in codes}
    assert set(rules) - fired == APART


@pytest.mark.parametrize("kind", KINDS)
def test_clean_rows_are_silent(kind: str, policy: Policy, tmp_path: Path) -> None:
    rows = [KINDS[kind].clean(number) for number in range(1, 13)]
    found = screened(policy, kind, as_csv(rows), tmp_path, sender=KINDS[kind].sender)
    assert codes_by_line(found) == {}
    assert found.counts.accepted == len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_whose_cells_have_shifted(kind: str, policy: Policy, tmp_path: Path) -> None:
    content = as_csv([KINDS[kind].clean(1)], tail=",多出的一格")
    found = screened(policy, kind, content, tmp_path, sender=KINDS[kind].sender)
    assert codes_by_line(found) == {2: {"row_overlong"}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_no_known_sender(kind: str, policy: Policy, tmp_path: Path) -> None:
    rows = [KINDS[kind].clean(1), KINDS[kind].clean(2, 行政区划代码="")]
    found = screened(policy, kind, as_csv(rows), tmp_path, sender=None)
    own = {"division_unknown"} if rows[0]["行政区划代码"] == "350000" else set()
    told = codes_by_line(found)
    assert told.pop(3) == {"division_missing"}
    assert told.get(2, set()) <= own


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_another_day(kind: str, policy: Policy, tmp_path: Path) -> None:
    day, clean = KINDS[kind].day, KINDS[kind].clean
    # What comes later in a row comes on the day of receipt, so that nothing is out of order.
    late = {
        name: "2025-01-20"
        for name, cell in clean(1).items()
        if cell and name.endswith(("日期", "止")) and name != "规划许可日期"
    }
    rows = [clean(1) | late | {day: "2025-01-19"}, clean(2) | late | {day: "2025-01-21"}]
    told = codes_by_line(screened(policy, kind, as_csv(rows), tmp_path, sender=KINDS[kind].sender))
    assert told[2] == {"date_outside_period"}
    assert told[3] >= {"date_in_future", "date_outside_period"}


def test_a_formula_without_its_result(policy: Policy, tmp_path: Path) -> None:
    book, sheet = Workbook(), BytesIO()
    assert book.active is not None
    row = KINDS["building"].clean(1)
    book.active.append(list(row))
    book.active.append([*row.values()])
    book.active.cell(row=2, column=list(row).index("预留车位") + 1, value="=280*2")
    book.save(sheet)
    found = screened(policy, "building", sheet.getvalue(), tmp_path, sender="350100")
    assert {"formula_without_value"} <= set().union(*codes_by_line(found).values())


def sample_lines() -> list[dict[str, str]]:
    with (SAMPLES / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("line", sample_lines(), ids=lambda line: line["file"])
def test_the_samples_are_in_order_but_for_these(
    line: dict[str, str], policy: Policy, tmp_path: Path
) -> None:
    content = (SAMPLES / line["file"]).read_bytes()
    found = screened(
        policy,
        line["kind"],
        content,
        tmp_path,
        sender=line["division"],
        received_on=date.fromisoformat(line["received_at"][:10]),
        period=read_period(line["period"]),
    )
    told = Counter(finding.code for finding in found.notable.findings())
    assert told == SPOILED.get(Path(line["file"]).stem, {})
    assert found.counts.rejected == 0
