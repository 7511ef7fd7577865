"""Empty tables: read back as empty, their examples right, everything in them from the data."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from itertools import cycle, product
from pathlib import Path
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook

from monitor.bulletins.blank_table import blank_csv, blank_form, blank_kinds, values_of
from monitor.bulletins.blank_workbook import blank_workbook
from monitor.bulletins.words import load_words
from monitor.corridor.declared import Declared
from monitor.corridor.rehearsal import rehearse
from monitor.errors import PolicyError
from monitor.extracts.lively_cells import harmless, spreadsheet_csv
from monitor.model import Language, Receipt, RowCounts, Status
from monitor.policy.blank_tables import example_rows, load_blank_tables
from monitor.policy.codes import normal_name
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.store.home import Home
from site_pages.conftest import NANCHANG, NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
VEHICLES = ("registration", "procurement")
DECLARED = (
    *("facility", "platform", "battery", "permit"),
    *("tender", "building", "figure", "document"),
)
KINDS = (*VEHICLES, *DECLARED)
# A provincial city, one without plates of its own, a comprehensive zone, a city of each province.
PLACES = ("360100", "36GJXQ", "350128", "350200", "320500", "360000")
# Declared kinds have one maker and one reader: each is tried in one form, language and place.
FORMS = [
    *product(VEHICLES, ("xlsx", "csv"), ("zh", "en")),
    *((kind, *(("xlsx", "en"), ("csv", "zh"))[at % 2]) for at, kind in enumerate(DECLARED)),
]
SOMEWHERE = [*product(VEHICLES, PLACES), *zip(DECLARED, cycle(PLACES), strict=False)]


def read(policy: Policy, file: Path, home: Path, division: str = NANCHANG) -> Receipt:
    declared = Declared(received_at=NOW, division=division)
    found = rehearse(Home(home), policy, [file], declared, now=NOW, waiting=lambda _words: None)
    return found.receipts[0]


def test_there_is_one_for_each_kind(policy: Policy, read_site: Site) -> None:
    assert blank_kinds(policy) == KINDS
    page = read_site.browser("wangfang").get("/templates").text
    for kind in KINDS:
        assert f'href="/templates/{kind}/xlsx"' in page
        assert f'href="/templates/{kind}/csv"' in page


def test_a_table_says_which_clauses_of_the_place_ask_for_it(read_site: Site) -> None:
    page = read_site.browser("wangfang").get("/templates").text
    vehicles, others = page.split("其他条文所需的报表")
    assert [f'id="{kind}"' in vehicles for kind in VEHICLES] == [True, True]
    assert [f'id="{kind}"' in others for kind in DECLARED] == [True] * len(DECLARED)
    # 南昌: Jiangxi's clauses and nobody else's; permits are Nanjing's.
    asked = dict(zip(DECLARED, re.findall(r"用于条文：([^<]*)|本地没有条文", others), strict=True))
    assert asked["facility"] == "JX-I05"
    assert asked["platform"] == "JX-S01"
    assert asked["permit"] == ""
    # A clause on batteries asks for measures that are documents.
    assert set(asked["document"].split("、")) == {"JX-R02", "JX-R03", "JX-S03", "JX-S04"}


@pytest.mark.parametrize(("kind", "form", "language"), FORMS)
def test_sent_as_it_is_it_holds_no_row(
    read_site: Site, policy: Policy, tmp_path: Path, kind: str, form: str, language: str
) -> None:
    browser = read_site.browser("wangfang")
    browser.client.cookies.set("fleetmon-language", language, domain="127.0.0.1")
    answer = browser.get(f"/templates/{kind}/{form}")
    told = unquote(answer.headers["content-disposition"])
    assert told.endswith(f".{form}")
    assert ("空白表" in told) or language == "en"
    file = tmp_path / f"blank.{form}"
    file.write_bytes(answer.content)
    receipt = read(policy, file, tmp_path / "home")
    assert receipt.kind == kind
    assert receipt.status is Status.ACCEPTED
    assert receipt.rows == RowCounts(read=1, ignored=1)  # what is said above the names
    assert receipt.findings == ()
    read_as = {one.read_as for one in receipt.columns}
    required = [one.header for one in policy.columns[kind].columns.values() if one.required]
    assert read_as >= set(required)
    assert None not in read_as


@pytest.mark.parametrize(("kind", "place"), SOMEWHERE)
def test_the_examples_are_right_everywhere(
    policy: Policy, tmp_path: Path, kind: str, place: str
) -> None:
    table = load_blank_tables(policy.project, policy)[kind]
    rows = example_rows(table, policy.divisions, place, NOW.date())
    form = blank_form(kind, policy, table, rows, load_words(policy.project, "zh"))
    lines = list(csv.reader(io.StringIO(blank_csv(form).decode("utf-8-sig"))))
    lines += [[column.examples[at] for column in form.columns] for at in range(len(rows))]
    file = tmp_path / "examples.csv"
    file.write_bytes(spreadsheet_csv(lines))
    receipt = read(policy, file, tmp_path / "home", place)
    assert receipt.findings == ()
    assert receipt.rows.accepted == len(rows) == 2


def test_the_table_file_is_what_spreadsheet_programs_open(read_site: Site) -> None:
    content = read_site.browser("wangfang").get("/templates/registration/csv").content
    assert content.startswith("\ufeff".encode())
    said, names = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert names[0] == "车辆识别代号*"
    assert len(said) == len(names)
    assert all(cell == harmless(cell) for cell in (*said, *names))


@pytest.mark.parametrize("kind", [*VEHICLES, "figure"])
def test_the_workbook_explains_and_offers_values(read_site: Site, kind: str) -> None:
    content = read_site.browser("wangfang").get(f"/templates/{kind}/xlsx").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    table, told, values = book.sheet_names
    assert (told, values) == ("填写说明", "可填的值")
    names = book.get_sheet_by_name(table).to_python()[1]
    explained = book.get_sheet_by_name(told).to_python()
    assert [row[0] for row in explained[4:]] == [str(name).rstrip("*") for name in names]
    vin_or_contract = explained[4]
    assert vin_or_contract[1] == "必填"
    assert vin_or_contract[4]
    offered = book.get_sheet_by_name(values).to_python()
    for column, head in enumerate(offered[0]):
        assert "可填" in str(head)
        assert offered[1][column]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") == len(offered[0])


def test_every_value_that_is_offered_is_known(policy: Policy) -> None:
    for table in policy.codes.values():
        for code, value in zip(table.entries, values_of(table), strict=True):
            assert table.by_writing[normal_name(value)] == code


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_table_is_the_same_bytes(policy: Policy, language: Language) -> None:
    words = load_words(policy.project, language)
    form = blank_form("registration", policy, None, (), words)
    assert blank_workbook(form, words) == blank_workbook(form, words)
    assert {column.examples for column in form.columns} == {()}


def test_what_there_is_no_table_of_is_not_there(read_site: Site) -> None:
    browser = read_site.browser("wangfang")
    for path in ("registration/pdf", "permits/xlsx", "..%2fx/xlsx", "registration.police/csv"):
        assert browser.get(f"/templates/{path}").status_code == 404
    assert read_site.browser("sunwei").get("/templates").status_code == 404
    assert read_site.browser("zhoulan").get("/templates/registration/csv").status_code == 404


def test_a_slip_in_the_file_stops(tmp_path: Path, policy: Policy) -> None:
    folder = tmp_path / "data" / "blank_tables"
    folder.mkdir(parents=True)
    file = folder / "registration.yml"
    file.write_text("kind: registration\nabout: {zh: 一, en: a}\nhints: {vim: {zh: 一, en: a}}\n")
    with pytest.raises(PolicyError, match="vim"):
        load_blank_tables(Project(tmp_path), policy)


def test_a_province_without_plates_says_none(policy: Policy) -> None:
    table = load_blank_tables(policy.project, policy)["registration"]
    rows = example_rows(table, policy.divisions, "36GJXQ", date(2026, 11, 21))
    assert rows[0]["plate"].startswith("赣")
    assert rows[0]["registered_on"].startswith("2025-")
