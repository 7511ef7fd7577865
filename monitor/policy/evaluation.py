"""How places are set against each other: the parts of a scorecard and their weights, as data."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.policy.clauses import Clause
from monitor.policy.codes import BilingualText, CodeTable, Strict, decimal_text, known_codes
from monitor.policy.divisions import DivisionTable
from monitor.policy.mandates import ALL_CATEGORIES, Mandate, Reading
from monitor.policy.yamlfile import fault, load

# What a part counts; each is worked out by the same functions as every other figure.
PartMeasure = Literal[
    "added_share",
    "added_standard_vehicles",
    "verdicts_met",
    "days_covered",
    "reported_in_time",
    "facilities_added",
]
# How a figure becomes a score between 0 and 1; see `assess.scorecard`.
Scale = Literal["as_is", "of_best", "min_max"]

_COUNTING = frozenset({"added_share", "added_standard_vehicles"})
# A share is a score already; a count has no upper end of its own.
_SHARES = frozenset({"added_share", "verdicts_met", "days_covered", "reported_in_time"})
# What the file of a city's districts cannot ask: duties and verdicts are the city's.
_OF_DIVISIONS = frozenset({"verdicts_met", "days_covered", "reported_in_time"})


class Part(Strict):
    """One part of a scorecard.

    `direction` says which figures are better. `needs` is the kind of extract without which the
    part is not held, `rows` the condition on its rows that are counted, as a clause's lines have
    it. The vehicles of a counting part are chosen as a mandate's are; `mandates` are
    those whose verdicts count.
    """

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    name: BilingualText
    how: BilingualText
    measure: PartMeasure
    direction: Literal["more", "less"]
    scale: Scale
    weight: str
    needs: str | None = None
    rows: str | None = None
    categories: tuple[str, ...] = ()
    owners: tuple[str, ...] | None = None
    exemptions: tuple[str, ...] = ()
    exempt_categories: tuple[str, ...] = ()
    mandates: tuple[str, ...] = ()

    _weights = field_validator("weight")(decimal_text)

    @field_validator("categories", "exempt_categories")
    @classmethod
    def _known_categories(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return known_codes(codes, "category", info, beside=(ALL_CATEGORIES,))

    @field_validator("owners")
    @classmethod
    def _known_owners(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> object:
        return codes and known_codes(codes, "owner_kind", info)

    @field_validator("exemptions")
    @classmethod
    def _known_exemptions(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return known_codes(codes, "exemption", info)

    @field_validator("needs")
    @classmethod
    def _known_kind(cls, kind: str | None, info: ValidationInfo) -> str | None:
        if kind is not None and kind not in (info.context or {})["kinds"]:
            message = f"no such kind of extract / 没有这种报表: {kind}"
            raise ValueError(message)
        return kind

    @field_validator("mandates")
    @classmethod
    def _known_mandates(cls, ids: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        mandates: Mapping[str, Mandate] = (info.context or {})["mandates"]
        for one in ids:
            if one not in mandates:
                message = f"no such mandate / checks/mandates/ 中没有: {one}"
                raise ValueError(message)
        return ids

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        wants = {
            "categories": _COUNTING,
            "mandates": {"verdicts_met"},
            "needs": {"facilities_added"},
            "rows": {"facilities_added"},
        }
        for name, measures in wants.items():
            if bool(getattr(self, name)) != (self.measure in measures):
                message = f"{name} does not go with {self.measure} / {name} 与 {self.measure} 不符"
                raise ValueError(message)
        if self.scale == "as_is" and self.measure not in _SHARES:
            message = f"{self.measure} is no share / 不是比例，不能原样计分: {self.measure}"
            raise ValueError(message)
        return self


class WeightsSaid(Strict):
    """Who set the weights and when; `is_default` is that nobody has decided on them yet."""

    is_default: bool
    by: str
    on: date


class LeftOut(Strict):
    """A member of the place that is not ranked for what it is, and why."""

    code: str
    why: BilingualText


class Shortlist(Strict):
    """What a clause has chosen from the first places.

    `places` only where the clause names no number: then it is the reading that stands with it.
    """

    clause: str
    what: BilingualText
    places: int | None = Field(default=None, ge=1)


class Evaluation(Strict):
    """One place's scorecard: who is ranked, by which parts, with which weights, and for what.

    `clauses` call for it; there may be none, and then a reading says so.
    """

    place: str
    clauses: tuple[str, ...]
    ranked: Literal["divisions", "counties"]
    left_out: tuple[LeftOut, ...] = ()
    parts: tuple[Part, ...] = Field(min_length=1)
    weights: WeightsSaid
    shortlist: Shortlist | None = None
    readings: tuple[Reading, ...] = Field(min_length=1)
    reviewed_on: date

    @field_validator("place")
    @classmethod
    def _known_place(cls, code: str, info: ValidationInfo) -> str:
        divisions: DivisionTable = (info.context or {})["divisions"]
        if not divisions.known(code):
            message = f"no such division / 区划表中没有: {code}"
            raise ValueError(message)
        return code

    @field_validator("parts")
    @classmethod
    def _each_once(cls, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        ids = [part.id for part in parts]
        if len(set(ids)) != len(ids):
            message = f"a part stands twice / 部分重复: {ids}"
            raise ValueError(message)
        return parts

    @model_validator(mode="after")
    def _coherent(self, info: ValidationInfo) -> Self:
        members = members_of((info.context or {})["divisions"], self.place, self.ranked)
        if not members:
            message = f"{self.place} has no {self.ranked} / {self.place} 没有可排位次的下级"
            raise ValueError(message)
        strange = [one.code for one in self.left_out if one.code not in members]
        if strange:
            message = f"not of {self.place} / 不属于 {self.place}: {strange[0]}"
            raise ValueError(message)
        for part in self.parts:
            if self.ranked == "counties" and part.measure in _OF_DIVISIONS:
                message = f"{part.measure} is no district's / 区县没有这项数字: {part.measure}"
                raise ValueError(message)
        given = {Fraction(part.weight) for part in self.parts}
        if not any(given) or (self.weights.is_default and len(given) > 1):
            message = "default weights are equal, and not all are 0 / 默认权重须相等，且不能全为 0"
            raise ValueError(message)
        return self

    def members(self, divisions: DivisionTable) -> tuple[str, ...]:
        """The codes of those that are ranked, in the order of their file."""
        without = {one.code for one in self.left_out}
        codes = members_of(divisions, self.place, self.ranked)
        return tuple(code for code in codes if code not in without)


class Places(NamedTuple):
    """How many a clause has chosen, at least and at most; `is_named` by the clause itself."""

    least: int
    most: int
    is_named: bool


def members_of(divisions: DivisionTable, place: str, ranked: str) -> tuple[str, ...]:
    """The divisions of a province, or the counties of a division."""
    if ranked == "divisions":
        return divisions.members(place) if place in divisions.provinces else ()
    held = divisions.divisions.get(place)
    return tuple(held.counties) if held else ()


def places_wanted(shortlist: Shortlist, clause: Clause) -> Places:
    """How many a clause has chosen each year: its own number, else the reading's."""
    for target in clause.targets:
        if target.op == "range" and target.value_min and target.value_max:
            return Places(int(target.value_min), int(target.value_max), is_named=True)
        if target.value is not None:
            return Places(int(target.value), int(target.value), is_named=True)
    most = shortlist.places or 0
    return Places(0, most, is_named=False)


