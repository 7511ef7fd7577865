"""A home with a door, and an upload as a clerk makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from still_gates import keep_gates_still

from monitor.corridor.draft_check import check_draft
from monitor.corridor.draft_confirm import Confirmed, confirm_draft
from monitor.corridor.draft_result import DraftResult, read_result
from monitor.door.accounts import add_account
from monitor.door.database import Door, open_door
from monitor.door.draft import Asked, Draft, NewDraft
from monitor.door.draft_states import DraftState
from monitor.door.draft_steps import confirm
from monitor.door.drafts import add_draft, held_draft, move
from monitor.door.rights import Role
from monitor.model import SHANGHAI, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import RecipientBook, load_recipients
from monitor.store.archive import keep_open
from monitor.store.home import Home
from monitor.store.opening import open_store

NOW = datetime(2019, 3, 4, 10, 0, tzinfo=SHANGHAI)
CLERK = "user:wangfang"
NOTHING_ASKED = Asked()
HEADER = "车辆识别代号,燃料种类,初次登记日期,行政区划代码,车辆用途,号牌号码"
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
LETTERS = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)


def vin(number: int) -> str:
    bare = f"LKLR1HSJ0JA{number:06d}"
    check = sum(LETTERS[c] * w for c, w in zip(bare, WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def row(number: int, fuel: str = "纯电动", county: str = "360102", use: str = "公交车") -> str:
    plate = f"赣A{number:05d}" + ("D" if fuel == "纯电动" else "")
    return f"{vin(number)},{fuel},2018-{number % 12 + 1:02d}-15,{county},{use},{plate}"


def extract(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


def silent(_words: Text) -> None:
    """Nobody waits here."""


@dataclass
class Counter:
    """One home, as the pages see it."""

    home: Home
    policy: Policy
    book: RecipientBook
    door: Door
    now: datetime = NOW

    def upload(
        self,
        content: bytes | None,
        *,
        division: str = "360100",
        asked: Asked = NOTHING_ASKED,
        key: str | None = None,
        actor: str = CLERK,
        name: str = "登记.csv",
    ) -> Draft:
        kept = None
        if content is not None:
            source = cast("BufferedReader", BytesIO(content))
            kept = keep_open(self.home, source, name)
        new = NewDraft(
            actor=actor,
            account=None,
            division=division,
            asked=asked,
            sha256=kept.sha256 if kept else None,
            size=kept.size if kept else None,
            file_name=kept.name if kept else None,
            key=key,
        )
        return add_draft(self.door, new, most_waiting=20, at=self.now)[0]

    def check(self, draft: Draft) -> DraftResult:
        result = check_draft(self.home, self.policy, draft, now=self.now, waiting=silent)
        move(
            self.door,
            draft.id,
            (DraftState.RECEIVED, DraftState.CHECKED),
            DraftState.CHECKED,
            at=self.now,
        )
        return result

    def ask(self, draft: Draft, by: str = CLERK, *, needs_second: bool = False) -> Draft:
        result = read_result(self.home, draft.id)
        assert result is not None
        seen = result.fingerprint
        at = self.now
        return confirm(self.door, draft.id, seen=seen, by=by, needs_second=needs_second, at=at)

    def finish(self, draft: Draft) -> Confirmed:
        return confirm_draft(
            self.home,
            self.policy,
            self.door,
            draft.id,
            book=self.book,
            now=self.now,
            waiting=silent,
        )

    def report(self, content: bytes | None, **given: Any) -> Confirmed:
        """The whole way at once."""
        self.now += timedelta(minutes=1)
        draft = self.upload(content, **given)
        self.check(draft)
        self.ask(draft)
        return self.finish(draft)

    def state(self, draft: Draft) -> DraftState:
        return held_draft(self.door, draft.id).state

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with open_store(self.home, write=False, waiting=silent) as store:
            return store.rows(sql, parameters)


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def counter(tmp_path: Path, policy: Policy) -> Iterator[Counter]:
    home = Home(tmp_path / "home")
    home.create()
    file = policy.project.file("data/recipients.yml")
    book = load_recipients(file, policy.divisions, lambda _reference: None)
    with open_door(home) as door:
        add_account(
            door,
            policy.divisions,
            name="wangfang",
            role=Role.CLERK,
            division="360100",
            shown_name="王芳",
            email="wangfang@nanchang.example",
            actor="cli:test",
            at=NOW,
        )
        yield Counter(home, policy, book, door)
