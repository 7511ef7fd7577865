"""The processes that check and confirm: what a draft does to its worker, nobody else feels."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pydantic import SecretStr

from drafts import dying
from drafts.conftest import NOW, Counter, extract, row, silent
from monitor.door.draft_states import DraftState
from monitor.door.drafts import held_draft
from monitor.settings import (
    MailSettings,
    OidcSettings,
    ServiceSettings,
    Settings,
    SiteSettings,
)
from monitor.site import worker
from monitor.site.workers import Workers
from monitor.store.locking import writing

pytestmark = pytest.mark.timeout(300)
PATIENCE = 120
GOOD = extract(*(row(n) for n in range(1, 6)))
OTHER = extract(row(7, county="360202"))


def settings(workers: int = 1, **given: Any) -> Settings:
    return Settings(site=SiteSettings(workers=workers, **given))


@pytest.fixture
def workers(counter: Counter) -> Iterator[Workers]:
    made = Workers(counter.home, None, settings(workers=2), now=lambda: NOW)
    yield made
    made.stop(20)


def _workbook(sheet: str) -> bytes:
    """A workbook whose one sheet is written by hand."""
    space = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
        f'xmlns:r="{space}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}/spreadsheetml/2006/main">'
        f"<sheetData>{sheet}</sheetData></worksheet>",
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _row_gap() -> bytes:
    names = ("车辆识别代号", "燃料种类", "初次登记日期")
    cells = "".join(
        f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for at, name in enumerate(names)
    )
    gap = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _workbook(f'<row r="1">{cells}</row>{gap}')


def _bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (200 << 20))
    return file.getvalue()


def test_a_draft_goes_through_the_pool_and_hostile_ones_beside_it_harm_nobody(
    counter: Counter, workers: Workers
) -> None:
    good = counter.upload(GOOD)
    gap = counter.upload(_row_gap(), name="间隔.xlsx")
    bomb = counter.upload(_bomb(), name="压缩.xlsx")
    line = counter.upload(b"a," * (4 << 20), name="长行.csv")
    assert len(_row_gap()) < 2000
    futures = [workers.check(one.id) for one in (gap, good, bomb, line)]
    assert workers.check(good.id) is futures[1]
    states = [one.result(PATIENCE) for one in futures]
    refused = DraftState.REFUSED
    assert states == [refused, DraftState.CHECKED, refused, refused]
    assert held_draft(counter.door, gap.id).words
    counter.ask(good)
    assert workers.confirm(good.id).result(PATIENCE) is DraftState.CONFIRMED
    assert workers.depth() == (0, 0)
    assert counter.rows("SELECT status, rows_accepted FROM submission") == [("accepted", 5)]
    assert counter.rows("SELECT kind, recipient FROM delivery") == [
        ("receipt", "wangfang@nanchang.example")
    ]


def test_who_waits_for_the_store_keeps_nobody_from_being_checked(
    counter: Counter, workers: Workers
) -> None:
    held = [counter.upload(GOOD), counter.upload(OTHER, division="360200")]
    for draft in held:
        counter.check(draft)
        counter.ask(draft)
    later = counter.upload(extract(row(9)))
    with writing(counter.home, what="job:weekly_bulletins", waiting=silent):
        confirmed = [workers.confirm(draft.id) for draft in held]
        assert workers.check(later.id).result(PATIENCE) is DraftState.CHECKED
        time.sleep(worker.PATIENCE_SECONDS)
        assert [counter.state(draft) for draft in held] == [DraftState.CONFIRMING] * 2
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and workers.depth() != (0, 0):
        time.sleep(0.2)
    assert [counter.state(draft) for draft in held] == [DraftState.CONFIRMED] * 2
    assert all(one.done() for one in confirmed)


def test_a_worker_is_handed_no_secret(counter: Counter) -> None:
    given = Settings(
        mail=MailSettings(password=SecretStr("a")),
        oidc=OidcSettings(secret=SecretStr("b")),
        service=ServiceSettings(token=SecretStr("c")),
    )
    handed = worker.setup_of(counter.home, None, given).settings
    assert handed.site == given.site
    assert "SecretStr" not in repr(handed)


def test_a_worker_that_dies_at_a_draft_fails_it_alone(
    counter: Counter, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly, next_one = counter.upload(GOOD), counter.upload(extract(row(7)))
    with monkeypatch.context() as patched:
        patched.setattr(worker, "check", dying.abort)
        futures = [workers.check(deadly.id)]
        patched.setattr(worker, "check", dying.kill)
        futures.append(workers.check(counter.upload(GOOD).id))
    assert [one.result(PATIENCE) for one in futures] == [DraftState.FAILED] * 2
    words = held_draft(counter.door, deadly.id).words
    assert words is not None
    assert "我方出错" in words.zh
    assert workers.check(next_one.id).result(PATIENCE) is DraftState.CHECKED


def test_a_confirmation_whose_worker_dies_is_done_all_the_same(
    counter: Counter, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = counter.upload(GOOD), counter.upload(OTHER, division="360200")
    for one in (before, after):
        counter.check(one)
        counter.ask(one)
    with monkeypatch.context() as patched:
        patched.setattr(worker, "confirm", dying.kill_before_confirming)
        first = workers.confirm(before.id)
        patched.setattr(worker, "confirm", dying.kill_after_confirming)
        second = workers.confirm(after.id)
    assert [first.result(PATIENCE), second.result(PATIENCE)] == [DraftState.CONFIRMED] * 2
    assert counter.rows("SELECT draft FROM confirmation ORDER BY draft") == [
        (number,) for number in sorted((before.id, after.id))
    ]
    assert counter.rows("SELECT count(*) FROM delivery") == [(2,)]


def test_a_check_that_takes_too_long_is_ended(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers(counter.home, None, settings(check_seconds=1), now=lambda: NOW)
    slow = counter.upload(GOOD)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(worker, "check", dying.sleep)
            future = workers.check(slow.id)
        assert future.result(PATIENCE) is DraftState.FAILED
    finally:
        workers.stop(20)
    words = held_draft(counter.door, slow.id).words
    assert words is not None
    assert "1 秒" in words.zh
    assert not list(counter.home.work.glob("worker-*"))


def test_what_is_stopped_is_given_back_and_done_at_the_next_start(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Workers(counter.home, None, settings(), now=lambda: NOW)
    drafts = [counter.upload(extract(row(n))) for n in range(1, 5)]
    with monkeypatch.context() as patched:
        patched.setattr(worker, "check", dying.sleep)
        futures = [workers.check(one.id) for one in drafts]
    assert [workers.ahead_of(one.id) for one in drafts] == [0, 1, 2, 3]
    assert workers.ahead_of("UAAAAAAAAAA") is None
    ends = time.monotonic() + PATIENCE
    while counter.state(drafts[0]) is not DraftState.CHECKING:
        assert time.monotonic() < ends, "the worker did not begin"
        time.sleep(0.02)
    workers.stop(0.2)
    assert all(one.cancelled() for one in futures)
    assert {counter.state(one) for one in drafts} == {DraftState.RECEIVED}
    assert workers.check(drafts[0].id).cancelled()
    confirming = counter.upload(extract(row(9)))
    counter.check(confirming)
    counter.ask(confirming)
    again = Workers(counter.home, None, settings(), now=lambda: NOW)
    try:
        assert again.resume() == 5
        checked = [again.check(one.id) for one in drafts]
        assert again.confirm(confirming.id).result(PATIENCE) is DraftState.CONFIRMED
        assert {one.result(PATIENCE) for one in checked} == {DraftState.CHECKED}
    finally:
        again.stop(20)
