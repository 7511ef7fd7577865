"""What the year will come to: contracts that are signed, and last year's pace beyond them.

By hand, for one mandate, one division and the day judged:

1. Take d, n and u from the assessment: vehicles counted, surely new-energy, possibly new-energy.
2. Take the contract lines not registered yet that the mandate counts (same categories, owners,
   areas, exemptions; lines that cannot be placed stay out) and that are expected by 31 December:
   due_new, due_open (energy undetermined), due_other. Those expected later are `late`.
3. R is what the year before added after the same month and day (29 February counts as 1 March in
   a year without one). Where nothing of the year before is held, this year's own pace is carried
   on: R = floor(d * days left / days gone), once 90 days have gone; until then there is no
   forecast. beyond = max(0, R - due_new - due_open - due_other): further additions, not under
   contract yet.
4. The denominator of every case is d + due_new + due_open + due_other + beyond. The numerators:
   low       n + due_new
   expected  n + due_new + floor(beyond * n / d), and nothing of `beyond` where d = 0
   high      n + u + due_new + due_open + beyond
5. `sure` where low meets the target, else `likely` where expected does, else `possible` where
   high does, else `unreachable`.
6. Suppose that, week after week, what comes at this pace is not new-energy. Of R, r(w) had come by
   the calendar day on which week w ends (own pace: floor(d * days to it / days gone)); of
   `beyond`, x(w) = floor(beyond * r(w) / R) is gone by then. The target is lost from the Monday of
   the first week after the day judged in which n + u + due_new + due_open + beyond - x(w) misses
   it; from the next Monday where high misses it already; never where low meets it, or where no
   week of the year loses it. No day is told where the target is 1, since each further vehicle
   decides, and where the row is out of reach already.

A share judged over several categories at once, with a row for each of them beside it, is the sum of
these: steps 1 to 4 and x(w) are worked out category by category and added up, steps 5 and 6 then
hold for the sums. Over the pool, more contracts than usual in one category would swallow the
additions to be expected in another. A category without a pace adds what is registered and under
contract. A province is worked out from its own counts.

A count of vehicles has no denominator: R and its weeks count what is surely new-energy,
beyond = max(0, R - due_new - due_open), and expected is n + due_new + beyond. Where nothing of the
year before is held there is no forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from monitor.assess.arithmetic import cut_share, reaches
from monitor.assess.contracts import Contracts, contracts_of
from monitor.assess.pace import Carried, carry_on, parts_of, sum_of
from monitor.assess.reconciliation import OpenLine
from monitor.assess.weekly import Weekly
from monitor.model import Assessment, RowKey, Text
from monitor.policy.policy import Policy

Outcome = Literal["sure", "likely", "possible", "unreachable"]

METHOD: Final = Text(
    "预计数只用加减乘除，可以手工复核：已登记数，加上已签合同、尚未登记、预计年底前登记的车辆，"
    "再加上上年同日以后的新增数（没有上年数据的，按今年至今的进度推算）中超出合同的部分。"
    "多类车辆合并考核的，先分类预计，再相加。\n"
    "低值：超出合同的部分全部不是新能源；预计值：其中新能源所占比例与今年至今相同；"
    "高值：全部是新能源，待定车辆也全部算新能源。\n"
    "低值达标为“按现有合同可达到”，预计值达标为“预计达到”，只有高值达标为“有可能达到”，"
    "高值也不达标为“按目前进度达不到”。\n"
    "“何时起不再可能”：若判定日以后按此进度的新增都不是新能源，自该日所在的一周起目标不再可能达到；"
    "目标为 100 % 的，每一辆都起决定作用，不列此日，已无法达标的也不列。",
    "The forecast is plain arithmetic and can be redone by hand: what is registered, plus vehicles "
    "under contract that are not registered yet and expected by the end of the year, plus what the "
    "year before added after the same day (without a year before: this year's pace so far, carried "
    "on), less those contracts. Several categories judged together are forecast one by one and "
    "added up.\n"
    "Low: none of what comes beyond the contracts is new-energy. Expected: as large a part of it "
    "as of this year so far. High: all of it, and all undetermined vehicles too.\n"
    "Met on signed contracts: the low case meets the target. Expected to be met: the expected one "
    "does. May be met: only the high one does. Not at this pace: not even that.\n"
    "Out of reach from: the first week in which the target can no longer be met if what comes at "
    "this pace until then is not new-energy; not told of a target of 100 %, where each further "
    "vehicle decides, nor where the target is out of reach already.",
)

_MEASURES = frozenset({"share_new_replaced", "cumulative_count", "added_count"})
# Without data or an opening figure, what is counted so far is not known.
_UNKNOWN = frozenset({"no_data", "no_mandate", "not_computable"})


@dataclass(frozen=True, slots=True)
class Case:
    """Counts at the end of the year; `denominator` None where the measure is a count."""

    denominator: int | None
    numerator: int
    share: str | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """One assessment carried on to the end of its year.

    `due_*` are vehicles under contract and not yet registered that are expected by the end of the
    year, by energy; `late` those under contract that are expected after it. `beyond` are further
    additions, as many as last year saw in the same rest of the year (or as this year's own pace
    makes, where the year before is not held), less those under contract.
    A share over several categories with a row for each is the sum of these: `due_*`, `late`,
    `beyond` and both counts of every case.
    `outcome`: `sure` (the low case meets the target: on signed contracts alone), `likely` (the
    expected one does), `possible` (only the high one does), `unreachable` (not even that: not on
    present contracts and pace). `lost_from` is the Monday of the first week from which the target
    could no longer be met if what comes until then is not new-energy; None also where the target
    is 1 or out of reach already.
    """

    key: RowKey
    due_new: int
    due_open: int
    due_other: int
    late: int
    beyond: int
    low: Case
    expected: Case
    high: Case
    outcome: Outcome
    lost_from: date | None
    notes: tuple[Text, ...] = ()


def forecasts_of(
    policy: Policy,
    assessments: Sequence[Assessment],
    weeks: Sequence[Weekly],
    open_lines: Sequence[OpenLine],
) -> tuple[Forecast, ...]:
    """The forecast of every unfinished row of additions with a target, in the order of the rows.

    `weeks` are those of the same day (`weekly_of`); rows without weeks have no forecast, nor have
    those without data or an opening figure, without a pace to go by, or where nothing is counted,
    due or to be expected.
    """
    by_key = {weekly.key: weekly for weekly in weeks}
    rows = [a for a in assessments if _is_forecast(a) and a.key in by_key]
    contracts = contracts_of(policy, rows, open_lines)
    carried = {
        row.key: carry_on(row, by_key[row.key], contracts.get(row.key, Contracts())) for row in rows
    }
    made = (_forecast(row, parts_of(policy, row, carried) or (carried[row.key],)) for row in rows)
    return tuple(forecast for forecast in made if forecast is not None)


def _is_forecast(row: Assessment) -> bool:
    return (
        not row.complete
        and row.measure in _MEASURES
        and row.target is not None
        and row.target.unit != "standard_vehicle"
        and row.status not in _UNKNOWN
    )


def _forecast(row: Assessment, parts: Sequence[Carried]) -> Forecast | None:
    """One row carried on; None without a pace, or where its denominator would be 0."""
    made = sum_of(parts)
    due, d = made.due, made.denominator
    pledged = due.due_new + due.due_open + due.due_other
    whole = None if d is None else d + pledged + made.beyond
    if row.target is None or not made.gone or whole == 0:
        return None
    goal = Goal(Fraction(row.target.value), row.target.op, whole)
    low = made.numerator + due.due_new
    expected = low + made.as_before
    high = low + made.undetermined + due.due_open + made.beyond
    is_settled = goal.met(low) or goal.is_all or row.status == "out_of_reach"
    return Forecast(
        key=row.key,
        due_new=due.due_new,
        due_open=due.due_open,
        due_other=due.due_other,
        late=due.late,
        beyond=made.beyond,
        low=goal.case(low),
        expected=goal.case(expected),
        high=goal.case(high),
        outcome=goal.outcome(low, expected, high),
        lost_from=None if is_settled else lost_from(goal, high, made.as_of, made.gone),
        notes=tuple(_notes(row, parts, due)),
    )


class Goal(NamedTuple):
    """A target, and the denominator that it is held against (None for a count)."""

    target: Fraction
    op: str
    denominator: int | None

    def met(self, numerator: int) -> bool:
        """Whether so many meet it."""
        return reaches(Fraction(numerator, self.denominator or 1), self.target, self.op)

    @property
    def is_all(self) -> bool:
        """Whether it asks for every vehicle of a share."""
        return self.denominator is not None and self.target == 1

    def case(self, numerator: int) -> Case:
        """The counts with their share."""
        whole = self.denominator
        share = None if whole is None else cut_share(numerator, whole)
        return Case(whole, numerator, share)

    def outcome(self, low: int, expected: int, high: int) -> Outcome:
        """The first case that meets it."""
        if self.met(low):
            return "sure"
        if self.met(expected):
            return "likely"
        return "possible" if self.met(high) else "unreachable"


def lost_from(goal: Goal, high: int, as_of: date, gone: Iterable[tuple[date, int]]) -> date | None:
    """The Monday of the first week after `as_of` that loses the target; None if none does.

    `gone` are the ends of the coming weeks, each with how many of `beyond` have come by then.
    """
    next_monday = as_of + timedelta(days=8 - as_of.isoweekday())
    if not goal.met(high):
        return next_monday
    for on, lost in gone:
        monday = on - timedelta(days=on.isoweekday() - 1)
        if monday >= next_monday and not goal.met(high - lost):
            return monday
    return None


def _notes(row: Assessment, parts: Sequence[Carried], due: Contracts) -> Iterator[Text]:
    # A category that counts nothing is not worth a word: its pace is none in any case.
    bases = {part.basis for part in parts if part.denominator or len(parts) == 1}
    if bases == {"own_pace"}:
        yield Text(
            "未掌握上年的新增，按今年至今的进度推算",
            "no additions of the year before are held: this year's own pace is carried on",
        )
    elif "own_pace" in bases:
        yield Text(
            "部分类别未掌握上年的新增，按今年至今的进度推算",
            "no additions of the year before are held for some categories: their own pace of this "
            "year is carried on",
        )
    if "nothing" in bases:
        yield Text(
            "部分类别没有进度可依，只计已登记和合同中的车辆",
            "for some categories there is no pace to go by: only what is registered and under "
            "contract is counted",
        )
    if row.incomplete_data:
        yield Text(
            "本年已过的日子数据不全，预计数偏低",
            "the year so far is not wholly reported: the forecast is on the low side",
        )
    unknown = row.excluded.scope_unknown
    if unknown:
        yield Text(
            f"另有 {unknown} 辆范围不明，未计入",
            f"{unknown} vehicles whose scope is unknown are left out",
        )
    if due.unplaced:
        yield Text(
            f"合同中另有 {due.unplaced} 辆范围不明，未计入",
            f"{due.unplaced} vehicles under contract whose scope is unknown are left out",
        )
