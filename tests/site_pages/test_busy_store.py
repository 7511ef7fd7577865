"""Pages and API beside a writer that takes its time: told soon, and nobody else waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.door.rights import Role, Verb
from monitor.store.locking import writing
from site_pages.conftest import NANCHANG, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
_SAID = {
    "division": NANCHANG,
    "vins": ["LA60DSBZ3KB012622"],
    "decision": "refused",
    "reason": "文号不符",
}


def test_a_crowd_that_would_write_is_turned_away_and_readers_are_answered(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.site.writing.PATIENCE_SECONDS", 3.0)
    program = site.program(Role.STEWARD, None, Verb.REVIEW, Verb.SEE)
    reader = site.browser("wangfang")

    def decide(_number: int) -> tuple[int, str]:
        told = program.post("/api/v1/exemptions/decisions", json=_SAID)
        return told.status_code, told.json()["error"]["code"]

    with writing(site.home, what="job:weekly_bulletins", waiting=lambda _words: None):
        with ThreadPoolExecutor(60) as crowd:
            asked = [crowd.submit(decide, number) for number in range(60)]
            assert reader.get("/submissions", timeout=20).status_code == 200
        assert {one.result() for one in asked} == {(503, "store_unavailable")}
    told = program.post("/api/v1/exemptions/decisions", json=_SAID)
    assert told.json()["error"]["code"] == "wrong_use"
