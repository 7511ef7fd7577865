"""Bulletins as they lie in the archive, each to whom it belongs; to all only where that is set."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest

from monitor.corridor.bulletin_shelf import FORMS, issue_file
from monitor.settings import Settings, SiteSettings
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, JUDGED, NANCHANG, SAMPLES, Site, running

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PLACE = f"{JUDGED}/1/zh"
OWN = f"/bulletins/{NANCHANG}/{PLACE}"


@pytest.fixture(scope="module")
def public_site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("public") / "home"
    shutil.copytree(held_home, home)
    yield from running(home, Settings(site=SiteSettings(is_public=True)))


def folder_of(site: Site, division: str, language: str = "zh") -> Path:
    (found,) = site.home.bulletins.glob(f"{JUDGED}_{division}_{language}_*")
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_the_file_that_lies_there(read_site: Site, name: str, language: str) -> None:
    path = f"/bulletins/{NANCHANG}/{JUDGED}/1/{language}/{name}"
    answer = read_site.browser("wangfang").get(path)
    assert answer.status_code == 200
    assert answer.content == (folder_of(read_site, NANCHANG, language) / name).read_bytes()
    assert answer.headers["content-type"] == FORMS[name]
    told = unquote(answer.headers.get("content-disposition", ""))
    if name == "bulletin.html":
        assert told == ""
    else:
        stem = "南昌市 新能源汽车推广应用通报" if language == "zh" else "Nanchang"
        assert told.startswith("attachment")
        assert stem in told
        assert told.endswith(Path(name).suffix)


def test_the_page_runs_nothing_and_shows_its_pictures(read_site: Site) -> None:
    browser = read_site.browser("wangfang")
    page = browser.get(f"{OWN}/bulletin.html")
    rules = page.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "script" not in rules
    assert rules.endswith("sandbox allow-same-origin")  # scripts, forms, windows: none
    pictures = re.findall(r'<img[^>]*src="([^"]+)"', page.text)
    assert pictures
    assert not [one for one in pictures if one.startswith("cid:")]
    for one in pictures:
        answer = browser.get(f"{OWN}/{one}")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == (folder_of(read_site, NANCHANG) / one).read_bytes()


def test_a_clerk_finds_their_own(read_site: Site) -> None:
    page = read_site.browser("wangfang").get("/bulletins").text
    assert f'href="{OWN}/bulletin.pdf"' in page
    assert "九江" not in page
    browser = read_site.browser("wangfang")
    assert browser.get(f"/bulletins?division={JIUJIANG}").status_code == 404
    for name in FORMS:
        assert browser.get(f"/bulletins/{JIUJIANG}/{PLACE}/{name}").status_code == 404


def test_a_steward_finds_all_and_chooses(read_site: Site) -> None:
    browser = read_site.browser("chenjing")
    page = browser.get("/bulletins").text
    for code in (NANCHANG, JIUJIANG):
        assert f'href="/bulletins/{code}/{PLACE}/bulletin.pdf"' in page
    one = browser.get(f"/bulletins?division={JIUJIANG}&day={JUDGED}").text
    assert f"/bulletins/{JIUJIANG}/" in one
    assert f"/bulletins/{NANCHANG}/" not in one
    assert "没有符合条件的通报" in browser.get("/bulletins?division=350100").text


@pytest.mark.parametrize(
    "path",
    [
        f"{NANCHANG}/{JUDGED}/1/zh/fleetmon.duckdb",
        f"{NANCHANG}/{JUDGED}/1/zh/..%2f..%2ffleetmon.duckdb",
        f"{NANCHANG}/{JUDGED}/1/zh/%2e%2e",
        f"{NANCHANG}/{JUDGED}/1/zh/nothing.png",
        f"{NANCHANG}/{JUDGED}/1/de/bulletin.pdf",
        f"{NANCHANG}/{JUDGED}/2/zh/bulletin.pdf",
        f"{NANCHANG}/{JUDGED}/x/zh/bulletin.pdf",
        f"{NANCHANG}/{JUDGED}/{'9' * 30}/zh/bulletin.pdf",
        f"{NANCHANG}/2020-12-30/1/zh/bulletin.pdf",
        f"{NANCHANG}/2020-13-31/1/zh/bulletin.pdf",
        f"%2e%2e/{JUDGED}/1/zh/bulletin.pdf",
    ],
)
def test_what_is_not_recorded_is_not_there(read_site: Site, path: str) -> None:
    for name in ("wangfang", "chenjing"):
        assert read_site.browser(name).get(f"/bulletins/{path}").status_code == 404


def test_a_file_that_is_gone_is_told(site: Site) -> None:
    folder = folder_of(site, NANCHANG)
    (folder / "bulletin.pdf").unlink()
    browser = site.browser("wangfang")
    assert f'href="{OWN}/bulletin.pdf"' not in browser.get("/bulletins").text
    assert browser.get(f"{OWN}/bulletin.pdf").status_code == 404
    shutil.rmtree(folder)
    assert "文件已不在存档中" in browser.get("/bulletins").text


def test_a_letter_of_version_0_1_names_its_folder(site: Site) -> None:
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="test") as store:
        store.connection.execute("UPDATE bulletin SET file_name = file_name || '.eml'")
        found = issue_file(store, NANCHANG, JUDGED, 1, "zh", "bulletin.pdf")
    assert found is not None
    assert found[0] == folder_of(site, NANCHANG) / "bulletin.pdf"


def test_nothing_is_public_unless_it_is_set(read_site: Site) -> None:
    for browser in (read_site.browser(), read_site.browser("chenjing")):
        assert browser.get("/public").status_code == 404
        assert browser.get(f"/public/{NANCHANG}/{PLACE}/bulletin.pdf").status_code == 404


def test_all_bulletins_are_open_where_it_is_set(public_site: Site) -> None:
    browser = public_site.browser()
    page = browser.get("/public").text
    for code in (NANCHANG, JIUJIANG):
        for name in FORMS:
            path = f"/public/{code}/{PLACE}/{name}"
            assert f'href="{path}"' in page
            answer = browser.get(path)
            assert answer.content == (folder_of(public_site, code) / name).read_bytes()
    assert browser.get("/bulletins").status_code == 303
    assert browser.get(f"/bulletins/{NANCHANG}/{PLACE}/bulletin.pdf").status_code == 303
    assert browser.get(f"/public/{NANCHANG}/{PLACE}/..%2f..%2fx").status_code == 404


def test_public_bulletins_name_no_vehicle_and_no_person(public_site: Site) -> None:
    cells = set()
    for file in SAMPLES.glob(f"jiangxi/{NANCHANG}-*登记-*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                cells |= {row.get(name) or "" for name in ("车辆识别代号", "号牌号码", "所有人")}
    personal = {cell for cell in cells if len(cell) >= 5}
    assert len(personal) > 400
    browser = public_site.browser()
    told = ""
    for name in ("bulletin.html", "bulletin.csv", "bulletin.json", "bulletin.txt"):
        told += browser.get(f"/public/{NANCHANG}/{PLACE}/{name}").content.decode()
    book = browser.get(f"/public/{NANCHANG}/{PLACE}/bulletin.xlsx").content
    with zipfile.ZipFile(BytesIO(book)) as parts:
        told += "".join(parts.read(name).decode() for name in parts.namelist() if "xml" in name)
    assert "南昌市" in told
    assert not [cell for cell in personal if cell in told]
