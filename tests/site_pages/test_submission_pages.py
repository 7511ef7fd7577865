"""What came in: lists with filters, one submission, and whose they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.corridor.sent import Wanted, counting, sent, sent_one, years_sent
from monitor.model import Mode, Period, Status
from monitor.policy.policy import Policy
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, NANCHANG, NOW, Site
from site_pages.sending import acts, extract, row, vin

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _unheard(_words: object) -> None:
    """Nobody waits."""


def _receive(site: Site, policy: Policy, folder: Path, content: bytes, declared: Declared) -> str:
    file = folder / f"{len(content)}.csv"
    file.write_bytes(content)
    with open_store(site.home, write=True, waiting=_unheard, actor="cli:test") as store:
        receipt = receive(store, policy, file, declared, now=NOW)
    assert receipt.submission is not None
    return receipt.submission


def test_a_list_is_filtered_and_newest_first(read_site: Site) -> None:
    browser = read_site.browser("chenjing")
    page = browser.get("/submissions").text
    assert page.index("S000006") < page.index("S000001")
    assert "南昌市" in page
    assert "九江市" in page
    one = browser.get(f"/submissions?division={NANCHANG}&year=2018").text
    assert "S000001" in one
    assert ">九江市<" not in one
    assert "没有符合条件的报送" in browser.get("/submissions?kind=procurement").text
    assert "没有符合条件的报送" in browser.get("/submissions?status=refused").text
    assert browser.get("/submissions?division=999999").status_code == 404
    assert browser.get("/submissions?year=abcd&status=x&page=99").status_code == 200


def test_a_city_sees_its_own(read_site: Site) -> None:
    browser = read_site.browser("liqiang")
    page = browser.get("/submissions").text
    assert "S000001" not in page
    assert browser.get(f"/submissions?division={NANCHANG}").status_code == 404
    with open_store(read_site.home, write=False, waiting=_unheard) as store:
        foreign = sent(store, [NANCHANG], Wanted(), first=0, most=50)[0]
        mine = sent(store, [JIUJIANG], Wanted(), first=0, most=50)[0]
    assert foreign
    assert mine
    for one in foreign:
        for rest in ("", "/receipt", "/rejected.csv", "/findings.csv"):
            assert browser.get(f"/submissions/{one.submission}{rest}").status_code == 404
    assert browser.get(f"/submissions/{mine[0].submission}").status_code == 200
    assert browser.get("/submissions/S999999").status_code == 404
    assert read_site.browser("zhoulan").get("/submissions").status_code == 404


def test_a_file_of_several_senders_is_for_who_sees_all_of_them(
    site: Site, policy: Policy, tmp_path: Path
) -> None:
    content = extract(row(600), row(601, county="360402"))
    number = _receive(site, policy, tmp_path, content, Declared(NOW))
    assert site.browser("wangfang").get(f"/submissions/{number}").status_code == 404
    assert number not in site.browser("wangfang").get("/submissions").text
    page = site.browser("chenjing").get(f"/submissions/{number}")
    assert page.status_code == 200
    assert "多个地区" in page.text
    with open_store(site.home, write=False, waiting=_unheard) as store:
        both = [NANCHANG, JIUJIANG]
        assert sent_one(store, both, number) is not None
        assert sent_one(store, [NANCHANG], number) is None
        listed = sent(store, both, Wanted(division=JIUJIANG), first=0, most=9)[0]
        assert number in [one.submission for one in listed]
        assert years_sent(store, [NANCHANG])[-1] == 2018


def test_one_submission_with_its_findings_and_downloads(
    site: Site, policy: Policy, tmp_path: Path
) -> None:
    lively = row(611).replace("赣A00611D", "=1+1")
    broken = row(610).replace(vin(610), vin(610)[:-1])
    declared = Declared(NOW, division=NANCHANG, file_name="一月.csv")
    content = extract(broken, lively, row(612))
    number = _receive(site, policy, tmp_path, content, declared)
    browser = site.browser("wangfang")
    page = browser.get(f"/submissions/{number}")
    assert "已生效，有退回或提示" in page.text
    assert "车辆识别代号不是 17 位" in page.text
    assert "未经网页确认" in page.text
    file = browser.get(f"/submissions/{number}/rejected.csv")
    assert vin(610)[:-1] in file.text
    assert "attachment" in file.headers["content-disposition"]
    listed = browser.get(f"/submissions/{number}/findings.csv").text
    assert "'=1+1" in listed
    assert ",=1+1" not in listed
    seen = [detail for _, about, detail in acts(site, "rows_seen") if about == number]
    assert [word in " ".join(seen) for word in ("submission", "rejected", "findings")] == [True] * 3


def test_what_still_counts_and_what_took_over(site: Site, policy: Policy, tmp_path: Path) -> None:
    declared = Declared(NOW, division=NANCHANG)
    first = _receive(site, policy, tmp_path, extract(row(620), row(621), row(622)), declared)
    second = _receive(site, policy, tmp_path, extract(row(621)), declared)
    with open_store(site.home, write=False, waiting=_unheard) as store:
        now = counting(store, int(first[1:]))
        assert (now.rows, counting(store, int(second[1:])).rows) == (2, 1)
    assert now.taken_over == ((second, 1),)
    replacing = Declared(
        NOW,
        kind="registration",
        division=NANCHANG,
        period=Period(date(2018, 1, 1), date(2018, 12, 31)),
        mode=Mode.REPLACE,
    )
    third = _receive(site, policy, tmp_path, extract(row(620)), replacing)
    with open_store(site.home, write=False, waiting=_unheard) as store:
        now = counting(store, int(first[1:]))
    assert now.rows == 0
    assert now.taken_over == ((second, 1), (third, 2))
    page = site.browser("wangfang").get(f"/submissions/{first}").text
    assert f"行已以后来的 {second} 为准" in page


def test_pages_of_a_long_list(site: Site) -> None:
    with open_store(site.home, write=True, waiting=_unheard, actor="cli:test") as store:
        last = store.history()
        store.connection.execute(
            "INSERT INTO submission SELECT seq + n * 100, 'S' || lpad((seq + n * 100)::VARCHAR, "
            "6, '0'), submission.* EXCLUDE (seq, id) FROM submission, range(1, 61) AS r(n) "
            "WHERE seq = 1"
        )
        newest, total = sent(store, None, Wanted(), first=0, most=50)
        assert (len(newest), total) == (50, last + 60)
        assert [one.seq for one in newest] == sorted((one.seq for one in newest), reverse=True)
        rest, _ = sent(store, None, Wanted(status=Status.ACCEPTED), first=50, most=50)
        assert {one.seq for one in rest}.isdisjoint(one.seq for one in newest)
    browser = site.browser("chenjing")
    page = browser.get("/submissions").text
    assert f"共 {total} 份" in page
    assert "下一页" in page
    assert "上一页" in browser.get("/submissions?page=2").text
