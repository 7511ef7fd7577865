"""What codes are called in a bulletin: statuses, strengths, consequences, measures."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from monitor.bulletins import formats
from monitor.bulletins.parts import Tone, Verdict
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.mandates import ALL_CATEGORIES, Mandate
from monitor.policy.policy import Policy

FAILED: Final = frozenset({"not_met", "out_of_reach"})
SHORT: Final = frozenset({"not_met", "out_of_reach", "behind"})
# More categories than this make no title.
_MOST_NAMED: Final = 4
# A fault in the data is quiet grey: it must never look like a breach of policy.
_TONES: Final[dict[str, Tone]] = {
    "met": "good",
    "on_track": "good",
    "not_met": "bad",
    "out_of_reach": "bad",
    "behind": "warn",
    "undetermined": "unsure",
}
_MARKS: Final[dict[str, str]] = {
    "met": "✓",
    "on_track": "✓",
    "not_met": "✕",
    "out_of_reach": "✕",
    "behind": "▲",
    "undetermined": "?",
}
STATUS_ORDER: Final = (
    "not_met",
    "out_of_reach",
    "behind",
    "undetermined",
    "met",
    "on_track",
    "no_data",
    "not_computable",
    "no_additions",
    "trend",
    "no_mandate",
)


def status_word(status: str, words: Words) -> str:
    """A status in words."""
    return {
        "met": words("达标"),
        "not_met": words("未达标"),
        "on_track": words("进度达标"),
        "behind": words("进度落后"),
        "out_of_reach": words("已无法达标"),
        "undetermined": words("无法判定"),
        "no_additions": words("无新增"),
        "no_data": words("未报数据"),
        "trend": words("仅列趋势"),
        "not_computable": words("暂不能计算"),
        "no_mandate": words("无适用要求"),
    }.get(status, status)


def verdict(status: str, words: Words) -> Verdict:
    """A status as a word, a mark and a tone."""
    return Verdict(
        status, status_word(status, words), _MARKS.get(status, "–"), _TONES.get(status, "quiet")
    )


def strength_word(strength: str, words: Words) -> str:
    """How strongly a clause binds."""
    return {
        "mandatory": words("强制性要求"),
        "floor_encouraged": words("鼓励性下限"),
        "in_principle": words("原则性要求"),
        "declared": words("公布的目标"),
        "promote": words("推广方向"),
        "aim": words("力争目标"),
    }.get(strength, strength)


def consequence_word(consequence: str, words: Words) -> str:
    """What follows from a verdict; nothing for `none`."""
    return {
        "violation": words("违反强制性要求"),
        "explain": words("须说明原因"),
        "advise": words("提示"),
        "report": words("列示"),
        "none": "",
    }.get(consequence, consequence)


def measure_word(measure: str, words: Words, *, has_target: bool) -> str:
    """What a mandate measures; without a target a fleet's share has nothing to rise above."""
    if measure == "monotone_increase" and not has_target:
        return words("在用车辆中新能源的比例")
    return {
        "share_new_replaced": words("新增和更新车辆中新能源的比例"),
        "monotone_increase": words("在用车辆中新能源的比例，须逐年提高"),
        "cumulative_count": words("累计推广数量"),
        "added_count": words("新增数量"),
        "stock": words("保有量"),
        "adoption": words("采用新能源汽车的趋势"),
        "rank": words("电动化率位次"),
    }.get(measure, measure)


def unit_word(unit: str, words: Words) -> str:
    """What a count is counted in."""
    return words("标准车") if unit == "standard_vehicle" else words("辆")


def quantity(value: int | str, unit: str, words: Words) -> str:
    """A number of vehicles, or of standard vehicles, with its unit."""
    if unit == "standard_vehicle":
        return words("%(value)s 标准车", value=formats.number(value))
    # Only one is singular; a broken number of vehicles can only be several.
    few = 1 if Decimal(value) == 1 else 2
    return words.plural("%(num)s 辆", few, num=formats.number(value))


def kind_word(kind: str, policy: Policy, words: Words) -> str:
    """What an extract kind is called."""
    return words.text(policy.kind_label(kind))


def categories_word(categories: tuple[str, ...], policy: Policy, words: Words) -> str:
    """The vehicles that a figure is about."""
    if not categories or ALL_CATEGORIES in categories:
        return words("全部车辆")
    table = policy.codes["category"]
    return words.listed([words.text(table.label(category)) for category in categories])


def group_word(code: str, policy: Policy, words: Words, *, is_province: bool) -> str:
    """A province's lists go by division, a city's by what the vehicles are for."""
    if is_province:
        return words.text(policy.divisions.name(code))
    return words.text(policy.codes["category"].label(code))


def scope_word(mandate: Mandate, categories: tuple[str, ...], policy: Policy, words: Words) -> str:
    """The vehicles that a row of a mandate is about, short enough for a title."""
    if len(categories) > _MOST_NAMED:
        first = categories_word(categories[:1], policy, words)
        said = words.plural("%(first)s等 %(num)s 类", len(categories), first=first)
    else:
        said = categories_word(categories, policy, words)
    narrowed = []
    if mandate.energies:
        table = policy.codes["energy"]
        narrowed += [words.text(table.label(energy)) for energy in mandate.energies]
    if mandate.uses:
        table = policy.codes["use"]
        narrowed += [words.text(table.label(use)) for use in mandate.uses]
    if mandate.counties:
        narrowed.append(words("指定区域"))
    if not narrowed:
        return said
    return words("%(what)s（%(which)s）", what=said, which=words.listed(narrowed))


def subject_of(row: Assessment, policy: Policy, words: Words) -> str:
    """A mandate's id and the vehicles that a row of it is about."""
    mandate = policy.mandates.get(row.mandate)
    if mandate is None:  # one that has ended with its file, in what an earlier bulletin said
        return f"{row.mandate} {categories_word(row.categories, policy, words)}"
    return f"{row.mandate} {scope_word(mandate, row.categories, policy, words)}"


def binds_word(mandate: Mandate, policy: Policy, words: Words) -> str:
    """Whom a clause binds; nothing where it binds nobody."""
    if mandate.jurisdiction not in policy.divisions.provinces:
        return words("全市") if mandate.binds else ""
    levels = {"province": words("全省"), "divisions": words("各市")}
    return words.listed([levels[level] for level in mandate.binds]) if mandate.binds else ""
