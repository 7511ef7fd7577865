"""What people and programs are told where rules, door or program fail, and what goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from monitor.errors import FleetmonError, PolicyError, StoreError
from monitor.model import Text
from monitor.service.workplace import Workplace
from monitor.site import desk as desk_module
from monitor.site import watch
from monitor.site.desk import Desk
from site_pages.conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
WORDS = Text("文件 checks/a<b.yml 第 3 行有误。", "Line 3 of checks/a<b.yml is wrong.")


class Files:
    """Files of policy that somebody edits."""

    def __init__(self) -> None:
        self.edition, self.is_broken, self.read = 0, False, 0
        self.told: list[str] = []

    def policy(self) -> str:
        self.read += 1
        if self.is_broken:
            raise PolicyError(WORDS)
        return f"rules {self.edition}"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    made = Files()
    monkeypatch.setattr(desk_module, "rules_stamp", lambda _project: (("a", made.edition, 0),))
    monkeypatch.setattr(desk_module, "_FRESH_SECONDS", 0.0)
    return made


def desk_over(files: Files) -> Desk:
    def tell(event: str, **_fields: object) -> None:
        files.told.append(event)

    place = SimpleNamespace(project=None, policy=files.policy, tell=tell)
    return Desk(cast("Workplace", place), cast("Any", None), cast("Any", None), "http://here")


def rules(desk: Desk) -> str:
    return str(desk.policy())


def edit(files: Files, *, is_broken: bool) -> None:
    files.edition, files.is_broken = files.edition + 1, is_broken


def test_broken_rules_leave_the_last_good_ones_in_force(files: Files) -> None:
    desk = desk_over(files)
    assert rules(desk) == "rules 0"
    for _ in range(2):
        edit(files, is_broken=True)
        assert [rules(desk), rules(desk)] == ["rules 0"] * 2
    assert (files.told, files.read) == (["rules_unreadable"], 3)
    edit(files, is_broken=False)
    assert rules(desk) == "rules 3"
    edit(files, is_broken=True)
    desk.policy()
    assert files.told == ["rules_unreadable"] * 2


def test_without_good_rules_nothing_goes(files: Files) -> None:
    desk = desk_over(files)
    edit(files, is_broken=True)
    for _ in range(2):
        with pytest.raises(FleetmonError):
            desk.policy()
    edit(files, is_broken=False)
    assert rules(desk) == "rules 2"


def test_a_fault_with_words_is_told_on_a_page(
    read_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, program = read_site.browser("wangfang"), read_site.browser().client

    def broken(_desk: Desk) -> Any:
        raise StoreError(WORDS)

    monkeypatch.setattr(Desk, "store", broken)
    page = browser.get("/submissions")
    assert page.status_code == 503
    assert "checks/a&lt;b.yml" in page.text
    assert "<nav" in page.text  # the rest of the site is there
    monkeypatch.undo()
    assert browser.get("/submissions").status_code == 200

    monkeypatch.setattr(Desk, "policy", broken)
    page = browser.get("/help")
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")
    assert "checks/a&lt;b.yml" in page.text
    stranger = read_site.browser().get("/sign-in")
    assert stranger.status_code == 503
    assert "checks/" not in stranger.text  # whose files these are is not a stranger's to know
    answer = program.get("/api/docs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_unavailable")
    assert "checks/" not in answer.text
    assert ("request_failed", "/help") in [(e, f.get("path")) for e, f in read_site.told]


def test_what_nobody_thought_of_is_told_on_a_page(
    read_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> Any:
        raise RuntimeError

    browser = read_site.browser("wangfang")
    browser.client.headers["Connection"] = "close"  # the server does so, after a fault
    monkeypatch.setattr(watch, "reasons_of", broken)
    answer = browser.client.get("/healthz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    for name in ("words", "policy", "door"):  # of which its page needs none
        monkeypatch.setattr(Desk, name, broken)
        page = browser.client.get("/help")
        assert page.status_code == 500
        assert page.headers["content-type"].startswith("text/html")
        assert "程序内部错误" in page.text
        assert 'lang="en"' in page.text
        assert page.headers["x-frame-options"] == "DENY"
