"""The facts as partitioned Parquet, for an engine that many machines share.

`registration/province=36/registered_year=2018/…`: a nation's question is asked of some provinces
and of the years of a clause, so both are folders, and a file's statistics tell the days in it. The
rest are small tables. All of it is written beside its place and appears there at once.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from monitor.errors import RowsUnaccounted, StoreError, WrongUse
from monitor.model import Text
from monitor.store.connection import connect
from monitor.store.engine import DECISION_ROWS
from monitor.store.exemptions import last_decision
from monitor.store.facts_manifest import (
    EXPORTED,
    FACTS,
    MANIFEST,
    FactsManifest,
    submissions_hash,
)
from monitor.store.home import Home, fsync_folder
from monitor.store.knowledge import Knowledge, quoted
from monitor.store.locking import Waiting
from monitor.store.schema import SCHEMA_VERSION
from monitor.store.snapshot import pinned
from monitor.store.store import Store

# A file that an engine reads in one go by one of its processes, and rows enough in each group for
# its statistics to be worth reading.
_FILE: Final = "FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '256MB', ROW_GROUP_SIZE 250000"
# Where a division's code begins with its province's, 赣江新区's 36GJXQ too.
_PROVINCE_DIGITS: Final = 2
_QUERIES: Final[Mapping[str, str]] = {
    FACTS: f"""
        SELECT {{columns}}, coalesce(left(f.division, {_PROVINCE_DIGITS}), '00') AS province,
               year(t.registered_on) AS registered_year
        FROM held_registration AS t LEFT JOIN facet AS f ON f.id = t.facet""",
    "facet": "SELECT {columns} FROM facet AS t",
    "submission": "SELECT {columns} FROM seen AS t",
    "ending": "SELECT {columns} FROM ending AS t WHERE t.by_submission IN (SELECT seq FROM seen)",
    "retirement": "SELECT {columns} FROM retirement AS t "
    "WHERE t.by_submission IN (SELECT seq FROM seen)",
    "claimed": "SELECT {columns} FROM (SELECT *, dense_rank() OVER (ORDER BY vin) AS vehicle "
    "FROM claim WHERE submission IN (SELECT seq FROM seen)) AS t",
    "exemption_decision": f"SELECT {{columns}} FROM ({DECISION_ROWS}) AS t",
}


@dataclass(frozen=True, slots=True)
class FactsExport:
    """An export that was made: where, what it holds, and how large it is."""

    folder: Path
    manifest: FactsManifest
    files: int
    size: int


def export_facts(
    home: Home,
    folder: Path,
    *,
    known_at: datetime | None,
    replace: bool,
    at: datetime,
    program: str,
    waiting: Waiting,
) -> FactsExport:
    """Write the facts and what the one question needs beside them into `folder`.

    Only what had been received by `known_at`, None for all. Raises `WrongUse` where something else
    lies there, or an export and not `replace`; `RowsUnaccounted` where not every row was written.
    Nothing is changed then.
    """
    ensure_free(folder, replace=replace)
    if not home.database.exists():
        raise WrongUse(
            Text(
                f"{home.root} 还没有数据可导出。请先接收报送（fleetmon ingest），或检查 --home。",
                f"{home.root} holds nothing to export yet. Take extracts in first (fleetmon "
                "ingest), or check --home.",
            )
        )
    with _beside(folder) as new, _store(home, new, waiting) as store:
        knowledge = Knowledge(known_at, store.history(known_at), last_decision(store, known_at))
        store.look(knowledge)
        rows = {name: _write(store, name, new / name) for name in EXPORTED}
        _ensure_all(store, rows)
        rulesets = store.rows(
            "SELECT ruleset, count(*) FROM seen GROUP BY ruleset ORDER BY ruleset"
        )
        manifest = FactsManifest(
            schema_version=SCHEMA_VERSION,
            program=program,
            made_at=at,
            known_at=known_at,
            history=knowledge.history,
            decisions=knowledge.decisions or 0,
            submissions=submissions_hash(store, knowledge.history, known_at),
            rulesets=dict(rulesets),
            rows=rows,
        )
        (new / MANIFEST).write_text(manifest.as_text(), "utf-8")
        files = [path for path in new.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        _put_in_place(new, folder)
    return FactsExport(folder, manifest, len(files), size)


def ensure_free(folder: Path, *, replace: bool) -> None:
    """Raise `WrongUse` unless an export may be put at `folder`."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WrongUse(
            Text(
                f"{folder} 是文件，不是文件夹。请换一个路径。",
                f"{folder} is a file, not a folder. Name another path.",
            )
        )
    if not any(folder.iterdir()):
        return
    if not _is_export(folder):
        raise WrongUse(
            Text(
                f"{folder} 里有别的内容，不是 fleetmon 导出的数据，不会覆盖。请换一个空文件夹。",
                f"{folder} holds something else than an export and is left as it is. Name an "
                "empty folder.",
            )
        )
    if not replace:
        raise WrongUse(
            Text(
                f"{folder} 已有一份导出。要换成新的，请加 --replace。",
                f"{folder} holds an export already. To put a new one in its place add --replace.",
            )
        )


