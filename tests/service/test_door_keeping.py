"""What the clock does at the door, and what nothing may take from it."""

from __future__ import annotations

from pathlib import Path

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.door.database import open_door
from monitor.door.draft import Asked, NewDraft
from monitor.door.draft_states import DraftState
from monitor.door.drafts import add_draft, held_draft, move
from monitor.door.folding import waiting_acts
from monitor.model import Status
from monitor.service.by_hand import run_by_hand
from monitor.service.door_keeping import keep_door
from monitor.service.workplace import Workplace
from monitor.settings import RetentionSettings, Settings
from monitor.store.archive import stored_at
from service.conftest import Clock


def add(place: Workplace, state: DraftState, digest: str = "0" * 64) -> str:
    """An upload in a state, with what its check left."""
    new = NewDraft("token:t1", None, "360100", Asked(), digest, 10, "车辆.csv")
    with open_door(place.home) as door:
        made, _ = add_draft(door, new, most_waiting=50, at=place.now())
        move(door, made.id, [DraftState.RECEIVED], state, at=place.now())
    folder = place.home.drafts / made.id
    folder.mkdir(parents=True)
    (folder / "result.json").write_text("{}", "utf-8")
    return made.id


def left(place: Workplace) -> set[str]:
    return {folder.name for folder in place.home.drafts.iterdir()}


def test_what_a_check_said_of_vehicles_goes_when_it_is_over(place: Workplace, clock: Clock) -> None:
    over = {add(place, state) for state in (DraftState.CONFIRMED, DraftState.DISCARDED)}
    waiting = add(place, DraftState.CHECKED)
    at_work = add(place, DraftState.CONFIRMING)
    clock.pass_by(days=29)
    keep_door(place)
    assert left(place) == {*over, waiting, at_work}
    clock.pass_by(days=2)
    keep_door(place)
    assert left(place) == {at_work}
    with open_door(place.home) as door:
        assert held_draft(door, waiting).state is DraftState.DISCARDED
        assert held_draft(door, at_work).state is DraftState.CONFIRMING


def test_acts_come_into_the_audit_log(place: Workplace) -> None:
    with place.store(write=True):
        pass
    add(place, DraftState.CHECKED)
    keep_door(place)
    with place.store(write=False) as store, open_door(place.home) as door:
        assert not waiting_acts(store, door)
        assert store.one("SELECT count(*) FROM audit WHERE action = 'draft_added'") == 1


def test_bytes_that_may_still_count_are_kept(
    place: Workplace, clock: Clock, tmp_path: Path
) -> None:
    """A file that was refused long ago, uploaded again, and not confirmed yet."""
    place.settings = Settings(retention=RetentionSettings(refused_files_days=1))
    path = tmp_path / "读不懂.csv"
    path.write_text("这不是表\n", "utf-8")
    with place.store(write=True) as store:
        receipt = receive(
            *(store, place.policy(), path),
            Declared(received_at=place.now(), kind="registration", division="360100"),
            now=place.now(),
        )
    assert receipt.status is Status.REFUSED
    assert receipt.sha256 is not None
    kept = stored_at(place.home, receipt.sha256)
    waiting = add(place, DraftState.CHECKED, receipt.sha256)
    clock.pass_by(days=10)
    assert run_by_hand(place, "retention", None).state == "done"
    assert kept.exists()
    with open_door(place.home) as door:
        move(door, waiting, [DraftState.CHECKED], DraftState.DISCARDED, at=place.now())
    clock.pass_by(days=40)
    assert run_by_hand(place, "retention", None).state == "done"
    assert not kept.exists()
