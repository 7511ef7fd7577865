"""Assessments to rows of a bulletin: every figure as the assessment gives it, none worked out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from monitor.bulletins import formats, labels
from monitor.bulletins.formats import NOTHING
from monitor.bulletins.parts import Clause, Figures, MandateBlock, Members, Values
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy
from monitor.policy.side_by_side import strictest_first


def is_share(row: Assessment) -> bool:
    """Whether the figure is a share, not a count."""
    return row.denominator is not None or row.share is not None


def target_of(row: Assessment, policy: Policy, words: Words) -> str:
    """What is asked for: a number, or a year to be better than."""
    if row.target is not None:
        return formats.target_sign(row.target)
    mandate = policy.mandates.get(row.mandate)
    target = mandate.target_of(int(row.period[:4])) if mandate else None
    if target is not None and target.compare_to is not None:
        return words("> %(year)s 年末", year=target.compare_to)
    return NOTHING


def has_yardstick(row: Assessment, policy: Policy) -> bool:
    """Whether the clause asks for something that can be met or missed."""
    mandate = policy.mandates.get(row.mandate)
    return row.target is not None or (
        mandate is not None and mandate.target_of(int(row.period[:4])) is not None
    )


def figures_of(
    row: Assessment, label: str, policy: Policy, words: Words, *, is_member: bool = False
) -> Figures:
    """One assessment as a row; where nothing was reported there are no numbers to show.

    What the clause itself leaves open is said once, at the row of the whole: not for a member.
    """
    silent = row.status in {"no_data", "no_mandate"} or _is_unknown(row)
    # A lower bound is no shortfall: where nothing can be judged, nothing is said to be lacking.
    yardstick = has_yardstick(row, policy) and row.status != "not_computable"
    return Figures(
        mandate=row.mandate,
        period=row.period,
        label=label,
        division=row.division,
        is_breakdown=row.role == "breakdown",
        target=target_of(row, policy, words),
        counted=NOTHING if silent or row.denominator is None else formats.number(row.denominator),
        new_energy=NOTHING if silent else formats.ranged(row.numerator, row.undetermined, words),
        share=NOTHING if row.share is None else formats.percent(row.share),
        short_by=formats.number(row.short_by) if yardstick and not silent else NOTHING,
        still_needed=_still_needed(row, words) if yardstick and not silent else NOTHING,
        verdict=labels.verdict(row.status, words),
        consequence=labels.consequence_word(row.consequence, words),
        remarks=tuple(_remarks(row, policy, words, is_member=is_member)),
        explain=row.explain,
        values=_values(row, yardstick=yardstick and not silent, silent=silent),
    )


def _is_unknown(row: Assessment) -> bool:
    """Whether a nought would only say that nothing was reported."""
    return row.status == "not_computable" and row.covered is None and not row.denominator


def _values(row: Assessment, *, yardstick: bool, silent: bool) -> Values:
    """The same numbers, unformatted: where a cell shows a dash there is none."""
    least = Decimal(row.numerator)
    needed = row.needed_next if yardstick and not row.complete else None
    return Values(
        counted=None if silent else row.denominator,
        least=None if silent else least,
        most=None if silent else least + Decimal(row.undetermined),
        share=None if row.share is None else Decimal(row.share),
        target=Decimal(row.target.value) if row.target and row.target.value else None,
        short_by=Decimal(row.short_by) if yardstick else None,
        still_needed=None if needed is None else Decimal(needed),
    )


def _still_needed(row: Assessment, words: Words) -> str:
    if row.complete:
        return NOTHING
    if row.needed_next is not None:
        return formats.number(row.needed_next)
    return words("无法补足") if row.status in labels.SHORT else NOTHING


def _remarks(row: Assessment, policy: Policy, words: Words, *, is_member: bool) -> Iterable[str]:
    if row.status == "no_data":
        yield words("本期没有可计入的数据；这是数据缺失，不是违反政策。")
    elif row.incomplete_data and row.covered is not None:
        yield words(
            "数据不完整，只涵盖%(span)s；不作违规论。", span=formats.span(row.covered, words)
        )
    elif row.incomplete_data:
        yield words("数据不完整；不作违规论。")
    if not formats.is_zero(row.undetermined):
        yield words(
            "%(count)s 辆能否算新能源无法判定，故新能源数是一个区间。",
            count=formats.number(row.undetermined),
        )
    yield from _left_out(row, words)
    mandate = policy.mandates.get(row.mandate)
    if mandate is not None and mandate.energies and not is_member:
        table = policy.codes["energy"]
        kinds = [words.text(table.label(energy)) for energy in mandate.energies]
        yield words("“新能源”一栏只计%(what)s。", what=words.listed(kinds))
    general = mandate.missing if mandate is not None and is_member else ()
    missing = [lack for lack in row.missing if lack not in general]
    if missing:
        lacks = [words.text(lack).rstrip("。.") for lack in missing]
        yield words("缺：%(what)s。", what=words.listed(lacks))
    if row.missing_divisions:
        names = [words.text(policy.divisions.name(code)) for code in row.missing_divisions]
        yield words("未报：%(who)s。", who=words.listed(names))
    for note in row.notes:
        yield words.text(note)


def _left_out(row: Assessment, words: Words) -> Iterable[str]:
    if row.excluded.exempt:
        yield words.plural("按条文不计入比例 %(num)s 辆。", row.excluded.exempt)
    if row.excluded.out_of_scope:
        yield words.plural("不在本条范围内 %(num)s 辆。", row.excluded.out_of_scope)
    if row.excluded.scope_unknown:
        yield words.plural("是否属于本条范围不明 %(num)s 辆。", row.excluded.scope_unknown)
    if row.category_undetermined:
        yield words.plural("另有 %(num)s 辆用途不明，可能与本条有关。", row.category_undetermined)


def clause_of(mandate: Mandate, words: Words) -> Clause:
    """The clause's place and words, verbatim."""
    document = mandate.document
    title, number = (
        (document.title, _number(document, words))
        if isinstance(document, Document)
        else (document, "")
    )
    return Clause(
        document=title,
        number=number,
        section=mandate.section,
        words=mandate.words,
        strength=labels.strength_word(mandate.strength, words),
        strength_word=mandate.strength_word,
        responsible="、".join(mandate.responsible),
    )


