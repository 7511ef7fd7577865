"""A vehicle blanked: stand-ins in rows, findings and decisions; files that say so in the ledger.

What was blanked stands in table `removal`: a vehicle's stand-in under its key, so that a later
submission of it is met by the same stand-in, and a received file's new hash under its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from monitor.extracts.text_hash import text_hash
from monitor.extracts.values import clean_code
from monitor.extracts.vin import WELL_FORMED, vin_facts
from monitor.store.archive import stored_at
from monitor.store.connection import connect, copy_rows
from monitor.store.home import Home, keep_file
from monitor.store.knowledge import quoted, stored_moment
from monitor.store.locking import Waiting, writing
from monitor.store.parts import PartWriter
from monitor.store.snapshot import publish, wal_of
from monitor.store.store import Store

VEHICLE: Final = "blanked_vehicle"
FILE: Final = "blanked_file"
_KINDS: Final = f"('{VEHICLE}', '{FILE}')"
# Told by the hash of what it says, and by its own: neither may be put otherwise.
_UNTOUCHED: Final = frozenset({"audit", "removal", "meta", "facet", "ruleset"})


def blanked_vehicles(store: Store) -> dict[int, str]:
    """The stand-ins of the vehicles that were blanked, by the key of the vehicle."""
    found = store.rows("SELECT name, rule FROM removal WHERE kind = ?", [VEHICLE])
    return {int(name): stand_in for name, stand_in in found}


def blanked_files(store: Store) -> dict[str, str]:
    """The hash of what lies in the place of each received file that was redacted and did not come
    again, by the hash that it came under.
    """
    found = store.rows(
        "SELECT name, max_by(rule, removed_at) FROM removal "
        "LEFT JOIN (SELECT sha256, max(recorded_at) AS last FROM reception GROUP BY sha256) AS r "
        "ON r.sha256 = name WHERE kind = ? GROUP BY name "
        "HAVING any_value(last) IS NULL OR any_value(last) <= max(removed_at)",
        [FILE],
    )
    return dict(found)


def note_blanked(store: Store, kind: str, name: str, what: str, at: datetime) -> None:
    """Write down in the caller's transaction what was blanked."""
    store.insert("removal", [[kind, name, what, stored_moment(at)]])


def replace_archived(home: Home, sha256: str, made: bytes) -> None:
    """Put other bytes into the place of a received file, durably."""
    temporary = home.work / f"blanked-{sha256[:16]}"
    temporary.write_bytes(made)
    keep_file(temporary, stored_at(home, sha256))


def parts_of(store: Store) -> Iterator[tuple[int, str, Path]]:
    """Submission, kind and place of every part, and of every file of rows set aside."""
    for seq, kind, name in store.rows("SELECT submission, kind, file_name FROM part ORDER BY 1"):
        yield seq, kind, store.facts / name
    kinds = dict(store.rows("SELECT seq, kind FROM submission"))
    for path in sorted(store.home.rejected.glob("*.parquet")):
        seq = int(path.name.partition("-")[0])
        yield seq, kinds.get(seq, "unknown"), path


def rows_with(path: Path, identifier: str) -> pl.DataFrame:
    """The rows of a part that hold an identifier in any column, whatever its dress."""
    frame = pl.read_parquet(path)
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not texts:
        return frame.clear()
    held = [clean_code(frame[name]).texts.str.contains(identifier, literal=True) for name in texts]
    return frame.filter(pl.any_horizontal(*(one.fill_null(value=False) for one in held)))


def rewrite_part(path: Path, kind: str, lines: list[int], identifiers: Mapping[str, str]) -> None:
    """Put stand-ins into some rows of a part, and the key that each row is then known by."""
    frame = pl.read_parquet(path)
    chosen = pl.col("line").is_in(lines)
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    changes = []
    for name in texts:
        column = pl.col(name)
        for old, new in identifiers.items():
            column = column.str.replace_all(old, new, literal=True)
        changes.append(pl.when(chosen).then(column).otherwise(name).alias(name))
    made = frame.with_columns(changes)
    if "key_hash" in frame.columns and kind != "procurement":
        names = made["vin"]
        keys = (
            vin_facts(names, names.str.contains(WELL_FORMED).fill_null(value=False)).key_hash
            if kind == "registration"
            else text_hash(names)
        )
        made = made.with_columns(
            pl.when(chosen).then(pl.lit(keys)).otherwise("key_hash").alias("key_hash")
        )
    temporary = path.with_suffix(".part")
    with PartWriter(temporary) as writer:
        writer.write(made)
    keep_file(temporary, path)


def replace_texts(store: Store, identifiers: Mapping[str, str]) -> int:
    """Put texts otherwise wherever a table holds them, in the caller's transaction; gives in how
    many cells.
    """
    changed = 0
    columns = store.rows(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE NOT internal AND schema_name = 'main' "
        "AND data_type IN ('VARCHAR', 'VARCHAR[]') ORDER BY ALL"
    )
    for table, column, dtype in columns:
        if table in _UNTOUCHED:
            continue
        name = f'"{column}"'
        for old, new in identifiers.items():
            was, now = quoted(old), quoted(new)
            if dtype == "VARCHAR":
                holds, said = f"contains({name}, {was})", f"replace({name}, {was}, {now})"
            else:
                holds = f"list_contains({name}, {was})"
                said = f"list_transform({name}, lambda v: if(v = {was}, {now}, v))"
            found = store.rows(f"SELECT count(*) FROM {table} WHERE {holds}")[0][0]
            if found:
                store.connection.execute(f"UPDATE {table} SET {name} = {said} WHERE {holds}")
                changed += int(found)
    return changed


def rewrite_database(home: Home, *, actor: str, waiting: Waiting) -> None:
    """Write the database anew, so that what was changed in it lies in no page of its file any more.

    Nobody has it open to write; readers keep what they have.
    """
    with writing(home, what=actor, waiting=waiting):
        fresh = home.work / "blanked.duckdb"
        fresh.unlink(missing_ok=True)
        connection = connect(home, home.database, read_only=False)
        try:
            copy_rows(connection, fresh)
        finally:
            connection.close()
        keep_file(fresh, home.database)
        wal_of(home.database).unlink(missing_ok=True)
        os.utime(home.database)
        publish(home)
