"""The way of a clerk, a signer and a steward in a real browser, on a desk and on a phone.

Every page on the way is read by axe (WCAG 2.2 AA), fits the window without scrolling sideways,
and brings no fault to the browser's console.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import needs_chromium
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from thorough import nightly

from monitor.door.accounts import account_by_name, keep_password
from monitor.door.database import open_door
from monitor.door.passwords import hash_password
from monitor.settings import Settings, SiteSettings
from monitor.site.app import WAYS
from site_pages.conftest import FUZHOU, LATER, NANCHANG, NOW, PEOPLE, Site, running
from site_pages.sending import refused_file

PASSWORD = "春江水暖鸭先知 2021"  # noqa: S105  # of the tests' own people
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, PHONE = (1280, 900), (360, 740)
# A clerk and a steward, between whom nearly all pages are; the others walk theirs by night.
_EACH_RUN = ("wangfang",)
# Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("FLEETMON_PICTURES")

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    needs_chromium,
]


@pytest.fixture(autouse=True)
def _tabs_are_closed(chromium: Chromium) -> Iterator[None]:
    """A page that stays open goes on asking."""
    yield
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(site=SiteSettings(second_person=(NANCHANG,), workers=1))


@pytest.fixture(scope="module")
def quiet_site(
    held_home: Path, tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> Iterator[Site]:
    """One site for those who only look around."""
    home = tmp_path_factory.mktemp("quiet") / "home"
    shutil.copytree(held_home, home)
    yield from running(home, settings)


_hashed = cache(hash_password)  # a quarter of a second each


@dataclass
class Tab:
    """One person's page, looked at after every step."""

    page: Page
    address: str
    name: str
    has_script: bool
    steps: int = 0
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, name: str) -> None:
        """A button, by its words; as a keyboard would."""
        button = self.page.get_by_role("button", name=name)
        button.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def follow(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        self.look()

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def look_at_width(self) -> None:
        """Nobody scrolls sideways."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{self.page.url} is {wide} px wide"

    def look(self) -> None:
        """Whether everybody can use the page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_count(1)
        self.steps += 1
        if PICTURES:
            place = Path(PICTURES) / f"{self.name}-{self.steps:02}.png"
            self.page.screenshot(path=place, full_page=True)
        self.look_at_width()
        if self.has_script:  # axe is one
            asked = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
            found: Any = Axe().run(self.page, options=asked)
            assert not found.response["violations"], found.generate_report()
        assert self.faults == []


def tab(
    chromium: Chromium, site: Site, name: str, size: tuple[int, int], *, has_script: bool = True
) -> Tab:
    """Somebody signs in."""
    with open_door(site.home) as door:
        account = account_by_name(door, name)
        assert account is not None
        keep_password(door, account, _hashed(PASSWORD), actor="cli:test", at=NOW)
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        java_script_enabled=has_script,
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    made = Tab(page, site.address, f"{name}-{width}", has_script)
    page.on("console", lambda said: made.faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: made.faults.append(str(error)))
    made.go("/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    made.press("登录")
    return made


def extract(folder: Path, *, spoiled: bool = True) -> Path:
    """A month of 南昌: three buses, one of them without its vehicle's number."""
    path = folder / "南昌-机动车登记-2021-01.csv"
    header = "车辆识别代号,燃料种类,初次登记日期,行政区划代码,车辆用途,号牌号码,单位性质"
    rows = [
        "LA60DSBZ3KB012622,纯电动,2021-01-11,360102,公交车,赣A02798D,国有企业",
        "LGXCBH7E2KK034412,纯电动,2021-01-12,360102,公交车,赣A02799D,国有企业",
        f"{'' if spoiled else 'LSVWXL3X3L1043310'},柴油,2021-01-13,360102,公交车,赣A51234,国有企业",
    ]
    path.write_text("\n".join([header, *rows, ""]), "utf-8-sig")
    return path


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk", marks=nightly), pytest.param(PHONE, id="phone")]
)
def test_from_a_file_to_a_receipt_by_two_people(
    chromium: Chromium, site: Site, tmp_path: Path, size: tuple[int, int]
) -> None:
    clerk = tab(chromium, site, "wangfang", size)
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("南昌市")
    clerk.follow("报送")
    clerk.page.get_by_label("文件", exact=True).set_input_files(extract(tmp_path))
    clerk.press("上传并校验")
    expect(clerk.page.get_by_text("已校验，尚未生效")).to_be_visible(timeout=120_000)
    clerk.look()
    expect(clerk.page.get_by_text("缺少车辆识别代号")).to_be_visible()
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name="下载退回的行").click()
    assert "2021-01-13" in download.value.path().read_text("utf-8-sig")
    clerk.press("确认，交复核人")
    expect(clerk.page.get_by_text("等待复核人复核", exact=False).first).to_be_visible()
    draft = clerk.page.url.removeprefix(site.address)

    signer = tab(chromium, site, "zhaomin", size)
    signer.go(draft)
    signer.press("复核通过，使之生效")
    expect(signer.page.get_by_text("已确认，已生效", exact=False).first).to_be_visible(
        timeout=120_000
    )
    signer.look()
    signer.follow(re.compile("回执"))
    code = re.search(r"S\d{6}(?:-[A-Z2-7]{4}){4}", signer.page.locator("main").inner_text())
    assert code is not None

    clerk.go("/submissions")
    expect(clerk.page.get_by_role("main")).to_contain_text(code.group()[:7])


