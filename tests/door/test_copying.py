"""A backup holds the door, and what waits at it can be confirmed in the home that it restores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.door.accounts import account_by_name, add_account
from monitor.door.copying import BESIDE
from monitor.door.database import open_door
from monitor.door.draft import Asked, NewDraft
from monitor.door.drafts import add_draft, held_draft
from monitor.door.rights import Role
from monitor.door.sessions import open_session
from monitor.policy.policy import load_policy
from monitor.settings import SiteSettings
from monitor.store.archive import keep, stored_at
from monitor.store.backup import make_backup
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.restoring import restore

from .conftest import NOW


def _unheard(_words: object) -> None:
    """Nobody waits."""


def test_what_waits_at_the_door_is_in_a_backup(tmp_path: Path) -> None:
    home, table = Home(tmp_path / "home"), load_policy(None).divisions
    with open_store(home, write=True, waiting=_unheard, actor="cli:test"):
        pass
    extract = tmp_path / "南昌.csv"
    extract.write_text("车辆识别代号,燃料种类\n", "utf-8")
    kept = keep(home, extract)
    with open_door(home) as door:
        account = add_account(
            door, table, name="wangfang", role=Role.CLERK, division="360100", actor="a", at=NOW
        )
        open_session(door, account, NOW, SiteSettings())
        new = NewDraft(
            actor=account.actor,
            account=account.id,
            division="360100",
            asked=Asked(kind="registration"),
            sha256=kept.sha256,
            size=kept.size,
            file_name="南昌.csv",
        )
        number = add_draft(door, new, most_waiting=5, at=NOW)[0].id
    (home.drafts / number).mkdir(parents=True)
    (home.drafts / number / "result.json").write_text("{}", "utf-8")
    folder = make_backup(home, tmp_path / "safe", beside=BESIDE, at=NOW, waiting=_unheard).folder

    bare = Home(tmp_path / "bare")
    restore(folder, bare, at=NOW + timedelta(days=1), actor="cli:test", waiting=_unheard)
    with open_door(bare) as door:
        assert account_by_name(door, "wangfang") is not None
        assert held_draft(door, number).sha256 == kept.sha256
        assert door.rows("SELECT * FROM session") == []  # nobody stays signed in
    assert stored_at(bare, kept.sha256).read_bytes() == extract.read_bytes()
    assert (bare.drafts / number / "result.json").exists()
    assert bare.door.stat().st_mode & 0o077 == 0


def test_a_home_without_a_door_is_backed_up_as_before(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with open_store(home, write=True, waiting=_unheard, actor="cli:test"):
        pass
    folder = make_backup(home, tmp_path / "safe", beside=BESIDE, at=NOW, waiting=_unheard).folder
    assert not (folder / "door.sqlite").exists()
    assert not home.door.exists()
