"""What a mandate asks and what narrows it, in words for pages and the handbook alike."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.bulletins import formats, labels
from monitor.bulletins.words import Words
from monitor.model import Target
from monitor.policy.mandates import Mandate, PeriodTarget
from monitor.policy.policy import Policy


def asked_of(one: PeriodTarget, mandate: Mandate, words: Words) -> str:
    """What a year's target asks for: a number with its unit, or a year to be better than."""
    if one.value is None:
        return words("> %(year)s 年末", year=one.compare_to)
    said = formats.target_sign(Target(one.op, one.value, mandate.unit))
    return said if mandate.unit == "share" else f"{said} {labels.unit_word(mandate.unit, words)}"


def bounds_of(mandate: Mandate, policy: Policy, words: Words) -> Iterable[tuple[str, str]]:
    """What narrows a mandate, by heading; what does not is left out."""

    def listed(codes: Iterable[str], table: str) -> str:
        return words.listed([words.text(policy.codes[table].label(code)) for code in codes])

    yield words("车辆"), labels.categories_word(mandate.categories, policy, words)
    for heading, codes, table in (
        (words("单位"), mandate.owners, "owner_kind"),
        (words("区域"), mandate.areas, "area"),
        (words("使用性质"), mandate.uses, "use"),
        (words("能源"), mandate.energies, "energy"),
        (words("可豁免"), mandate.exemptions, "exemption"),
        (words("不计入的车辆"), mandate.exempt_categories, "category"),
    ):
        if codes:
            yield heading, listed(codes, table)
    if mandate.counties:
        yield words("县区"), words.listed(_counties(mandate.counties, policy))
    if mandate.counted_from:
        yield words("自何日起计"), formats.day(mandate.counted_from, words)


def _counties(codes: Iterable[str], policy: Policy) -> list[str]:
    named = {
        code: name
        for division in policy.divisions.divisions.values()
        for code, name in division.counties.items()
    }
    return [named.get(code, code) for code in codes]
