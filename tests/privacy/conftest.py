"""A city's home that holds one vehicle in every way a vehicle can be held."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from journey.answers import Fleetmon, run_fleetmon
from journey.sent_files import bus, buses, gb18030_csv, plain_csv, vin
from made_once import copied_home
from still_gates import keep_gates_still

CANARY = vin(7)
PLATE = "赣A00007D"
LATER = "--received-at", "2019-02-05T09:00+08:00"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    keep_gates_still(monkeypatch)
    return tmp_path / "home"


@pytest.fixture
def fleetmon(home: Path) -> Fleetmon:
    return partial(run_fleetmon, home)


@pytest.fixture
def city(fleetmon: Fleetmon, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Fleetmon:
    """Twenty buses; the canary again in a police export, and set aside in a third file."""
    copied_home(tmp_path_factory, "one-vehicle", _send, home)
    return fleetmon


def _send(folder: Path) -> None:
    burnt = bus(7, 燃料种类="煤", 车辆识别代号=CANARY.lower())
    files = (
        plain_csv(folder / "a.csv", buses(12, 8)),
        gb18030_csv(folder / "b.csv", [bus(7, 初次登记日期="2018-09-02"), bus(31)]),
        plain_csv(folder / "c.csv", [burnt, bus(32)]),
    )
    for day, file in enumerate(files, start=5):
        at = ("--received-at", f"2019-01-0{day}T09:00+08:00")
        assert run_fleetmon(folder / "home", "ingest", file, "--division", "360100", *at).code < 2


def figures(fleetmon: Fleetmon) -> str:
    """What is published: the words of the command, to the byte."""
    return fleetmon("assess", "--as-of", "2018-12-31", "--json").out


def files_of(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(home.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def named_in(home: Path, *texts: str) -> list[str]:
    """The files that hold any of the texts, in any encoding or dress, compressed pages too."""
    import duckdb  # noqa: PLC0415  # only to look into pages
    import polars as pl  # noqa: PLC0415

    found = []
    for path, data in files_of(home):
        forms = [t.encode(e) for t in texts for e in ("utf-8", "gb18030", "utf-16-le")]
        forms += [text.lower().encode() for text in texts]
        if any(form in data for form in forms):
            found.append(path.relative_to(home).as_posix())
        elif path.suffix == ".parquet":
            cells = pl.read_parquet(path).cast(pl.String, strict=False).rows()
            said = "\n".join(str(row) for row in cells).upper()
            if any(text in said for text in texts):
                found.append(path.relative_to(home).as_posix())
    for base in (home / "fleetmon.duckdb", home / "snapshot" / "fleetmon.duckdb"):
        with duckdb.connect(str(base), read_only=True) as database:
            tables = [
                name
                for (name,) in database.sql("SELECT table_name FROM duckdb_tables()").fetchall()
            ]
            said = "\n".join(str(database.sql(f"FROM {name}").fetchall()) for name in tables)
        if any(text in said.upper() for text in texts):
            found.append(base.relative_to(home).as_posix())
    return sorted(set(found))
