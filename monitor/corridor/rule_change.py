"""Changed rules rehearsed over all held data: what flips is seen and accepted before it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Literal

from monitor.assess.assess import assess
from monitor.corridor.judge import hold
from monitor.corridor.recorded import last_decision_in, recorded_rows
from monitor.model import SHANGHAI, Assessment, RowKey, Text
from monitor.policy.archive import keep_ruleset, load_kept
from monitor.policy.comparing import RuleChange, changes_between
from monitor.policy.policy import Policy
from monitor.store.differences import second_look, state_of
from monitor.store.rulesets import (
    AcceptedRuleset,
    accept_ruleset,
    accepted_ruleset,
    note_ruleset,
    published_runs,
)
from monitor.store.store import Store

BY_ITSELF = "fleetmon"
_FIRST = "首个规则集，自动采用 / the first ruleset, accepted by itself"
_HARMLESS = "没有结论翻转或消失，自动采用 / no verdict flips or vanishes, accepted by itself"

Turn = Literal["flip", "vanished", "appeared", "figures", "none"]


@dataclass(frozen=True, slots=True)
class RowRehearsal:
    """One row by the accepted rules and by the present ones."""

    key: RowKey
    before: Assessment | None
    after: Assessment | None

    @property
    def turn(self) -> Turn:
        """What the present rules make of the row."""
        before, after = self.before, self.after
        if before is None or after is None:
            return "vanished" if after is None else "appeared"
        if before.status != after.status:
            return "flip"
        return "none" if _shown(before) == _shown(after) else "figures"

    @property
    def waits(self) -> bool:
        """Whether somebody must accept what the present rules make of the row."""
        return self.turn in {"flip", "vanished"}


def _shown(row: Assessment) -> tuple[object, ...]:
    counts = (row.denominator, row.numerator, row.undetermined, row.excluded)
    return (*counts, row.share, row.short_by, row.target, row.strength, row.consequence)


@dataclass(frozen=True, slots=True)
class RuleRehearsal:
    """The present rules against those accepted last, over everything that is held.

    `state`: `first` where none was ever accepted, `held` where a verdict flips or vanishes, else
    `accepted`. `is_present` is whether the present rules are the accepted ones. `note` says where
    the comparison rests on less than it should.
    """

    as_of: date
    ruleset: str
    accepted: AcceptedRuleset | None
    state: Literal["first", "held", "accepted"]
    changes: tuple[RuleChange, ...] = ()
    rows: tuple[RowRehearsal, ...] = ()
    note: Text | None = None

    @property
    def is_present(self) -> bool:
        """Whether there is nothing to accept."""
        return self.accepted is not None and self.accepted.ruleset == self.ruleset

    def turned(self, *turns: Turn) -> tuple[RowRehearsal, ...]:
        """The rows of which the present rules make one of these."""
        return tuple(row for row in self.rows if row.turn in turns)


def rehearse(store: Store, policy: Policy, as_of: date) -> RuleRehearsal:
    """Judge everything that is held by the accepted rules and by the present ones.

    The present rules are also set against what the latest bulletins said, on the days and with the
    knowledge of those: a verdict that was sent and would now be another is a flip, even where both
    rules agree about the day judged. Where the files of the accepted rules are not held, that is
    all there is to compare with.
    """
    accepted = accepted_ruleset(store)
    if accepted is None or accepted.ruleset == policy.ruleset:
        state: Literal["first", "accepted"] = "first" if accepted is None else "accepted"
        return RuleRehearsal(as_of, policy.ruleset, accepted, state)
    sent = _against_bulletins(store, policy)
    return _rehearsed(store, policy, accepted, sent, as_of)


def _rehearsed(
    store: Store,
    policy: Policy,
    accepted: AcceptedRuleset,
    sent: tuple[RowRehearsal, ...],
    as_of: date,
) -> RuleRehearsal:
    """What the accepted rules and the present ones say of `as_of`, beside what was sent."""
    old = load_kept(store.home.rulesets, accepted.ruleset)
    changes = changes_between(old, policy) if old else ()
    note = None if old else _not_held(accepted.ruleset)
    rows = sent
    if old is not None:
        judged = {row.key: row for row in _against_rules(store, old, policy, as_of)}
        turned = {
            row.key: row
            for row in sent
            if row.waits and row.key in judged and not judged[row.key].waits
        }
        rows = tuple((judged | turned).values())
    state: Literal["held", "accepted"] = "held" if any(row.waits for row in rows) else "accepted"
    return RuleRehearsal(as_of, policy.ruleset, accepted, state, changes, rows, note)


def _against_rules(store: Store, old: Policy, new: Policy, as_of: date) -> tuple[RowRehearsal, ...]:
    with second_look(store) as look:
        held = hold(look, as_of, None)
        return paired(assess(old, held), assess(new, held))


def _against_bulletins(store: Store, policy: Policy) -> tuple[RowRehearsal, ...]:
    """Each row as the latest bulletin that has it said it, and as the present rules say it then."""
    found: dict[RowKey, RowRehearsal] = {}
    with second_look(store) as look:
        for run in published_runs(look):
            state = state_of(look, run)
            said = recorded_rows(look, run)
            known_at, history, _ = astuple(state.knowledge)
            held = hold(look, state.as_of, known_at, history, last_decision_in(said))
            mandates = {row.mandate for row in said} & policy.mandates.keys()
            divisions = tuple(dict.fromkeys(row.division for row in said))
            now = assess(policy, held, mandates=tuple(sorted(mandates)), divisions=divisions)
            for row in paired(said, now):
                found.setdefault(row.key, row)
    return tuple(found.values())


def paired(before: Iterable[Assessment], after: Iterable[Assessment]) -> tuple[RowRehearsal, ...]:
    """The rows of both, each with its other, those of no mandate left out; `after` leads."""
    was, became = (
        {row.key: row for row in rows if row.status != "no_mandate"} for rows in (before, after)
    )
    keys = dict.fromkeys((*became, *was))
    return tuple(RowRehearsal(key, was.get(key), became.get(key)) for key in keys)


def _not_held(ruleset: str) -> Text:
    return Text(
        f"已采用的规则集 {ruleset} 的文件不在 rulesets/ 中或已损坏，"
        "改与最近一期通报所记录的结论比较。",
        f"The files of the accepted ruleset {ruleset} are missing from rulesets/ or damaged; "
        "compared with what the latest bulletins recorded instead.",
    )


def accept(
    store: Store, policy: Policy, *, at: datetime, by: str, note: str | None = None
) -> AcceptedRuleset:
    """Archive the present rules and let bulletins be sent by them."""
    keep_ruleset(store.home.rulesets, policy)
    return accept_ruleset(store, policy.ruleset, at=at, by=by, note=note)


def settle_rules(store: Store, policy: Policy, *, as_of: date, at: datetime) -> Text | None:
    """Archive the present rules before bulletins of `as_of` are made; why they must wait, or None.

    The first rules of a home, and rules by which no verdict flips or vanishes, neither on the day
    judged nor on the day of the run `at`, are accepted by themselves.
    """
    keep_ruleset(store.home.rulesets, policy)
    note_ruleset(store, policy.ruleset, at)
    accepted, note = accepted_ruleset(store), _FIRST
    if accepted is not None:
        if accepted.ruleset == policy.ruleset:
            return None
        sent = _against_bulletins(store, policy)
        for day in dict.fromkeys((as_of, at.astimezone(SHANGHAI).date())):
            rehearsed = _rehearsed(store, policy, accepted, sent, day)
            if rehearsed.state == "held":
                return _awaiting(rehearsed)
        note = _HARMLESS
    accept_ruleset(store, policy.ruleset, at=at, by=BY_ITSELF, note=note)
    return None


def _awaiting(rehearsed: RuleRehearsal) -> Text:
    flips, gone = len(rehearsed.turned("flip")), len(rehearsed.turned("vanished"))
    return Text(
        f"规则已改（{rehearsed.ruleset}），使 {flips} 行结论翻转、{gone} 行消失，尚未有人确认。"
        f"请用 fleetmon rehearse --as-of {rehearsed.as_of} 查看，"
        "确认后运行 fleetmon rehearse --accept --by 姓名，再重新生成通报。",
        f"The rules have changed ({rehearsed.ruleset}): {flips} rows flip and {gone} vanish, and "
        f"nobody has accepted that. See fleetmon rehearse --as-of {rehearsed.as_of}; then run "
        "fleetmon rehearse --accept --by NAME and make the bulletins again.",
    )
