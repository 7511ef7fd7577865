"""Help: every rule, every state and every verdict that there is, and whom to ask."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.bulletins.labels import STATUS_ORDER, status_word
from monitor.bulletins.words import load_words
from monitor.door.draft_states import NEXT_STEPS, STATE_WORDS
from monitor.policy.policy import Policy
from monitor.site import handbook_pages
from site_pages.conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _page(site: Site, name: str = "wangfang") -> str:
    return html.unescape(site.browser(name).get("/help").text)


def test_every_rule_is_explained(read_site: Site, policy: Policy) -> None:
    page = _page(read_site)
    for suite in policy.rules.values():
        for rule in suite.rules:
            row = page.split(f'<tr id="{suite.kind}-{rule.code}">')[1].split("</tr>")[0]
            assert rule.message.zh.replace("{value}", "…") in row
            assert rule.mend.zh in row
            assert rule.because.zh in row
    assert not re.search(r"[{](value|plate|division|last_year|elsewhere)", page)
    assert "例：燃料种类：油改电" in page
    assert "例：号牌号码：赣A1234<" in page


def test_every_state_and_verdict_is_explained(read_site: Site, policy: Policy) -> None:
    page = _page(read_site)
    for state in STATE_WORDS:
        assert STATE_WORDS[state].zh in page
        assert NEXT_STEPS[state].zh in page
    words = load_words(policy.project, "zh")
    for status in STATUS_ORDER:
        assert status_word(status, words) in page


def test_each_role_may_read_it(read_site: Site) -> None:
    for name in ("wangfang", "zhaomin", "chenjing", "sunwei", "zhoulan"):
        assert "怎样报送" in _page(read_site, name)
    assert 'href="/templates"' not in read_site.browser("sunwei").get("/help").text
    assert "inbox/360100/" in _page(read_site)
    assert "inbox/报送单位代码/" in _page(read_site, "chenjing")
    assert read_site.browser().get("/help").status_code == 303


def test_an_address_that_nobody_reads_is_not_given(site: Site, tmp_path: Path) -> None:
    assert "mailto:" not in _page(site)
    config = tmp_path / "config"
    (config / "data").mkdir(parents=True)
    shipped = site.desk.project.file("data/recipients.yml").read_text("utf-8")
    recipients = config / "data" / "recipients.yml"
    site.desk.place.config = config
    recipients.write_text(
        shipped.replace("reply_to: null", "reply_to: nev@jtt.example.cn"), "utf-8"
    )
    assert 'href="mailto:nev@jtt.example.cn"' in _page(site)
    recipients.write_text("not: recipients\n", "utf-8")
    assert "请联系省级主管部门" in _page(site)


def test_the_handbook_is_made_once_for_the_rules_in_force(
    read_site: Site, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def set_once(_facts: object, language: str, form: str) -> bytes:
        made.append(f"{language} {form}")
        return f"<p>{language} {form}".encode()

    monkeypatch.setattr(handbook_pages, "set_handbook", set_once)
    monkeypatch.setattr(handbook_pages, "_SHELF", handbook_pages._Shelf())
    assert 'href="/handbook"' in _page(read_site)
    browser = read_site.browser("wangfang")
    for _ in range(2):
        read = browser.get("/handbook")
        taken = browser.get("/handbook.pdf")
        assert (read.text, taken.text) == ("<p>zh html", "<p>zh pdf")
    assert made == ["zh html", "zh pdf"]
    assert "default-src 'none'" in read.headers["content-security-policy"]
    assert taken.headers["content-disposition"].startswith("attachment")
    changed = replace(policy, ruleset="0" * 16)
    assert handbook_pages._SHELF.handbook(changed, "zh", "html") == b"<p>zh html"
    assert made[2:] == ["zh html"]
