"""The follow-up section of a bulletin: how places stand, what is open, what was settled since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.assess.scorecard import Scorecard
from monitor.assess.shortlist import Chosen
from monitor.bulletins import formats
from monitor.bulletins.parts import Tone
from monitor.bulletins.scorecard_words import (
    method_words,
    note_words,
    part_lines,
    score_rows,
    weights_words,
)
from monitor.bulletins.stability_words import shortlist_view, stability_words
from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.bulletins.supervision_parts import (
    FollowUpRow,
    FollowUpValues,
    ScorecardView,
    Supervision,
)
from monitor.bulletins.words import Words
from monitor.model import SHANGHAI
from monitor.policy.members import member_name, who_name
from monitor.policy.policy import Policy
from monitor.store.follow_ups import FollowUp, FollowUpEvent, FollowUpState


def supervision_of(
    facts: SupervisionFacts | None,
    as_of: date,
    *,
    is_province: bool,
    policy: Policy,
    words: Words,
) -> Supervision | None:
    """The section; None for a city that nobody ranks the districts of and that no item names."""
    if facts is None:
        return None
    shown = [item for item in facts.items if _is_shown(item, facts)]
    if not (is_province or facts.scorecard or shown):
        return None
    rows = [follow_up_row(item, as_of, policy, words) for item in in_order(shown)]
    still_open = tuple(row for row in rows if row.values.state == FollowUpState.OPEN)
    return Supervision(
        scorecard=scorecard_view(facts.scorecard, facts.chosen, policy, words)
        if facts.scorecard
        else None,
        summary=summary_words(still_open, len(rows) - len(still_open), words),
        still_open=still_open,
        settled=tuple(row for row in rows if row.values.state != FollowUpState.OPEN),
    )


def _is_shown(item: FollowUp, facts: SupervisionFacts) -> bool:
    """What is open is carried on; what was settled since the previous issue is told of once."""
    if item.settled is None:
        return True
    return facts.told_until is not None and item.settled.made_at > facts.told_until


def scorecard_view(
    scorecard: Scorecard, chosen: Chosen | None, policy: Policy, words: Words
) -> ScorecardView:
    """A scorecard in words, with the list that may be chosen from."""
    return ScorecardView(
        title=words("%(year)s 年度评价", year=str(scorecard.year)),
        method=method_words(words),
        weights=weights_words(scorecard, words),
        parts=part_lines(scorecard, words),
        rows=score_rows(scorecard, policy, words),
        notes=tuple(note_words(scorecard, policy, words)),
        stability=tuple(stability_words(scorecard, policy, words)),
        shortlist=shortlist_view(scorecard, chosen, policy, words) if chosen else None,
    )


def in_order(items: Sequence[FollowUp]) -> list[FollowUp]:
    """Open items by the day they are due, so that the longest overdue come first; then the settled
    ones, the latest first.
    """
    still = [one for one in items if one.settled is None]
    still.sort(key=lambda one: (one.due_on, one.id))
    settled = [(line.made_at, one) for one in items if (line := one.settled) is not None]
    settled.sort(key=lambda pair: (pair[0], pair[1].id), reverse=True)
    return [*still, *(one for _, one in settled)]


def summary_words(still_open: tuple[FollowUpRow, ...], settled: int, words: Words) -> str:
    """How many are open, how many of them overdue, how many settled since the last issue."""
    if not still_open and not settled:
        return words("没有督办事项。")
    overdue = sum(row.values.days_late > 0 for row in still_open)
    said = [words.plural("未办结 %(num)s 项", len(still_open))]
    if overdue:
        said.append(words.plural("其中逾期 %(num)s 项", overdue))
    if settled:
        said.append(words.plural("上期以来办结或不再督办 %(num)s 项", settled))
    return words("%(said)s。", said=words("，").join(said))


def follow_up_row(item: FollowUp, as_of: date, policy: Policy, words: Words) -> FollowUpRow:
    """One item as it stands on a day."""
    new, settled = item.item, item.settled
    late = item.days_late(as_of)
    return FollowUpRow(
        code=item.id,
        who=words.text(who_name(policy, new.place, new.who, is_body=new.is_body)),
        what=new.what,
        about=new.about or "",
        concerned=words.text(member_name(policy, new.place, new.division)) if new.division else "",
        due=formats.day(item.due_on, words),
        state=_state_words(item, late, words),
        tone=_tone(item, late),
        note=(settled.words if settled else item.added.words) or "",
        moved="" if settled else _moved_words(item, words),
        values=FollowUpValues(
            item.state.value, item.due_on, late, new.place, new.who, new.division
        ),
    )


def _state_words(item: FollowUp, late: int, words: Words) -> str:
    if item.settled is not None:
        day = formats.day(item.settled.made_at.astimezone(SHANGHAI).date(), words)
        if item.state is FollowUpState.DONE:
            return words("已办结（%(day)s）", day=day)
        return words("不再督办（%(day)s）", day=day)
    if late:
        return words.plural("逾期 %(num)s 天", late)
    return words("未到期")


def _tone(item: FollowUp, late: int) -> Tone:
    if item.state is FollowUpState.DONE:
        return "good"
    return "bad" if late else "quiet"


def _moved_words(item: FollowUp, words: Words) -> str:
    """That the day was put off: from when, and how often."""
    moved = sum(line.event is FollowUpEvent.MOVED for line in item.lines)
    if not moved:
        return ""
    first = formats.day(item.first_due_on, words)
    return words.plural("原定 %(day)s，改期 %(num)s 次", moved, day=first)
