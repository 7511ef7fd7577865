"""What a backup holds: its files with their hashes, and what the database in it names."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from monitor.errors import StoreError, WrongUse
from monitor.model import Text
from monitor.store.archive import stored_at
from monitor.store.blanking import blanked_files
from monitor.store.home import Home
from monitor.store.parts import part_name
from monitor.store.store import Store

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One file of a backup: its place in it, and in the home, by the same path."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a backup; `counts` are the rows of each table, `faults` what was amiss."""

    made_at: str
    program: str
    schema_version: int
    history: int
    counts: dict[str, int]
    files: tuple[HeldFile, ...]
    is_verified: bool
    faults: tuple[str, ...] = ()

    def as_json(self) -> bytes:
        """The manifest as its file has it."""
        document = {"format": FORMAT, **asdict(self)}
        return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises `WrongUse` where the folder is no backup, `StoreError` where its manifest is spoiled.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise WrongUse(
            Text(
                f"{folder} 不是备份：其中没有 {MANIFEST}。备份是名为 backup-日期T时间 的文件夹，"
                f"内有 {MANIFEST} 和 fleetmon.duckdb，由 fleetmon backup 写成；"
                "请给出这样的文件夹本身，不是放备份的上一级。",
                f"{folder} is no backup: it has no {MANIFEST}. A backup is a folder named "
                f"backup-DAYTTIME with {MANIFEST} and fleetmon.duckdb in it, made by fleetmon "
                "backup; name that folder itself, not the one that holds the backups.",
            )
        )
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        if told.pop("format") != FORMAT:
            raise ValueError(f"format {told}")  # noqa: TRY301  # told with the others
        files = tuple(HeldFile(**one) for one in told.pop("files"))
        return Manifest(files=files, **told | {"faults": tuple(told["faults"])})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise StoreError(
            Text(
                f"{folder} 不是完整的备份：{path.name} 读不出来或不是本程序所写。"
                "请改用另一份备份。",
                f"{folder} is no complete backup: {path.name} cannot be read or is not ours. "
                "Use another backup.",
            )
        ) from error


def table_counts(store: Store) -> dict[str, int]:
    """The rows of every table, those that are there for the connection only left out."""
    names = store.rows(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name"
    )
    return {name: int(store.one(f'SELECT count(*) FROM "{name}"')) for (name,) in names}


def named_files(store: Store) -> dict[str, str | None]:
    """Files that must be there for the database to be whole, with their hashes where it knows.

    Paths are relative to the home. What was removed by a rule is not asked for.
    """
    # What was removed and came again later is there again.
    gone = {
        name
        for (name,) in store.rows(
            "SELECT name FROM removal LEFT JOIN reception ON sha256 = name "
            "WHERE kind NOT LIKE 'blanked_%' GROUP BY name "
            "HAVING max(recorded_at) IS NULL OR max(recorded_at) < max(removed_at)"
        )
    }
    home, redacted = Home(Path()), blanked_files(store)
    found: dict[str, str | None] = {}
    evidence = (  # an older program's backup has none
        "UNION SELECT sha256 FROM evidence WHERE sha256 IS NOT NULL "
        if store.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'evidence'")
        else ""
    )
    for (digest,) in store.rows(
        "SELECT sha256 FROM submission WHERE sha256 IS NOT NULL "
        f"UNION SELECT sha256 FROM reception WHERE sha256 IS NOT NULL {evidence}ORDER BY 1"
    ):
        found[stored_at(home, digest).as_posix()] = redacted.get(digest, digest)
    for (name,) in store.rows("SELECT file_name FROM part ORDER BY submission"):
        found[(home.facts / name).as_posix()] = None
    for seq, digest in store.rows(
        "SELECT seq, sha256 FROM submission WHERE rows_rejected > 0 AND sha256 IS NOT NULL "
        "AND status <> 'refused' ORDER BY seq"
    ):
        found[(home.rejected / part_name(seq, digest)).as_posix()] = None
    return {path: digest for path, digest in found.items() if Path(path).name not in gone}


def unsettled_letters(store: Store) -> dict[str, str]:
    """Letters that are still to be sent, with their hashes: in the outbox, or among the sent
    where one went out and the database does not know yet.
    """
    return dict(
        store.rows("SELECT file_name, sha256 FROM delivery WHERE settled_at IS NULL ORDER BY 1")
    )
