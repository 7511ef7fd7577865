"""Every fault has a section of the runbook, and every message of one leads there."""

from __future__ import annotations

import errno
import re
import sqlite3
from pathlib import Path

import duckdb
import polars as pl
import pytest

from faults.environment import CAUSES, TRIES
from monitor.errors import RUNBOOK, Breakdown, Cause, StoreError, with_steps
from monitor.model import Text
from monitor.store.breakdowns import breakdown, cause_of

PAGE = (Path(__file__).resolve().parents[2] / RUNBOOK).read_text("utf-8")
SECTIONS = dict(re.findall(r'<a id="([\w-]+)"></a>\n(.*?)(?=\n<a id=|\Z)', PAGE, re.DOTALL))


def test_each_cause_has_a_section_in_both_languages_and_there_is_no_other() -> None:
    assert set(SECTIONS) == {cause.value for cause in Cause}
    for name, words in SECTIONS.items():
        assert re.match(r"## [^/]+ / [A-Z]", words), name
        assert "**看到**" in words, name
        assert "**You see**" in words, name
    linked = set(re.findall(r"\]\(#([\w-]+)\)", PAGE))
    assert linked <= set(SECTIONS)


def test_each_fault_of_the_campaign_has_a_cause() -> None:
    assert set(CAUSES) == {what for _, what, _, _ in TRIES}


def test_words_end_with_where_the_steps_stand() -> None:
    told = with_steps(Text("磁盘已满。", "The disk is full."), Cause.DISK_FULL)
    assert told.zh == "磁盘已满。步骤见 docs/runbook.md#disk-full。"
    assert told.en == "The disk is full. Steps: docs/runbook.md#disk-full."


CORRUPT = "Corrupt database file: computed checksum 1 does not match stored checksum 2 in block"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Cause.DISK_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), Cause.DISK_FULL),
        (OSError(errno.EROFS, "Read-only file system"), Cause.READ_ONLY),
        (PermissionError(errno.EACCES, "Permission denied"), Cause.READ_ONLY),
        (OSError(errno.EMFILE, "Too many open files"), Cause.OPEN_FILES),
        (OSError(errno.EIO, "Input/output error"), Cause.DISK_ERROR),
        (MemoryError(), Cause.MEMORY),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed"), Cause.MEMORY),
        (pl.exceptions.PanicException("could not spawn threads: WouldBlock"), Cause.MEMORY),
        (ImportError("x.so: failed to map segment from shared object"), Cause.MEMORY),
        (duckdb.IOException('Cannot open "f": Too many open files'), Cause.OPEN_FILES),
        (duckdb.TransactionException("commit: No space left on device"), Cause.DISK_FULL),
        (duckdb.Error(CORRUPT), Cause.DATABASE_DAMAGED),
        (duckdb.IOException("Could not read enough bytes from file"), Cause.DATABASE_DAMAGED),
        (duckdb.IOException("Failure while replaying WAL file: x"), Cause.LOG_DAMAGED),
        (sqlite3.OperationalError("database or disk is full"), Cause.DISK_FULL),
        (sqlite3.DatabaseError("file is not a database"), Cause.ACCOUNTS_DAMAGED),
        (sqlite3.OperationalError("attempt to write a readonly database"), Cause.READ_ONLY),
    ],
    ids=str,
)
def test_what_libraries_say_is_told_in_our_words(error: BaseException, cause: Cause) -> None:
    assert cause_of(error) is cause
    told = breakdown(error, Path("fleetmon.duckdb"))
    assert told is not None
    assert cause.section in told.text.zh
    assert cause.section in told.text.en
    assert re.search("[\u4e00-\u9fff]", told.text.zh)
    assert not re.search("[\u4e00-\u9fff]", told.text.en)


def test_a_fault_of_ours_is_none_of_the_machine() -> None:
    for error in (KeyError("No space left on device"), ValueError("memory"), OSError(2, "gone")):
        assert cause_of(error) is None
        assert breakdown(error) is None
    assert cause_of(StoreError(Text("", ""))) is None


def test_what_an_error_came_from_counts() -> None:
    raised = duckdb.TransactionException("cannot rollback - no transaction is active")
    raised.__context__ = duckdb.IOException("Could not write: No space left on device")
    assert cause_of(raised) is Cause.DISK_FULL
    told = breakdown(raised)
    assert isinstance(told, Breakdown)
    assert breakdown(told) is told
