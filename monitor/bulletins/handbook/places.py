"""Who reports, which extract by when, and where that is from."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.bulletins import formats, labels
from monitor.bulletins.handbook.clauses import Concerns
from monitor.bulletins.handbook.pieces import Fact
from monitor.bulletins.handbook.table_parts import DueEntry, PlaceRow, PlaceSection
from monitor.bulletins.words import Words
from monitor.policy.due_dates import ReportingRule
from monitor.policy.policy import Policy


def place_sections(
    policy: Policy, words: Words, concerns: Concerns, number: str
) -> tuple[PlaceSection, ...]:
    """Every province with those in it that report."""
    table = policy.divisions
    chosen = [one for one in table.provinces.values() if concerns(one.code)]
    return tuple(
        PlaceSection(
            number=f"{number}.{place}",
            anchor=f"place-{province.code}",
            title=words.text(province.name),
            size=province.code
            + " · "
            + words.plural(
                "%(num)s 个报送单位", sum(concerns(code) for code in province.divisions)
            ),
            rows=tuple(
                PlaceRow(
                    code=code,
                    name=words.text(table.divisions[code].name),
                    plates=words.listed(table.divisions[code].plates) or formats.NOTHING,
                    counties=words.listed(list(table.divisions[code].counties.values()))
                    or formats.NOTHING,
                )
                for code in province.divisions
                if concerns(code)
            ),
        )
        for place, province in enumerate(chosen, start=1)
    )


def due_entries(
    rules: Sequence[ReportingRule], policy: Policy, words: Words, concerns: Concerns
) -> tuple[DueEntry, ...]:
    """Every duty to report."""
    return tuple(
        _due(rule, policy, words) for rule in rules if any(concerns(area) for area in rule.areas)
    )


def _due(rule: ReportingRule, policy: Policy, words: Words) -> DueEntry:
    kind = labels.kind_word(rule.kind, policy, words)
    areas = words.listed([words.text(policy.divisions.name(code)) for code in rule.areas])
    said = {
        "month": words("每月报一次，次月 %(day)s 日前"),
        "quarter": words("每季报一次，季后第一个月 %(day)s 日前"),
        "year": words("每年报一次，次年 1 月 %(day)s 日前"),
    }[rule.every] % {"day": rule.day}
    by_area = rule.reported_by == "area"
    who = words("%(areas)s汇总后报送") if by_area else words("%(areas)s的各报送单位分别报送")
    life = words(
        "%(from)s 至 %(to)s",
        **{
            "from": formats.day(rule.valid_from, words),
            "to": formats.day(rule.valid_to, words),
        },
    )
    told = [
        Fact(words("谁报"), who % {"areas": areas}),
        Fact(words("期限"), words("%(when)s，遇非工作日顺延", when=said)),
        Fact(words("报送的期间"), life),
        Fact(words("催报"), _reminders(rule, words)),
        Fact(words("依据"), words.text(rule.source)),
    ]
    told += [Fact(words("读法"), words.text(reading.what)) for reading in rule.readings]
    return DueEntry(words("%(areas)s：%(kind)s", areas=areas, kind=kind), tuple(told))


def _reminders(rule: ReportingRule, words: Words) -> str:
    """When somebody is told, before and after the day."""

    def days(numbers: Sequence[int]) -> str:
        return words.listed([str(number) for number in numbers])

    told = [
        (words("到期前 %(days)s 个工作日"), rule.remind_before_days),
        (words("到期后第 %(days)s 天"), rule.remind_after_days),
        (words("到期后第 %(days)s 天报告省级"), rule.escalate_after_days),
    ]
    return words("，").join(said % {"days": days(numbers)} for said, numbers in told if numbers)
