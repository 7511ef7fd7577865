"""A confirmation brings a draft into force once, whatever breaks, and only as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from drafts.conftest import CLERK, Counter, extract, row, silent, vin
from monitor.corridor import draft_confirm
from monitor.corridor.draft_confirm import LOOK_AGAIN, resume
from monitor.corridor.draft_letter import promise_receipt
from monitor.corridor.draft_result import folder_of, read_result
from monitor.corridor.draft_work import confirm_waiting
from monitor.corridor.reception import receive
from monitor.door.accounts import add_account
from monitor.door.draft import Asked
from monitor.door.draft_states import DraftState
from monitor.door.draft_steps import sign
from monitor.door.drafts import explain, held_draft, move
from monitor.door.rights import Role
from monitor.errors import Breakdown
from monitor.model import Mode, Period, Status
from monitor.store.confirmations import confirmation_of, corrections_of
from monitor.store.explanations import explanations_of
from monitor.store.opening import open_store

YEAR = Period(date(2018, 1, 1), date(2018, 12, 31))
GOOD = extract(*(row(n) for n in range(1, 6)))
SIGNER = "user:liqiang"


def once(counter: Counter, drafts: int = 1) -> None:
    """Everything of so many confirmed drafts is there, and nothing of it twice."""
    for table in ("submission", "confirmation", "reception", "part", "run"):
        assert counter.rows(f"SELECT count(*) FROM {table}") == [(drafts,)]  # noqa: S608
    assert counter.rows("SELECT count(*) FROM delivery WHERE kind = 'receipt'") == [(drafts,)]


def test_what_is_confirmed_counts_from_that_moment(counter: Counter) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.now += timedelta(hours=2)
    confirmed_at = counter.ask(held).confirmed_at
    counter.now += timedelta(minutes=3)
    done = counter.finish(held)
    assert (done.state, done.submission) == (DraftState.CONFIRMED, "S000001")
    assert done.receipt is not None
    assert done.receipt.received_at == confirmed_at
    assert done.receipt.columns[0].column == "vin"
    assert held_draft(counter.door, held.id).submission == "S000001"
    once(counter)
    ((actor,),) = counter.rows("SELECT actor FROM audit WHERE action = 'submission'")
    assert actor == CLERK
    assert counter.finish(held).submission == "S000001"
    once(counter)


def test_the_receipt_goes_to_who_confirmed_and_holds_no_cell(counter: Counter) -> None:
    done = counter.report(GOOD)
    (path,) = counter.home.outbox.iterdir()
    letter = message_from_bytes(path.read_bytes(), policy=default)
    body = letter.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert done.receipt is not None
    assert f"fleetmon verify {done.receipt.code}" in said
    assert "wangfang@nanchang.example" in str(letter["To"])
    for cell in (vin(1), "赣A", "登记.csv"):
        assert cell not in said
    assert counter.rows("SELECT about, state FROM delivery") == [("S000001", "waiting")]


def test_without_an_address_there_is_no_letter(counter: Counter) -> None:
    held = counter.upload(GOOD, actor="token:t1")
    counter.check(held)
    counter.ask(held, by="token:t1")
    done = counter.finish(held)
    assert (done.state, done.letter, done.fault) == (DraftState.CONFIRMED, None, None)
    assert not list(counter.home.outbox.iterdir())


def test_explanations_and_what_is_corrected_stay_with_the_submission(counter: Counter) -> None:
    counter.report(GOOD)
    period = Period(date(2018, 1, 1), date(2018, 3, 31))
    asked = Asked("registration", period, corrects="S000001", reason="燃料种类填错")
    counter.now += timedelta(minutes=1)
    held = counter.upload(extract(row(1, "柴油"), row(5)), asked=asked)
    counter.check(held)
    for code in ("date_outside_period", "count_jump"):
        explain(
            counter.door,
            held.id,
            code=code,
            reason="verified",
            words="已核对",
            until=None,
            by=CLERK,
            at=counter.now,
        )
    counter.ask(held)
    assert counter.finish(held).state is DraftState.CONFIRMED
    with open_store(counter.home, write=False, waiting=silent) as store:
        (said,) = explanations_of(store, [2])
        kept = confirmation_of(store, 2)
        assert corrections_of(store, "S000001") == [kept]
        assert confirmation_of(store, 1) is not None
        assert confirmation_of(store, 3) is None
    assert (said.code, said.reason, said.made_by) == ("date_outside_period", "verified", CLERK)
    assert kept is not None
    assert (kept.draft, kept.confirmed_by, kept.signed_by) == (held.id, CLERK, None)
    assert (kept.corrects, kept.reason) == ("S000001", "燃料种类填错")


def test_a_second_person_signs_and_acts(counter: Counter) -> None:
    add_account(
        counter.door,
        counter.policy.divisions,
        name="liqiang",
        role=Role.SIGNER,
        division="360100",
        actor="cli:test",
        at=counter.now,
    )
    held = counter.upload(GOOD)
    result = counter.check(held)
    assert counter.ask(held, needs_second=True).state is DraftState.AWAITING
    assert counter.finish(held).state is DraftState.AWAITING
    assert counter.rows("FROM submission") == []
    counter.now += timedelta(hours=1)
    sign(counter.door, held.id, seen=result.fingerprint, by=SIGNER, at=counter.now)
    done = counter.finish(held)
    assert done.receipt is not None
    assert done.receipt.received_at == counter.now
    assert counter.rows("SELECT made_by, confirmed_by, signed_by FROM confirmation") == [
        (CLERK, CLERK, SIGNER)
    ]
    ((actor,),) = counter.rows("SELECT actor FROM audit WHERE action = 'submission'")
    assert actor == SIGNER


def test_nil_returns_and_replacements_are_confirmed_alike(counter: Counter) -> None:
    nil = Asked("registration", YEAR, Mode.NIL)
    counter.report(GOOD)
    refused = counter.upload(None, asked=nil)
    assert counter.check(refused).status is Status.REFUSED
    done = counter.report(None, asked=replace(nil, nil_replaces=True))
    assert done.receipt is not None
    assert done.receipt.changes is not None
    assert done.receipt.changes.withdrawn == 5
    again = counter.report(
        extract(row(9)), asked=Asked("registration", YEAR, Mode.REPLACE), division="360100"
    )
    assert again.state is DraftState.CONFIRMED
    assert counter.rows("SELECT count(*) FROM confirmation") == [(3,)]


def test_the_same_again_is_a_duplicate_that_names_the_first(counter: Counter) -> None:
    drafts = [counter.upload(GOOD), counter.upload(GOOD)]
    for one in drafts:
        counter.check(one)
        counter.ask(one)
    first, second = (counter.finish(one) for one in drafts)
    assert first.state is DraftState.CONFIRMED
    assert (second.state, second.submission) == (DraftState.DUPLICATE, "S000001")
    held = held_draft(counter.door, drafts[1].id)
    assert held.words is not None
    assert "S000001" in held.words.zh
    once(counter)
    assert counter.check(counter.upload(GOOD)).first == "S000001"


def test_a_verdict_that_turned_under_a_draft_is_shown_before_it_counts(counter: Counter) -> None:
    held = counter.upload(GOOD)
    before = counter.check(held)
    counter.ask(held)
    others = extract(*(row(number, "柴油") for number in range(30, 50)))
    assert counter.report(others).state is DraftState.CONFIRMED
    done = counter.finish(held)
    assert (done.state, done.words) == (DraftState.CHECKED, LOOK_AGAIN)
    fresh = read_result(counter.home, held.id)
    assert fresh is not None
    assert (fresh.seen_history, before.seen_history) == (1, 0)
    assert counter.rows("SELECT count(*) FROM submission") == [(1,)]
    counter.ask(held)
    assert counter.finish(held).state is DraftState.CONFIRMED


def test_files_of_one_city_are_confirmed_one_after_the_other(counter: Counter) -> None:
    """Each moves the counts of all; none turns what its confirmer was shown."""
    drafts = [
        counter.upload(extract(*(row(one) for one in range(first, first + 9))))
        for first in (1, 11, 21)
    ]
    shown = [counter.check(draft) for draft in drafts]
    for draft in drafts:
        counter.ask(draft)
        assert counter.finish(draft).state is DraftState.CONFIRMED
    assert counter.rows("SELECT sum(rows_accepted) FROM submission") == [(27,)]
    last = read_result(counter.home, drafts[-1].id)
    assert last is not None
    assert last.fingerprint == shown[-1].fingerprint
    assert last.seen_history == 2


def test_what_moved_elsewhere_does_not_hold_it_up(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    counter.report(extract(row(30, county="360202")), division="360200")

    def never(*_given: Any, **_named: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(draft_confirm, "check_draft", never)
    assert counter.finish(held).state is DraftState.CONFIRMED


def test_a_vehicle_that_another_city_claims_meanwhile_is_shown_first(counter: Counter) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    counter.report(extract(row(2, county="360202")), division="360200")
    done = counter.finish(held)
    assert (done.state, done.words) == (DraftState.CHECKED, LOOK_AGAIN)
    assert counter.rows("SELECT division FROM submission") == [("360200",)]
    assert len(list(counter.home.facts.iterdir())) == 1
    fresh = read_result(counter.home, held.id)
    assert fresh is not None
    assert [group.code for group in fresh.to_explain] == ["claimed_elsewhere"]


def test_another_ruleset_is_shown_first(counter: Counter) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    counter.policy = replace(counter.policy, ruleset="0123456789abcdef")
    assert counter.finish(held).words == LOOK_AGAIN


def test_a_result_that_is_gone_is_made_again(counter: Counter) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    (folder_of(counter.home, held.id) / "result.json").unlink()
    assert counter.finish(held).state is DraftState.RECEIVED


def test_what_was_confirmed_first_may_be_recorded_second(counter: Counter) -> None:
    held = counter.upload(extract(row(1)))
    counter.check(held)
    counter.ask(held)
    counter.now += timedelta(minutes=5)
    nil = Asked("registration", Period(date(2016, 1, 1), date(2016, 12, 31)), Mode.NIL)
    later = counter.report(None, asked=nil)
    done = counter.finish(held)
    assert done.state is DraftState.CONFIRMED
    assert done.receipt is not None
    assert later.receipt is not None
    assert done.receipt.received_at >= later.receipt.received_at


def _before(_real: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*_given: Any, **_named: Any) -> Any:
        raise OSError(28, "No space left on device")

    return struck


def _after(real: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*given: Any, **named: Any) -> Any:
        real(*given, **named)
        raise OSError(28, "No space left on device")

    return struck


@pytest.mark.parametrize("strike", [_before, _after], ids=["before", "after"])
@pytest.mark.parametrize(
    "step",
    ["fold_acts", "read_result", "receive", "add_confirmation", "add_explanations", "move"],
)
def test_whatever_step_breaks_it_is_in_force_once(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    strike: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    with monkeypatch.context() as patched:
        patched.setattr(draft_confirm, step, strike(getattr(draft_confirm, step)))
        with pytest.raises((OSError, Breakdown), match=r"No space|The disk is full"):
            counter.finish(held)
    counter.now += timedelta(days=1)
    given: dict[str, Any] = {"book": counter.book, "now": counter.now, "waiting": silent}
    for _ in range(2):
        resume(counter.home, counter.policy, counter.door, **given)
    assert counter.state(held) is DraftState.CONFIRMED
    once(counter)


def test_a_letter_that_cannot_be_made_holds_nothing_up(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    monkeypatch.setattr(draft_confirm, "promise_receipt", _before(promise_receipt))
    done = counter.finish(held)
    assert (done.state, done.fault) == (DraftState.CONFIRMED, "OSError")


@pytest.mark.parametrize(
    ("strike", "state"), [(_before, DraftState.CHECKED), (_after, DraftState.CONFIRMED)]
)
def test_a_worker_that_meets_a_fault_leaves_a_state(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    strike: Callable[[Callable[..., Any]], Callable[..., Any]],
    state: DraftState,
) -> None:
    held = counter.upload(GOOD)
    counter.check(held)
    counter.ask(held)
    monkeypatch.setattr(draft_confirm, "receive", strike(receive))
    ended, _ = confirm_waiting(
        counter.home,
        counter.policy,
        counter.door,
        held.id,
        book=counter.book,
        now=counter.now,
        waiting=silent,
    )
    assert ended is counter.state(held) is state
    assert counter.rows("SELECT count(*) FROM confirmation") == [(int(strike is _after),)]
    if state is DraftState.CONFIRMED:
        once(counter)


def test_a_duplicate_that_was_noted_before_a_kill_is_noted_once(counter: Counter) -> None:
    counter.report(GOOD)
    held = counter.upload(GOOD)
    result = counter.check(held)
    assert result.status is Status.DUPLICATE
    move(counter.door, held.id, [DraftState.CHECKED], DraftState.CHECKED, at=counter.now)
    counter.ask(held)
    for _ in range(2):
        assert counter.finish(held).state is DraftState.DUPLICATE
        move(counter.door, held.id, [DraftState.DUPLICATE], DraftState.CONFIRMING, at=counter.now)
    assert counter.rows("SELECT outcome FROM reception WHERE outcome = 'duplicate'") == [
        ("duplicate",)
    ]
