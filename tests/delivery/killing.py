"""Senders killed with -9 at any moment, over and over; what the mail server then holds."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.model import SHANGHAI
from monitor.store.deliveries import Delivery, State

from .conftest import Post, by_mail
from .mail_server import Clerk, MailServer

_CHILD = Path(__file__).with_name("sender_process.py")
_ROOT = Path(__file__).resolve().parents[2]
_LETTERS_A_ROUND = 8
_LONGEST_SECONDS = 0.4
# How a sender dies: some time after it began, before a letter's content, or after its end was
# handed over and before the answer.
_WAYS = ("time", "time", "recipient", "letter")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was left when everything had been sent; `copies` by Message-ID."""

    kills: int
    rows: tuple[Delivery, ...]
    copies: Counter[str]
    outbox: tuple[str, ...]

    @property
    def lost(self) -> list[str]:
        """Deliveries that the server never got, or that are not known to be sent."""
        return [
            one.id
            for one in self.rows
            if one.state is not State.SENT or not self.copies[one.message_id]
        ]

    @property
    def doubles(self) -> int:
        """Copies too many."""
        return sum(count - 1 for count in self.copies.values())

    @property
    def uncounted(self) -> list[str]:
        """Deliveries that arrived more often than their row says is possible."""
        return [one.id for one in self.rows if self.copies[one.message_id] - 1 > one.doubles]


def kill_senders(post: Post, kills: int, seed: int) -> Aftermath:
    """Add letters and kill a sender at work on them, `kills` times; then let one finish."""
    chance = random.Random(seed)  # moments to die at are no secret
    clerk, killed = Clerk(), 0
    post.now = datetime.now(SHANGHAI)
    with MailServer(clerk) as server:
        number = 0
        while killed < kills:
            new = [
                post.lay(
                    f"clerk{number + n}@jxjt.example.cn", f"3601{(number + n) % 100:02} 2020 a"
                )
                for n in range(_LETTERS_A_ROUND)
            ]
            number += len(new)
            post.promise(new)
            killed += _one_life(post, clerk, server.port, chance)
        clerk.to_recipient = clerk.to_letter = lambda _address: None
        mail = by_mail(server.port, most_per_recipient_per_day=10**6, first_pause_minutes=1e-6)
        for _ in range(10):
            post.now = datetime.now(SHANGHAI)
            post.send(mail, sleep=lambda _seconds: None)
    found = (re.search(rb"(?im)^message-id: *(<[^>]+>)", content) for _, content in clerk.taken)
    copies = Counter(name.group(1).decode() for name in found if name)
    return Aftermath(killed, tuple(post.rows()), copies, tuple(post.outbox))


def _one_life(post: Post, clerk: Clerk, port: int, chance: random.Random) -> bool:
    """Start a sender and kill it in one of the ways; whether it was still alive."""
    child = subprocess.Popen(
        [sys.executable, str(_CHILD), str(post.home.root), str(port)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        cwd=_ROOT,
    )
    way = chance.choice(_WAYS)
    at = len(clerk.taken) + chance.randrange(_LETTERS_A_ROUND)

    def die(_address: str) -> None:
        if len(clerk.taken) >= at:
            child.send_signal(signal.SIGKILL)
            child.wait()

    alive = lambda _address: None  # noqa: E731  # the clerk that kills nobody
    clerk.to_recipient = die if way == "recipient" else alive
    clerk.to_letter = die if way == "letter" else alive
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"ready\n"
        if way == "time":
            time.sleep(chance.uniform(0, _LONGEST_SECONDS))
            child.send_signal(signal.SIGKILL)
        ended = child.wait(timeout=60)
    return ended == -signal.SIGKILL
