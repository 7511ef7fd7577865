"""What an export of the facts holds and of which store: its shape, and the page beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from monitor.store.knowledge import Knowledge, read_moment, stored_moment
from monitor.store.schema import FACET_COLUMNS, SCHEMA_VERSION
from monitor.store.store import Store

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1

# The tables of an export, in words for types that DuckDB and Spark share. A row is known by the
# submission and line that it came in, a vehicle of `claimed` by a number that means nothing
# outside: there is no VIN, plate, name or credit code in any of them.
FACTS: Final = "registration"
EXPORTED: Final[Mapping[str, Mapping[str, str]]] = {
    FACTS: {
        "submission": "INT",
        "line": "BIGINT",
        "facet": "INT",
        "registered_on": "DATE",
        "retired_on": "DATE",
        "range_km": "INT",
        "gross_mass_kg": "INT",
        "fast_charge": "BOOLEAN",
    },
    "facet": {
        "id": "INT",
        **{name: "BOOLEAN" if name.startswith("is_") else "STRING" for name in FACET_COLUMNS},
    },
    "submission": {"seq": "INT", "received_at": "TIMESTAMP"},
    "ending": {
        "submission": "INT",
        "line": "BIGINT",
        "ended_at": "TIMESTAMP",
        "by_submission": "INT",
    },
    "retirement": {
        "submission": "INT",
        "line": "BIGINT",
        "by_submission": "INT",
        "by_line": "BIGINT",
        "retired_on": "DATE",
        "is_own": "BOOLEAN",
    },
    "claimed": {
        "vehicle": "BIGINT",
        "submission": "INT",
        "line": "BIGINT",
        "division": "STRING",
        "registered_on": "DATE",
        "is_addition": "BOOLEAN",
        "is_deregistration": "BOOLEAN",
    },
    "exemption_decision": {
        "seq": "INT",
        "made_at": "TIMESTAMP",
        "decision": "STRING",
        "until": "DATE",
        "submission": "INT",
        "line": "BIGINT",
        "registered_on": "DATE",
    },
}


@dataclass(frozen=True, slots=True)
class FactsManifest:
    """One export: what was known, of which submissions, and how many rows each table has.

    It holds every version of every row, so it answers for any day judged and any earlier moment of
    knowledge. `submissions` is a hash over what was received, in order.
    """

    schema_version: int
    program: str
    made_at: datetime
    known_at: datetime | None
    history: int
    decisions: int
    submissions: str
    rulesets: Mapping[str, int]
    rows: Mapping[str, int]

    def as_text(self) -> str:
        """The page as it lies in the folder."""
        told = {"format": _FORMAT, **asdict(self), "personal_data": "none"}
        told["made_at"] = self.made_at.isoformat()
        told["known_at"] = self.known_at.isoformat() if self.known_at else None
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def covers(self, asked: Knowledge, decisions: int) -> bool:
        """Whether all that is asked for had been received when the export was made; `decisions`
        is the number of the last one that is asked for.
        """
        is_in_time = self.known_at is None or (
            asked.known_at is not None and asked.known_at <= self.known_at
        )
        return is_in_time and asked.history <= self.history and decisions <= self.decisions


def read_manifest(text: str) -> FactsManifest | None:
    """The page of an export that this version can ask; None where it is none."""
    try:
        told = json.loads(text)
        if (told.pop("format"), told["schema_version"]) != (_FORMAT, SCHEMA_VERSION):
            return None
        told.pop("personal_data")
        told["made_at"] = datetime.fromisoformat(told["made_at"])
        if told["known_at"] is not None:
            told["known_at"] = datetime.fromisoformat(told["known_at"])
        if told["rows"].keys() != EXPORTED.keys():
            return None
        return FactsManifest(**told)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def submissions_hash(store: Store, history: int, known_at: datetime | None) -> str:
    """A hash over the receipts of what was received by then; the same for the same store only."""
    digest = hashlib.sha256()
    for seq, sha256, receipt, received_at in store.rows(
        "SELECT seq, sha256, receipt, received_at FROM submission WHERE seq <= ? ORDER BY seq",
        [history],
    ):
        if known_at is None or received_at <= stored_moment(known_at):
            told = f"{seq} {sha256} {receipt} {read_moment(received_at).isoformat()}\n"
            digest.update(told.encode())
    return digest.hexdigest()
