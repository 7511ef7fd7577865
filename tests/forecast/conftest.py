"""The project's policy, and the samples taken in once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from still_gates import keep_gates_still

from monitor.corridor.reception import receive_manifest
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy, load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

MANIFEST = Path(__file__).parents[2] / "data" / "samples" / "manifest.csv"


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(None)


@pytest.fixture(scope="session")
def samples_home(policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Every sample file, without Great Expectations, which changes no figure; taken in once for
    all workers of a run.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = Home(shared / "forecast-samples")
    with (shared / "forecast-samples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.root.exists():
            _take_in(home, policy)
    return home


def _take_in(home: Home, policy: Policy) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        open_store(home, write=True, waiting=lambda _words: None) as store,
    ):
        keep_gates_still(patch)
        receive_manifest(
            store,
            policy,
            MANIFEST,
            now=datetime(2026, 11, 21, 9, tzinfo=SHANGHAI),
            progress=lambda _done, _all, _name: None,
        )


@pytest.fixture(scope="module")
def samples(samples_home: Home) -> Iterator[Store]:
    """Open for one module only: the commands open the same home themselves."""
    with open_store(samples_home, write=False, waiting=lambda _words: None) as store:
        yield store
