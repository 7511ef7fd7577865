"""What a fresh installation is like before anybody has set anything: shut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from monitor.door.accounts import accounts
from monitor.door.database import open_door
from monitor.door.links import setup_link
from monitor.door.signing_in import Refusal, sign_in
from monitor.door.tokens import tokens
from monitor.errors import WrongUse
from monitor.model import SHANGHAI
from monitor.settings import Settings
from monitor.store.audit import record
from monitor.store.home import Home
from monitor.store.opening import open_store

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)


@contextmanager
def mask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("first", ["store", "door", "folders"])
def test_a_new_home_is_shut_to_others_of_its_machine(tmp_path: Path, first: str) -> None:
    """Whichever part of the program comes first, and with the most careless mask there is."""
    home = Home(tmp_path / "var" / "home")
    with mask(0):
        if first == "door":
            with open_door(home):
                pass
        elif first == "folders":
            home.create()
        with open_store(home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
            record(store, "backup", "x", at=NOW)
        with open_door(home):
            pass
    assert mode_of(home.root) & 0o007 == 0
    assert mode_of(home.door) == 0o600
    secret = [home.audit / "key", *home.audit.glob("*.jsonl")]
    assert len(secret) == 2
    assert [mode_of(path) for path in secret] == [0o600, 0o600]


def test_a_home_that_is_there_keeps_the_rights_that_somebody_gave_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    home.create()
    assert mode_of(home.root) == 0o700


def test_nothing_is_open_by_default() -> None:
    held = Settings()
    assert held.service.host == "127.0.0.1"  # this machine alone
    assert held.service.token is None  # figures for no other machine
    assert held.site.is_public is False
    assert held.site.trusted_proxies == ()
    assert held.oidc.issuer is None
    assert held.mail.transport == "folder"  # nothing leaves it
    assert held.site.session_minutes <= 60
    assert held.site.session_hours <= 24


def test_there_is_nobody_before_the_first_link_is_used(tmp_path: Path) -> None:
    with open_door(Home(tmp_path / "home")) as door:
        assert (accounts(door), tokens(door)) == ([], [])
        for name, password in (("admin", "admin"), ("fleetmon", "")):
            assert isinstance(sign_in(door, name, password, now=NOW), Refusal)
        secret = setup_link(door, NOW)
        assert secret is not None
        assert len(secret) >= 43
        assert secret not in str(door.rows("SELECT * FROM link"))


@pytest.mark.parametrize("name", ["a?b", "a\\b", "a*b", "[a]", "a\nb", "a\x07"])
def test_a_home_of_a_name_that_means_another_folder_is_refused(tmp_path: Path, name: str) -> None:
    """DuckDB takes what follows a question mark for settings, a backslash for a slash."""
    with pytest.raises(WrongUse) as told:
        Home(tmp_path / name)
    assert "--home" in told.value.text.zh
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a'b", 'a"b', "$(id)", "汽 车", "{a,b}", "-a", "a;b", "%s", "~"])
def test_a_home_of_any_other_name_is_that_folder(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    with open_store(home, write=True, waiting=lambda _words: None, actor="cli:t") as store:
        record(store, "backup", "x", at=NOW)
    with open_store(home, write=False, waiting=lambda _words: None) as store:
        assert store.one("SELECT count(*) FROM audit") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]