def _number(document: Document, words: Words) -> str:
    """What stands in brackets after a title; a national paper is told from the four documents."""
    parts = [document.number] if document.number else []
    if document.is_national:
        parts.append(words("国家文件，不在四份文件之内"))
    return "；".join(parts)


def blocks_of(
    rows: Iterable[Assessment], own: str, policy: Policy, words: Words
) -> tuple[MandateBlock, ...]:
    """The rows of one year, one block a mandate; those with a number to meet come first.

    Of those on the same vehicles the strictest stands first.
    """
    by_mandate: dict[str, list[Assessment]] = {}
    for row in rows:
        by_mandate.setdefault(row.mandate, []).append(row)
    year = max((int(found[0].period[:4]) for found in by_mandate.values()), default=0)
    blocks = [
        _block(policy.mandates[mandate], by_mandate[mandate], own, policy, words)
        for mandate in strictest_first(policy, sorted(by_mandate), year)
    ]
    return tuple(sorted(blocks, key=lambda block: not block.has_target))


def _block(
    mandate: Mandate, rows: list[Assessment], own: str, policy: Policy, words: Words
) -> MandateBlock:
    several = mandate.grouping == "each" and len(mandate.categories) > 1
    mine = [row for row in rows if row.division == own]
    others = [row for row in rows if row.division != own]

    def own_label(row: Assessment) -> str:
        if row.role == "breakdown" or several:
            return labels.categories_word(row.categories, policy, words)
        return words.text(policy.divisions.name(row.division))

    has_target = any(has_yardstick(row, policy) for row in rows)
    counted = mandate.unit != "share"
    unit = words("单位：%(unit)s", unit=labels.unit_word(mandate.unit, words)) if counted else ""
    return MandateBlock(
        mandate=mandate.id,
        title=labels.scope_word(mandate, mandate.categories, policy, words),
        meaning=words.text(mandate.meaning),
        measure=labels.measure_word(mandate.measure, words, has_target=has_target),
        period=words("%(year)s 年度", year=rows[0].period),
        unit_note=unit,
        binds=labels.binds_word(mandate, policy, words),
        note=_reference_note(mine, policy, words),
        members_note=_reference_note(others, policy, words),
        is_illustrative=mandate.illustrative,
        has_target=has_target,
        rows=tuple(figures_of(row, own_label(row), policy, words) for row in mine),
        members=_members(others, policy, words)
        if not several
        else tuple(
            group
            for category in mandate.categories
            for group in _members(
                [row for row in others if row.categories == (category,)], policy, words
            )
        ),
        clause=clause_of(mandate, words),
    )


def _members(rows: list[Assessment], policy: Policy, words: Words) -> tuple[Members, ...]:
    """The divisions in the order of their province's file, breakdowns under each."""
    if not rows:
        return ()
    places = {code: place for place, code in enumerate(policy.divisions.divisions)}
    ordered = sorted(rows, key=lambda row: places.get(row.division, len(places)))
    whole = next((row for row in ordered if row.role == "finding"), ordered[0])

    def label(row: Assessment) -> str:
        if row.role == "breakdown":
            return labels.categories_word(row.categories, policy, words)
        return words.text(policy.divisions.name(row.division))

    return (
        Members(
            title=labels.categories_word(whole.categories, policy, words),
            rows=tuple(
                figures_of(row, label(row), policy, words, is_member=True) for row in ordered
            ),
        ),
    )


def _reference_note(rows: list[Assessment], policy: Policy, words: Words) -> str:
    """That the rows are for information, where a demand with a number binds another level."""
    bound = any(row.binding or not has_yardstick(row, policy) for row in rows)
    return "" if bound or not rows else words("供参考，不约束本级")


def past_rows(rows: Iterable[Assessment], policy: Policy, words: Words) -> tuple[Figures, ...]:
    """Periods before the judged year, ended mandates among them, newest last."""
    found = list(rows)
    year = max((int(row.period[:4]) for row in found), default=0)
    ids = sorted({row.mandate for row in found})
    order = {one: place for place, one in enumerate(strictest_first(policy, ids, year))}
    return tuple(
        figures_of(
            row,
            labels.scope_word(policy.mandates[row.mandate], row.categories, policy, words),
            policy,
            words,
            is_member=True,
        )
        for row in sorted(
            found, key=lambda row: (order[row.mandate], row.period, row.role == "breakdown")
        )
    )