def load_evaluations(
    paths: list[Path],
    *,
    codes: dict[str, CodeTable],
    divisions: DivisionTable,
    mandates: Mapping[str, Mandate],
    clauses: Mapping[str, Clause],
    kinds: Container[str],
) -> dict[str, Evaluation]:
    """The evaluations by place; raises `PolicyError` with file, line and reason."""
    found: dict[str, Evaluation] = {}
    for path in paths:
        one = load(
            path, Evaluation, codes=codes, divisions=divisions, mandates=mandates, kinds=kinds
        )
        if one.place in found:
            raise fault(path, None, f"{one.place} 重复", f"{one.place} stands in two files")
        shortlist = (one.shortlist,) if one.shortlist else ()
        for clause in (*one.clauses, *(listed.clause for listed in shortlist)):
            if clause not in clauses:
                zh, en = "checks/clauses/ 中没有", "checks/clauses/ has no"
                raise fault(path, None, f"clauses：{zh} {clause}", f"clauses: {en} {clause}")
        for listed in shortlist:
            named = places_wanted(listed, clauses[listed.clause])
            if named.is_named == (listed.places is not None):
                raise fault(
                    path,
                    None,
                    "shortlist：places 只在条文没有数字时填写，且必须填写",
                    "shortlist: places stands where, and only where, the clause names no number",
                )
        found[one.place] = one
    return found
