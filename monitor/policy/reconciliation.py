"""What `data/reconciliation.yml` says: who buys by contract, and how far apart days may lie."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from monitor.policy.codes import CodeTable, Strict
from monitor.policy.mandates import Reading
from monitor.policy.yamlfile import load

_Days = Annotated[int, Field(ge=0)]


class Expected(Strict):
    """Owners and categories whose every vehicle is expected to have been bought by contract."""

    owner_kinds: tuple[str, ...]
    categories: tuple[str, ...]

    @field_validator("owner_kinds")
    @classmethod
    def _known_owners(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return _known(codes, "owner_kind", info)

    @field_validator("categories")
    @classmethod
    def _known_categories(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return _known(codes, "category", info)


class ReconciliationRules(Strict):
    """How contracts, registrations and retirements are set against each other; days of calendar."""

    early_days: _Days
    late_days: _Days
    usual_delivery_days: _Days
    retired_days_before: _Days
    retired_days_after: _Days
    expected: Expected
    replacing_reasons: tuple[str, ...]
    same_energy: tuple[tuple[str, ...], ...] = ()
    person_credit_prefixes: tuple[str, ...] = ()
    readings: tuple[Reading, ...]

    @field_validator("replacing_reasons")
    @classmethod
    def _known_reasons(cls, codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return _known(codes, "reason", info)

    @field_validator("same_energy")
    @classmethod
    def _known_energies(
        cls, groups: tuple[tuple[str, ...], ...], info: ValidationInfo
    ) -> tuple[tuple[str, ...], ...]:
        for group in groups:
            _known(group, "energy", info)
        return groups

    def energy_names(self) -> dict[str, str]:
        """Each class of energy that is called by another one's name, with that name."""
        return {code: group[0] for group in self.same_energy for code in group[1:]}


def _known(codes: tuple[str, ...], table: str, info: ValidationInfo) -> tuple[str, ...]:
    tables: dict[str, CodeTable] = (info.context or {}).get("codes", {})
    for code in codes:
        if code not in tables[table].entries:
            message = f"{table} has no code {code!r} / 代码表 {table} 中没有 {code}"
            raise ValueError(message)
    return codes


def load_reconciliation(path: Path, codes: dict[str, CodeTable]) -> ReconciliationRules:
    """The rules of one file; raises `PolicyError` where a code is in no table."""
    return load(path, ReconciliationRules, codes=codes)


# Where no file says otherwise: nobody needs a contract, and nothing replaces anything.
NOTHING_EXPECTED = ReconciliationRules(
    early_days=0,
    late_days=0,
    usual_delivery_days=0,
    retired_days_before=0,
    retired_days_after=0,
    expected=Expected.model_construct(owner_kinds=(), categories=()),
    replacing_reasons=(),
    readings=(),
)
