"""Whether the audit log is as it was written: the table, its files, and one against the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from monitor.model import Text
from monitor.store.audit import START, AuditLine, audit_lines, file_lines, read_key
from monitor.store.home import Home
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class AuditFault:
    """One way in which the log is not as it was written; `code` never changes."""

    code: str
    where: str
    text: Text


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was found, and the head: note it elsewhere, and a log cut short is found too."""

    lines: int
    head: str
    faults: tuple[AuditFault, ...]


@dataclass(frozen=True, slots=True)
class FiledLines:
    """The files of the log, read before the table: they never know more than the table does."""

    entries: tuple[tuple[Path, int, AuditLine | None], ...]


def read_files(home: Home) -> FiledLines:
    """The lines of the files as they are now."""
    return FiledLines(tuple(file_lines(home)))


def verify(store: Store, filed: FiledLines, expected: tuple[int, str] | None = None) -> AuditReport:
    """Check the chain of the table, that of the files, and that both say the same.

    `filed` was read before `store` was opened. `expected` is a head noted elsewhere: number, hash.
    """
    lines = audit_lines(store)
    key = read_key(store.home)
    head = f"{lines[-1].seq}:{lines[-1].hash}" if lines else f"0:{START}"
    faults = [
        *(_no_key(lines, filed) if key is None else ()),
        *(_chain(lines, key, lambda seq: f"audit {seq}") if key else ()),
        *_files(filed, lines, key),
        *(_expected(lines, expected) if expected else ()),
    ]
    return AuditReport(len(lines), head, tuple(faults))


def _no_key(lines: list[AuditLine], filed: FiledLines) -> Iterator[AuditFault]:
    if lines or filed.entries:
        yield AuditFault(
            "key_missing",
            "key",
            Text(
                "审计密钥 audit/key 不在，无法核对。请从备份取回。",
                "The audit key (audit/key) is gone, so nothing can be checked. Take it from a "
                "backup.",
            ),
        )


def _chain(lines: list[AuditLine], key: bytes, place: Callable[[int], str]) -> Iterator[AuditFault]:
    previous, number = START, 0
    for line in lines:
        where = place(line.seq)
        if line.seq != number + 1:
            yield AuditFault(
                "line_missing",
                where,
                Text(
                    f"{where}：前一条编号为 {number}，其间有记录被删除或调换。",
                    f"{where}: the line before it is {number}; lines were deleted or swapped.",
                ),
            )
        if line.previous != previous:
            yield AuditFault(
                "chain_broken",
                where,
                Text(
                    f"{where}：与前一条不相衔接，前一条被改动或删除。",
                    f"{where}: does not follow from the line before it, which was changed or "
                    "deleted.",
                ),
            )
        if line.hash != line.expected_hash(key):
            yield AuditFault(
                "line_changed",
                where,
                Text(
                    f"{where}：内容与校验值不符，已被改动，或密钥已更换。",
                    f"{where}: the content does not fit its hash: it was changed, or the key was.",
                ),
            )
        previous, number = line.hash, line.seq


def _files(filed: FiledLines, lines: list[AuditLine], key: bytes | None) -> Iterator[AuditFault]:
    """The files must hold the table's lines, in their order, each once."""
    readable: list[AuditLine] = []
    for path, number, line in filed.entries:
        if line is None:
            where = f"{path.name}:{number}"
            yield AuditFault(
                "file_line_unreadable",
                where,
                Text(
                    f"{where}：不是完整的审计记录，被改动，或写入时断电。",
                    f"{where}: not a whole audit line: changed, or cut by a power failure.",
                ),
            )
        else:
            readable.append(line)
    if key:
        places = {line.seq: f"{p.name}:{n}" for p, n, line in filed.entries if line is not None}
        yield from _chain(readable, key, lambda seq: places[seq])
    for place, (mine, theirs) in enumerate(zip_longest(lines, readable), start=1):
        if mine != theirs:
            yield _differing(place, mine, theirs)
            return


def _differing(place: int, mine: AuditLine | None, theirs: AuditLine | None) -> AuditFault:
    if theirs is None:
        return AuditFault(
            "files_behind",
            f"audit {place}",
            Text(
                f"文件中没有第 {place} 条及以后的记录：文件被截短，或写入进程中途被终止"
                "（下一次写入时会补上，届时请再核对）。",
                f"The files lack line {place} and those after it: they were cut, or a writer was "
                "killed before it wrote them (the next writer adds them; check again then).",
            ),
        )
    if mine is None:
        return AuditFault(
            "table_behind",
            f"audit {place}",
            Text(
                f"文件中有第 {place} 条而数据库中没有：数据库的记录被删除，或恢复了较早的数据库。",
                f"The files hold line {place}, the database does not: lines were deleted there, or "
                "an earlier database was put back.",
            ),
        )
    return AuditFault(
        "table_and_files_differ",
        f"audit {place}",
        Text(
            f"第 {place} 条在数据库与文件中不一致，其一被改动。",
            f"Line {place} differs between the database and the files; one was changed.",
        ),
    )


def _expected(lines: list[AuditLine], expected: tuple[int, str]) -> Iterator[AuditFault]:
    seq, digest = expected
    if digest != next((line.hash for line in lines if line.seq == seq), START if not seq else ""):
        yield AuditFault(
            "head_not_found",
            f"audit {seq}",
            Text(
                f"没有与所记校验值相符的第 {seq} 条：该条被改动，或其后的记录被一并截去。",
                f"No line {seq} has the hash that was noted: it was changed, or the log was cut.",
            ),
        )