def _is_export(folder: Path) -> bool:
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and {"format", "rows"} <= told.keys()


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder on the same file system; nothing of it is left where something fails."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error
    try:
        new.chmod(0o755)  # whoever runs the cluster is another user
        yield new
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error
    except duckdb.IOException as error:
        raise _unwritable(folder, str(error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _unwritable(folder: Path, reason: str) -> StoreError:
    return StoreError(
        Text(
            f"无法写入 {folder}：{reason}。请检查权限与磁盘空间；原有内容未改动。",
            f"Cannot write {folder}: {reason}. Check its rights and the disk; what was "
            "there is unchanged.",
        )
    )


@contextmanager
def _store(home: Home, new: Path, waiting: Waiting) -> Iterator[Store]:
    with pinned(home, waiting=waiting) as database:
        connection = connect(home, database, read_only=True, scratch=database.parent, target=new)
        with closing(connection):
            yield Store(home, connection, home.facts)


def _write(store: Store, name: str, target: Path) -> int:
    """Write one table and give how many rows its files hold."""
    columns = ", ".join(
        f"CAST(t.{column} AS {dtype}) AS {column}" for column, dtype in EXPORTED[name].items()
    )
    query = _QUERIES[name].format(columns=columns)
    target.mkdir()
    parted = ", PARTITION_BY (province, registered_year)" if name == FACTS else ""
    place = quoted(str(target))
    store.connection.execute(f"COPY ({query}) TO {place} ({_FILE}{parted}, OVERWRITE_OR_IGNORE)")
    found = quoted(f"{target}/**/*.parquet")
    if not any(target.rglob("*.parquet")):
        return 0
    return int(store.one(f"SELECT sum(num_rows) FROM parquet_file_metadata({found})"))


def _ensure_all(store: Store, rows: Mapping[str, int]) -> None:
    held = int(
        store.one(
            "SELECT coalesce(sum(rows), 0) FROM part "
            "WHERE kind = 'registration' AND submission IN (SELECT seq FROM seen)"
        )
    )
    if rows[FACTS] != held:
        raise RowsUnaccounted(
            Text(
                f"应导出 {held} 行，只写出 {rows[FACTS]} 行；没有留下任何导出。请联系维护人员。",
                f"{held} rows were to be exported and {rows[FACTS]} were written; no export was "
                "left. Tell the operators.",
            )
        )


def _put_in_place(new: Path, folder: Path) -> None:
    """Make it last, then give it its name; an older export goes only when the new one stands."""
    for path in [*new.rglob("*"), new]:
        if path.is_dir():
            fsync_folder(path)
        else:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    if folder.exists() and any(folder.iterdir()):
        old = new.with_name(new.name + ".old")
        folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.rename(folder)  # an empty folder gives way
    fsync_folder(folder.parent)
