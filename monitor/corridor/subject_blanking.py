"""A vehicle blanked: nothing held names it any more, and no figure moves."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from monitor.corridor.masking import mask
from monitor.corridor.subjects import checked, held_on
from monitor.errors import WrongUse
from monitor.extracts.pseudonyms import key_of, plate_stand_in, stand_in_for
from monitor.extracts.reading import open_extract
from monitor.extracts.redaction import in_any_dress, redacted
from monitor.extracts.refusal import FileRefused
from monitor.model import Text
from monitor.policy.policy import Policy
from monitor.store import audit
from monitor.store.archive import stored_at
from monitor.store.blanking import (
    FILE,
    VEHICLE,
    blanked_vehicles,
    note_blanked,
    parts_of,
    replace_archived,
    replace_texts,
    rewrite_part,
    rows_with,
)
from monitor.store.home import Home
from monitor.store.store import Store

_OWNER_COLUMNS = ("owner", "buyer")
_HIDDEN = "某某"


@dataclass(frozen=True)
class Blanked:
    """What was blanked: rows, cells of tables and received files, and the vehicle's stand-in."""

    stand_in: str
    rows: int
    cells: int
    files: int


def blank_subject(
    store: Store,
    policy: Policy,
    vin: str,
    *,
    reason: str,
    by: str,
    at: datetime,
    pick: Callable[[str], str] = secrets.choice,
) -> Blanked:
    """Put a stand-in of the same form wherever the vehicle is named; no figure moves.

    What was begun and cut off is finished by the same call. The database's file is to be written
    anew afterwards (`rewrite_database`). Raises `WrongUse` as `export_subject`, and where it is not
    said why and by whom.
    """
    if not reason.strip() or not by.strip():
        raise WrongUse(Text("请写明理由与经办人。", "Say why, and who says so: --reason and --by."))
    vin = checked(vin)
    key = key_of(vin)
    stand_in = blanked_vehicles(store).get(key)
    if stand_in is None:
        held_on(store, vin)  # or there is nothing to blank
        stand_in = stand_in_for(vin, pick)
        with store.transaction():  # first: whatever comes meanwhile is met by it
            note_blanked(store, VEHICLE, str(key), stand_in, at)
    # The received files come last: plates and names are told from them, also the second time.
    identifiers, words = {vin: stand_in}, _words_of(store, policy, (vin, stand_in), pick)
    rows = 0
    for _, kind, path in parts_of(store):
        found = rows_with(path, vin)
        if found.height:
            dressed = _dressed(found, vin, stand_in)
            rewrite_part(path, kind, found["line"].to_list(), dressed | words)
            rows += found.height
    _blank_drafts(store, identifiers | words)
    with store.transaction():
        cells = replace_texts(store, identifiers | words)
    files = _blank_files(store, identifiers, words, at)
    with store.transaction():
        audit.record(
            store,
            "subject_blank",
            "vehicle",
            detail={
                "by": by.strip(),
                "cells": cells,
                "files": files,
                "reason": mask(reason.strip()),
                "rows": rows,
            },
            at=at,
        )
    return Blanked(stand_in, rows, cells, files)


def _dressed(found: pl.DataFrame, vin: str, stand_in: str) -> dict[str, str]:
    """The cells that hold a VIN as they were written, each with what takes its place."""
    form = in_any_dress(vin)
    cells = {
        hit[0]: stand_in
        for name, dtype in found.schema.items()
        if dtype == pl.String
        for value in found[name].drop_nulls()
        for hit in form.finditer(value)
    }
    return cells | {vin: stand_in}


def _words_of(
    store: Store, policy: Policy, names: tuple[str, str], pick: Callable[[str], str]
) -> dict[str, str]:
    """The plates and the personal owners' names that stand beside the VIN in received files."""
    words: dict[str, str] = {}
    for seq, _, path in parts_of(store):
        lines = [line for name in names for line in rows_with(path, name)["line"]]
        if not lines:
            continue
        kind, map_name, sha256 = store.rows(
            "SELECT kind, column_map, sha256 FROM submission WHERE seq = ?", [seq]
        )[0]
        raws = _raw_rows(store, policy, kind, map_name, sha256, lines)
        owners = set(pl.read_parquet(path)["owner"]) if _keeps_owner(path) else set()
        for column, cell in raws:
            if column == "plate":
                words[cell] = plate_stand_in(cell, pick)
            elif cell.strip() not in owners and cell.strip() not in _persons(policy):
                words[cell] = _HIDDEN
    return {old: new for old, new in words.items() if old.strip() and old != new}


def _keeps_owner(path: Path) -> bool:
    return "owner" in pl.read_parquet_schema(path)


def _persons(policy: Policy) -> set[str]:
    kinds = policy.codes["owner_kind"].entries
    return {name for entry in kinds.values() for name in entry.names}


def _raw_rows(
    store: Store, policy: Policy, kind: str, map_name: str | None, sha256: str, lines: list[int]
) -> list[tuple[str, str]]:
    """Plate and owner cells of some lines of a received file, as the sender wrote them."""
    found: list[tuple[str, str]] = []
    chosen = map_name if map_name in policy.columns else None
    with tempfile.TemporaryDirectory(dir=store.home.work) as work:
        try:
            reading = open_extract(
                stored_at(store.home, sha256),
                name=sha256,
                maps=policy.columns,
                kind=kind,
                map_name=chosen,
                sender_known=True,
                work=Path(work),
            )
            wanted = {
                name: reading.mapping[name]
                for name in ("plate", *_OWNER_COLUMNS)
                if name in reading.mapping
            }
            for raw in reading.rows_on(lines):
                for name, place in wanted.items():
                    found += [(name, cell) for cell in raw[place].drop_nulls()]
        except (FileRefused, OSError):
            return found
    return found


def _blank_files(
    store: Store, identifiers: dict[str, str], words: dict[str, str], at: datetime
) -> int:
    """Redacted copies in the place of received files that name the vehicle; both hashes noted."""
    files = 0
    for path in sorted(store.home.archive.glob("??/*")):
        made = _redacted_copy(path, identifiers, words)
        if made is None:
            continue
        with store.transaction():  # first: a copy that nobody knows of would look like damage
            note_blanked(store, FILE, path.name, hashlib.sha256(made).hexdigest(), at)
        replace_archived(store.home, path.name, made)
        files += 1
    _blank_put_away(store.home, identifiers, words)
    return files


def _blank_put_away(home: Home, identifiers: dict[str, str], words: dict[str, str]) -> None:
    """Files that were dropped and lie in `taken/` and `refused/` now, receipts beside them."""
    inside = home.inbox.resolve()
    for path in sorted(home.inbox.glob("*/*/*")):
        # Senders may write there: nothing outside is reached by a link of theirs.
        if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(inside):
            continue
        made = _redacted_copy(path, identifiers, words)
        if made is not None:
            path.write_bytes(made)


def _redacted_copy(path: Path, identifiers: dict[str, str], words: dict[str, str]) -> bytes | None:
    """None where the vehicle is not named: words alone may be another's."""
    data = path.read_bytes()
    return redacted(data, identifiers, words) if redacted(data, identifiers, {}) else None


def _blank_drafts(store: Store, words: dict[str, str]) -> None:
    """What checks said of uploads that wait: their texts name cells."""
    for path in sorted(store.home.drafts.rglob("*")):
        if path.is_file():
            data = made = path.read_bytes()
            for old, new in words.items():
                made = made.replace(old.encode(), new.encode())
            if made != data:
                path.write_bytes(made)
