"""Bulletins that were issued, found by what the store recorded, never by a path from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from monitor.bulletins.forms import PDF, XLSX
from monitor.model import Language
from monitor.store.store import Store

# What a bulletin's folder may hold, in the order in which it is offered, and what each file is.
FORMS: Final = MappingProxyType(
    {
        "bulletin.html": "text/html; charset=utf-8",
        "bulletin.pdf": PDF,
        "bulletin.xlsx": XLSX,
        "bulletin.csv": "text/csv; charset=utf-8",
        "bulletin.json": "application/json",
        "bulletin.txt": "text/plain; charset=utf-8",
    }
)
PICTURE: Final = "image/png"
_LETTER: Final = ".eml"  # version 0.1 noted the name of the letter that it made of the folder
_LAST: Final = """
    SELECT division, as_of, issue_number, language, arg_max(file_name, run)
    FROM bulletin WHERE list_contains(?::VARCHAR[], division) AND (?::DATE IS NULL OR as_of = ?)
    GROUP BY ALL ORDER BY as_of DESC, division, issue_number DESC, language DESC
"""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a division's bulletin; `forms` are the files that lie there, by language."""

    division: str
    as_of: date
    number: int
    forms: tuple[tuple[Language, tuple[str, ...]], ...]


def issue_days(store: Store, divisions: Sequence[str]) -> tuple[date, ...]:
    """The days of which these divisions have bulletins, the newest first."""
    found = store.rows(
        "SELECT DISTINCT as_of FROM bulletin WHERE list_contains(?::VARCHAR[], division) "
        "ORDER BY as_of DESC",
        [list(divisions)],
    )
    return tuple(day for (day,) in found)


def issues(store: Store, divisions: Sequence[str], day: date | None = None) -> tuple[Issue, ...]:
    """The issues of these divisions, of one day where it is given: the newest first, then in the
    order of `divisions`; of an issue that was made twice the last.
    """
    kept: dict[tuple[str, date, int], list[tuple[Language, tuple[str, ...]]]] = {}
    for division, as_of, number, language, name in store.rows(_LAST, [list(divisions), day, day]):
        lies = _lies(store.home.bulletins / _folder(name))
        kept.setdefault((division, as_of, number), []).append((language, lies))
    places = {code: place for place, code in enumerate(divisions)}
    ordered = sorted(kept, key=lambda key: (-key[1].toordinal(), places[key[0]], -key[2]))
    return tuple(Issue(*key, tuple(kept[key])) for key in ordered)


def issue_file(
    store: Store, division: str, as_of: date, number: int, language: str, name: str
) -> tuple[Path, str] | None:
    """Where a file of an issue lies, and what it is; None where there is no such file.

    `name` is one of `FORMS` or a picture of the page.
    """
    found = store.rows(
        "SELECT arg_max(file_name, run) FROM bulletin WHERE division = ? AND as_of = ? "
        "AND issue_number = ? AND language = ? HAVING count(*) > 0",
        [division, as_of, number, language],
    )
    if not found:
        return None
    folder = store.home.bulletins / _folder(found[0][0])
    held = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    if name not in held or not (name in FORMS or name.endswith(".png")):
        return None
    return held[name], FORMS.get(name, PICTURE)


def _folder(name: str) -> str:
    return name.removesuffix(_LETTER)


def _lies(folder: Path) -> tuple[str, ...]:
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return tuple(name for name in FORMS if name in held)
