"""The project's policy, and the samples taken in once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sample_home import samples_taken_in

from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store


@pytest.fixture(scope="session")
def samples_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Every sample file."""
    return Home(samples_taken_in(tmp_path_factory) / "home")


@pytest.fixture(scope="module")
def samples(samples_home: Home) -> Iterator[Store]:
    """Open for one module only: the commands open the same home themselves."""
    with open_store(samples_home, write=False, waiting=lambda _words: None) as store:
        yield store
