"""Every code table: what may be written, and what each writing means and counts as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitor.bulletins import formats
from monitor.bulletins.blank_table import blank_kinds, table_of
from monitor.bulletins.handbook.pieces import capital
from monitor.bulletins.handbook.table_parts import CodeRow, CodeSection
from monitor.bulletins.labels import kind_word
from monitor.bulletins.words import Words
from monitor.policy.codes import UNITS, CodeEntry, CodeTable, normal_name
from monitor.policy.policy import Policy
from monitor.policy.standard_vehicle import Weight

_ENERGY: Final = "energy"


def code_anchor(table: str) -> str:
    """What a table is found by."""
    return f"codes-{table}"


def code_sections(policy: Policy, words: Words, number: str) -> tuple[CodeSection, ...]:
    """All tables, those that columns are written in first, in the order of the columns."""
    used = _columns(policy, words)
    names = [*used, *(name for name in policy.codes if name not in used)]
    return tuple(
        _section(policy.codes[name], used.get(name, {}), f"{number}.{place}", policy, words)
        for place, name in enumerate(names, start=1)
    )


def _columns(policy: Policy, words: Words) -> dict[str, dict[str, list[str]]]:
    """The headers that are written in each table, each with the kinds that have it."""
    used: dict[str, dict[str, list[str]]] = {}
    for kind in blank_kinds(policy):
        layout = policy.columns[kind]
        for name in layout.columns:
            if table := table_of(kind, name, policy):
                held = used.setdefault(table, {}).setdefault(layout.header_of(name), [])
                held.append(kind_word(kind, policy, words))
    return used


def _section(
    table: CodeTable, used: dict[str, list[str]], number: str, policy: Policy, words: Words
) -> CodeSection:
    rows = tuple(_row(table, entry, policy, words) for entry in table.entries.values())
    named = {
        "energy": words("能源类别"),
        "unit": words("条文的单位"),
        "yes_no": words("是或否"),
    }
    of_kinds = {kind for kinds in used.values() for kind in kinds}
    first = next(iter(used), table.name)
    if words.language == "en":  # headers stay Chinese
        first = f"{capital(table.name.replace('_', ' '))} · {first}"
    elif len(of_kinds) == 1:  # a name such as 形式 says little alone
        first = words("%(header)s（%(kinds)s）", header=first, kinds=next(iter(of_kinds)))
    told = [
        words("%(header)s（%(kinds)s）", header=header, kinds=words.listed(kinds))
        for header, kinds in used.items()
    ]
    return CodeSection(
        number=number,
        anchor=code_anchor(table.name),
        title=named.get(table.name, first),
        table=table.name,
        source="；".join(dict.fromkeys(table.sources)),
        used_by=words.listed(told),
        size=words.plural("共 %(num)s 项", len(rows)),
        rows=rows,
        has_writings=any(row.writings for row in rows),
        has_counts=any(row.counts for row in rows),
    )


def _row(table: CodeTable, entry: CodeEntry, policy: Policy, words: Words) -> CodeRow:
    label = words.text(entry.label) if entry.label else entry.code
    shown = {normal_name(entry.code), normal_name(label)}
    written = [*((entry.letter,) if entry.letter else ()), *entry.names]
    return CodeRow(
        code=entry.code,
        label=label,
        writings=words.listed([one for one in written if normal_name(one) not in shown]),
        counts=words("；").join(_counts(table, entry, policy, words)),
    )


def _counts(table: CodeTable, entry: CodeEntry, policy: Policy, words: Words) -> Iterator[str]:
    """What follows from a code, beyond its name."""
    yield from _energies(table, entry, policy, words)
    yield from _categories(table, entry, policy, words)
    if entry.credit_prefixes:
        heads = words.listed(entry.credit_prefixes)
        yield words("单位性质未填、信用代码以 %(heads)s 开头的，推定为此项", heads=heads)
    if entry.counted is not None:
        yield words("计为新增") if entry.counted else words("不计为新增")
    if entry.effect:
        yield {
            "addition": words("计为新增"),
            "deregistration": words("自注销之日退出保有量"),
            "none": words("不是新增"),
        }[entry.effect]
    if entry.vehicle_class:
        yield _class_word(entry.vehicle_class, words)
    if entry.unit and entry.factor:
        unit = words.text(policy.codes[UNITS].label(entry.unit))
        yield words("每单位折合 %(factor)s %(unit)s", factor=entry.factor, unit=unit)


def _energies(table: CodeTable, entry: CodeEntry, policy: Policy, words: Words) -> Iterator[str]:
    energy = policy.codes[_ENERGY]
    if entry.energy:
        yield words.text(energy.label(entry.energy))
        if (meant := energy.entries.get(entry.energy)) and meant.new_energy:
            yield _new_energy(meant.new_energy, words)
    if entry.new_energy:
        yield _new_energy(entry.new_energy, words)
    if entry.may_be and table.name == _ENERGY:
        told = words.listed([words.text(energy.label(code)) for code in entry.may_be])
        yield words("若是新能源，为%(what)s", what=told)


def _categories(table: CodeTable, entry: CodeEntry, policy: Policy, words: Words) -> Iterator[str]:
    def named(*codes: str) -> str:
        return words.listed([words.text(policy.codes["category"].label(code)) for code in codes])

    if entry.kind_of:
        yield words("也计入%(category)s", category=named(entry.kind_of))
    if entry.category:
        yield words("推定为%(category)s", category=named(entry.category))
    if entry.person_category:
        said = named(entry.person_category)
        yield words("所有人为个人的，推定为%(category)s", category=said)
    if entry.may_be and table.name != _ENERGY:
        yield words("可能是%(what)s，不能推定", what=named(*entry.may_be))


def _new_energy(state: str, words: Words) -> str:
    return {
        "yes": words("是新能源"),
        "no": words("不是新能源"),
        "undetermined": words("不能判断是否新能源"),
        "none": words("没有动力，不参与计算"),
    }[state]


def _class_word(vehicle_class: str, words: Words) -> str:
    return {
        "passenger_car": words("乘用车"),
        "coach": words("客车"),
        "goods": words("货车"),
        "special": words("专用车"),
        "trailer": words("挂车"),
        "other": words("其他车辆"),
    }.get(vehicle_class, vehicle_class)


def weight_section(policy: Policy, words: Words, number: str) -> CodeSection:
    """What one vehicle of a sort counts in 标准车."""
    table = policy.weights
    return CodeSection(
        number=number,
        anchor=code_anchor(table.table),
        title=words("标准车折算"),
        table=table.table,
        source=table.source,
        used_by="",
        size=words.plural("共 %(num)s 项", len(table.entries)),
        rows=tuple(_weight(one, policy, words) for one in table.entries),
        has_writings=True,
        has_counts=True,
    )


def _weight(one: Weight, policy: Policy, words: Words) -> CodeRow:
    energies = [words.text(policy.codes[_ENERGY].label(code)) for code in one.energy]
    bounds = (
        (words("续驶里程不低于 %(bound)s 公里"), one.range_km_from),
        (words("续驶里程低于 %(bound)s 公里"), one.range_km_below),
        (words("总质量不低于 %(bound)s 千克"), one.gross_mass_kg_from),
        (words("总质量低于 %(bound)s 千克"), one.gross_mass_kg_below),
    )
    told = [said % {"bound": formats.number(bound)} for said, bound in bounds if bound is not None]
    if one.fast_charge is not None:
        told.append(words("快充") if one.fast_charge else words("不是快充"))
    return CodeRow(
        code=words.listed([_class_word(name, words) for name in one.vehicle_class]),
        label=words.listed(energies),
        writings=words("，").join(told),
        counts=formats.number(str(one.weight)),
    )
