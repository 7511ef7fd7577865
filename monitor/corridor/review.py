"""The submissions that a steward should look at, each with the reasons in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from monitor.corridor.measures import IMPLAUSIBLE, JUMP
from monitor.corridor.received import settled
from monitor.model import Mode, Status, SubmissionSummary, Text
from monitor.policy.policy import Policy
from monitor.store.explanations import Explanation, explanations_of
from monitor.store.knowledge import stored_moment
from monitor.store.store import Store

REFUSED: Final = "refused"
CLAIMED: Final = "claimed_elsewhere"
REJECTED: Final = "rejected_rows"
WITHDRAWN: Final = "withdrawn"
CORRECTED: Final = "corrected"
EXPLAINED: Final = "explained"
# What is worth a second look is a choice of ours, no policy: one row in ten, and more than a few.
_MANY: Final = Fraction(1, 10)
_A_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to look: a code, the rows that it is about, and the words for a steward."""

    code: str
    rows: int
    words: Text


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """One submission with the reasons to look at it, and what its sender said of it."""

    submission: SubmissionSummary
    reasons: tuple[Reason, ...]
    explanations: tuple[Explanation, ...]


def to_look_at(
    store: Store,
    policy: Policy,
    divisions: Sequence[str],
    *,
    since: datetime | None = None,
    known: Mapping[str, object] | None = None,
) -> tuple[ToLookAt, ...]:
    """The submissions of some divisions that there is a reason to look at, newest first.

    A file sent for a whole province is there with all of its divisions, one whose sender cannot be
    told with all divisions there are. `since` is the earliest moment of recording; submissions in
    `known` (those that somebody has looked at, by their ids) are left out.
    """
    every = store.summaries()
    mine = _of(store, policy, every, divisions)
    moment = stored_moment(since) if since is not None else None
    chosen = [
        one
        for one in every
        if one.seq in mine
        and (moment is None or stored_moment(one.recorded_at) >= moment)
        and one.submission not in (known or {})
    ]
    made_good = settled(every) | _followed(every)
    tallies = _tallies(store)
    said: dict[int, list[Explanation]] = defaultdict(list)
    for one in explanations_of(store, [summary.seq for summary in chosen]):
        said[one.submission].append(one)
    found = []
    for summary in reversed(chosen):
        explanations = tuple(said[summary.seq])
        reasons = tuple(_reasons(summary, tallies.get(summary.seq, {}), explanations, made_good))
        if reasons:
            found.append(ToLookAt(summary, reasons, explanations))
    return tuple(found)


def _of(
    store: Store, policy: Policy, every: Sequence[SubmissionSummary], divisions: Sequence[str]
) -> set[int]:
    table, chosen = policy.divisions, set(divisions)
    chosen |= {code for code in table.provinces if chosen.issuperset(table.members(code))}
    covering = {
        seq
        for (seq,) in store.rows(
            "SELECT DISTINCT submission FROM coverage WHERE list_contains(?::VARCHAR[], division)",
            [sorted(chosen)],
        )
    }
    is_all = chosen.issuperset(table.divisions)
    return {
        one.seq
        for one in every
        if (one.division in chosen) or (one.division is None and (is_all or one.seq in covering))
    }


def _followed(every: Sequence[SubmissionSummary]) -> frozenset[int]:
    """Refused files of no known period whose sender has sent a good one of the kind since."""
    last: dict[tuple[str, str | None], int] = {
        (one.kind, one.division): one.seq
        for one in every
        if one.status is not Status.REFUSED and one.mode is not Mode.WITHDRAW
    }
    return frozenset(
        one.seq
        for one in every
        if one.status is Status.REFUSED
        and one.period is None
        and last.get((one.kind, one.division), 0) > one.seq
    )


def _tallies(store: Store) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for seq, code, rows in store.rows(
        "SELECT submission, code, rows FROM tally "
        "WHERE list_contains(?::VARCHAR[], code) ORDER BY ALL",
        [[CLAIMED, JUMP, IMPLAUSIBLE]],
    ):
        found[seq][code] = int(rows)
    return found


