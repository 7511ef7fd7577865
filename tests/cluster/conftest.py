"""A home whose gates keep still, an export of it, and the servers that are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from attribution.weeks import NOW, Weeks
from made_once import made_once
from still_gates import keep_gates_still

from cluster.servers import SERVERS, ensure_installed, serving
from monitor.cli.main import main
from monitor.policy.policy import Policy
from monitor.policy.project import project_root
from monitor.store.facts_export import FactsExport, export_facts
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store


def silent(_words: object) -> None:
    """Nobody listens."""


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def new_weeks(policy: Policy) -> Callable[[Path], AbstractContextManager[Weeks]]:
    """A home of 福建 in a folder of its own, written to by product code."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Weeks]:
        with open_store(Home(folder / "home"), write=True, waiting=silent, actor="test") as store:
            yield Weeks(store, policy, folder)

    return opened


@pytest.fixture(scope="session", params=SERVERS)
def spark_url(request: pytest.FixtureRequest) -> Iterator[str]:
    ensure_installed()
    with serving(request.param) as url:
        yield url


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All samples taken in, their gates kept still; nobody writes to it."""
    return Home(made_once(tmp_path_factory, "cluster-samples", _take_in) / "home")


def _take_in(folder: Path) -> None:
    manifest = project_root() / "data" / "samples" / "manifest.csv"
    words = ["--home", str(folder / "home"), "ingest", "--manifest", str(manifest), "--json"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        keep_gates_still(patch)
        with pytest.raises(SystemExit):
            main(words)


@pytest.fixture(scope="session")
def exported_samples(samples: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(samples, tmp_path_factory.mktemp("facts") / "export").folder


def written(
    home: Home, folder: Path, known_at: datetime | None = None, *, replace: bool = False
) -> FactsExport:
    """An export made now."""
    return export_facts(
        home,
        folder,
        known_at=known_at,
        replace=replace,
        at=NOW,
        program="0.1.0",
        waiting=silent,
    )


@contextmanager
def reading(home: Home) -> Iterator[Store]:
    """The home's store, read."""
    with open_store(home, write=False, waiting=silent) as store:
        yield store
