"""What may be removed when it has been kept long enough: nothing unless the settings say so.

Never what a bulletin rests on. A figure is worked out from the tables and the accepted rows
(`facts/`), by the rules of its day (`rulesets/`), and those rows can be had again from the received
bytes (`archive/`) of submissions that were not refused: none of these is ever touched, nor are the
forms that were sent (`bulletins/`), nor any row of a table. What is left:

- the bytes of a file that was refused: no row of it was taken in, so no figure knows it; its
  finding, hash and receipt stay. Not where the same bytes were accepted another time, stand as
  evidence beside an exemption, or wait at the door to be confirmed.
- rows set aside (`rejected/`): they are in no figure either; how many and why stays in the tables,
  and they can be had again from the file that they came in.
- letters that were sent, or held: their forms lie in `bulletins/`, and the same history and rules
  make the same letter to the byte.

What is removed is written down with the rule that asked for it before it goes, so that whoever
asks for it is told when and why it went.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from monitor.model import SHANGHAI, Text
from monitor.settings import RetentionSettings
from monitor.store import audit
from monitor.store.archive import stored_at
from monitor.store.home import Home
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.parts import part_name
from monitor.store.store import Store

REFUSED_FILE: Final = "refused_file"
REJECTED_ROWS: Final = "rejected_rows"
SENT_LETTER: Final = "sent_letter"
HELD_LETTER: Final = "held_letter"

# Bytes of which every submission was refused, last received before a moment.
_REFUSED: Final = """
    SELECT sha256 FROM reception WHERE sha256 IS NOT NULL
    GROUP BY sha256 HAVING max(recorded_at) < $before
      AND sha256 NOT IN (SELECT sha256 FROM submission
                         WHERE sha256 IS NOT NULL AND status <> 'refused')
      AND sha256 NOT IN (SELECT sha256 FROM evidence WHERE sha256 IS NOT NULL)
    ORDER BY sha256
"""
_REJECTED: Final = """
    SELECT seq, sha256 FROM submission
    WHERE rows_rejected > 0 AND sha256 IS NOT NULL AND recorded_at < $before ORDER BY seq
"""
# Letters of which every delivery ended before a moment.
_SENT: Final = """
    SELECT file_name FROM delivery GROUP BY file_name
    HAVING bool_and(settled_at IS NOT NULL) AND max(settled_at) < $before ORDER BY file_name
"""


@dataclass(frozen=True, slots=True)
class Removal:
    """One file that is to go, and the setting that says so."""

    kind: str
    path: Path
    rule: str

    @property
    def name(self) -> str:
        """What the table knows it by."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that went: by which rule, and when."""

    rule: str
    removed_at: datetime

    @property
    def words(self) -> Text:
        """What whoever asks for it is told."""
        day = f"{self.removed_at:%Y-%m-%d %H:%M}"
        return Text(
            f"已于 {day} 按保存期限 retention.{self.rule} 清理。"
            "清理前的备份中或仍可找到（fleetmon backup）。",
            f"It was removed on {day} by the rule retention.{self.rule}. A backup from before may "
            "still hold it (fleetmon backup).",
        )


def plan_removal(
    store: Store, settings: RetentionSettings, at: datetime, *, wanted: Collection[str] = ()
) -> tuple[Removal, ...]:
    """What would be removed at a moment; nothing is changed.

    `wanted` are hashes of received bytes that somebody may still ask for.
    """
    return tuple(
        removal
        for removal in (
            *_refused_files(store, settings.refused_files_days, at, wanted),
            *_rejected_rows(store, settings.rejected_rows_days, at),
            *_sent_letters(store, settings.sent_letters_days, at),
            *_held_letters(store.home, settings.held_letters_days, at),
        )
        if removal.path.is_file()
    )


def remove(
    store: Store, settings: RetentionSettings, *, at: datetime, wanted: Collection[str] = ()
) -> dict[str, int]:
    """Remove what has been kept long enough; gives how many of each kind.

    Written down first: a removal that was cut off is finished by the next.
    """
    planned = plan_removal(store, settings, at, wanted=wanted)
    counts: dict[str, int] = {}
    for removal in planned:
        counts[removal.kind] = counts.get(removal.kind, 0) + 1
    if planned:
        with store.transaction():
            _write_down(store, planned, at)
            rules = sorted({removal.rule for removal in planned})
            audit.record(
                store, "retention", "files", detail={"removed": counts, "rules": rules}, at=at
            )
        for removal in planned:
            removal.path.unlink(missing_ok=True)
    return counts


def removed(store: Store, kind: str, name: str) -> Removed | None:
    """When and by which rule something went; None where it did not."""
    found = store.rows(
        "SELECT rule, removed_at FROM removal WHERE kind = ? AND name = ? "
        "ORDER BY removed_at DESC LIMIT 1",
        [kind, name],
    )
    return Removed(found[0][0], read_moment(found[0][1])) if found else None


def _write_down(store: Store, planned: Sequence[Removal], at: datetime) -> None:
    moment = stored_moment(at)
    store.insert("removal", [[one.kind, one.name, one.rule, moment] for one in planned])


def _refused_files(
    store: Store, days: int | None, at: datetime, wanted: Collection[str]
) -> Iterator[Removal]:
    for (digest,) in _older(store, _REFUSED, days, at):
        if digest in wanted:
            continue
        path = stored_at(store.home, digest)
        yield Removal(REFUSED_FILE, path, f"refused_files_days={days}")


def _rejected_rows(store: Store, days: int | None, at: datetime) -> Iterator[Removal]:
    for seq, digest in _older(store, _REJECTED, days, at):
        path = store.home.rejected / part_name(seq, digest)
        yield Removal(REJECTED_ROWS, path, f"rejected_rows_days={days}")


def _sent_letters(store: Store, days: int | None, at: datetime) -> Iterator[Removal]:
    for (name,) in _older(store, _SENT, days, at):
        yield Removal(SENT_LETTER, store.home.sent / name, f"sent_letters_days={days}")


def _held_letters(home: Home, days: int | None, at: datetime) -> Iterator[Removal]:
    """No table knows when a letter was held: the file does, and one put back is younger."""
    if days is None:
        return
    for path in sorted(home.held.glob("[!.]*")):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < _before(days, at):
            yield Removal(HELD_LETTER, path, f"held_letters_days={days}")


def _older(store: Store, query: str, days: int | None, at: datetime) -> list[tuple[Any, ...]]:
    if days is None:
        return []
    return store.rows(query, {"before": stored_moment(_before(days, at))})


def _before(days: int, at: datetime) -> datetime:
    """The moment before which a thing has been kept for whole days."""
    return at.astimezone(SHANGHAI) - timedelta(days=days)
