"""Clauses that are no fleet mandate: rules, indicators and systems, as dated data."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from monitor.policy.bodies import BodyTable
from monitor.policy.clause_targets import Baseline, ClauseTarget
from monitor.policy.codes import BilingualText, CodeTable, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.lines import REPORTS, Line, LineMeasure
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
Answer = Literal["computed", "reported", "documented", "not_computable"]

# Beside what is worked out, a document may tell that a thing is there.
_COMPUTED = frozenset({"share", "each", "count", "covered", "connected", "recovered", "document"})


class Evidence(Strict):
    """What would answer a clause: the kind of extract, what must be in it, what stays unknown."""

    kind: str
    answer: Answer
    needs: BilingualText
    limits: BilingualText | None = None
    lines: tuple[Line, ...] = ()

    @field_validator("kind")
    @classmethod
    def _declared(cls, kind: str, info: ValidationInfo) -> str:
        if kind not in {"none", *(info.context or {})["kinds"]}:
            message = f"no such kind of extract / 没有这种报表: {kind}"
            raise ValueError(message)
        return kind

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

    def kind_of(self, line: Line) -> str:
        """The extract kind whose rows a line is answered by."""
        return line.measure if line.measure in REPORTS else self.evidence.kind

    @property
    def kinds(self) -> frozenset[str]:
        """The extract kinds that answer it, or would."""
        return frozenset({self.evidence.kind, *map(self.kind_of, self.lines)})

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
    kinds: Container[str],
    taken: Container[str] = (),
) -> dict[str, Clause]:
    """The clauses by id, each with its document resolved; `taken` are the ids of mandates."""
    clauses: dict[str, Clause] = {}
    for path in paths:
        clause = load(path, Clause, codes=codes, divisions=divisions, bodies=bodies, kinds=kinds)
        if isinstance(clause.document, str):
            document = document_of(path, clause.document, documents)
            clause = clause.model_copy(update={"document": document})
        if clause.id in clauses or clause.id in taken:
            raise fault(path, None, f"{clause.id} 重复", f"{clause.id} stands in two files")
        clauses[clause.id] = clause
    return clauses
