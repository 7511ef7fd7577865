"""Kills the process that confirms drafts, at random moments, and sees what came of every draft.

    python tests/drafts/kills.py --kills 200 --seed 7

Clerks of several cities confirm files, nil returns and replacements. At the end nothing strikes,
and all must add up: each draft confirmed once, each submission one draft's, each row held once,
one letter for each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[up]) for up in (1, 2)]

from drafts.conftest import NOW, Counter, extract, row, silent  # after the path is set
from monitor.corridor.draft_confirm import resume
from monitor.door.accounts import add_account
from monitor.door.database import open_door
from monitor.door.draft import Asked, Draft
from monitor.door.draft_states import DraftState
from monitor.door.drafts import explain
from monitor.door.rights import Role
from monitor.model import Mode, Period
from monitor.policy.policy import Policy, load_policy
from monitor.policy.recipients import RecipientBook, load_recipients
from monitor.store.home import Home

CITIES = {"360100": "360102", "360200": "360202", "360300": "360302"}
ROWS_A_FILE = 20
LONGEST_ROUND = 120.0
YEAR = Period(date(2018, 1, 1), date(2018, 12, 31))


# Children of a process that never read a file itself: a fork beside working threads may hang.
CLEAN = multiprocessing.get_context("forkserver")
CLEAN.set_forkserver_preload(
    ["monitor.checking.expectations", "monitor.corridor.draft_confirm", "drafts.conftest"]
)


def book_of(policy: Policy) -> RecipientBook:
    file = policy.project.file("data/recipients.yml")
    return load_recipients(file, policy.divisions, lambda _reference: None)


def go_on(root: Path, now: datetime) -> None:
    """What a start of the service does with drafts that were coming into force."""
    home, policy = Home(root), load_policy(None)
    with open_door(home) as door:
        resume(home, policy, door, book=book_of(policy), now=now, waiting=silent)


@dataclass
class Campaign:
    """One home that is struck again and again."""

    counter: Counter
    chance: random.Random
    drafts: list[Draft] = field(default_factory=list)
    struck: int = 0
    reach: float = 0.6  # seconds within which a process is struck: about one draft

    def make(self) -> None:
        """A clerk uploads something, looks at it, explains and confirms it."""
        counter, number = self.counter, len(self.drafts)
        counter.now += timedelta(minutes=7)
        division, county = self.chance.choice([*CITIES.items()])
        first = number * ROWS_A_FILE + 1
        lines = [row(n, county=county) for n in range(first, first + ROWS_A_FILE)]
        if number % 4 == 3:
            asked = Asked(kind="procurement", period=YEAR, mode=Mode.NIL)
            draft = counter.upload(None, division=division, asked=asked)
        else:
            draft = counter.upload(extract(*lines), division=division)
        counter.check(draft)
        explain(
            counter.door,
            draft.id,
            code="count_jump",
            reason="verified",
            words="已核对",
            until=None,
            by="user:wangfang",
            at=counter.now,
        )
        counter.ask(draft)
        self.drafts.append(draft)

    def round(self, *, is_struck: bool) -> None:
        """One process from its start to its end, by itself or by SIGKILL."""
        child = CLEAN.Process(target=go_on, args=(self.counter.home.root, self.counter.now))
        child.start()
        if is_struck:
            before = self.waiting()
            time.sleep(self.chance.uniform(0, self.reach))
            child.kill()
            # A busy machine takes longer; a kill that meets no work proves nothing.
            self.reach *= 1.15 if self.waiting() == before else 0.9
        child.join(LONGEST_ROUND)
        if child.exitcode == -signal.SIGKILL:
            self.struck += 1
        elif child.exitcode != 0:
            raise SystemExit(f"a round ended with {child.exitcode}")

    def waiting(self) -> int:
        return sum(self.counter.state(one) is DraftState.CONFIRMING for one in self.drafts)

    def faults(self) -> list[str]:
        """What does not add up; nothing, if all is well."""
        counter = self.counter
        found = counter.rows("SELECT draft, submission FROM confirmation")
        faults = [
            f"{one.id} is {counter.state(one)}"
            for one in self.drafts
            if counter.state(one) is not DraftState.CONFIRMED
        ]
        if sorted(draft for draft, _ in found) != sorted(one.id for one in self.drafts):
            faults.append(f"{len(found)} confirmations of {len(self.drafts)} drafts")
        files = sum(not one.is_nil for one in self.drafts)
        told = {
            "submissions": ("SELECT count(*) FROM submission", len(self.drafts)),
            "receptions": ("SELECT count(*) FROM reception", len(self.drafts)),
            "nil": (
                "SELECT count(*) FROM submission WHERE status = 'nil'",
                len(self.drafts) - files,
            ),
            "rows": ("SELECT coalesce(sum(rows), 0)::INTEGER FROM part", files * ROWS_A_FILE),
            "letters": ("SELECT count(*) FROM delivery WHERE kind = 'receipt'", len(self.drafts)),
            "runs": ("SELECT count(DISTINCT submission) FROM run", files),
            "added": ("SELECT sum(added)::INTEGER FROM submission", files * ROWS_A_FILE),
            "acts": (
                "SELECT count(*) FROM audit WHERE action = 'draft_confirmed'",
                len(self.drafts),
            ),
        }
        for what, (sql, wanted) in told.items():
            ((held,),) = counter.rows(sql)
            if held != wanted:
                faults.append(f"{held} {what}, not {wanted}")
        for name, _ in found:
            if len(counter.rows("FROM confirmation WHERE draft = ?", [name])) != 1:
                faults.append(f"{name} was confirmed twice")
        return faults + self._misplaced()

    def _misplaced(self) -> list[str]:
        home = self.counter.home
        parts = {path.name for path in home.facts.iterdir()}
        held = {name for (name,) in self.counter.rows("SELECT file_name FROM part")}
        letters = {name for (name,) in self.counter.rows("SELECT file_name FROM delivery")}
        lost = sorted(held - parts) + sorted(letters - {p.name for p in home.outbox.iterdir()})
        return [f"{name} is missing" for name in lost]


def strike(root: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill as often as asked, then let it finish; gives what was found."""
    policy = load_policy(None)
    home = Home(root)
    home.create()
    with open_door(home) as door:
        person: Any = {
            "shown_name": "王芳",
            "email": "wangfang@nanchang.example",
            "actor": "cli:test",
        }
        add_account(door, policy.divisions, name="wangfang", role=Role.STEWARD, at=NOW, **person)
        made = Campaign(
            Counter(home, policy, book_of(policy), door), random.Random(seed)
        )  # no secret
        while made.struck < kills:
            # What is confirmed in one city may turn the figures of a second draft there.
            while made.waiting() < 1:
                made.make()
            made.round(is_struck=True)
        made.round(is_struck=False)
        return {"kills": made.struck, "drafts": len(made.drafts), "faults": made.faults()}


def main() -> int:
    """The campaign from the command line; 1 where anything is lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = strike(Path(folder) / "home", asked.kills, asked.seed)
    print(json.dumps(found, ensure_ascii=False, indent=1))  # noqa: T201
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
