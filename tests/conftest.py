"""What all tests share: the project's policy is read once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from monitor.policy import policy as policy_room
from monitor.policy.policy import Policy, load_policy
from monitor.service import workplace

pytest_plugins = ["browser"]

# As the command line has it: what is imported and made once in a run is not looked through for
# garbage again and again.
gc.set_threshold(1 << 17, 20, 20)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The project's own; no test changes it."""
    return load_policy(None)


@pytest.fixture(autouse=True, scope="session")
def _policy_is_read_once() -> Iterator[None]:
    """Commands run in this process share one reading of the project's files, which no test changes.

    What lies in a `--config` folder is read by each.
    """
    of_the_project = cache(lambda: load_policy(None))

    def load(config: Path | None = None) -> Policy:
        return of_the_project() if config is None else load_policy(config)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_room, "load_policy", load)
        patch.setattr(workplace, "load_policy", load)
        yield
