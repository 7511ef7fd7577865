"""A fleet mandate in plain words: what is asked, of whom, how strongly and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.figures import clause_of
from monitor.bulletins.parts import Clause as Place
from monitor.bulletins.words import Words
from monitor.model import Target, Text
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Document, Mandate, PeriodTarget
from monitor.policy.policy import Policy

IN_FORCE: Final = Text("现行", "in force")
ENDED: Final = Text("已到期", "ended")
TO_COME: Final = Text("尚未开始", "to come")


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate in words; `standing` is in force, ended or to come, `bounds` narrow it."""

    mandate: Mandate
    subject: str
    place: str
    measure: str
    strength: str
    issuer: str
    issued_on: date | None
    clause: Place
    concerns: str
    targets: tuple[tuple[int, str], ...]
    standing: str
    is_in_force: bool
    bounds: tuple[tuple[str, str], ...]


def mandate_view(mandate: Mandate, policy: Policy, words: Words, today: date) -> MandateView:
    """A mandate in words, as of a day."""
    document = mandate.document
    standing = standing_of(mandate, today)
    return MandateView(
        mandate=mandate,
        subject=labels.scope_word(mandate, mandate.categories, policy, words),
        place=words.text(policy.divisions.name(mandate.jurisdiction)),
        measure=labels.measure_word(mandate.measure, words, has_target=bool(mandate.targets)),
        strength=labels.strength_word(mandate.strength, words),
        issuer=document.issuer if isinstance(document, Document) else "",
        issued_on=document.issued_on if isinstance(document, Document) else None,
        clause=clause_of(mandate, words),
        concerns=labels.binds_word(mandate, policy, words) or words("不约束任何一级，仅列趋势"),
        targets=tuple((one.period, _asked(one, mandate, words)) for one in mandate.targets),
        standing=words.text(standing),
        is_in_force=standing is IN_FORCE,
        bounds=tuple(_bounds(mandate, policy, words)),
    )


def standing_of(one: Mandate | Clause, today: date) -> Text:
    """Whether a clause is in force on a day, has ended or is to come."""
    if today > one.valid_to:
        return ENDED
    return TO_COME if today < one.valid_from else IN_FORCE


def _asked(one: PeriodTarget, mandate: Mandate, words: Words) -> str:
    if one.value is None:
        return words("> %(year)s 年末", year=one.compare_to)
    said = formats.target_sign(Target(one.op, one.value, mandate.unit))
    return said if mandate.unit == "share" else f"{said} {labels.unit_word(mandate.unit, words)}"


def _bounds(mandate: Mandate, policy: Policy, words: Words) -> Iterable[tuple[str, str]]:
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
