"""What does not fit, over HTTP: counted by division, listed, and taken away as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attribution.weeks import car

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.door.accounts import add_account
from monitor.door.database import open_door
from monitor.door.rights import Role
from monitor.extracts.lively_cells import harmless
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, NANCHANG, NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
_VIN = re.compile(r"\b[A-HJ-NPR-Z0-9]{17}\b")


def _acts(site: Site) -> list[tuple[object, ...]]:
    with open_door(site.home) as door:
        return door.rows("SELECT actor, object, detail FROM act WHERE action = 'rows_seen'")


def _lines(content: bytes) -> Iterator[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def test_divisions_are_counted_without_vehicles(site: Site) -> None:
    page = site.browser("chenjing").get("/reconciliation").text
    assert "南昌市" in page
    assert "九江市" in page
    assert "称更新而无注销" in page
    assert not _VIN.search(page)
    assert _acts(site) == []


def test_a_list_agrees_with_its_count_and_is_noted(site: Site) -> None:
    browser = site.browser("chenjing")
    overview = browser.get("/reconciliation").text
    link = rf'href="/reconciliation/{NANCHANG}\?mismatch=(\w+)">([\d,]+)(?: \(\+([\d,]+)\))?<'
    counts = re.findall(link, overview)
    assert counts
    for mismatch, sure, unsure in counts:
        page = browser.get(f"/reconciliation/{NANCHANG}?mismatch={mismatch}").text
        total = int(sure.replace(",", "")) + int((unsure or "0").replace(",", ""))
        assert f"清单共 {total} 辆" in page
    shown = _VIN.findall(page)
    assert shown
    assert _acts(site)[-1] == (
        "user:chenjing",
        NANCHANG,
        f'{{"page":"reconciliation","rows":{len(shown)}}}',
    )


def test_lists_are_leafed_through(site: Site) -> None:
    browser = site.browser("chenjing")
    first = browser.get(f"/reconciliation/{NANCHANG}").text
    assert "下一页" in first
    second = browser.get(f"/reconciliation/{NANCHANG}?page=2").text
    assert not set(_VIN.findall(first)) & set(_VIN.findall(second))
    assert _VIN.findall(browser.get(f"/reconciliation/{NANCHANG}?page=999").text)


def test_the_download_holds_every_line_and_no_formula(site: Site, tmp_path: Path) -> None:
    lively = car(7, 行政区划代码="360102", 新增原因="更新", 车辆型号='=HYPERLINK("x")')
    lively |= {"初次登记日期": "2020-06-15", "车辆用途": "公务用车"}
    file = tmp_path / "更新.csv"
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([list(lively), list(lively.values())])
    file.write_text(text.getvalue(), "utf-8")
    declared = Declared(received_at=NOW, kind="registration", division=NANCHANG, backfill=True)
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        receive(store, site.desk.policy(), file, declared, now=NOW)
    browser = site.browser("chenjing")
    answer = browser.get(f"/reconciliation/lines.csv?division={NANCHANG}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    heads, *lines = _lines(answer.content)
    assert heads[:3] == ["不符事项", "地区", "用途"]
    assert {line[1] for line in lines} == {"南昌市"}
    (found,) = [line for line in lines if lively["车辆识别代号"] in line]
    assert '\'=HYPERLINK("X")' in [cell.upper() for cell in found]
    assert all(cell == harmless(cell) for line in lines for cell in line)
    assert f'"rows":{len(lines)}' in str(_acts(site)[-1][2])
    every = list(_lines(browser.get("/reconciliation/lines.csv").content))
    assert {line[1] for line in every[1:]} == {"南昌市", "九江市"}


def test_a_province_is_alone(site: Site) -> None:
    with open_door(site.home) as door:
        add_account(
            door,
            site.desk.policy().divisions,
            name="fujian",
            role=Role.STEWARD,
            division="350000",
            actor="cli:t",
            at=NOW,
        )
    browser = site.browser("fujian")
    assert "南昌市" not in browser.get("/reconciliation").text
    assert browser.get(f"/reconciliation/{NANCHANG}").status_code == 404
    assert browser.get(f"/reconciliation/lines.csv?division={NANCHANG}").status_code == 404
    assert len(list(_lines(browser.get("/reconciliation/lines.csv").content))) == 1


@pytest.mark.parametrize("name", ["wangfang", "zhaomin", "sunwei", "zhoulan"])
def test_nobody_else_reconciles(read_site: Site, name: str) -> None:
    browser = read_site.browser(name)
    for path in ("", "/lines.csv", f"/{NANCHANG}"):
        assert browser.get(f"/reconciliation{path}").status_code == 404


@pytest.mark.parametrize("path", ["/999999", f"/{JIUJIANG}?mismatch=none", "/lines.csv?division=1"])
def test_what_is_not_there_is_not_there(read_site: Site, path: str) -> None:
    assert read_site.browser("chenjing").get(f"/reconciliation{path}").status_code == 404
