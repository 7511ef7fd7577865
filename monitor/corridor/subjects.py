"""What is held on one vehicle, given out to whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from monitor.errors import WrongUse
from monitor.extracts.pseudonyms import key_of
from monitor.model import Text
from monitor.store import audit
from monitor.store.blanking import parts_of, rows_with
from monitor.store.schema import FACET_COLUMNS, VEHICLE_KINDS
from monitor.store.store import Store


@dataclass
class Held:
    """What the home holds on one vehicle; each row with the submission and line that it came by."""

    vin: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    set_aside: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    withdrawals: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)


def export_subject(store: Store, vin: str, *, at: datetime) -> Held:
    """Everything that is held on a vehicle, in the order of receipt; noted in the audit log.

    `store` is open to write. Raises `WrongUse` where the VIN is none or nothing is held on it.
    """
    held = held_on(store, checked(vin))
    with store.transaction():
        audit.record(
            store,
            "subject_export",
            "vehicle",
            detail={"rows": len(held.rows), "set_aside": len(held.set_aside)},
            at=at,
        )
    return held


def vehicles_of(store: Store, owner: str) -> list[str]:
    """The VINs of the vehicles whose owner is known by this name, as registrations have it."""
    found: set[str] = set()
    for _, kind, path in parts_of(store):
        if kind == "registration" and path.parent == store.facts:
            part = pl.read_parquet(path, columns=["vin", "owner"])
            found.update(part.filter(pl.col("owner") == owner)["vin"].drop_nulls())
    return sorted(found)


def checked(vin: str) -> str:
    """A VIN as it is held; raises `WrongUse` where it is none."""
    bare = "".join(vin.split()).upper()
    if not key_of(bare):
        raise WrongUse(
            Text(
                "这不是 17 位的车辆识别代号。请从行驶证上抄录。",
                "This is no VIN of 17 characters. Copy it from the vehicle licence.",
            )
        )
    return bare


def held_on(store: Store, vin: str) -> Held:
    """All that tables and parts hold on a vehicle; nothing is noted.

    Raises `WrongUse` where that is nothing.
    """
    held = Held(vin)
    named = {
        seq: (submission, file, sha256)
        for seq, submission, file, sha256 in store.rows(
            "SELECT seq, id, file_name, sha256 FROM submission"
        )
    }
    facets = {
        row[0]: {n: _said(v) for n, v in zip(FACET_COLUMNS, row[1:], strict=True) if v is not None}
        for row in store.rows(f"SELECT id, {', '.join(FACET_COLUMNS)} FROM facet")  # noqa: S608
    }
    seen: dict[int, set[int]] = {}
    for seq, kind, path in parts_of(store):
        found = rows_with(path, vin)
        submission = named[seq][0] if seq in named else None
        into = held.rows if path.parent == store.facts else held.set_aside
        for row in found.iter_rows(named=True):
            told = {name: _said(value) for name, value in row.items() if name[-5:] != "_hash"}
            codes = facets.get(told.pop("facet", None), {})
            if kind not in VEHICLE_KINDS and path.parent == store.facts:
                del told["vin"]  # what a row is known by, put together of what follows
            into.append(told | codes | {"submission": submission, "kind": kind})
            seen.setdefault(seq, set()).add(row["line"])
    for seq, lines in seen.items():
        submission, file, sha256 = named[seq]
        held.files.append({"submission": submission, "file": file, "sha256": sha256})
        held.findings += _named(
            store,
            "SELECT code, severity, line, column_name, value, zh, en FROM finding "
            "WHERE submission = ? AND list_contains(?::UINTEGER[], line) ORDER BY place",
            [seq, sorted(lines)],
            submission=submission,
        )
    held.decisions = _named(
        store,
        "SELECT division, exemption, decision, until, reason, made_by, made_at "
        "FROM exemption_decision WHERE vin = ? ORDER BY seq",
        [vin],
    )
    held.evidence = _named(
        store,
        "SELECT id, division, exemption, words, file_name, sha256, made_by, made_at "
        "FROM evidence WHERE list_contains(vins, ?) ORDER BY id",
        [vin],
    )
    held.withdrawals = _named(
        store, "SELECT submission, kind, division FROM withdrawal WHERE vin = ?", [vin]
    )
    if not (held.rows or held.set_aside or held.decisions or held.evidence):
        raise WrongUse(
            Text(
                "没有这辆车的任何记录。请核对车辆识别代号。",
                "Nothing is held on this vehicle. Look at its VIN again.",
            )
        )
    return held


def _named(store: Store, query: str, asked: Sequence[Any], **more: Any) -> list[dict[str, Any]]:
    found = store.connection.execute(query, list(asked))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, map(_said, row), strict=True)) | more for row in found.fetchall()]


def _said(value: Any) -> Any:
    """A value as JSON has it."""
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)
