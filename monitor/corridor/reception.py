"""The door: files and manifests received, one receipt for each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from monitor.corridor.declared import Declared
from monitor.corridor.intake import ingest
from monitor.corridor.periods import read_moment, read_period
from monitor.errors import WrongUse
from monitor.model import Finding, Mode, Receipt, RowCounts, Severity, Status, Text
from monitor.policy.policy import Policy
from monitor.store.archive import Kept, keep, open_for_reading
from monitor.store.recording import Settle, nothing_more
from monitor.store.store import Store

_COLUMNS = frozenset({"file", "kind", "division", "period", "received_at", "nil", "replace"})

Progress = Callable[[int, int, str], None]


def receive(
    store: Store,
    policy: Policy,
    file: Path | Kept | None,
    declared: Declared,
    *,
    now: datetime,
    settle: Settle = nothing_more,
) -> Receipt:
    """Keep a file's bytes, unless they are kept already, and take it in; None is a nil return.

    `settle` is given the receipt within the transaction; where it raises, nothing is stored.
    """
    kept = keep(store.home, file) if isinstance(file, Path) else file
    return ingest(store, policy, kept, declared, recorded_at=now, settle=settle)


def ensure_readable(files: Sequence[Path]) -> None:
    """Refuse at once what cannot be read, before anything of the others is stored."""
    for file in files:
        open_for_reading(file).close()


def receive_manifest(
    store: Store, policy: Policy, manifest: Path, *, now: datetime, progress: Progress
) -> list[Receipt]:
    """Take in the files that a manifest lists, in its order; a line that fails stops none.

    Raises `WrongUse` where the manifest itself cannot be read.
    """
    lines = _read_manifest(manifest)
    receipts = []
    for done, (number, line) in enumerate(lines, start=1):
        try:
            declared = _declared(line, now)
            file = None if declared.mode is Mode.NIL else manifest.parent / line["file"]
            receipts.append(receive(store, policy, file, declared, now=now))
        except WrongUse as error:
            receipts.append(_failed(line, number, error, now))
        progress(done, len(lines), line.get("file", ""))
    return receipts


def _read_manifest(manifest: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(
            Text(
                f"读不到清单 {manifest}：{error}。清单须为 UTF-8 的 CSV。",
                f"Cannot read the manifest {manifest}: {error}. It must be a CSV in UTF-8.",
            )
        ) from error
    reader = csv.DictReader(text.splitlines(), restkey="")
    unknown = sorted(set(reader.fieldnames or ()) - _COLUMNS)
    if unknown or "file" not in (reader.fieldnames or ()):
        raise WrongUse(
            Text(
                f"清单的列应为 {'、'.join(sorted(_COLUMNS))}；"
                f"{'、'.join(unknown) or '缺少 file'}。",
                f"A manifest has the columns {', '.join(sorted(_COLUMNS))}; "
                f"{', '.join(unknown) or 'file is missing'}.",
            )
        )
    lines = []
    for line in reader:
        beyond = line.pop("", None)
        if beyond and any(cell.strip() for cell in beyond):
            raise WrongUse(
                Text(
                    f"清单第 {reader.line_num} 行的单元格多于表头。请检查其中的逗号与引号。",
                    f"Line {reader.line_num} of the manifest has more cells than its header. Look "
                    "at its commas and quotation marks.",
                )
            )
        lines.append((reader.line_num, {key: (value or "").strip() for key, value in line.items()}))
    return lines


def _declared(line: dict[str, str], now: datetime) -> Declared:
    try:
        received_at = read_moment(line["received_at"]) if line.get("received_at") else now
        period = read_period(line["period"]) if line.get("period") else None
        nil, replaces = _is_true(line, "nil"), _is_true(line, "replace")
    except ValueError as error:
        raise WrongUse(Text(f"无法理解 {error}。", f"Cannot be understood: {error}.")) from error
    mode = Mode.REPLACE if replaces else Mode.ADD
    return Declared(
        received_at=received_at,
        kind=line.get("kind") or None,
        division=line.get("division") or None,
        period=period,
        mode=Mode.NIL if nil else mode,
        nil_replaces=nil and replaces,
    )


def _is_true(line: dict[str, str], column: str) -> bool:
    value = line.get(column, "").lower()
    if value not in {"", "true"}:
        message = f"{column}={value}"
        raise ValueError(message)
    return value == "true"


def _failed(line: dict[str, str], number: int, error: WrongUse, now: datetime) -> Receipt:
    finding = Finding(
        code="manifest_line_failed",
        severity=Severity.ERROR,
        line=number,
        message=Text(
            f"清单第 {number} 行未执行：{error.text.zh}",
            f"Line {number} of the manifest was not carried out: {error.text.en}",
        ),
    )
    return Receipt(
        submission=None,
        sha256=None,
        file=line.get("file") or None,
        kind=line.get("kind") or None,
        division=line.get("division") or None,
        period=None,
        received_at=now,
        status=Status.REFUSED,
        rows=RowCounts(),
        findings=(finding,),
        findings_total=1,
        interpretations=(),
        code=None,
        error_total=1,
    )
