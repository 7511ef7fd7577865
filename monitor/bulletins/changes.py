"""What changed since the previous bulletin, and why, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from monitor.assess.attribution import Attribution
from monitor.bulletins import formats, labels
from monitor.bulletins.causes import cause_rows
from monitor.bulletins.figures import figures_of
from monitor.bulletins.parts import Change, Changes, FigureChange, Figures
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.policy import Policy

_DIVISION = 1


def changes_of(
    attributions: Sequence[Attribution],
    before_as_of: date | None,
    *,
    own: str,
    policy: Policy,
    words: Words,
) -> Changes:
    """Every row of `own` that became other; of its members, those that turned or begin short.

    What has changed is what the attributions say has. What else moved at a member is only counted:
    its own bulletin lists it.
    """
    if before_as_of is None:
        return Changes(words("这是首期通报，没有上期可以比较。"), ())
    items: list[Change] = []
    counted: Counter[str] = Counter()
    for one in attributions:
        change = _change(one, own, policy, words)
        if change is None:
            continue
        kind = _kind(one.before, one.after, is_own=one.key[_DIVISION] == own)
        if kind == _ITEM:
            items.append(change)
        else:
            counted[kind] += 1
    since = formats.day(before_as_of, words)
    if not items and not counted:
        return Changes(words("与上期（%(day)s）相比，结论和数字都没有变化。", day=since), ())
    said = [words("与上期（%(day)s）相比：", day=since)]
    if counted[_CLOSED]:
        said.append(
            words.plural("年度结束，%(num)s 项由进度达标转为达标，数字未变。", counted[_CLOSED])
        )
    if counted[_BEGUN]:
        said.append(words.plural("%(num)s 项开始列入，尚无可判的数字。", counted[_BEGUN]))
    if counted[_ELSEWHERE]:
        said.append(
            words.plural("另有 %(num)s 行市级数字有变而结论未变，见各市通报。", counted[_ELSEWHERE])
        )
    return Changes(words.sentences(said), tuple(items))


_ITEM, _CLOSED, _BEGUN, _ELSEWHERE = "item", "closed", "begun", "elsewhere"
# Rows that begin with one of these tell nothing that the tables do not.
_NOTHING_YET: Final = frozenset({"no_data", "no_additions", "trend", "not_computable"})


def _kind(was: Assessment | None, became: Assessment | None, *, is_own: bool) -> str:
    """Whether a change is listed, or only counted, and as what."""
    if _only_closes(was, became):
        return _CLOSED
    if was is None and became is not None and became.status in _NOTHING_YET:
        return _BEGUN
    return _ITEM if is_own or _is_news(was, became) else _ELSEWHERE


def _only_closes(was: Assessment | None, became: Assessment | None) -> bool:
    """Whether a year that ended confirmed a figure that was on track, and nothing else."""
    return (
        was is not None
        and became is not None
        and (was.status, became.status) == ("on_track", "met")
        and (was.denominator, was.numerator, was.undetermined)
        == (became.denominator, became.numerator, became.undetermined)
    )


def _is_news(was: Assessment | None, became: Assessment | None) -> bool:
    """Whether a province's readers are to hear of a member's row."""
    if became is None or became.role == "breakdown":
        return False
    return became.status in labels.SHORT if was is None else was.status != became.status


def _change(attribution: Attribution, own: str, policy: Policy, words: Words) -> Change | None:
    """One change in words; nothing where a reader would see none."""
    was, became = attribution.before, attribution.after
    row = became or was
    if row is None:
        return None
    subject = labels.subject_of(row, policy, words)
    if row.division != own:
        subject = words(
            "%(name)s %(categories)s",
            name=words.text(policy.divisions.name(row.division)),
            categories=subject,
        )
    moved = _moved(
        figures_of(was, "", policy, words) if was else None,
        figures_of(became, "", policy, words) if became else None,
        words,
    )
    if was is not None and became is not None and was.status == became.status and not moved:
        return None
    return Change(
        subject=subject,
        period=words("%(year)s 年度", year=row.period),
        before=labels.verdict(was.status, words) if was else None,
        after=labels.verdict(became.status, words) if became else None,
        figures=moved,
        causes=cause_rows(attribution, words),
    )


def _moved(was: Figures | None, became: Figures | None, words: Words) -> tuple[FigureChange, ...]:
    if was is None or became is None:
        return ()
    pairs = (
        (words("目标"), was.target, became.target),
        (words("计数"), was.counted, became.counted),
        (words("新能源"), was.new_energy, became.new_energy),
        (words("比例"), was.share, became.share),
        (words("尚差"), was.short_by, became.short_by),
        (words("还需"), was.still_needed, became.still_needed),
    )
    return tuple(FigureChange(*pair) for pair in pairs if pair[1] != pair[2])
