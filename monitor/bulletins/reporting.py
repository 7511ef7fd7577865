"""What a bulletin says of due dates: what is late and by how much, and what is due next."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import Line
from monitor.bulletins.reporting_facts import Standing
from monitor.bulletins.words import Words
from monitor.model import SHANGHAI, Period
from monitor.policy.policy import Policy


def reporting_lines(facts: BulletinFacts, policy: Policy, words: Words) -> list[Line]:
    """Late and overdue items one by one, the longest first, then what is due next.

    Of what came in late only the year judged is told; what has not come in, until the end of the
    year after it was due.
    Lateness is a state of the data: never more than a warning, and no verdict rests on it.
    """
    due = [one for one in facts.reporting if one.item.due_on <= facts.as_of]
    told = [
        one
        for one in due
        if (one.is_overdue and one.item.due_on.year >= facts.as_of.year - 1)
        or (one.state == "late" and one.item.due_on.year == facts.as_of.year)
    ]
    told.sort(key=lambda one: (not one.is_overdue, -one.days_late(facts.as_of)))
    lines = [Line(words("未按期报送"), _told(one, facts, policy, words), "warn") for one in told]
    recent = [one for one in due if one.item.due_on.year == facts.as_of.year]
    if recent and not told:
        lines.append(Line(words("是否按期报送"), words("到期的报表均已按期报齐。"), "good"))
    following = [one for one in facts.reporting if one.item.due_on > facts.as_of]
    if following:
        lines.append(Line(words("下一次报送期限"), _following(following, policy, words), "quiet"))
    return lines


def period_words(period: Period, words: Words) -> str:
    """What a report is of; a calendar year is told as one."""
    start, end = period
    if start.year == end.year and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return words("%(year)s 年度", year=start.year)
    return formats.span(period, words)


def _told(one: Standing, facts: BulletinFacts, policy: Policy, words: Words) -> str:
    late = one.days_late(facts.as_of)
    due = formats.day(one.item.due_on, words)
    what = words(
        "%(division)s %(period)s%(kind)s",
        division=words.text(policy.divisions.name(one.item.division)),
        period=period_words(one.item.period, words),
        kind=labels.kind_word(one.item.kind, policy, words),
    )
    if one.received_at is not None:
        came = formats.day(one.received_at.astimezone(SHANGHAI).date(), words)
        said = words.plural("期限%(due)s，%(came)s报齐，迟 %(num)s 天", late, due=due, came=came)
    elif one.covers:
        spans = words.listed([formats.span(span, words) for span in one.covers])
        said = words.plural(
            "期限%(due)s，已逾期 %(num)s 天，只收到%(spans)s", late, due=due, spans=spans
        )
    else:
        said = words.plural("期限%(due)s，已逾期 %(num)s 天，尚未收到", late, due=due)
    return words("%(what)s：%(said)s", what=what, said=said)


def _following(following: Sequence[Standing], policy: Policy, words: Words) -> str:
    """The soonest due date of each kind, with the period that it is for."""
    soonest: dict[str, Standing] = {}
    for one in sorted(following, key=lambda one: one.item.due_on):
        soonest.setdefault(one.item.kind, one)
    return words.listed(
        [
            words(
                "%(period)s%(kind)s %(day)s",
                period=period_words(one.item.period, words),
                kind=labels.kind_word(one.item.kind, policy, words),
                day=formats.day(one.item.due_on, words),
            )
            for one in soonest.values()
        ]
    )
