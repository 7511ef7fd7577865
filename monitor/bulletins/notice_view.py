"""A notice in words: what is due or overdue, what came in, how to send, what happens next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_skeleton

from monitor.bulletins import formats, labels
from monitor.bulletins.notice_facts import KINDS, Kind, NoticeFacts, Told
from monitor.bulletins.reporting import period_words
from monitor.bulletins.reporting_facts import Standing
from monitor.bulletins.words import Words, load_words
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.policy import Policy

_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
_LOCALES: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One due item as a table shows it."""

    name: str
    due: str
    state: str
    received: str


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """The items of one kind under their heading."""

    title: str
    rows: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A whole notice; both forms are set from this and add nothing."""

    language_tag: str
    subject: str
    product: str
    division: str
    issue: str
    headline: str
    groups: tuple[NoticeGroup, ...]
    steps: tuple[str, ...]
    following: tuple[str, ...]
    nil_command: str


def build_notice(facts: NoticeFacts, policy: Policy, language: Language) -> NoticeView:
    """Put one letter's facts into words; lateness is told as a state, without blame."""
    words = load_words(policy.project, language)
    name = words.text(policy.divisions.name(facts.division))
    grave = [one for one in facts.told if one.kind == facts.kind]
    return NoticeView(
        language_tag=_TAGS[language],
        subject=" ".join(_subject(facts, grave, policy, words).split()),
        product=_product(facts.kind, words),
        division=name,
        issue=formats.day(facts.today, words),
        headline=_headline(facts, grave, policy, words),
        groups=tuple(_groups(facts, policy, words)),
        steps=_steps(facts, words),
        following=tuple(_following(facts, words)),
        nil_command=_nil_command(facts),
    )


def notice_text(told: Told, today: date, policy: Policy) -> Text:
    """What a notice says of one item, in one sentence of each language."""
    said = []
    for language in ("zh", "en"):
        words = load_words(policy.project, language)
        what = _what(told.standing, policy, words)
        due = formats.day(told.standing.item.due_on, words)
        state = _state(told, today, words)
        said.append(words("%(what)s：%(due)s前报送，%(state)s。", what=what, due=due, state=state))
    return Text(*said)


def _product(kind: Kind, words: Words) -> str:
    return {
        "reminder": words("报送提醒"),
        "past_due": words("逾期未报提醒"),
        "escalation": words("逾期未报情况"),
    }[kind]


def _what(standing: Standing, policy: Policy, words: Words) -> str:
    item = standing.item
    return words(
        "%(division)s %(period)s%(kind)s",
        division=words.text(policy.divisions.name(item.division)),
        period=period_words(item.period, words),
        kind=labels.kind_word(item.kind, policy, words),
    )


def _subject(facts: NoticeFacts, grave: Sequence[Told], policy: Policy, words: Words) -> str:
    """The one thing that matters: who, what, by when or since when."""
    first = grave[0].standing
    latest = max(one.standing.days_late(facts.today) for one in grave)
    soonest = short_day(min(one.standing.item.due_on for one in grave), words)
    if len(grave) == 1:
        what = _what(first, policy, words)
        if facts.kind == "reminder":
            return words("%(what)s 请于%(day)s前报送", what=what, day=soonest)
        if facts.kind == "past_due":
            return words.plural("%(what)s 已逾期 %(num)s 天，请补报", latest, what=what)
        return words.plural("%(what)s 逾期 %(num)s 天仍未报齐，请催报", latest, what=what)
    whose = _whose(facts, grave, policy, words)
    if facts.kind == "reminder":
        return words.plural(
            "%(whose)s %(num)s 项报表 请于%(day)s前报送", len(grave), whose=whose, day=soonest
        )
    longest = words.plural("最久 %(num)s 天", latest)
    if facts.kind == "past_due":
        return words.plural(
            "%(whose)s %(num)s 项报表逾期未报齐，%(longest)s，请补报",
            len(grave),
            whose=whose,
            longest=longest,
        )
    return words.plural(
        "%(whose)s %(num)s 项报表逾期未报齐，%(longest)s，请催报",
        len(grave),
        whose=whose,
        longest=longest,
    )


def _whose(facts: NoticeFacts, grave: Sequence[Told], policy: Policy, words: Words) -> str:
    """The division that all of it is about, else the recipient's and how many of its own."""
    codes = {one.standing.item.division for one in grave}
    if len(codes) == 1:
        return words.text(policy.divisions.name(codes.pop()))
    name = words.text(policy.divisions.name(facts.division))
    return words.plural("%(name)s %(num)s 地", len(codes), name=name)


