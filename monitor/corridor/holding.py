"""Why a bulletin is held and not sent: a check without a result, a figure that is not there,
rules that nobody has accepted. A bulletin with a hole is worse than one that comes late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from monitor import __version__
from monitor.assess.assess import Held, concerned
from monitor.bulletins.facts import BulletinFacts
from monitor.corridor.judge import judge_and_keep
from monitor.errors import CheckDidNotRun
from monitor.model import Assessment, Text
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.store.holds import add_holds
from monitor.store.store import Store


def holds_of(
    policy: Policy,
    facts: BulletinFacts,
    *,
    mandates: tuple[str, ...] | None = None,
    rules: Text | None = None,
) -> tuple[Text, ...]:
    """The reasons not to send a bulletin of these facts; none where it may go.

    `mandates` are those that the run was asked for (None: all), `rules` is what
    `rule_change.settle_rules` said.
    """
    reasons = [rules] if rules is not None else []
    if facts.checks_run != facts.checks_declared:
        reasons.append(
            Text(
                f"应运行检查 {facts.checks_declared} 项，"
                f"有结果的 {facts.checks_run} 项，两数不符。",
                f"{facts.checks_declared} checks were declared and {facts.checks_run} have a "
                "result: the two must be the same.",
            )
        )
    reasons += _without_figure(facts.assessments)
    reasons += _without_row(policy, facts, mandates)
    return tuple(reasons)


def _without_figure(assessments: Sequence[Assessment]) -> Iterator[Text]:
    """The rows whose measure demands a figure that they lack."""
    for row in assessments:
        lacking = _lacking(row)
        if lacking is not None:
            yield Text(
                f"{row.mandate} {row.division} {row.period} 年缺少{lacking.zh}。",
                f"{row.mandate} {row.division} {row.period} has no {lacking.en}.",
            )


def _lacking(row: Assessment) -> Text | None:
    # The types forbid most of this; a row read back from an older or a damaged run may lack it.
    figures: tuple[tuple[object, Text], ...] = (
        (row.numerator, Text("计数", "numerator")),
        (row.undetermined, Text("待定数", "undetermined figure")),
        (row.short_by, Text("差额", "shortfall")),
    )
    for value, name in figures:
        if value is None:
            return name
    is_share = row.measure in _SHARES
    if is_share and row.denominator is None:
        return Text("计入总数", "denominator")
    if is_share and row.denominator and row.share is None:
        return Text("比例", "share")
    return None


_SHARES = frozenset({"share_new_replaced", "monotone_increase", "adoption", "rank"})


def _without_row(
    policy: Policy, facts: BulletinFacts, mandates: tuple[str, ...] | None
) -> Iterator[Text]:
    """The rows of the judged year that are not there though a mandate concerns the division."""
    year = facts.as_of.year
    found = {
        (row.mandate, row.division, row.categories)
        for row in facts.assessments
        if row.period == str(year) and row.role == "finding"
    }
    mine = {facts.division, *policy.divisions.members(facts.division)}
    for mandate in policy.mandates.values():
        is_asked = mandates is None or mandate.id in mandates
        if not is_asked or year not in mandate.years or date(year, 1, 1) > facts.as_of:
            continue
        for code, _ in concerned(policy, mandate):
            for categories in _findings(mandate):
                if code in mine and (mandate.id, code, categories) not in found:
                    yield Text(
                        f"缺少 {mandate.id} 对 {code} {year} 年的判定。",
                        f"There is no row of {mandate.id} for {code} in {year}.",
                    )


def _findings(mandate: Mandate) -> list[tuple[str, ...]]:
    if mandate.grouping == "each":
        return [(category,) for category in mandate.categories]
    return [mandate.categories]


def judge_or_hold(
    store: Store,
    policy: Policy,
    held: Held,
    *,
    started_at: datetime,
    addressed: Sequence[str],
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
) -> tuple[int, tuple[Assessment, ...]]:
    """As `judge_and_keep` for bulletins to the divisions `addressed`.

    Where a check did not run, all of them are held: a run of kind `held` with the reason for each
    is kept, and `CheckDidNotRun` goes on to tell the operators.
    """
    try:
        return judge_and_keep(
            store,
            policy,
            held,
            kind="bulletin",
            started_at=started_at,
            mandates=mandates,
            divisions=divisions,
        )
    except CheckDidNotRun as failure:
        with store.transaction():
            run = store.add_run(
                kind="held",
                submission=None,
                as_of=held.as_of,
                known_at=held.known_at,
                ruleset=policy.ruleset,
                version=__version__,
                started_at=started_at,
                results=[],
            )
            add_holds(store, run, [(division, failure.text) for division in addressed])
        raise
