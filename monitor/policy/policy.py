"""Everything that governs a verdict, loaded once and known by one hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from monitor.model import Text
from monitor.policy.baselines import Baseline, load_baselines
from monitor.policy.bodies import BodyTable, load_bodies
from monitor.policy.clauses import Clause, load_clauses
from monitor.policy.codes import CodeTable, load_codes
from monitor.policy.columns import ColumnMap, load_columns
from monitor.policy.consistency import ConsistencyCheck, load_consistency
from monitor.policy.divisions import DivisionTable, load_divisions
from monitor.policy.evaluation import Evaluation, load_evaluations
from monitor.policy.kinds import ExtractKind, load_kinds
from monitor.policy.mandates import ALL_CATEGORIES, Mandate, load_documents, load_mandates
from monitor.policy.national import load_national_documents, national_files
from monitor.policy.project import Project, hash_files
from monitor.policy.reading_fit import fit_readings
from monitor.policy.readings import RecordedReading, load_readings, with_recorded
from monitor.policy.reconciliation import (
    NOTHING_EXPECTED,
    ReconciliationRules,
    load_reconciliation,
)
from monitor.policy.rules import RuleSuite, load_rules
from monitor.policy.standard_vehicle import WeightTable, load_weights
from monitor.policy.townships import TownshipLists, load_townships

_WEIGHTS = "standard_vehicle.yml"


@dataclass(frozen=True, slots=True)
class Policy:
    """Codes, divisions, columns, row suites, mandates; `ruleset` changes when any of them does.

    `clauses` are those of the documents that are no fleet mandates, `bodies` who answers for both,
    `townships` the lists that a clause on every township is set against; there may be none.
    `evaluations` are the scorecards by place, `files` what the hash is over. `readings` are the
    recorded ones by id; `reread` names the mandates that this policy reads otherwise than we do, so
    that no figure of theirs is taken for an official one: empty but under another reading.
    """

    project: Project
    codes: dict[str, CodeTable]
    divisions: DivisionTable
    columns: dict[str, ColumnMap]
    rules: dict[str, RuleSuite]
    mandates: dict[str, Mandate]
    weights: WeightTable
    baselines: tuple[Baseline, ...]
    ruleset: str
    files: tuple[Path, ...] = ()
    reconciliation: ReconciliationRules = NOTHING_EXPECTED
    clauses: dict[str, Clause] = field(default_factory=dict)
    bodies: BodyTable = field(default_factory=BodyTable)
    kinds: dict[str, ExtractKind] = field(default_factory=dict)
    consistency: tuple[ConsistencyCheck, ...] = ()
    townships: TownshipLists = field(default_factory=TownshipLists)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    readings: dict[str, RecordedReading] = field(default_factory=dict)
    reread: frozenset[str] = frozenset()

    def kinds_of(self, category: str) -> frozenset[str]:
        """The category and the kinds below it; every category for `all`."""
        entries = self.codes["category"].entries
        if category == ALL_CATEGORIES:
            return frozenset(entries)
        return frozenset(
            code for code, entry in entries.items() if category in {code, entry.kind_of}
        )

    def categories_of(self, mandate: Mandate) -> frozenset[str]:
        """All categories that a mandate counts, kinds included."""
        return frozenset().union(*(self.kinds_of(category) for category in mandate.categories))

    def kind_label(self, kind: str) -> Text:
        """What an extract kind is called; one that is not declared by its own name."""
        declared = self.kinds.get(kind)
        return declared.label if declared else Text(kind, kind)

    def reach(self, kind: str, sender: str) -> tuple[str, ...]:
        """The codes whose rows of a kind a sender answers for: the province's own among them where
        the kind may be of a province itself.
        """
        members = self.divisions.members(sender)
        own = (sender,) if sender in self.divisions.provinces else ()
        return (*own, *members) if self.kinds[kind].of_provinces else members

    def reach_of_any(self, kind: str, sender: str | None) -> tuple[str, ...]:
        """As `reach`; nobody's where no sender is named."""
        return self.reach(kind, sender) if sender is not None else ()

    def energies(self, new_energy: str) -> frozenset[str]:
        """The energy classes that are new-energy: yes, no, undetermined or none."""
        return self.codes["energy"].where(new_energy=new_energy)


def load_policy(config: Path | None = None) -> Policy:
    """Load and validate all of it; raises `PolicyError` with file, line and reason."""
    return load_project(Project(config))


def load_project(project: Project) -> Policy:
    """As `load_policy`, from a project's files wherever they lie."""
    code_files = [f for f in project.files("data/codes") if f.name != _WEIGHTS]
    weight_file = project.file(f"data/codes/{_WEIGHTS}")
    division_files = project.files("data/divisions")
    column_files = project.files("data/columns")
    kind_files = project.files("data/kinds")
    document_files = project.files("data/documents")
    baseline_files = project.files("data/baselines")
    rule_files = project.files("checks")
    shared_rule_files = project.files("checks/shared")
    mandate_files = project.files("checks/mandates")
    clause_files = project.files("checks/clauses")
    consistency_files = project.files("data/consistency")
    body_files = project.files("data", "bodies*.yml")
    township_files = project.files("data/townships")
    evaluation_files = project.files("data/evaluation")
    reading_files = project.files("data/readings")
    reconciliation_file = project.file("data/reconciliation.yml")
    # Bulletins say what is late by these, so the same ruleset must mean the same days.
    calendar_files = project.files("data/calendars")
    national = national_files(project)
    files = (
        *code_files,
        weight_file,
        *division_files,
        *column_files,
        *kind_files,
        *document_files,
        *baseline_files,
        *rule_files,
        *shared_rule_files,
        *mandate_files,
        *clause_files,
        *body_files,
        *consistency_files,
        *township_files,
        *evaluation_files,
        *reading_files,
        reconciliation_file,
        *calendar_files,
        *national.all,
    )
    codes = load_codes(code_files)
    divisions = load_divisions(division_files)
    columns = load_columns(column_files)
    kinds = load_kinds(kind_files, codes=codes, columns=columns)
    documents = load_documents(document_files) | load_national_documents(national)
    bodies = load_bodies(body_files, divisions)
    mandates = load_mandates(
        [*mandate_files, *national.mandates], codes=codes, divisions=divisions, documents=documents
    )
    clauses = load_clauses(
        clause_files,
        codes=codes,
        divisions=divisions,
        documents=documents,
        bodies=bodies,
        kinds=kinds,
        taken=mandates,
    )
    readings = fit_readings(
        reading_files,
        load_readings(reading_files),
        mandates=mandates,
        clauses=clauses,
        codes=codes,
        divisions=divisions,
    )
    return Policy(
        project=project,
        codes=codes,
        divisions=divisions,
        columns=columns,
        rules=load_rules(rule_files, shared_rule_files, kinds, columns),
        mandates=with_recorded(mandates, readings),
        weights=load_weights(weight_file),
        baselines=load_baselines(baseline_files),
        ruleset=hash_files(list(files)),
        files=files,
        reconciliation=load_reconciliation(reconciliation_file, codes),
        clauses=clauses,
        bodies=bodies,
        kinds=kinds,
        consistency=load_consistency(consistency_files, clauses),
        townships=load_townships(township_files, divisions),
        evaluations=load_evaluations(
            evaluation_files,
            codes=codes,
            divisions=divisions,
            mandates=mandates,
            clauses=clauses,
            kinds=kinds,
        ),
        readings=readings,
    )
