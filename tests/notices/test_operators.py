"""Operators hear of each failure once, in one letter an hour at most."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from monitor.bulletins.notice_facts import Report
from monitor.corridor.noticing import Written, tell_operators
from monitor.model import Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import RecipientBook
from monitor.store.deliveries import deliveries
from monitor.store.notices import untold
from monitor.store.store import Store

from .conftest import addressee, book_of, letter, moment

NINE = moment(date(2026, 12, 14), 9)


def failed(key: str, why: str = "磁盘已满。") -> Report:
    return Report(
        key=key,
        what=Text(f"任务 {key} 失败", f"Job {key} failed"),
        why=Text(why, "The disk is full."),
        since=NINE - timedelta(hours=1),
        remedy=Text("清理磁盘后重做。", "Make room, then do it again."),
        command=f"fleetmon run {key}",
        tries=5,
    )


def on_duty(policy: Policy, *names: str) -> RecipientBook:
    return book_of(
        policy,
        operators=tuple(
            addressee("", "operator", "operators", address=f"{name}@transport.example")
            for name in names
        ),
    )


def tell(
    store: Store, policy: Policy, book: RecipientBook, at: datetime, *reports: Report
) -> list[Written]:
    return list(tell_operators(store, policy, book, reports, at=at))


def text_of(path: Path) -> str:
    body = letter(path).get_body(("plain",))
    assert body is not None
    said: str = body.get_content()
    return said


def test_each_operator_hears_of_it_once(store: Store, policy: Policy) -> None:
    book = on_duty(policy, "wang", "li")
    made = tell(store, policy, book, NINE, failed("backup"))
    assert len(made) == 2
    assert {one.recipient for one in deliveries(store)} == {
        "wang@transport.example",
        "li@transport.example",
    }
    said = text_of(made[0].path)
    for words in (
        "任务 backup 失败",
        "已试 5 次",
        "磁盘已满。",
        "清理磁盘后重做。",
        "    fleetmon run backup",
    ):
        assert words in said
    assert tell(store, policy, book, NINE + timedelta(days=2), failed("backup")) == []
    assert untold(store, "operators") == []


def test_nobody_unsubscribes_from_hearing_that_it_fails(store: Store, policy: Policy) -> None:
    (made,) = tell(store, policy, on_duty(policy, "wang"), NINE, failed("backup"))
    assert letter(made.path)["List-Unsubscribe"] is None


def test_a_bad_hour_is_one_letter(store: Store, policy: Policy) -> None:
    book = on_duty(policy, "wang")
    (first,) = tell(store, policy, book, NINE, failed("backup"))
    for minute in range(1, 59, 7):
        at = NINE + timedelta(minutes=minute)
        assert tell(store, policy, book, at, failed(f"job{minute}"), failed("backup")) == []
    assert len(untold(store, "operators")) == 9
    (second,) = tell(store, policy, book, NINE + timedelta(hours=1))
    assert letter(second.path)["Subject"] == "监测系统有 9 件事需要处理：任务 job1 失败等"
    assert "backup" not in text_of(second.path)
    assert second.delivery != first.delivery
    assert untold(store, "operators") == []
    # The hour is counted from the letter, not from the notices that it told.
    assert tell(store, policy, book, NINE + timedelta(minutes=90), failed("late")) == []
    assert len(tell(store, policy, book, NINE + timedelta(hours=2))) == 1


def test_nothing_to_tell_writes_nothing(store: Store, policy: Policy) -> None:
    assert tell(store, policy, on_duty(policy, "wang"), NINE) == []
    assert tell(store, policy, on_duty(policy), NINE, failed("backup")) == []
    assert store.one("SELECT count(*) FROM notice") == 0
    assert list(store.home.outbox.iterdir()) == []


def test_a_reason_of_several_lines_stays_one_paragraph(store: Store, policy: Policy) -> None:
    report = failed("backup", "第一行\n第二行")
    (made,) = tell(store, policy, on_duty(policy, "wang"), NINE, report)
    assert "第一行 第二行" in text_of(made.path)


def test_the_same_report_twice_at_once_is_one(store: Store, policy: Policy) -> None:
    (made,) = tell(store, policy, on_duty(policy, "wang"), NINE, failed("x"), failed("x"))
    assert letter(made.path)["Subject"] == "监测系统需要处理：任务 x 失败"


def test_who_comes_on_duty_later_is_not_told_of_old_letters(store: Store, policy: Policy) -> None:
    tell(store, policy, on_duty(policy, "wang"), NINE, failed("backup"))
    made = tell(store, policy, on_duty(policy, "wang", "li"), NINE + timedelta(hours=3))
    assert made == []
