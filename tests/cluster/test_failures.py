"""What goes wrong between here and a cluster, in words: who can mend it, and how."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from attribution.weeks import Weeks, car

from cluster.conftest import reading, written
from cluster.servers import ensure_installed
from monitor.cli.main import main
from monitor.corridor.judge import hold
from monitor.errors import FleetmonError, StoreError, WrongUse
from monitor.store.home import Home
from monitor.store.spark import SparkEngine, spark_engine

pytestmark = pytest.mark.enable_socket  # 127.0.0.1 alone
NewWeeks = Callable[[Path], AbstractContextManager[Weeks]]
DAY = date(2023, 6, 12)


@pytest.fixture
def home(tmp_path: Path, new_weeks: NewWeeks) -> Home:
    with new_weeks(tmp_path) as weeks:
        weeks.send([car(1), car(2, "汽油")])
        return weeks.store.home


@contextmanager
def asked(home: Home, url: str | None, facts: Path | str | None) -> Iterator[SparkEngine]:
    with reading(home) as store, spark_engine(store, url, str(facts) if facts else None) as engine:
        yield engine


def refusal(home: Home, url: str | None, facts: Path | str | None) -> FleetmonError:
    with pytest.raises(FleetmonError) as raised, asked(home, url, facts):
        pass
    assert raised.value.text.zh
    return raised.value


# --- before anybody is asked -------------------------------------------------------------------


@pytest.mark.parametrize(("url", "facts"), [(None, "facts"), ("sc://127.0.0.1", None)])
def test_both_settings_are_needed(home: Home, url: str | None, facts: str | None) -> None:
    error = refusal(home, url, facts)
    assert isinstance(error, WrongUse)
    assert "cluster.url" in error.text.en


def test_the_extra_must_be_installed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    error = refusal(home, "sc://127.0.0.1", "facts")
    assert isinstance(error, WrongUse)
    assert "install-spark" in error.text.zh


def test_the_store_alone_asks_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "monitor.store.spark", None)
    with pytest.raises(SystemExit) as ended:
        main(["--home", str(home.root), "assess", "--as-of", str(DAY), "--json"])
    assert ended.value.code == 0


# --- asking ------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://127.0.0.1:15002", "sc://", "sc://127.0.0.1:any", "spark"])
def test_an_address_must_be_one_of_spark_connect(home: Home, url: str) -> None:
    ensure_installed()
    error = refusal(home, url, "facts")
    assert isinstance(error, WrongUse)
    assert "cluster.url" in error.text.zh


def test_a_server_that_is_not_there_is_told_at_once(home: Home) -> None:
    ensure_installed()
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    error = refusal(home, f"sc://127.0.0.1:{port}", "facts")
    assert isinstance(error, StoreError)
    assert f"127.0.0.1:{port}" in error.text.zh
    assert error.exit_code == 3


def test_an_export_must_be_there(home: Home, tmp_path: Path, spark_url: str) -> None:
    error = refusal(home, spark_url, tmp_path / "nothing")
    assert isinstance(error, WrongUse)
    assert "fleetmon export facts" in error.text.zh


def test_an_export_of_another_format_is_none(home: Home, tmp_path: Path, spark_url: str) -> None:
    folder = written(home, tmp_path / "facts").folder
    page = folder / "manifest.json"
    page.write_text(json.dumps(json.loads(page.read_text("utf-8")) | {"format": 0}), "utf-8")
    assert isinstance(refusal(home, spark_url, folder), WrongUse)


def test_an_export_of_another_home_is_refused(
    home: Home, tmp_path: Path, new_weeks: NewWeeks, spark_url: str
) -> None:
    with new_weeks(tmp_path / "other") as weeks:
        weeks.send([car(3)])
        other = weeks.store.home
    error = refusal(home, spark_url, written(other, tmp_path / "facts").folder)
    assert isinstance(error, WrongUse)
    assert "--home" in error.text.zh


def test_an_export_must_be_whole(home: Home, tmp_path: Path, spark_url: str) -> None:
    folder = written(home, tmp_path / "facts").folder
    shutil.rmtree(next(folder.glob("registration/*")))
    error = refusal(home, spark_url, folder)
    assert isinstance(error, WrongUse)
    assert "应有 2 行，只读到 0 行" in error.text.zh


def test_what_came_after_the_export_is_not_judged_by_it(
    home: Home, tmp_path: Path, new_weeks: NewWeeks, spark_url: str
) -> None:
    folder = written(home, tmp_path / "facts").folder
    with new_weeks(tmp_path) as weeks:
        before = weeks.day
        weeks.day += timedelta(days=1)
        weeks.send([car(4)])
    with asked(home, spark_url, folder) as engine:
        with pytest.raises(WrongUse, match="--replace"):
            hold(engine.store, DAY, None, engine=engine)
        # An earlier moment of knowledge, which is all in it, is.
        earlier = hold(engine.store, DAY, before, engine=engine)
        assert earlier.evidence.counts["vehicles"].sum() == 2


def test_an_export_of_an_earlier_moment_judges_no_later_one(
    home: Home, tmp_path: Path, spark_url: str
) -> None:
    with reading(home) as store:
        (only,) = store.summaries()
    folder = written(home, tmp_path / "facts", only.received_at).folder
    with asked(home, spark_url, folder) as engine:
        with pytest.raises(WrongUse, match="older than what is to be judged"):
            hold(engine.store, DAY, None, engine=engine)
        assert hold(engine.store, DAY, only.received_at, engine=engine).history == 1


def test_a_query_that_fails_there_is_told(home: Home, tmp_path: Path, spark_url: str) -> None:
    folder = written(home, tmp_path / "facts").folder
    with asked(home, spark_url, folder) as engine, pytest.raises(StoreError) as raised:
        engine.frame("SELECT nothing FROM nowhere")
    assert "duckdb" in raised.value.text.zh