@pytest.fixture
def claims(claiming_home: Path, tmp_path: Path, settings: Settings) -> Iterator[Site]:
    """A site of its own with exemptions to decide."""
    home = tmp_path / "claims"
    shutil.copytree(claiming_home, home)
    for site in running(home, settings):
        site.now = LATER
        yield site


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=nightly)]
)
def test_a_steward_looks_decides_and_minds_the_runs(
    chromium: Chromium, claims: Site, tmp_path: Path, size: tuple[int, int]
) -> None:
    refused_file(claims, tmp_path, NANCHANG)
    steward = tab(chromium, claims, "chenjing", size)
    page = steward.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("各地区今日")
    steward.follow("审看")
    page.get_by_text("标为已看", exact=True).first.click()
    page.get_by_label("备注（可不填）").first.fill("与上年相符")
    steward.press("标为已看")
    page.get_by_label("状态").select_option(label="已看")
    steward.press("筛选")
    expect(page.get_by_role("main")).to_contain_text("与上年相符")

    steward.follow("豁免")
    page.get_by_label("地区").select_option(FUZHOU)
    steward.press("筛选")
    steward.follow("处置突发事件应急用车")
    page.get_by_label("同意：车辆不计入比例").check()
    page.get_by_label("同意至登记日").fill("2022-12-31")
    page.get_by_label("理由").fill("省应急管理厅证明属实")
    steward.press("作出审定")
    decided = page.get_by_role("table").filter(has_text="省应急管理厅证明属实")
    expect(decided).to_contain_text("陈静")
    expect(decided).to_contain_text("2022年12月31日")

    steward.follow("核对")
    steward.follow("南昌市")
    steward.follow("运行")
    steward.follow("寄送")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in _EACH_RUN else nightly)
        for name in PEOPLE
        if name != "liqiang"
    ],
)
def test_every_page_of_everybody_can_be_used(
    chromium: Chromium, quiet_site: Site, name: str
) -> None:
    person = tab(chromium, quiet_site, name, PHONE)
    menu = person.page.get_by_role("navigation").get_by_role("link").all()
    for path in [*(entry.get_attribute("href") or "" for entry in menu), "/me"]:
        person.resize(PHONE)
        person.go(path)
        person.resize(DESK)
        person.look_at_width()


@pytest.mark.timeout(600)
def test_the_pages_of_clauses_can_be_used(chromium: Chromium, answering_site: Site) -> None:
    steward = tab(chromium, answering_site, "chenjing", PHONE)
    for path in (
        "/mandates?place=320100",
        "/mandates?place=320100&view=coverage",
        "/mandates/JX-I05",
        "/mandates/NJ-R01",
    ):
        steward.page.goto(answering_site.address + path)
        folded = steward.page.locator("details")
        folded.evaluate_all("all => all.forEach(one => one.open = true)")
        steward.look()
        steward.resize(DESK)
        steward.look_at_width()
        steward.resize(PHONE)
    steward.follow("发给其他车辆的通行证 1")
    expect(steward.page.get_by_role("table")).to_contain_text("宁货证00002")
    steward.resize(DESK)
    steward.look_at_width()
    with steward.page.expect_download() as download:
        steward.page.get_by_role("link", name="下载清单").click()
    assert "宁货证00002" in download.value.path().read_text("utf-8-sig")


@pytest.mark.timeout(600)
def test_the_way_works_without_script(chromium: Chromium, site: Site, tmp_path: Path) -> None:
    clerk = tab(chromium, site, "liqiang", DESK, has_script=False)
    clerk.go("/submit")
    path = extract(tmp_path, spoiled=False)
    path.write_text(path.read_text("utf-8-sig").replace("360102", "360402"), "utf-8-sig")
    clerk.page.get_by_label("文件", exact=True).set_input_files(path)
    clerk.press("上传并校验")
    for _ in range(60):
        if clerk.page.get_by_text("已校验，尚未生效").count():
            break
        clerk.page.wait_for_timeout(1000)
        clerk.page.reload()
    clerk.press("确认，使之生效")
    for _ in range(60):
        if clerk.page.get_by_text("已确认，已生效").count():
            break
        clerk.page.wait_for_timeout(1000)
        clerk.page.reload()
    expect(clerk.page.get_by_text("已确认，已生效", exact=False).first).to_be_visible()


def test_text_may_be_twice_as_large(chromium: Chromium, quiet_site: Site) -> None:
    """200 % of a desk's window: what 1280 px show is read in 640."""
    person = tab(chromium, quiet_site, "chenjing", (640, 450))
    for path in ("/", "/submit", "/submissions", "/exemptions", "/help"):
        person.go(path)


def test_the_keyboard_reaches_the_text_first(chromium: Chromium, quiet_site: Site) -> None:
    person = tab(chromium, quiet_site, "wangfang", DESK)
    person.go("/help")
    person.page.keyboard.press("Tab")
    focused = person.page.evaluate("document.activeElement.textContent")
    assert focused == "跳到正文"
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "main"


def test_there_is_a_page_for_each_entry_of_the_menu() -> None:
    from monitor.site.menu import _ENTRIES  # noqa: PLC0415  # the menu as it is written

    pages = {way.path for way in WAYS if way.kind == "page"}
    assert {path for path, _, _ in _ENTRIES} <= pages
