"""What the doctor says of the cities' door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.door.accounts import add_account
from monitor.door.database import open_door
from monitor.door.draft import Asked, NewDraft
from monitor.door.draft_states import DraftState
from monitor.door.drafts import add_draft, move
from monitor.door.rights import Role
from monitor.service.diagnosis import State
from monitor.service.workplace import Workplace
from monitor.settings import ServiceSettings, Settings, SiteSettings
from service.test_doctor import told


def add_administrator(place: Workplace) -> None:
    with open_door(place.home) as door:
        add_account(
            *(door, place.divisions()),
            name="linhai",
            role=Role.ADMINISTRATOR,
            division=None,
            shown_name="林海",
            email=None,
            actor="cli:test",
            at=place.now(),
        )


def test_a_door_without_an_administrator_is_told(place: Workplace) -> None:
    assert told(place, "door").state is State.OK
    assert not place.home.door.exists()
    with open_door(place.home):
        pass
    result = told(place, "door")
    assert result.state is State.WARN
    assert "没有管理员" in result.what.zh
    add_administrator(place)
    assert told(place, "door").state is State.OK


def test_an_upload_that_we_could_not_check_is_told(place: Workplace) -> None:
    add_administrator(place)
    new = NewDraft("user:wangfang", 1, "360100", Asked(), "0" * 64, 10, "车辆.csv")
    with open_door(place.home) as door:
        made, _ = add_draft(door, new, most_waiting=5, at=place.now())
        move(door, made.id, [DraftState.RECEIVED], DraftState.FAILED, at=place.now())
    result = told(place, "door")
    assert result.state is State.WARN
    assert result.mend is not None
    assert "worker_died" in result.mend.en


def test_a_damaged_file_of_accounts_is_told(place: Workplace) -> None:
    add_administrator(place)
    with open_door(place.home) as door:
        door.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(place.home.door.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    place.home.door.write_bytes(content)
    result = told(place, "door")
    assert result.state is State.FAIL
    assert "备份" in result.what.zh


@pytest.mark.parametrize(
    ("host", "site", "state"),
    [
        ("127.0.0.1", {}, State.OK),
        ("0.0.0.0", {}, State.FAIL),  # noqa: S104  # what is warned of
        ("127.0.0.1", {"address": "http://fleet.jtt.example.cn"}, State.FAIL),
        ("127.0.0.1", {"address": "https://fleet.jtt.example.cn"}, State.OK),
        ("10.1.2.3", {"address": "https://fleet.jtt.example.cn"}, State.WARN),
        (
            "10.1.2.3",
            {"address": "https://fleet.jtt.example.cn", "trusted_proxies": ("10.1.2.1",)},
            State.OK,
        ),
    ],
)
def test_passwords_in_the_clear_are_warned_of(
    place: Workplace, host: str, site: dict[str, Any], state: State
) -> None:
    place.settings = Settings(service=ServiceSettings(host=host), site=SiteSettings(**site))
    assert told(place, "address").state is state


def test_a_certificate_that_is_not_there_is_told(place: Workplace, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    site = SiteSettings(certificate=tmp_path / "no.pem", certificate_key=key)
    place.settings = Settings(service=ServiceSettings(host="10.1.2.3"), site=site)
    assert told(place, "address").state is State.FAIL
    (tmp_path / "no.pem").touch()
    key.touch()
    assert told(place, "address").state is State.OK
