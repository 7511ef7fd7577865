"""Clauses that are no fleet mandate: rules, indicators and systems, as dated data."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from monitor.policy.bodies import BodyTable
from monitor.policy.codes import BilingualText, CodeTable, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.lines import Line, LineMeasure
from monitor.policy.mandates import Document, Reading, Strength, document_of
from monitor.policy.yamlfile import fault, load

ClauseClass = Literal["rule", "indicator", "system"]
ClauseMeasure = Literal[
    "permit_share",
    "facility_count",
    "coverage",
    "build_standard",
    "capability",
    "frequency",
    "production",
    "capacity",
    "revenue",
    "enterprise_count",
    "institution_count",
    "rank",
    "technical",
    "fund",
    "fee_rule",
]
EvidenceKind = Literal[
    "permit",
    "facility",
    "platform",
    "battery",
    "tender",
    "building",
    "figure",
    "document",
    "none",
]
Answer = Literal["computed", "reported", "documented", "not_computable"]
TargetOp = Literal[
    ">=", ">", "=", "<=", "<", "range", "about", "exists", "non_decreasing", "rising"
]

_COMPARING = {">=", ">", "=", "<=", "<"}
_WITHOUT_NUMBER = {"exists", "non_decreasing", "rising"}
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


def _decimal(value: str | None) -> str | None:
    if value is not None and not _DECIMAL.fullmatch(value):
        message = f"not a decimal / 不是十进制数: {value}"
        raise ValueError(message)
    return value


def _known_unit(unit: str | None, info: ValidationInfo) -> str | None:
    codes: dict[str, CodeTable] = (info.context or {})["codes"]
    if unit is not None and ("unit" not in codes or unit not in codes["unit"].entries):
        message = f"unit has no code {unit!r} / 代码表 unit 中没有 {unit}"
        raise ValueError(message)
    return unit


class Threshold(Strict):
    """What one counted thing must itself reach: a maker of more than so many vehicles."""

    op: Literal[">=", ">", "<=", "<"]
    value: str
    unit: str
    what: BilingualText

    _decimals = field_validator("value")(_decimal)
    _units = field_validator("unit")(_known_unit)


class ClauseTarget(Strict):
    """What is asked for, in the clause's own unit.

    `period` is a calendar year, absent where the text names none; `every_year` asks for each whole
    calendar year of the life. `range` has both ends, `about` has no tolerance: none is invented.
    `strength` is the target's own where it is not the clause's.
    """

    period: int | None = None
    every_year: bool = False
    op: TargetOp
    value: str | None = None
    value_min: str | None = None
    value_max: str | None = None
    unit: str | None = None
    item: BilingualText | None = None
    threshold: Threshold | None = None
    strength: Strength | None = None

    _decimals = field_validator("value", "value_min", "value_max")(_decimal)
    _units = field_validator("unit")(_known_unit)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        single = self.value is not None
        ends = (self.value_min is not None, self.value_max is not None)
        right = {
            "range": not single and all(ends),
            "about": (single and not any(ends)) or (not single and all(ends)),
        }.get(
            self.op,
            single is (self.op in _COMPARING) and not any(ends),
        )
        if not right:
            message = f"the numbers do not fit {self.op} / 数值与 {self.op} 不符"
            raise ValueError(message)
        if self.value_min and self.value_max and Decimal(self.value_min) >= Decimal(self.value_max):
            message = "value_min must be below value_max / value_min 须小于 value_max"
            raise ValueError(message)
        if (self.unit is None) != (self.op in _WITHOUT_NUMBER):
            message = "a number has a unit, and nothing else has / 有数值才有单位"
            raise ValueError(message)
        if self.every_year and self.period is not None:
            message = "either one period or every year / period 与 every_year 只能有一个"
            raise ValueError(message)
        return self


class Baseline(Strict):
    """What the document says was so before, to tell progress by; never a target."""

    period: int
    op: Literal["=", "about"]
    value: str
    unit: str
    words: str

    _decimals = field_validator("value")(_decimal)
    _units = field_validator("unit")(_known_unit)


# Beside what is worked out, a document may tell that a thing is there.
_COMPUTED = frozenset({"share", "each", "count", "covered", "connected", "recovered", "document"})


class Evidence(Strict):
    """What would answer a clause: the kind of extract, what must be in it, what stays unknown."""

    kind: EvidenceKind
    answer: Answer
    needs: BilingualText
    limits: BilingualText | None = None
    lines: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        by_kind = {"figure": "reported", "document": "documented", "none": "not_computable"}
        if self.answer != by_kind.get(self.kind, "computed"):
            message = (
                f"{self.kind} cannot make it {self.answer} / {self.kind} 与 {self.answer} 不符"
            )
            raise ValueError(message)
        if self.lines and self.kind == "none":
            message = "nothing answers it, so it has no lines / 无从回答的条文没有 lines"
            raise ValueError(message)
        fitting = {"figure": {"figure"}, "document": {"document"}}.get(self.kind, _COMPUTED)
        for line in self.lines:
            if line.measure not in fitting:
                message = f"no {line.measure} of {self.kind} / {self.kind} 不能算 {line.measure}"
                raise ValueError(message)
        return self


class Clause(Strict):
    """One clause with a life of its own; `class` is told apart from a fleet mandate's."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    document: str | Document
    section: str
    clause_class: ClauseClass = Field(alias="class")
    words: str
    meaning: BilingualText
    strength: Strength
    strength_word: str
    measure: ClauseMeasure
    jurisdiction: str
    places: tuple[str, ...] = ()
    valid_from: date
    valid_to: date
    targets: tuple[ClauseTarget, ...]
    baseline: Baseline | None = None
    responsible: tuple[str, ...]
    evidence: Evidence
    readings: tuple[Reading, ...] = Field(min_length=1)
    reviewed_on: date
    illustrative: bool = False

    @field_validator("jurisdiction")
    @classmethod
    def _known_jurisdiction(cls, code: str, info: ValidationInfo) -> str:
        return _division(code, info)

    @field_validator("places")
    @classmethod
    def _known_places(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return tuple(_division(code, info) for code in codes)

    @field_validator("responsible")
    @classmethod
    def _known_bodies(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        bodies: BodyTable = (info.context or {})["bodies"]
        jurisdiction = info.data.get("jurisdiction", "")
        for name in names:
            if bodies.get(jurisdiction, name) is None:
                message = f"no such body in {jurisdiction} / data/bodies.yml 中没有: {name}"
                raise ValueError(message)
        return names

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.valid_to < self.valid_from:
            message = "valid_to before valid_from / 失效日早于生效日"
            raise ValueError(message)
        seen = set()
        for target in self.targets:
            if target.period is not None and target.period not in self.years:
                message = f"target {target.period} outside the life / 目标年度不在有效期内"
                raise ValueError(message)
            key = (target.period, target.item)
            if key in seen:
                message = f"a period has two targets for one thing / 同一期间有两个目标: {key[0]}"
                raise ValueError(message)
            seen.add(key)
        return self

    @model_validator(mode="after")
    def _lines_name_targets(self) -> Self:
        items = {target.item.zh for target in self.targets if target.item is not None}
        for line in self.evidence.lines:
            if line.target is not None and line.target not in items:
                message = f"no target has the item / 没有这个目标: {line.target}"
                raise ValueError(message)
        if self.evidence.answer in {"reported", "documented"}:
            answered = {_item_of(line) for line in self.lines}
            if lacking := sorted(items - answered):
                message = f"no line answers / 没有 line 回答: {', '.join(lacking)}"
                raise ValueError(message)
            if any(target.item is None for target in self.targets) and len(self.lines) != 1:
                message = (
                    "a target without an item needs the one line / 无 item 的目标须有唯一 line"
                )
                raise ValueError(message)
        return self

    @property
    def lines(self) -> tuple[Line, ...]:
        """What answers it: its own lines; of reported figures and documents, else one for each
        thing that its targets ask for.
        """
        evidence = self.evidence
        if evidence.lines or evidence.answer not in {"reported", "documented"}:
            return evidence.lines
        measure: LineMeasure = "figure" if evidence.kind == "figure" else "document"
        yearly = {t.item.zh for t in self.targets if t.item is not None and t.every_year}
        items = {t.item.zh: t.item for t in self.targets if t.item is not None}
        return tuple(
            Line(name=item, measure=measure, span="year" if name in yearly else "standing")
            for name, item in items.items()
        )

    def targets_of(self, line: Line) -> tuple[ClauseTarget, ...]:
        """The targets that a line is set against; one without an item is for the only line."""
        return tuple(
            target
            for target in self.targets
            if target.item is None or target.item.zh == _item_of(line)
        )

    @property
    def unanswered(self) -> tuple[ClauseTarget, ...]:
        """Targets that no line answers: what is reported cannot tell."""
        answered = {_item_of(line) for line in self.lines}
        return tuple(t for t in self.targets if t.item is not None and t.item.zh not in answered)

    @property
    def years(self) -> range:
        """The calendar years that its life touches."""
        return range(self.valid_from.year, self.valid_to.year + 1)

    @property
    def whole_years(self) -> range:
        """The calendar years that lie in its life from first to last day, for what is yearly."""
        late = (self.valid_from.month, self.valid_from.day) != (1, 1)
        early = (self.valid_to.month, self.valid_to.day) != (12, 31)
        return range(self.valid_from.year + late, self.valid_to.year + 1 - early)


def _item_of(line: Line) -> str:
    return line.target or line.name.zh


def _division(code: str, info: ValidationInfo) -> str:
    divisions: DivisionTable = (info.context or {})["divisions"]
    if not divisions.known(code):
        message = f"no such division / 区划表中没有: {code}"
        raise ValueError(message)
    return code


def load_clauses(
    paths: list[Path],
    *,
    codes: dict[str, CodeTable],
    divisions: DivisionTable,
    documents: dict[str, Document],
    bodies: BodyTable,
    taken: Container[str] = (),
) -> dict[str, Clause]:
    """The clauses by id, each with its document resolved; `taken` are the ids of mandates."""
    clauses: dict[str, Clause] = {}
    for path in paths:
        clause = load(path, Clause, codes=codes, divisions=divisions, bodies=bodies)
        if isinstance(clause.document, str):
            document = document_of(path, clause.document, documents)
            clause = clause.model_copy(update={"document": document})
        if clause.id in clauses or clause.id in taken:
            raise fault(path, None, f"{clause.id} 重复", f"{clause.id} stands in two files")
        clauses[clause.id] = clause
    return clauses
