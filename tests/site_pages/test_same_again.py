"""Fifty programs that send the same at once have sent it once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from still_gates import keep_gates_still

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.model import Status
from monitor.policy.policy import Policy
from monitor.settings import Settings
from monitor.store.archive import keep
from monitor.store.home import Home
from monitor.store.opening import open_store
from site_pages.conftest import NANCHANG, NOW, Site, running
from site_pages.sending import extract, row

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TIMES_SENT = 50


@pytest.fixture
def waiting_site(
    held_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """A site where what was sent waits to be checked."""
    shutil.copytree(held_home, tmp_path / "home")
    for site in running(tmp_path / "home", Settings()):
        monkeypatch.setattr(site.desk.workers, "check", lambda _draft: None)
        yield site


def test_fifty_identical_posts_are_one_upload(waiting_site: Site) -> None:
    site, content = waiting_site, extract(row(640), row(641))
    program = site.program(Role.CLERK, NANCHANG, Verb.SEE, Verb.SUBMIT)
    with open_door(site.home) as door:
        (before,) = door.row("SELECT count(*) FROM draft") or (0,)

    def sent(_number: int) -> tuple[int, str]:
        headers = {"Idempotency-Key": "2020-360100-1"}
        answer = program.post("/api/v1/uploads", content=content, headers=headers)
        return answer.status_code, answer.json()["upload"]

    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(sent, range(TIMES_SENT)))
    assert Counter(status for status, _ in answers) == {202: 1, 200: TIMES_SENT - 1}
    assert len({upload for _, upload in answers}) == 1
    with open_door(site.home) as door:
        assert door.row("SELECT count(*) FROM draft") == (before + 1,)


def test_the_same_bytes_fifty_times_are_one_submission(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_gates_still(monkeypatch)
    home, file = Home(tmp_path / "home"), tmp_path / "a.csv"
    home.create()
    file.write_bytes(extract(row(640), row(641)))
    kept, declared = keep(home, file), Declared(received_at=NOW, division=NANCHANG)
    with open_store(home, write=True, waiting=lambda _words: None) as store:
        receipts = [receive(store, policy, kept, declared, now=NOW) for _ in range(TIMES_SENT)]
        held = store.one("SELECT count(*) FROM submission")
    assert held == 1
    assert Counter(one.status for one in receipts)[Status.DUPLICATE] == TIMES_SENT - 1
    assert {one.submission for one in receipts} == {"S000001"}
