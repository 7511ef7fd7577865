"""A file handed in: from the desktop to the receipt, and every way in which it may end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.door.accounts import add_account
from monitor.door.draft import Asked, NewDraft
from monitor.door.drafts import add_draft
from monitor.door.rights import Role
from monitor.settings import Settings, SiteSettings
from site_pages.conftest import JIUJIANG, NOW, Site
from site_pages.sending import (
    CHECKED,
    acts,
    asked,
    busy_site,
    decide,
    extract,
    file_of,
    row,
    settled,
    state_of,
    submit,
    vin,
    workbook,
)

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(300)]
JINGDEZHEN, PINGXIANG, GANZHOU = "360200", "360300", "360700"
_LIMITS = SiteSettings(second_person=(JIUJIANG,), most_megabytes=1, most_files=3, most_waiting=3)


@pytest.fixture(scope="module")
def site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    for opened in busy_site(held_home, tmp_path_factory.mktemp("busy"), Settings(site=_LIMITS)):
        with opened.desk.door() as door:
            add_account(
                door,
                opened.desk.policy().divisions,
                name="huangmei",
                role=Role.SIGNER,
                division=JIUJIANG,
                shown_name="黄梅",
                email=None,
                actor="cli:test",
                at=NOW,
            )
        yield opened


def _path(text: str) -> str:
    found = re.search(r"/submissions/S\d{6}", text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_clerk_comes_from_a_file_to_a_receipt(site: Site, kind: str) -> None:
    first = 100 if kind == "csv" else 200
    rows = [row(n) for n in range(first, first + 4)]
    content = extract(*rows) if kind == "csv" else workbook(*rows)
    browser = site.browser("wangfang")
    before = asked(site, "SELECT count(*) FROM submission")
    page = submit(browser, file_of(content, f"登记.{kind}"))
    assert state_of(page) == CHECKED
    assert "机动车登记" in page.text
    assert "确认前后的比例和结论" in page.text
    assert asked(site, "SELECT count(*) FROM submission") == before
    assert page.url.path in browser.get("/submissions").text
    done = decide(browser, page.url.path)
    assert re.fullmatch(r"/submissions/S\d{6}", done.url.path)
    assert "已确认，已生效" in done.text
    assert page.url.path not in browser.get("/submissions").text
    again = browser.get(page.url.path)
    assert again.status_code == 303
    assert again.headers["location"].startswith(done.url.path)
    number = done.url.path.rpartition("/")[2]
    rows_accepted, code = asked(
        site, "SELECT rows_accepted, receipt FROM submission WHERE id = ?", number
    )[0]
    assert rows_accepted == 4
    receipt = browser.get(f"{done.url.path}/receipt")
    assert code in receipt.text
    assert "王芳" in receipt.text
    assert "回执真实" in browser.get(f"/verify?code={code}").text
    assert asked(site, "SELECT recipient FROM delivery WHERE about = ?", number) == [
        ("wangfang@jtt.example.cn",)
    ]


def test_rows_set_aside_are_mended_and_sent_again(site: Site) -> None:
    broken = row(301).replace(vin(301), vin(301)[:-1])
    browser = site.browser("wangfang")
    page = submit(browser, file_of(extract(row(300), broken), "一月.csv"))
    assert "车辆识别代号不是 17 位" in page.text
    assert vin(301)[:-1] in page.text
    assert "退回的 1 行不计入" in page.text
    file = browser.get(f"{page.url.path}/rejected.csv")
    assert "filename*=UTF-8''%E4%B8%80%E6%9C%88" in file.headers["content-disposition"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert [line.count(vin(301)[:-1]) for line in file.text.splitlines()] == [0, 1]
    number = page.url.path.rpartition("/")[2]
    seen = [detail for _, about, detail in acts(site, "rows_seen") if about == number]
    assert any('"page":"rejected"' in one for one in seen)
    assert not any(vin(301)[:-1] in one for one in seen)
    listed = browser.get(f"{page.url.path}/findings.csv")
    assert "vin_malformed" in listed.text
    decide(browser, page.url.path)
    mended = file.content.replace(vin(301)[:-1].encode(), vin(301).encode())
    second = submit(browser, file_of(mended, "一月-待改正.csv"))
    assert "车辆识别代号不是 17 位" not in second.text
    done = decide(browser, second.url.path)
    held = "SELECT rows_accepted, rows_rejected FROM submission WHERE id = ?"
    assert asked(site, held, done.url.path.rpartition("/")[2]) == [(1, 0)]


def test_a_file_that_cannot_be_read_is_refused_with_words(site: Site) -> None:
    browser = site.browser("wangfang")
    page = submit(browser, file_of("甲,乙\n一,二\n".encode(), "别的.csv"))
    assert state_of(page) == "无法读取，未生效"
    assert "重新上传" in page.text
    assert "确认，使之生效" not in page.text
    told = decide(browser, page.url.path)
    assert told.status_code == 409
    assert asked(site, "SELECT count(*) FROM submission WHERE file_name = '别的.csv'") == [(0,)]


def test_the_same_file_again_names_the_first(site: Site) -> None:
    browser = site.browser("wangfang")
    content = file_of(extract(row(400)))
    done = decide(browser, submit(browser, content).url.path)
    page = submit(browser, content)
    assert state_of(page) == "与已生效的报送相同"
    assert done.url.path in page.text
    assert "确认，使之生效" not in page.text


def test_a_form_sent_twice_is_one_draft(site: Site) -> None:
    browser = site.browser("wangfang")
    token = "einmal-nur-12345"  # noqa: S105  # a form's mark, no secret
    first = submit(browser, file_of(extract(row(410))), token=token)
    second = submit(browser, file_of(extract(row(410))), token=token)
    other = submit(browser, file_of(extract(row(411))), token=token)
    assert first.url.path == second.url.path != other.url.path
    twice = submit(browser, file_of(extract(row(412))), file_of(extract(row(412)), "又.csv"))
    assert twice.url.path.startswith("/submissions/drafts/")


def test_several_files_are_several_drafts(site: Site) -> None:
    browser = site.browser("wangfang")
    files = [file_of(extract(row(n)), f"第{n}份.csv") for n in (420, 421)]
    page = submit(browser, *files)
    assert page.url.path == "/submissions"
    assert page.text.count(CHECKED) >= 2
    assert all(f"第{n}份.csv" in page.text for n in (420, 421))
    fields = {"mode": "replace", "kind": "registration", "period": "2018"}
    refused = submit(browser, *files, **fields)
    assert refused.status_code == 422
    assert "一次只能上传一个文件" in refused.text


def test_a_nil_return_by_a_button(site: Site) -> None:
    browser = site.browser("wangfang")
    browser.get("/nil")
    missing = browser.post("/nil", {"kind": "", "period": "", "token": "n"})
    assert missing.status_code == 422
    fields = {"kind": "procurement", "period": "2019年", "reason": "本年没有采购", "token": "n"}
    page = settled(browser, browser.post("/nil", fields))
    assert state_of(page) == CHECKED
    assert "记为零报告" in page.text
    done = decide(browser, page.url.path)
    assert "已生效（零报告）" in done.text
    assert "本年没有采购" in done.text
    held = "SELECT status, kind, period_start::VARCHAR FROM submission WHERE id = ?"
    assert asked(site, held, done.url.path.rpartition("/")[2]) == [
        ("nil", "procurement", "2019-01-01")
    ]


def test_a_nil_return_against_what_is_held(site: Site) -> None:
    browser = site.browser("wangfang")
    browser.get("/nil")
    fields = {"kind": "registration", "period": "2018", "token": "n2"}
    page = settled(browser, browser.post("/nil", fields))
    assert state_of(page) == "不能这样报送，未生效"
    assert "零报告矛盾" in page.text
    assert "--replace" not in page.text
    asked_again = {"kind": "registration", "period": "2018", "nil_replaces": "yes"}
    changed = decide(browser, page.url.path, "change", **asked_again)
    assert state_of(changed) == CHECKED
    assert changed.url.path != page.url.path
    assert state_of(browser.get(page.url.path)) == "已放弃，未生效"
    decide(browser, changed.url.path, "discard")


def test_a_steward_replaces_a_period_on_behalf_of_a_city(site: Site) -> None:
    browser = site.browser("chenjing")
    nobody = submit(browser, file_of(extract(row(1, county="360202"))))
    assert nobody.status_code == 422
    assert "请选择报送单位" in nobody.text
    first = submit(
        browser,
        file_of(extract(*(row(n, county="360202") for n in (1, 2, 3)))),
        division=JINGDEZHEN,
    )
    decide(browser, first.url.path)
    fields = {"division": JINGDEZHEN, "mode": "replace"}
    vague = submit(browser, file_of(extract(row(1, county="360202"))), **fields)
    assert vague.status_code == 422
    assert "请选择报表种类" in vague.text
    page = submit(
        browser,
        file_of(extract(row(1, county="360202"))),
        **fields,
        kind="registration",
        period="2018",
    )
    assert "替换这一期间" in page.text
    assert re.search(r"<dt>撤下</dt><dd[^>]*>2</dd>", page.text)
    done = decide(browser, page.url.path)
    held = "SELECT mode, withdrawn FROM submission WHERE id = ?"
    assert asked(site, held, done.url.path.rpartition("/")[2]) == [("replace", 2)]


def test_a_replacement_with_rows_set_aside_is_asked_about(site: Site) -> None:
    browser = site.browser("chenjing")
    content = extract(row(5, county="360302"), row(6, county="360302", fuel="核动力"))
    fields = {"kind": "registration", "period": "2018", "mode": "replace"}
    page = submit(browser, file_of(content), division=PINGXIANG, **fields)
    assert state_of(page) == "不能这样报送，未生效"
    assert "--force" not in page.text
    assert "有退回的行也替换" in page.text
    changed = decide(browser, page.url.path, "change", **fields, force="yes")
    assert state_of(changed) == CHECKED


def test_a_correction_names_what_it_corrects_and_why(site: Site) -> None:
    browser = site.browser("wangfang")
    done = decide(browser, submit(browser, file_of(extract(row(430)))).url.path)
    first = done.url.path.rpartition("/")[2]
    form = browser.get(f"/submit?corrects={first}&kind=registration")
    assert f'<option value="{first}" selected>' in form.text
    content = file_of(extract(row(430, fuel="汽油").replace("赣A00430", "赣A12340")))
    why = submit(browser, content, corrects=first)
    assert (why.status_code, "请写明更正的原因" in why.text) == (422, True)
    page = submit(browser, content, corrects=first, reason="燃料种类填错")
    second = decide(browser, page.url.path)
    assert first in second.text
    assert "燃料种类填错" in second.text
    assert second.url.path in browser.get(done.url.path).text
    other = file_of(extract(row(431)))
    theirs = asked(site, "SELECT min(id) FROM submission WHERE division = ?", JIUJIANG)[0][0]
    foreign = submit(browser, other, corrects=theirs, reason="看看")
    assert state_of(foreign) == "不能这样报送，未生效"
    assert "不是本单位的同类报送" in foreign.text


def test_two_persons_bring_a_report_into_force(site: Site) -> None:
    clerk, signer = site.browser("liqiang"), site.browser("huangmei")
    page = submit(clerk, file_of(extract(row(440, county="360402"))))
    draft = page.url.path
    waits = decide(clerk, draft)
    assert state_of(waits) == "已确认，等待复核人复核，尚未生效"
    assert decide(clerk, draft, "sign").status_code == 404
    silent = decide(signer, draft, "give-back", back_reason=" ")
    assert (silent.status_code, "退回须说明理由" in silent.text) == (409, True)
    back = decide(signer, draft, "give-back", back_reason="用途写错了")
    assert state_of(back) == "复核人退回，尚未生效"
    assert "用途写错了" in clerk.get(draft).text
    decide(clerk, draft)
    done = decide(signer, draft, "sign")
    assert "已确认，已生效" in done.text
    assert "李强" in done.text
    assert "黄梅" in done.text
    number = done.url.path.rpartition("/")[2]
    submission = int(number[1:])
    assert asked(
        site, "SELECT confirmed_by, signed_by FROM confirmation WHERE submission = ?", submission
    ) == [("user:liqiang", "user:huangmei")]


def test_nobody_is_their_own_second_person(site: Site) -> None:
    signer = site.browser("huangmei")
    page = submit(signer, file_of(extract(row(450, county="360402"))))
    waits = decide(signer, page.url.path)
    assert "须由另一位复核人复核" in waits.text
    assert "复核通过，使之生效" not in waits.text
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert seen is not None
    tried = decide(signer, page.url.path, "sign", seen=seen[1])
    assert (tried.status_code, "另一人进行" in tried.text) == (409, True)


def test_limits_are_told_in_words(site: Site) -> None:
    browser = site.browser("wangfang")
    form = browser.get("/submit").text
    assert "一次最多 3 个、合计 1 MB" in form
    large = browser.post("/submit", {"token": "t"}, files=dict([file_of(b"x" * (2 << 20))]))
    assert large.status_code == 413
    browser.get("/submit")
    files = [file_of(extract(row(n)), f"{n}.csv") for n in range(460, 464)]
    assert browser.post("/submit", {"token": "t"}, files=files).status_code == 400
    assert not list(site.home.work.glob("keep-*"))
    empty = submit(browser)
    assert (empty.status_code, "请选择要报送的文件" in empty.text) == (422, True)


def test_too_many_that_wait_are_refused_and_what_was_taken_is_told(site: Site) -> None:
    with site.desk.door() as door:
        for at in range(2):
            new = NewDraft("user:chenjing", None, GANZHOU, Asked(), sha256=f"{at:064x}", size=1)
            add_draft(door, new, most_waiting=9, at=NOW)
    browser = site.browser("chenjing")
    browser.get("/submit")
    files = [file_of(extract(row(n, county="360702")), f"{n}.csv") for n in (470, 471)]
    fields = {"token": "many", "division": GANZHOU}
    page = browser.post("/submit", fields, files=files)
    assert page.status_code == 422
    assert "最多 3 份" in page.text
    assert re.search(r'已收下：<a href="/submissions/drafts/\w+">470.csv</a>', page.text)
    assert "没有收下，请稍后再传：471.csv" in page.text
