"""Drafts as the door keeps them: numbers, keys, limits, and steps that are taken once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from drafts.conftest import CLERK, NOW, Counter, extract, row
from monitor.door.draft import Asked, NewDraft
from monitor.door.draft_states import NEXT_STEPS, OPEN, STATE_WORDS, DraftState
from monitor.door.draft_steps import confirm, discard, give_back, sign
from monitor.door.drafts import (
    add_draft,
    draft,
    drafts,
    expire,
    explain,
    explanations,
    held_draft,
    move,
    unfinished,
)
from monitor.errors import WrongUse
from monitor.model import Mode, Period

YEAR = Period(date(2018, 1, 1), date(2018, 12, 31))
ASKED = Asked("registration", YEAR, Mode.REPLACE, force=True, corrects="S000001", reason="漏报")
NEW = NewDraft(CLERK, None, "360100", ASKED, sha256="a" * 64, size=10, file_name="登记.csv")
SIGNER = "user:liqiang"


def test_every_state_has_its_words_and_a_next_step() -> None:
    assert STATE_WORDS.keys() == NEXT_STEPS.keys() == set(DraftState)
    assert STATE_WORDS[DraftState.CHECKED].zh == "已校验，尚未生效"
    assert len({words.zh for words in STATE_WORDS.values()}) == len(DraftState)


def test_a_draft_comes_back_as_it_was_added(counter: Counter) -> None:
    made, added = add_draft(counter.door, NEW, most_waiting=5, at=NOW)
    assert added == "new"
    assert re.fullmatch(r"U[A-Z2-7]{10}", made.id)
    assert draft(counter.door, made.id) == made
    assert (made.state, made.asked, made.made_at) == (DraftState.RECEIVED, ASKED, NOW)
    assert draft(counter.door, "UAAAAAAAAAA") is None


def test_the_same_key_is_one_draft_and_never_two_contents(counter: Counter) -> None:
    keyed = replace(NEW, key="k1")
    first, _ = add_draft(counter.door, keyed, most_waiting=5, at=NOW)
    assert add_draft(counter.door, keyed, most_waiting=1, at=NOW) == (first, "same")
    for other in (replace(keyed, sha256="b" * 64), replace(keyed, asked=Asked())):
        with pytest.raises(WrongUse, match=first.id):
            add_draft(counter.door, other, most_waiting=5, at=NOW)
    others, _ = add_draft(counter.door, replace(keyed, actor=SIGNER), most_waiting=5, at=NOW)
    assert others.id != first.id


def test_a_division_has_only_so_many_waiting(counter: Counter) -> None:
    made = [add_draft(counter.door, NEW, most_waiting=2, at=NOW)[0] for _ in range(2)]
    with pytest.raises(WrongUse, match="2"):
        add_draft(counter.door, NEW, most_waiting=2, at=NOW)
    add_draft(counter.door, replace(NEW, division="360200"), most_waiting=2, at=NOW)
    assert move(counter.door, made[0].id, [DraftState.RECEIVED], DraftState.CHECKED, at=NOW)
    add_draft(counter.door, NEW, most_waiting=2, at=NOW)


def test_lists_are_by_division_and_state(counter: Counter) -> None:
    for minute, division in enumerate(("360100", "360200", "360100")):
        at = NOW + timedelta(minutes=minute)
        add_draft(counter.door, replace(NEW, division=division), most_waiting=5, at=at)
    mine = drafts(counter.door, divisions=["360100"])
    assert [one.made_at.minute for one in mine] == [2, 0]
    assert drafts(counter.door, divisions=["360100"], limit=1) == mine[:1]
    assert drafts(counter.door, divisions=[]) == []
    assert drafts(counter.door, states=OPEN) == []
    assert [one.made_at.minute for one in unfinished(counter.door)] == [0, 1, 2]


def test_who_comes_second_changes_nothing(counter: Counter) -> None:
    made, _ = add_draft(counter.door, NEW, most_waiting=5, at=NOW)
    step = (counter.door, made.id, [DraftState.RECEIVED], DraftState.CHECKING)
    assert [move(*step, at=NOW), move(*step, at=NOW)] == [True, False]


@pytest.fixture
def checked(counter: Counter) -> str:
    made, _ = add_draft(counter.door, NEW, most_waiting=5, at=NOW)
    move(counter.door, made.id, [DraftState.RECEIVED], DraftState.CHECKED, at=NOW)
    return made.id


def test_a_second_person_signs_what_the_first_one_saw(counter: Counter, checked: str) -> None:
    door, later = counter.door, NOW + timedelta(hours=1)
    held = confirm(door, checked, seen="f1", by=CLERK, needs_second=True, at=NOW)
    assert (held.state, held.confirmed_by, held.seen) == (DraftState.AWAITING, CLERK, "f1")
    with pytest.raises(WrongUse, match="另一人"):
        sign(door, checked, seen="f1", by=CLERK, at=later)
    with pytest.raises(WrongUse, match="有变"):
        sign(door, checked, seen="f2", by=SIGNER, at=later)
    held = give_back(door, checked, reason="请核对公交车", by=SIGNER, at=later)
    assert held.state is DraftState.RETURNED
    assert held.words is not None
    confirm(door, checked, seen="f1", by=CLERK, needs_second=True, at=later)
    held = sign(door, checked, seen="f1", by=SIGNER, at=later)
    assert (held.state, held.signed_by, held.signed_at) == (DraftState.CONFIRMING, SIGNER, later)
    steps: tuple[Callable[[], object], ...] = (
        lambda: sign(door, checked, seen="f1", by=SIGNER, at=later),
        lambda: confirm(door, checked, seen="f1", by=CLERK, needs_second=False, at=later),
        lambda: discard(door, checked, by=CLERK, at=later),
    )
    for step in steps:
        with pytest.raises(WrongUse, match="正在生效"):
            step()
    acts = [action for (action,) in door.rows("SELECT action FROM act WHERE object = ?", [checked])]
    assert acts[1:] == ["draft_confirmed", "draft_returned", "draft_confirmed", "draft_signed"]


def test_one_person_is_enough_where_no_second_is_asked_for(counter: Counter, checked: str) -> None:
    held = confirm(counter.door, checked, seen="f1", by=CLERK, needs_second=False, at=NOW)
    assert held.state is DraftState.CONFIRMING


def test_what_the_second_person_signs_is_not_explained_anew(counter: Counter, checked: str) -> None:
    door = counter.door
    said: dict[str, Any] = {"code": "c", "reason": "verified", "until": None, "by": CLERK}
    explain(door, checked, words="甲", at=NOW, **said)
    confirm(door, checked, seen="f1", by=CLERK, needs_second=True, at=NOW)
    with pytest.raises(WrongUse, match="先退回"):
        explain(door, checked, words="乙", at=NOW, **said)
    assert [one.words for one in explanations(door, checked)] == ["甲"]
    give_back(door, checked, reason="请写明", by=SIGNER, at=NOW)
    explain(door, checked, words="丙", at=NOW, **said)
    assert [one.words for one in explanations(door, checked)] == ["丙"]
    move(door, checked, [DraftState.RETURNED], DraftState.CONFIRMED, at=NOW)
    with pytest.raises(WrongUse, match="已生效"):
        explain(door, checked, words="丁", at=NOW, **said)


def test_what_is_explained_is_kept_by_code(counter: Counter, checked: str) -> None:
    said: dict[str, Any] = {
        "code": "count_jump",
        "until": date(2019, 6, 30),
        "by": CLERK,
        "at": NOW,
    }
    explain(counter.door, checked, reason="other", words="先说", **said)
    explain(counter.door, checked, reason="verified", words=" 集中上牌 ", **said)
    (held,) = explanations(counter.door, checked)
    assert (held.reason, held.words, held.until) == ("verified", "集中上牌", date(2019, 6, 30))
    with pytest.raises(WrongUse, match="2000"):
        explain(counter.door, checked, reason="other", words="长" * 2001, **said)
    discard(counter.door, checked, by=CLERK, at=NOW)
    with pytest.raises(WrongUse, match="不能说明"):
        explain(counter.door, checked, reason="other", words="", **said)


def test_what_nobody_confirms_is_given_up_in_time(counter: Counter, checked: str) -> None:
    other = counter.upload(extract(row(1)))
    move(counter.door, other.id, [DraftState.RECEIVED], DraftState.CONFIRMING, at=NOW)
    assert expire(counter.door, days=30, at=NOW + timedelta(days=29)) == []
    assert expire(counter.door, days=30, at=NOW + timedelta(days=31)) == [checked]
    held = held_draft(counter.door, checked)
    assert held.state is DraftState.DISCARDED
    assert held.words is not None
    assert counter.state(other) is DraftState.CONFIRMING
