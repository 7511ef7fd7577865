"""Mandates: what a clause demands, of whom, how strongly and for how long, as dated data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.policy.codes import BilingualText, CodeTable, Strict, decimal_text, known_codes
from monitor.policy.counting import AS_TAKEN, Counting
from monitor.policy.divisions import DivisionTable
from monitor.policy.yamlfile import fault, load

Strength = Literal["mandatory", "floor_encouraged", "in_principle", "declared", "promote", "aim"]
Measure = Literal[
    "share_new_replaced",
    "monotone_increase",
    "cumulative_count",
    "added_count",
    "stock",
    "adoption",
    "rank",
]
Level = Literal["province", "divisions"]

ALL_CATEGORIES = "all"
_ALL = (ALL_CATEGORIES,)


class Document(Strict):
    """The paper that a clause stands in; a national one is not among the four documents."""

    key: str
    title: str
    issuer: str
    number: str | None = None
    issued_on: date
    jurisdiction: str
    place: BilingualText | None = None
    is_national: bool = False


class PeriodTarget(Strict):
    """What is asked for in one calendar year; `value` is absent where a year is compared."""

    period: int
    op: Literal[">=", ">"]
    value: str | None = None
    compare_to: int | None = None

    @model_validator(mode="after")
    def _one_yardstick(self) -> Self:
        if (self.value is None) == (self.compare_to is None):
            message = "either value or compare_to / value 与 compare_to 须有且只有一个"
            raise ValueError(message)
        return self

    @field_validator("value")
    @classmethod
    def _decimal(cls, value: str | None) -> str | None:
        return value if value is None else decimal_text(value)

    @property
    def fraction(self) -> Fraction | None:
        """The value as an exact number."""
        return Fraction(Decimal(self.value)) if self.value is not None else None


class Reading(Strict):
    """A choice that the text leaves open, as we took it."""

    what: BilingualText
    by: str
    on: date


class Recorded(Reading):
    """A choice of `data/readings/`, by its id, among those of a mandate that it is about."""

    recorded: str


class Mandate(Strict):
    """One clause with a life of its own; outside `valid_from..valid_to` it does not exist."""

    id: str
    document: str | Document
    section: str
    words: str
    meaning: BilingualText
    strength: Strength
    strength_word: str
    measure: Measure
    unit: Literal["share", "vehicle", "standard_vehicle"]
    jurisdiction: str
    judged_at: tuple[Level, ...]
    binds: tuple[Level, ...]
    categories: tuple[str, ...] = Field(min_length=1)
    grouping: Literal["pooled", "each"] = "pooled"
    owners: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    uses: tuple[str, ...] | None = None
    counties: tuple[str, ...] | None = None
    energies: tuple[str, ...] | None = None
    exemptions: tuple[str, ...] = ()
    exempt_categories: tuple[str, ...] = ()
    missing: tuple[BilingualText, ...] = ()
    not_computable: bool = False
    valid_from: date
    valid_to: date
    counted_from: date | None = None
    counting: Counting = AS_TAKEN
    targets: tuple[PeriodTarget, ...] = ()
    responsible: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    reviewed_on: date
    illustrative: bool = False

    @field_validator("categories", "exempt_categories")
    @classmethod
    def _known_categories(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return known_codes(codes, "category", info, beside=_ALL)

    @field_validator("owners")
    @classmethod
    def _known_owners(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> object:
        return codes and known_codes(codes, "owner_kind", info, beside=_ALL)

    @field_validator("areas")
    @classmethod
    def _known_areas(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> object:
        return codes and known_codes(codes, "area", info, beside=_ALL)

    @field_validator("uses")
    @classmethod
    def _known_uses(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> object:
        return codes and known_codes(codes, "use", info, beside=_ALL)

    @field_validator("energies")
    @classmethod
    def _known_energies(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> object:
        return codes and known_codes(codes, "energy", info, beside=_ALL)

    @field_validator("exemptions")
    @classmethod
    def _known_exemptions(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return known_codes(codes, "exemption", info, beside=_ALL)

    @field_validator("jurisdiction")
    @classmethod
    def _known_jurisdiction(cls, code: str, info: ValidationInfo) -> str:
        divisions: DivisionTable = (info.context or {})["divisions"]
        if not divisions.known(code):
            message = f"no such division / 区划表中没有: {code}"
            raise ValueError(message)
        return code

    @field_validator("counting")
    @classmethod
    def _as_taken(cls, counting: Counting, info: ValidationInfo) -> Counting:
        if counting != AS_TAKEN and not (info.context or {}).get("is_reread"):
            message = (
                "only an option of data/readings says this / 此键只供 data/readings 的读法使用"
            )
            raise ValueError(message)
        return counting

    @field_validator("targets")
    @classmethod
    def _no_overlap(cls, targets: tuple[PeriodTarget, ...]) -> tuple[PeriodTarget, ...]:
        periods = [target.period for target in targets]
        if len(set(periods)) != len(periods):
            message = f"a period has two targets / 同一期间有两个目标: {periods}"
            raise ValueError(message)
        return targets

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.valid_to < self.valid_from:
            message = "valid_to before valid_from / 失效日早于生效日"
            raise ValueError(message)
        for target in self.targets:
            if not self.valid_from.year <= target.period <= self.valid_to.year:
                message = f"target {target.period} outside the life / 目标年度不在有效期内"
                raise ValueError(message)
            if self.unit == "share" and target.value and Decimal(target.value) > 1:
                message = f"a share above 1 / 比例目标大于 1: {target.value}"
                raise ValueError(message)
        if not set(self.binds) <= set(self.judged_at):
            message = "binds a level that is not judged / binds 须是 judged_at 的子集"
            raise ValueError(message)
        return self

    def target_of(self, year: int) -> PeriodTarget | None:
        """The target of a calendar year, or None where the clause names none."""
        return next((target for target in self.targets if target.period == year), None)

    @property
    def years(self) -> range:
        """The calendar years of its life."""
        return range(self.valid_from.year, self.valid_to.year + 1)


def load_documents(paths: list[Path]) -> dict[str, Document]:
    """The policy papers by key."""
    return {document.key: document for document in (load(path, Document) for path in paths)}


def document_of(path: Path, key: str, documents: dict[str, Document]) -> Document:
    """The paper that the file at `path` names by its key; raises `PolicyError` where none is."""
    if key not in documents:
        raise fault(
            path,
            None,
            f"document：data/documents/ 中没有 {key}",
            f"document: data/documents/ has no {key}",
        )
    return documents[key]


def load_mandates(
    paths: list[Path],
    *,
    codes: dict[str, CodeTable],
    divisions: DivisionTable,
    documents: dict[str, Document],
) -> dict[str, Mandate]:
    """The mandates by id, each with its document resolved; refuses two lives of one id."""
    mandates: dict[str, Mandate] = {}
    for path in paths:
        mandate = load(path, Mandate, codes=codes, divisions=divisions)
        if isinstance(mandate.document, str):
            document = document_of(path, mandate.document, documents)
            mandate = mandate.model_copy(update={"document": document})
        if mandate.id in mandates:
            raise fault(path, None, f"{mandate.id} 重复", f"{mandate.id} stands in two files")
        mandates[mandate.id] = mandate
    return mandates
