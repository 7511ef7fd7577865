"""A bulletin in one sentence, and its row of verdict counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.figures import has_yardstick, is_share, target_of
from monitor.bulletins.parts import Tally, Tone
from monitor.bulletins.words import Words
from monitor.model import Assessment, Status
from monitor.policy.policy import Policy

# Only where every figure is known may a headline say that nothing is lacking.
_SETTLED: Final = frozenset({"met", "on_track", "no_additions"})
_GRAVITY: Final = {"violation": 0, "explain": 1, "advise": 2}


def tallies_of(findings: Sequence[Assessment], words: Words) -> tuple[Tally, ...]:
    """How many findings stand at each verdict, the gravest first; empty verdicts are left out."""
    counts = Counter(row.status for row in findings)
    return tuple(
        Tally(labels.verdict(status, words), formats.number(counts[status]))
        for status in labels.STATUS_ORDER
        if counts[status]
    )


def headline_of(
    findings: Sequence[Assessment], facts: BulletinFacts, policy: Policy, words: Words
) -> tuple[str, Tone]:
    """One sentence that says it all, and how grave it is; `findings` are the judged year's own."""
    name = words.text(policy.divisions.name(facts.division))
    year = str(facts.as_of.year)
    if not findings:
        return (
            words(
                "%(year)s 年没有适用于%(name)s的有效要求，以下只列往年结果。", year=year, name=name
            ),
            "quiet",
        )
    judged = [row for row in findings if has_yardstick(row, policy)]
    if all(row.status == "no_data" for row in findings):
        return _nothing_counts(facts, name, year, words), "warn"
    if not judged:
        return (
            words("%(name)s %(year)s 年度没有带指标的要求，以下只列趋势。", name=name, year=year),
            "quiet",
        )
    parts = [
        words("%(count)s 项%(word)s", count=tally.count, word=tally.verdict.word)
        for tally in tallies_of(judged, words)
    ]
    begun = words.plural(
        "%(name)s %(year)s 年度有指标的 %(num)s 项要求中，%(parts)s",
        len(judged),
        name=name,
        year=year,
        parts=words.listed(parts),
    )
    worst = _worst(judged)
    if worst is None and any(row.status not in _SETTLED for row in judged):
        return words("%(begun)s。", begun=begun), _calm_tone(judged)
    if worst is None:
        return (words("%(begun)s；目前没有缺口。", begun=begun), _calm_tone(judged))
    return (
        words("%(begun)s；最需关注：%(worst)s。", begun=begun, worst=_told(worst, policy, words)),
        "bad" if worst.consequence == "violation" else "warn",
    )


def _nothing_counts(facts: BulletinFacts, name: str, year: str, words: Words) -> str:
    """Silence, or registrations of which no row counts: the two are told apart."""
    came = any(
        one.kind == "registration" and (one.status is Status.REFUSED or one.rows.rejected)
        for one in facts.submissions
    )
    if came:
        return words(
            "%(name)s %(year)s 年度报送的数据没有一行可以计入，改正重报之前所有要求均无法评判。",
            name=name,
            year=year,
        )
    return words("%(name)s %(year)s 年度没有报送数据，所有要求均无法评判。", name=name, year=year)


def _calm_tone(judged: Sequence[Assessment]) -> Tone:
    unsure = any(row.status == "undetermined" for row in judged)
    if unsure:
        return "unsure"
    return "good" if any(row.status in {"met", "on_track"} for row in judged) else "quiet"


def _worst(judged: Sequence[Assessment]) -> Assessment | None:
    short = [row for row in judged if row.status in labels.SHORT]
    return min(
        short,
        key=lambda row: (
            row.strength != "mandatory",
            _GRAVITY.get(row.consequence, len(_GRAVITY)),
            labels.STATUS_ORDER.index(row.status),
            -Decimal(row.short_by),
        ),
        default=None,
    )


def _told(row: Assessment, policy: Policy, words: Words) -> str:
    what = labels.scope_word(policy.mandates[row.mandate], row.categories, policy, words)
    if row.measure == "monotone_increase" or not is_share(row) or row.share is None:
        return words("%(what)s%(word)s", what=what, word=labels.status_word(row.status, words))
    return words.plural(
        "%(what)s新能源比例 %(share)s，要求 %(target)s，差 %(num)s 辆",
        int(row.short_by),
        what=what,
        share=formats.percent(row.share),
        target=target_of(row, policy, words),
    )
