"""What a check says of a draft, and that nothing of it counts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from drafts.conftest import NOW, Counter, extract, row, silent
from monitor.corridor.draft_result import (
    DraftResult,
    Figure,
    folder_of,
    read_result,
    rejected_csv,
)
from monitor.corridor.draft_work import check_waiting
from monitor.door.draft import Asked
from monitor.door.draft_states import DraftState
from monitor.door.drafts import held_draft
from monitor.errors import WrongUse
from monitor.model import ColumnRead, Mode, Period, Status
from monitor.store.archive import stored_at

YEAR = Period(date(2018, 1, 1), date(2018, 12, 31))
MIXED = extract(
    *(row(n) for n in range(1, 30)), *(row(n, "柴油") for n in range(30, 41)), row(41, "核动力")
)


def test_a_check_says_all_and_stores_nothing(counter: Counter) -> None:
    held = counter.upload(MIXED)
    result = counter.check(held)
    assert read_result(counter.home, held.id) == result
    assert (result.status, result.rows) == (Status.WITH_FINDINGS, (41, 40, 1, 0))
    assert result.changes is not None
    assert result.changes.added == 40
    assert result.columns[0] == ColumnRead("车辆识别代号", "vin", "车辆识别代号")
    (error,) = result.errors
    assert (error.code, error.rows, error.shown[0].value) == ("energy_unknown", 1, "核动力")
    assert error.what.zh == "燃料种类不在代码表中"
    figure = next(one for one in result.figures if one.row.mandate == "JX-F01" and one.is_own)
    assert figure.differs
    assert figure.before is not None
    assert (figure.before.status, figure.row.status) == ("no_data", "met")
    assert (figure.row.numerator, figure.row.denominator) == (29, 40)
    assert {one.row.division for one in result.figures} == {"360100", "360000"}
    path = rejected_csv(counter.home, held.id)
    assert path is not None
    assert "核动力" in path.read_text("utf-8-sig")
    assert counter.rows("FROM submission") == []
    assert counter.rows("FROM confirmation") == []
    assert not list(counter.home.facts.iterdir())


def test_the_same_says_the_same_and_other_figures_show_in_the_fingerprint(
    counter: Counter,
) -> None:
    first, again = counter.check(counter.upload(MIXED)), counter.check(counter.upload(MIXED))
    assert first.fingerprint == again.fingerprint
    other = counter.check(counter.upload(extract(row(1), row(2, "柴油"))))
    assert other.fingerprint != first.fingerprint
    assert not other.to_mend


def figure_of(result: DraftResult, division: str, period: str) -> Figure:
    (found,) = (
        one
        for one in result.figures
        if (one.row.mandate, one.row.division, one.row.period) == ("JX-F01", division, period)
    )
    return found


def sides(figure: Figure) -> tuple[int | None, int | None]:
    """Of how many vehicles, before and after."""
    before, after = figure.before, figure.after
    return before.denominator if before else None, after.denominator if after else None


def test_a_vehicle_corrected_into_another_year_leaves_the_one_it_was_in(counter: Counter) -> None:
    counter.report(extract(*(row(number) for number in range(1, 11))))
    later = extract(row(2).replace("2018-03-15", "2019-01-15"))
    result = counter.check(counter.upload(later))
    assert result.changes is not None
    assert result.changes.corrected == 1
    assert sides(figure_of(result, "360100", "2018")) == (10, 9)
    assert sides(figure_of(result, "360100", "2019")) == (0, 1)
    assert sides(figure_of(result, "360000", "2018")) == (10, 9)


def test_a_vehicle_of_another_city_shows_in_the_figures_of_that_city(counter: Counter) -> None:
    counter.report(extract(*(row(number) for number in range(1, 11))))
    earlier = row(2, county="360202").replace("2018-03-15", "2018-02-15")
    claimed = extract(earlier, row(11, county="360202"))
    result = counter.check(counter.upload(claimed, division="360200"))
    other = figure_of(result, "360100", "2018")
    assert not other.is_own
    assert sides(other) == (10, 9)
    assert figure_of(result, "360200", "2018").is_own


def test_the_same_again_bears_on_nothing_else(counter: Counter) -> None:
    counter.report(extract(row(1), row(2).replace("2018-03-15", "2019-01-15")))
    result = counter.check(counter.upload(extract(row(1), row(3))))
    assert {one.row.period for one in result.figures} == {"2018"}


def test_warnings_that_ask_why_are_told(counter: Counter) -> None:
    asked = Asked(kind="registration", period=Period(date(2018, 1, 1), date(2018, 6, 30)))
    result = counter.check(counter.upload(extract(*(row(n) for n in range(1, 13))), asked=asked))
    assert [group.code for group in result.to_explain] == ["date_outside_period"]
    assert all(group.severity == "warning" for group in result.to_explain)
    assert counter.check(counter.upload(MIXED)).to_explain == ()


@pytest.mark.parametrize(
    ("content", "asked", "state"),
    [
        (MIXED, Asked(), DraftState.CHECKED),
        (b"no table at all", Asked(), DraftState.REFUSED),
        (MIXED, Asked(corrects="S000099"), DraftState.REFUSED),
        (MIXED, Asked(kind="registration", mode=Mode.REPLACE), DraftState.REFUSED),
        (MIXED, Asked(kind="registration", mode=Mode.REPLACE, period=YEAR), DraftState.REFUSED),
        (
            MIXED,
            Asked(kind="registration", mode=Mode.REPLACE, period=YEAR, force=True),
            DraftState.CHECKED,
        ),
        (None, Asked(kind="registration", mode=Mode.NIL, period=YEAR), DraftState.CHECKED),
    ],
)
def test_a_check_ends_in_a_state(
    counter: Counter, content: bytes | None, asked: Asked, state: DraftState
) -> None:
    held = counter.upload(content, asked=asked)
    given: dict[str, Any] = {"now": NOW, "waiting": silent}
    assert check_waiting(counter.home, counter.policy, counter.door, held.id, **given) is state
    assert (held_draft(counter.door, held.id).words is not None) == (state is DraftState.REFUSED)
    # Who comes second finds it done.
    assert check_waiting(counter.home, counter.policy, counter.door, held.id, **given) is state


def test_a_draft_whose_bytes_are_gone_fails_in_words(counter: Counter) -> None:
    held = counter.upload(MIXED)
    stored_at(counter.home, hashlib.sha256(MIXED).hexdigest()).unlink()
    ended = check_waiting(
        counter.home, counter.policy, counter.door, held.id, now=NOW, waiting=silent
    )
    assert ended is DraftState.FAILED
    words = held_draft(counter.door, held.id).words
    assert words is not None
    assert words.zh.startswith("我方出错")


def test_what_it_corrects_is_its_senders_and_of_its_kind(counter: Counter) -> None:
    first = counter.report(MIXED)
    assert first.submission == "S000001"
    mended = extract(row(41))
    assert counter.check(counter.upload(mended, asked=Asked(corrects="S000001"))).rows.accepted
    foreign = counter.upload(
        extract(row(50, county="360202")), division="360200", asked=Asked(corrects="S000001")
    )
    with pytest.raises(WrongUse, match="S000001"):
        counter.check(foreign)


def test_an_older_result_makes_room_for_a_newer_one_and_a_spoiled_one_is_none(
    counter: Counter,
) -> None:
    held = counter.upload(MIXED)
    counter.check(held)
    counter.check(replace(held, sha256=counter.upload(extract(row(1))).sha256))
    assert rejected_csv(counter.home, held.id) is None
    (folder_of(counter.home, held.id) / "result.json").write_text("{}")
    assert read_result(counter.home, held.id) is None
    assert read_result(counter.home, "UAAAAAAAAAA") is None
