"""A figure of a bulletin traced back: its rows, their files, the clause, the ruleset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor import __version__
from monitor.assess.assess import assess
from monitor.assess.explain_code import WHOLE, ExplainCode, parse_code
from monitor.corridor.judge import hold
from monitor.errors import WrongUse
from monitor.model import Assessment, Language, Text
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.store.store import Store
from monitor.store.tracing import live_rows

_SHOWN_HEAD, _SHOWN_TAIL = 3, 4


@dataclass(frozen=True, slots=True)
class TracedRow:
    """One vehicle behind a figure: where it came from and how it counts.

    `exemption` is what its sender claimed; `is_refused` says that a decision refused it.
    """

    submission: str
    file: str | None
    sha256: str | None
    line: int
    vin: str | None
    registered_on: date
    retired_on: date | None
    energy: str
    category: str
    owner_kind: str | None
    area: str | None
    exemption: str | None
    counts_as: str
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that stands behind one figure."""

    code: ExplainCode
    assessment: Assessment
    mandate: Mandate
    rows: tuple[TracedRow, ...]
    ruleset_now: str

    @property
    def same_ruleset(self) -> bool:
        """Whether the rules are still those that the figure was worked out by."""
        return self.ruleset_now.startswith(self.code.ruleset)

    def as_document(self, language: Language) -> dict[str, Any]:
        """For `--json`."""
        mandate, document = self.mandate, self.mandate.document
        return {
            "code": str(self.code),
            "mandate": mandate.id,
            "division": self.code.division,
            "period": str(self.code.year),
            "as_of": self.code.as_of.isoformat(),
            "known_at": self.code.known_at.isoformat() if self.code.known_at else None,
            "history": self.code.history,
            "decisions": self.code.decisions,
            "ruleset": self.ruleset_now,
            "same_ruleset": self.same_ruleset,
            "version": __version__,
            "clause": {
                "document": document if isinstance(document, str) else document.title,
                "section": mandate.section,
                "words": mandate.words,
                "meaning": mandate.meaning.to(language),
                "strength": mandate.strength,
                "readings": [reading.what.to(language) for reading in mandate.readings],
            },
            "figure": {
                "denominator": self.assessment.denominator,
                "numerator": self.assessment.numerator,
                "undetermined": self.assessment.undetermined,
                "share": self.assessment.share,
                "status": self.assessment.status,
            },
            "rows": [
                {name: _plain(getattr(row, name)) for name in TracedRow.__slots__}
                for row in self.rows
            ],
        }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def masked(vin: str | None) -> str | None:
    """A VIN with its middle hidden: enough to find the vehicle in one's own file."""
    if vin is None:
        return None
    hidden = "*" * (len(vin) - _SHOWN_HEAD - _SHOWN_TAIL)
    return vin[:_SHOWN_HEAD] + hidden + vin[-_SHOWN_TAIL:]


def explain_figure(store: Store, policy: Policy, text: str, *, unmask: bool) -> Explanation:
    """Work the figure out again, as it was known then, and list the rows behind it.

    Raises `WrongUse` where the code names no figure of this store.
    """
    code = parse_code(text)
    if code.mandate not in policy.mandates:
        raise unknown_code(text)
    mandate = policy.mandates[code.mandate]
    held = hold(store, code.as_of, code.known_at, code.history, code.decisions)
    found = [
        a
        for a in assess(policy, held, mandates=(code.mandate,))
        if a.division == code.division
        and a.period == str(code.year)
        and parse_code(a.explain).scope == code.scope
    ]
    if not found:
        raise unknown_code(text)
    categories = (
        policy.categories_of(mandate) if code.scope == WHOLE else policy.kinds_of(code.scope)
    )
    rows = _rows(store, policy, mandate, code, categories)
    if not unmask:
        rows = [(*row[:4], masked(row[4]), *row[5:]) for row in rows]
    return Explanation(
        code, found[0], mandate, tuple(TracedRow(*row) for row in rows), policy.ruleset
    )


def _rows(
    store: Store,
    policy: Policy,
    mandate: Mandate,
    code: ExplainCode,
    categories: frozenset[str],
) -> list[tuple[Any, ...]]:
    """The rows that the figure looked at, with the part that each plays in it."""
    members = policy.divisions.members(code.division)
    held_only = mandate.measure in {"monotone_increase", "stock"}
    if mandate.measure == "cumulative_count":
        years = (0, code.year)
    elif mandate.measure == "added_count":
        years = (mandate.counted_from.year if mandate.counted_from else 0, code.year)
    else:
        years = (0 if held_only else code.year, code.year)
    return live_rows(
        store.connection,
        members,
        sorted(categories),
        years,
        held_only=held_only,
        owners=mandate.owners,
        areas=mandate.areas,
        exemptions=mandate.exemptions,
        exempt_categories=mandate.exempt_categories,
        counties=mandate.counties,
        uses=mandate.uses,
        new=sorted(mandate.energies or policy.energies("yes")),
        open_energies=sorted(policy.energies("undetermined")),
        none=sorted(policy.energies("none")),
    )


def unknown_code(text: str) -> WrongUse:
    """What is said of a code that names no figure of this store."""
    return WrongUse(
        Text(
            f"现有规则与数据中没有说明码 {text} 所指的数字。",
            f"No figure of these rules and data bears the code {text}.",
        )
    )
