"""A running site over a home with three years of 南昌 and 九江, people of every role, and browsers.

The home is made once for all tests and copied for each; the clock stands on a morning after it.
"""

from __future__ import annotations

import re
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from attribution.weeks import car
from made_once import made_once

from monitor.corridor.judge import hold
from monitor.corridor.publish import publish
from monitor.corridor.reception import receive_manifest
from monitor.door.accounts import account_by_name, add_account
from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.door.sessions import open_session
from monitor.door.tokens import issue_token
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy
from monitor.service.health import ServiceState
from monitor.service.workplace import Workplace, read_book
from monitor.settings import Settings, SiteSettings
from monitor.site.app import make_app
from monitor.site.desk import Desk
from monitor.site.front import Front, take
from monitor.site.workers import Workers
from monitor.store.home import Home
from monitor.store.opening import open_store
from site_pages.clause_files import hand_in

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
NOW = datetime(2021, 2, 1, 9, 30, tzinfo=SHANGHAI)
JUDGED = date(2020, 12, 31)
NANCHANG, JIUJIANG = "360100", "360400"
FUZHOU, XIAMEN, NANJING = "350100", "350200", "320100"
LATER = datetime(2023, 2, 1, 9, 30, tzinfo=SHANGHAI)
# name: role, division, shown name. There is nobody else.
PEOPLE = {
    "wangfang": (Role.CLERK, NANCHANG, "王芳"),
    "zhaomin": (Role.SIGNER, NANCHANG, "赵敏"),
    "liqiang": (Role.CLERK, JIUJIANG, "李强"),
    "chenjing": (Role.STEWARD, None, "陈静"),
    "sunwei": (Role.AUDITOR, None, "孙伟"),
    "zhoulan": (Role.ADMINISTRATOR, None, "周岚"),
}
# These sites speak plain HTTP, and to read the certificates of the world takes 60 ms a client.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def _unheard(_words: object) -> None:
    """Nobody reads the console of a test."""