def _headline(facts: NoticeFacts, grave: Sequence[Told], policy: Policy, words: Words) -> str:
    if len(grave) == 1:
        one = grave[0]
        what = _what(one.standing, policy, words)
        day = formats.day(one.standing.item.due_on, words)
        late = one.standing.days_late(facts.today)
        if facts.kind == "reminder":
            return words("请于%(day)s（含当日）前报送%(what)s。", day=day, what=what)
        return words.plural(
            "%(what)s的报送期限是%(day)s，已过 %(num)s 天，尚未报齐。", late, what=what, day=day
        )
    whose = _whose(facts, grave, policy, words)
    if facts.kind == "reminder":
        return words.plural(
            "%(whose)s有 %(num)s 项报表即将到期，尚未报齐。", len(grave), whose=whose
        )
    return words.plural(
        "%(whose)s有 %(num)s 项报表已过报送期限，尚未报齐。", len(grave), whose=whose
    )


def _groups(facts: NoticeFacts, policy: Policy, words: Words) -> Iterable[NoticeGroup]:
    titles = {
        "escalation": words("逾期较久的"),
        "past_due": words("已过期限的"),
        "reminder": words("即将到期的"),
    }
    for kind in KINDS:
        told = [one for one in facts.told if one.kind == kind]
        if told:
            rows = tuple(_row(one, facts.today, policy, words) for one in told)
            yield NoticeGroup(titles[kind], rows)


def _row(told: Told, today: date, policy: Policy, words: Words) -> NoticeRow:
    return NoticeRow(
        name=_what(told.standing, policy, words),
        due=formats.day(told.standing.item.due_on, words),
        state=_state(told, today, words),
        received=received_words(told.standing, words),
    )


def _state(told: Told, today: date, words: Words) -> str:
    left = (told.standing.item.due_on - today).days
    if left > 0:
        return words.plural("还有 %(num)s 天", left)
    if left == 0:
        return words("今天到期")
    return words.plural("逾期 %(num)s 天", -left)


def received_words(standing: Standing, words: Words) -> str:
    """What came in for the item, and where nothing did, when its sender last sent anything."""
    if standing.covers:
        spans = words.listed([formats.span(span, words) for span in standing.covers])
        return words("只收到%(spans)s", spans=spans)
    if standing.last_at is None:
        return words("从未收到")
    return words("未收到；上次收到是%(day)s", day=_day_of(standing.last_at, words))


def _steps(facts: NoticeFacts, words: Words) -> tuple[str, ...]:
    codes = sorted({one.standing.item.division for one in facts.told})
    if facts.kind == "escalation":
        return (
            words("请向上述各地了解未报的原因，催请补报；确有困难的，请告知新的报送日期。"),
            words("已经报送而仍列在表中的，请核对文件的起止日期是否涵盖整期。"),
        )
    folder = codes[0] if len(codes) == 1 else words("各地的区划代码")
    steps = [
        words(
            "请把数据文件（CSV 或 XLSX，列的顺序不限）放入收件文件夹 %(folder)s，"
            "或发给省级数据管理员；收到后即有回执。",
            folder=folder,
        ),
        words("整期确无应报内容的，请作零报告；零报告同样算报送。"),
    ]
    if any(one.standing.covers for one in facts.told):
        steps.append(words("只报了一部分的，请补报其余日期；文件须涵盖整期。"))
    steps.append(words("本函发出前已经报送的，不必再报。"))
    return tuple(steps)


def _following(facts: NoticeFacts, words: Words) -> Iterable[str]:
    """What happens next and when, the soonest day of each."""
    again = min((one.next_on for one in facts.told if one.next_on), default=None)
    above = min((one.escalates_on for one in facts.told if one.escalates_on), default=None)
    if again is not None:
        yield words("%(day)s仍未报齐的，再次提醒。", day=formats.day(again, words))
    if above is not None and facts.kind != "escalation":
        yield words("%(day)s仍未报齐的，将告知上级主管部门。", day=formats.day(above, words))
    yield words("报齐之后不再提醒。")


def _nil_command(facts: NoticeFacts) -> str:
    """How a nil return is typed, for the one item that a letter may be about."""
    if len(facts.told) != 1 or facts.kind == "escalation":
        return ""
    item = facts.told[0].standing.item
    return (
        f"fleetmon ingest --nil --kind {item.kind} --division {item.division} "
        f"--period {item.period_name}"
    )


def _day_of(moment: datetime, words: Words) -> str:
    return formats.day(moment.astimezone(SHANGHAI).date(), words)


def short_day(on: date, words: Words) -> str:
    """A day without its year, as a subject has room for."""
    return _short_day(on, words.language)


@lru_cache(maxsize=512)
def _short_day(on: date, language: Language) -> str:
    return format_skeleton("MMMMd", on, locale=_LOCALES[language])
