"""Nobody lets another division's rows count alone by sending them in the province's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.door.rights import Role, Verb
from monitor.settings import Settings, SiteSettings
from site_pages.conftest import NANCHANG, Site
from site_pages.sending import busy_site, decide, extract, file_of, row, submit
from site_pages.test_api import CLERK, checked

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
JIANGXI = "360000"


@pytest.fixture(scope="module")
def site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings(site=SiteSettings(second_person=(NANCHANG,)))
    yield from busy_site(held_home, tmp_path_factory.mktemp("second"), settings)


def test_the_page_asks_for_a_second_person(site: Site) -> None:
    browser = site.browser("chenjing")
    page = submit(browser, file_of(extract(row(801))), division=JIANGXI)
    waits = decide(browser, page.url.path)
    with site.desk.door() as door:
        (state,) = door.rows(
            "SELECT state FROM draft WHERE id = ?", [page.url.path.rsplit("/", 1)[1]]
        )
    assert state == ("awaiting",), waits.text


def test_a_program_is_asked_for_a_second_person(site: Site) -> None:
    program = site.program(Role.STEWARD, None, *CLERK, Verb.REVIEW)
    document = checked(program, extract(row(802)), kind="registration", division=JIANGXI)
    assert document["division"] == JIANGXI
    assert document["needs_second_person"]
    listed = program.get("/api/v1/uploads", params={"division": JIANGXI}).json()["uploads"]
    assert [
        one["needs_second_person"] for one in listed if one["upload"] == document["upload"]
    ] == [True]
    path = f"/api/v1/uploads/{document['upload']}"
    answer = program.post(
        f"{path}/confirm", json={"fingerprint": document["result"]["fingerprint"]}
    )
    assert answer.json()["state"] == "awaiting"
