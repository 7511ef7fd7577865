"""A door with a few people of 江西, a clock that is set by hand, passwords hashed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from monitor.door.accounts import Account, account_by_name, add_account, keep_password
from monitor.door.database import Door, open_door
from monitor.door.passwords import hash_password
from monitor.door.rights import Role
from monitor.model import SHANGHAI
from monitor.policy.divisions import DivisionTable
from monitor.policy.policy import load_policy
from monitor.settings import SiteSettings
from monitor.store.home import Home

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
PASSWORD = "梅岭 早班 充电桩 十二路"  # noqa: S105  # of the people in these tests
ADMIN = "cli:root"
SITE = SiteSettings()

_hashed = cache(hash_password)  # a quarter of a second each


@cache
def divisions() -> DivisionTable:
    """The project's own."""
    return load_policy().divisions


@dataclass
class Clock:
    """A moment that stands until it is moved."""

    moment: datetime = NOW

    def pass_by(self, **span: float) -> datetime:
        self.moment += timedelta(**span)
        return self.moment


def add(
    door: Door,
    name: str,
    role: Role = Role.CLERK,
    division: str | None = "360100",
    *,
    password: str | None = PASSWORD,
) -> Account:
    """Somebody who may come in, by default a clerk of 南昌 with a password."""
    made = add_account(
        door, divisions(), name=name, role=role, division=division, actor=ADMIN, at=NOW
    )
    if password is not None:
        keep_password(door, made, _hashed(password), actor=ADMIN, at=NOW)
    return known(door, name)


def known(door: Door, name: str) -> Account:
    """The account as it is now."""
    found = account_by_name(door, name)
    assert found is not None
    return found


def acts(door: Door, after: int = 0) -> list[tuple[str, str, str, str]]:
    """Actor, action, object and outcome of what was done."""
    return [
        (actor, action, object_, outcome)
        for actor, action, object_, outcome in door.rows(
            "SELECT actor, action, object, outcome FROM act WHERE seq > ? ORDER BY seq", [after]
        )
    ]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def door(home: Home) -> Iterator[Door]:
    with open_door(home) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()
