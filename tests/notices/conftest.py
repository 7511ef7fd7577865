from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email import policy as mail
from email.message import EmailMessage
from pathlib import Path

import pytest
from still_gates import keep_gates_still

from monitor.corridor.noticing import Settle
from monitor.corridor.reminding import Reminded, remind
from monitor.model import SHANGHAI, Language, Period, Text
from monitor.policy.calendars import WorkCalendar, load_calendar
from monitor.policy.due_dates import ReportingRule, ReportingRules
from monitor.policy.policy import Policy
from monitor.policy.project import project_root
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.connection import connect
from monitor.store.home import Home
from monitor.store.knowledge import Knowledge, stored_moment
from monitor.store.store import Store

ROOT = project_root()


def moment(day: date, hour: int = 8, minute: int = 10) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@contextmanager
def memory_store(folder: Path) -> Iterator[Store]:
    """A store in memory over a home on disk: letters are files, tables are gone at the end."""
    home = Home(folder)
    home.create()
    connection = connect(home, None, read_only=False)
    try:
        yield Store(home, connection, home.facts, "job:reminders")
    finally:
        connection.close()


def receive(
    store: Store,
    division: str,
    period: Period,
    at: datetime,
    *,
    kind: str = "registration",
    status: str = "accepted",
) -> None:
    """Write a submission that covers a period down, as the corridor does."""
    seq = store.history() + 1
    columns = {
        "seq": seq,
        "id": f"S{seq:06d}",
        "kind": kind,
        "division": division,
        "period_start": period.start,
        "period_end": period.end,
        "period_declared": True,
        "received_at": stored_moment(at),
        "recorded_at": stored_moment(at),
        "status": status,
        "mode": "add",
        **dict.fromkeys(("rows_read", "rows_accepted", "rows_rejected", "rows_ignored"), 0),
        **dict.fromkeys(("errors", "warnings"), 0),
        **dict.fromkeys(("added", "corrected", "unchanged", "withdrawn"), 0),
        **dict.fromkeys(("receipt", "ruleset", "version"), "-"),
        "asked": json.dumps({}),
    }
    store.insert(f"submission ({', '.join(columns)})", [list(columns.values())])
    store.insert("coverage", [[seq, kind, division, *period]])
    store.look(Knowledge(None, store.history()))


def addressee(
    division: str,
    role: str,
    *receives: str,
    address: str | None = "",
    languages: tuple[Language, ...] = ("zh",),
    name: Text | None = None,
) -> Addressee:
    known = f"{role}.{division.lower()}@transport.example" if address == "" else address
    return Addressee(
        division=division,
        role=role,
        name=name or Text(f"{division} 联系人", f"Desk of {division}"),
        address=known,
        languages=languages,
        forms=(),
        is_digest=False,
        receives=frozenset(receives),
    )


def book_of(
    policy: Policy, *desks: Addressee, operators: tuple[Addressee, ...] = ()
) -> RecipientBook:
    by_code: dict[str, tuple[Addressee, ...]] = {}
    for one in desks:
        by_code[one.division] = (*by_code.get(one.division, ()), one)
    return RecipientBook(
        sender_name=Text("新能源汽车推广应用监测", "New-energy vehicle monitoring"),
        sender_address="bulletin@transport.example",
        reply_to="steward@transport.example",
        unsubscribe="mailto:steward@transport.example",
        desks=by_code,
        above={code: policy.divisions.province_of(code) for code in policy.divisions.divisions},
        operators=operators,
    )


def monthly(*areas: str, start: date, end: date, after: tuple[int, ...] = (1, 7)) -> ReportingRules:
    """Registrations of each month by the tenth of the next."""
    rule = ReportingRule(
        id="JX-monthly",
        kind="registration",
        areas=areas,
        every="month",
        day=10,
        valid_from=start,
        valid_to=end,
        remind_before_days=(5, 1),
        remind_after_days=after,
        escalate_after_days=(14,),
        source=Text("项目组的理解", "the project's reading"),
    )
    return ReportingRules(rules=(rule,))


@dataclass
class Office:
    """One home with its rules and its people, and a clock that a test moves."""

    store: Store
    policy: Policy
    calendar: WorkCalendar
    rules: ReportingRules
    book: RecipientBook

    def remind(
        self,
        today: date,
        *,
        hour: int = 8,
        since: date | None = None,
        settle: Settle | None = None,
    ) -> Reminded:
        return remind(
            self.store,
            self.policy,
            self.rules,
            self.calendar,
            self.book,
            today=today,
            at=moment(today, hour),
            since=since,
            settle=settle,
        )

    def told(self) -> list[tuple[str, str, str]]:
        """What was told, oldest first: day, kind and the rest of the key."""
        return [
            (f"{made_at + timedelta(hours=8):%m-%d}", kind, key.partition("|")[2])
            for made_at, kind, key in self.store.rows(
                "SELECT made_at, kind, key FROM notice ORDER BY made_at, key"
            )
        ]


def letter(path: Path) -> EmailMessage:
    parsed = message_from_bytes(path.read_bytes(), policy=mail.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load_calendar(ROOT / "data" / "calendars" / "china.yml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with memory_store(tmp_path / "home") as opened:
        opened.look(Knowledge(None, 0))
        yield opened


@pytest.fixture
def office(store: Store, policy: Policy, calendar: WorkCalendar) -> Office:
    return Office(
        store,
        policy,
        calendar,
        monthly("360100", "36GJXQ", start=date(2025, 12, 1), end=date(2026, 2, 28)),
        book_of(
            policy,
            addressee("360100", "clerk", "reminder", "past_due"),
            addressee("36GJXQ", "clerk", "reminder", "past_due"),
            addressee("360000", "province", "escalation"),
        ),
    )