def _reasons(
    one: SubmissionSummary,
    tallies: Mapping[str, int],
    explanations: Sequence[Explanation],
    made_good: frozenset[int],
) -> Iterator[Reason]:
    rows, changes = one.rows, one.changes
    if one.status is Status.REFUSED:
        if one.seq not in made_good:
            yield Reason(REFUSED, rows.read, _REFUSED_WORDS)
        return
    if n := tallies.get(CLAIMED):
        yield Reason(CLAIMED, n, _claimed(n))
    if _are_many(rows.rejected, rows.accepted + rows.rejected) and one.seq not in made_good:
        yield Reason(REJECTED, rows.rejected, _rejected(rows.rejected, rows.read - rows.ignored))
    if JUMP in tallies:
        yield Reason(JUMP, rows.accepted, _JUMP_WORDS)
    if IMPLAUSIBLE in tallies:
        yield Reason(IMPLAUSIBLE, rows.accepted, _IMPLAUSIBLE_WORDS)
    if one.mode is Mode.REPLACE and _are_many(changes.withdrawn, changes.withdrawn + rows.accepted):
        yield Reason(WITHDRAWN, changes.withdrawn, _withdrawn(changes.withdrawn))
    if _are_many(changes.corrected, rows.accepted):
        yield Reason(CORRECTED, changes.corrected, _corrected(changes.corrected, rows.accepted))
    if explanations:
        yield Reason(EXPLAINED, len(explanations), _explained(len(explanations)))


def _are_many(part: int, whole: int) -> bool:
    return part >= _A_FEW and part >= whole * _MANY


_REFUSED_WORDS: Final = Text(
    "整个文件未能接收，此后也没有收到可以接收的文件。请看问题说明，必要时联系报送单位。",
    "The whole file was refused, and no good one has followed. See its findings, and call the "
    "sender where needed.",
)
_JUMP_WORDS: Final = Text(
    "辆数与上一期相差悬殊。请核对是漏报、重报，还是确有变化。",
    "The number of vehicles is far from that of the period before. Check whether some are missing, "
    "sent twice, or it is so.",
)
_IMPLAUSIBLE_WORDS: Final = Text(
    "大部分车辆登记在同一天。请核对是集中上牌，还是日期填错。",
    "Most vehicles bear the same day. Check whether they were registered together, or the days are "
    "wrong.",
)


def _claimed(n: int) -> Text:
    return Text(
        f"{n} 辆车另一地区也报为新增，计入登记较早的一方。请查明归属，由多报的一方撤回。",
        f"Another division added {n} of its vehicles too; they count for the earlier. Find out "
        "whose they are, and have the other withdraw them.",
    )


def _rejected(n: int, rows: int) -> Text:
    return Text(
        f"{rows} 行中有 {n} 行退回未计入，尚未补正。请看退回原因，必要时联系报送单位。",
        f"{n} of {rows} rows were set aside and have not come again. See why, and call the sender "
        "where needed.",
    )


def _withdrawn(n: int) -> Text:
    return Text(
        f"整期替换使此前的 {n} 行不再计入。请核对这些车辆是否确应去掉。",
        f"It replaced a whole period, and {n} earlier rows no longer count. Check that these "
        "vehicles are to go.",
    )


def _corrected(n: int, rows: int) -> Text:
    return Text(
        f"{rows} 行中有 {n} 行改了此前报送的内容。请核对更正的理由及其对结论的影响。",
        f"{n} of {rows} rows change what was sent before. Check why, and what it makes of the "
        "verdicts.",
    )


def _explained(n: int) -> Text:
    return Text(
        f"报送单位对 {n} 类提示作了说明。请核对说明是否成立。",
        f"The sender says why {n} kinds of warnings stand. Check whether that holds.",
    )
