"""Clocks that go back and a mail server that is away, by the service's own ticks."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from faults.campaign import Bureau, free_port, write_config
from faults.ground import Ground
from faults.verdict import accepted
from monitor.errors import Cause
from monitor.model import SHANGHAI
from monitor.service import doctor_data
from monitor.service.diagnosis import Look
from monitor.service.doctor import examine
from monitor.service.health import ServiceState, reasons_of
from monitor.service.ticker import Ticker
from monitor.settings import MailSettings, ServiceSettings, Settings
from monitor.store.deliveries import State, deliveries
from monitor.store.home import Home

Found = tuple[str, int, list[str]]
START = datetime(2019, 3, 4, 8, 0, tzinfo=SHANGHAI)


def _bureau(folder: Path, mail: MailSettings) -> Bureau:
    shutil.rmtree(folder, ignore_errors=True)
    settings = Settings(mail=mail, service=ServiceSettings(quiet_seconds=0))
    bureau = Bureau(folder / "home", write_config(folder / "config"), settings, now=START)
    Home(bureau.root).create()
    return bureau


def _ticked(bureau: Bureau, moments: list[datetime]) -> ServiceState:
    place = bureau.place
    state = ServiceState(started_at=START, home=bureau.root)
    ticker = Ticker(place, state)
    for moment in moments:
        bureau.now = moment
        ticker.tick()
    return state


def clock_set_back(ground: Ground, chance: random.Random, times: int) -> Found:
    """Weeks in which the clock steps back again and again: each run and bulletin once."""

    def passes() -> list[str]:
        bureau = _bureau(ground.folder / "weeks", MailSettings())
        faults: list[str] = []
        for week in range(times):
            monday = START + timedelta(weeks=week)
            bureau.now = monday
            bureau.drop(week)
            steps = [timedelta(minutes=chance.randint(-120, 120)) for _ in range(6)]
            _ticked(bureau, [monday + timedelta(hours=2), *(monday + one for one in steps)])
            _ticked(bureau, [monday - timedelta(days=8), monday + timedelta(hours=4)])
        with bureau.place.store(write=False) as store:
            twice = store.rows(
                "SELECT job, period, as_of, count(*) FROM job_attempt WHERE outcome = 'done' "
                "AND job NOT IN ('ingest_inbox', 'send_due') GROUP BY ALL HAVING count(*) > 1"
            )
            again = store.rows(
                "SELECT kind, about, role, division, language, count(*) FROM delivery "
                "WHERE state <> 'superseded' GROUP BY ALL HAVING count(*) > 1"
            )
            held = store.one("SELECT count(*) FROM submission WHERE status <> 'refused'")
        faults += [f"run twice: {one}" for one in twice] + [f"sent twice: {one}" for one in again]
        if held != len(bureau.dropped):
            faults.append(f"{len(bureau.dropped)} files, {held} submissions")
        bureau.now = START - timedelta(days=400)
        told = doctor_data.clock(Look(bureau.place))
        if told.mend is None or Cause.CLOCK.section not in told.mend.en:
            faults.append("the doctor does not say it")
        return faults

    found = ground.said(passes)
    return "weeks of steps back", times, found if isinstance(found, list) else [str(found)]


def mail_down(ground: Ground, _chance: random.Random, times: int) -> Found:
    """Three days without a mail server, then it is there: all arrives once."""
    faults: list[str] = []
    for _ in range(times):
        port = free_port()
        folder = ground.folder / "mail"
        mail = MailSettings(
            transport="smtp",
            host="127.0.0.1",
            port=port,
            security="none",
            letters_per_minute=100_000,
        )

        def is_away(mail: MailSettings = mail, folder: Path = folder) -> list[str]:
            bureau = _bureau(folder, mail)
            bureau.drop(0)
            state = _ticked(bureau, [START + timedelta(hours=3 * n) for n in range(24)])
            told = dict(examine(bureau.place))["mail"]
            with bureau.place.store(write=False) as store:
                gone = [one.id for one in deliveries(store) if one.state is State.GIVEN_UP]
                waiting = sum(one.state is not State.SENT for one in deliveries(store))
            found = [f"given up: {gone}"] if gone else []
            if not waiting:
                found.append("nothing was waiting to be sent")
            if told.state != "fail" or Cause.MAIL_DOWN.section not in told.what.en:
                found.append(f"the doctor does not say so: {told.what.en}")
            reasons = [one.code for one in reasons_of(state, bureau.settings, bureau.now)]
            if "mail_waits" not in reasons:
                found.append(f"health does not say so: {reasons}")
            return found

        faults += _list(ground.said(is_away))
        letters = ground.folder / "letters.jsonl"
        letters.unlink(missing_ok=True)
        office = Path(__file__).with_name("post_office.py")
        server = subprocess.Popen(
            [sys.executable, str(office), str(port), str(letters)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            faults += _list(ground.said(partial(_is_back, folder, mail)))
        finally:
            server.terminate()
            server.wait(timeout=30)
        copies = accepted(letters)
        if not copies or set(copies.values()) != {1}:
            faults.append(f"letters arrived {sorted(copies.values())} times")
    return "times three days", times, faults


def _is_back(folder: Path, mail: MailSettings) -> list[str]:
    settings = Settings(mail=mail, service=ServiceSettings(quiet_seconds=0))
    bureau = Bureau(folder / "home", folder / "config", settings)
    after = START + timedelta(hours=72)
    state = _ticked(bureau, [after + timedelta(hours=n) for n in range(0, 30, 3)])
    with bureau.place.store(write=False) as store:
        left = [
            f"{one.id} is {one.state}"
            for one in deliveries(store)
            if one.state not in {State.SENT, State.SUPERSEDED}
        ]
    still = [one.code for one in reasons_of(state, settings, bureau.now)]
    return left + [f"still told: {code}" for code in still if code.startswith("job_")]


def _list(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]