@pytest.fixture(scope="session")
def held_home(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """Two cities' three years, their bulletins for the end of 2020, and people."""
    return made_once(tmp_path_factory, "site", partial(_hold, policy)) / "home"


def _hold(policy: Policy, folder: Path) -> None:
    home = Home(folder / "home")
    lines = (SAMPLES / "manifest.csv").read_text("utf-8").splitlines()
    ours = [line for line in lines[1:] if line.split(",")[2] in {NANCHANG, JIUJIANG}]
    manifest = folder / "manifest.csv"
    manifest.write_text("\n".join([lines[0], *(f"{SAMPLES}/{line}" for line in ours)]), "utf-8")
    settings = Settings()
    book = read_book(policy.project, policy.divisions, settings)
    with open_store(home, write=True, waiting=_unheard, actor="cli:test") as store:
        receive_manifest(store, policy, manifest, now=NOW, progress=lambda *_told: None)
        publish(
            store,
            policy,
            hold(store, JUDGED, None, store.history()),
            divisions=(NANCHANG, JIUJIANG),
            languages=("zh", "en"),
            book=book,
            started_at=NOW,
        )
    with open_door(home) as door:
        for name, (role, division, shown_name) in PEOPLE.items():
            add_account(
                door,
                policy.divisions,
                name=name,
                role=role,
                division=division,
                shown_name=shown_name,
                email=f"{name}@jtt.example.cn",
                actor="cli:test",
                at=NOW,
            )


@pytest.fixture(scope="session")
def claiming_home(
    held_home: Path, tmp_path_factory: pytest.TempPathFactory, policy: Policy
) -> Path:
    """The home of all tests, with a year of two cities that claim exemptions, and their clerks."""
    return made_once(tmp_path_factory, "claims", partial(_claim, held_home, policy)) / "home"


def _claim(held_home: Path, policy: Policy, folder: Path) -> None:
    home = Home(folder / "home")
    shutil.copytree(held_home, home.root)
    lines = (SAMPLES / "manifest.csv").read_text("utf-8").splitlines()
    ours = [
        line for line in lines[1:] if line.split(",")[2:4] in ([FUZHOU, "2022"], [XIAMEN, "2022"])
    ]
    assert len(ours) == 2
    more = folder / "应急.csv"
    claim = {"初次登记日期": "2022-06-15", "豁免情形": "处置突发事件应急用车"}
    rows = [car(number, "汽油", **claim) for number in (1, 2, 3)]
    more.write_text("\n".join(",".join(line) for line in [rows[0], *(r.values() for r in rows)]))
    manifest = folder / "manifest.csv"
    sent = [*(f"{SAMPLES}/{line}" for line in ours), f"{more},registration,{FUZHOU},,,,"]
    manifest.write_text("\n".join([lines[0], *sent]), "utf-8")
    with open_store(home, write=True, waiting=lambda _words: None, actor="cli:test") as store:
        receive_manifest(store, policy, manifest, now=LATER, progress=lambda *_told: None)
    with open_door(home) as door:
        for name, division in (("linwei", FUZHOU), ("huangli", XIAMEN)):
            add_account(
                door,
                policy.divisions,
                name=name,
                role=Role.CLERK,
                division=division,
                actor="cli:test",
                at=LATER,
            )


@pytest.fixture(scope="session")
def answering_home(
    held_home: Path, tmp_path_factory: pytest.TempPathFactory, policy: Policy
) -> Path:
    """The home of all tests, with reports that answer clauses, and a clerk of 南京."""
    return made_once(tmp_path_factory, "answers", partial(_answering, held_home, policy)) / "home"


def _answering(held_home: Path, policy: Policy, folder: Path) -> None:
    home = Home(folder / "home")
    shutil.copytree(held_home, home.root)
    hand_in(home, policy, folder, LATER)
    with open_door(home) as door:
        add_account(
            door,
            policy.divisions,
            name="zhouning",
            role=Role.CLERK,
            division=NANJING,
            actor="cli:test",
            at=LATER,
        )


@dataclass
class Browser:
    """A visitor's browser: it keeps cookies and sends the hidden field of the page it was on."""

    client: httpx.Client
    page: httpx.Response | None = None

    def get(self, path: str, **given: Any) -> httpx.Response:
        self.page = self.client.get(path, **given)
        return self.page

    def post(self, path: str, data: dict[str, Any] | None = None, **given: Any) -> httpx.Response:
        """Send a form of the page last seen, and follow to where it leads."""
        found = _CSRF.search(self.page.text) if self.page is not None else None
        fields = ({"csrf": found.group(1)} if found else {}) | (data or {})
        self.page = self.client.post(path, data=fields, follow_redirects=True, **given)
        return self.page


@dataclass
class Site:
    """A running site and what stands behind it."""

    desk: Desk
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    now: datetime = NOW
    opened: list[httpx.Client] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return self.desk.home

    @property
    def address(self) -> str:
        return self.desk.address

    def client(self, headers: dict[str, str] | None = None) -> httpx.Client:
        """A client of the site, closed with it."""
        made = httpx.Client(base_url=self.address, headers=headers, timeout=60, verify=_NO_TLS)
        self.opened.append(made)
        return made

    def browser(self, name: str | None = None) -> Browser:
        """The browser of somebody signed in; of nobody without a name."""
        client = self.client({"Sec-Fetch-Site": "same-origin"})
        browser = Browser(client)
        if name is not None:
            with open_door(self.home) as door:
                account = account_by_name(door, name)
                assert account is not None
                opened = open_session(door, account, self.now, self.desk.settings.site)
            client.cookies.set(self.desk.cookie, opened.secret, domain="127.0.0.1")
            browser.get("/help")
        return browser

    def of_two_provinces(self, role: Role) -> tuple[Browser, Browser]:
        """Somebody of 江西, where all are that the tests are about, and somebody of 福建."""
        made = {"jiangxi": "360000", "fujian": "350000"}
        with open_door(self.home) as door:
            for name, province in made.items():
                add_account(
                    door,
                    self.desk.policy().divisions,
                    name=name,
                    role=role,
                    division=province,
                    actor="cli:t",
                    at=NOW,
                )
        near, far = (self.browser(name) for name in made)
        return near, far

    def program(self, role: Role, division: str | None, *scopes: Verb) -> httpx.Client:
        """A client of the API with a token of its own."""
        with open_door(self.home) as door:
            issued = issue_token(
                door,
                self.desk.policy().divisions,
                role=role,
                division=division,
                scopes=scopes,
                label="test",
                days=30,
                most_days=365,
                actor="cli:test",
                at=self.now,
            )
        return self.client({"Authorization": f"Bearer {issued.text}"})


def running(home: Path, settings: Settings) -> Iterator[Site]:
    """The site over a home, in a thread of its own, stopped at the end as SIGTERM would."""
    site: Site

    place = Workplace(
        home=Home(home),
        config=None,
        settings=settings,
        now=lambda: site.now,
        actor="service",
        tell=lambda event, **fields: site.told.append((event, fields)),
    )
    state = ServiceState(started_at=NOW - timedelta(days=1), home=home, last_tick_at=NOW)
    workers = Workers(place.home, None, settings, now=place.now, tell=place.tell)
    taken = take("127.0.0.1", 0, settings.site)
    site = Site(Desk(place, state, workers, taken.address))
    front = Front(make_app(site.desk), taken, settings.site)
    answers = threading.Event()
    thread = threading.Thread(target=front.run, args=(lambda _address: answers.set(),))
    thread.start()
    assert answers.wait(30)
    try:
        yield site
    finally:
        for client in site.opened:
            with suppress(Exception):
                client.close()
        front.stop()
        thread.join(30)
        workers.stop(10)
        assert not thread.is_alive()


@pytest.fixture
def settings() -> Settings:
    return Settings(site=SiteSettings(workers=1))


@pytest.fixture
def site(held_home: Path, tmp_path: Path, settings: Settings) -> Iterator[Site]:
    """A site of its own for the test that changes something."""
    home = tmp_path / "home"
    shutil.copytree(held_home, home)
    yield from running(home, settings)


@pytest.fixture(scope="session")
def read_site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests that only read."""
    home = tmp_path_factory.mktemp("read") / "home"
    shutil.copytree(held_home, home)
    yield from running(home, Settings())


@pytest.fixture(scope="session")
def answering_site(
    answering_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One site for all tests that only read what answers clauses, in February 2023."""
    home = tmp_path_factory.mktemp("answering") / "home"
    shutil.copytree(answering_home, home)
    for made in running(home, Settings()):
        made.now = LATER
        yield made
