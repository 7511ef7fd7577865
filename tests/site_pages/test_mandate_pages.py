"""Mandates in plain words: all of them, as their files say, with where they stand today."""

from __future__ import annotations

import html

import pytest

from monitor.bulletins import formats
from monitor.model import Target
from monitor.policy.mandates import Document
from monitor.policy.policy import Policy
from site_pages.conftest import NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_each_mandate_has_its_page(read_site: Site, policy: Policy) -> None:
    browser = read_site.browser("wangfang")
    for mandate in policy.mandates.values():
        answer = browser.get(f"/mandates/{mandate.id}")
        page = html.unescape(answer.text)
        assert answer.status_code == 200
        assert mandate.words in page
        assert mandate.meaning.zh in page
        assert mandate.section in page
        assert isinstance(mandate.document, Document)
        assert mandate.document.title in page
        for reading in mandate.readings:
            assert reading.what.zh in page
        for target in mandate.targets:
            if target.value is not None:
                asked = formats.target_sign(Target(target.op, target.value, mandate.unit))
                assert f"<li>{target.period}: {asked}" in page
        is_over = mandate.valid_to < NOW.date()
        assert ("已到期，今天不适用" in page) is is_over


def test_the_list_opens_with_ones_own_province(read_site: Site, policy: Policy) -> None:
    browser = read_site.browser("wangfang")
    page = browser.get("/mandates").text
    assert "JX-F01" in page
    assert "FJ-F01" not in page
    assert "已到期" in page
    fujian = browser.get("/mandates?place=350000").text
    assert "FJ-F01" in fujian
    assert "JX-F01" not in fujian
    assert "尚未开始" in fujian  # in February 2021
    everything = browser.get("/mandates?place=all").text
    for code in policy.mandates:
        assert f'href="/mandates/{code}"' in everything
    assert "FJ-F01" in read_site.browser("chenjing").get("/mandates").text


def test_what_is_in_force_comes_first(site: Site) -> None:
    site.now = NOW.replace(year=2020)
    page = site.browser("chenjing").get("/mandates").text
    assert page.index("现行（") < page.index("尚未开始（")


def test_what_is_no_mandate_is_not_there(read_site: Site) -> None:
    browser = read_site.browser("wangfang")
    for path in ("/mandates/JX-F99", "/mandates/..%2fx", "/mandates?place=999999"):
        assert browser.get(path).status_code == 404
    assert read_site.browser().get("/mandates").status_code == 303
