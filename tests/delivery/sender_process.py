"""A sender as a process of its own, to be killed: home and port come as arguments."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from monitor.delivery.sending import send_due
from monitor.model import SHANGHAI
from monitor.settings import MailSettings
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store


def main() -> None:
    home = Home(Path(sys.argv[1]))

    def store(*, write: bool) -> AbstractContextManager[Store]:
        return open_store(home, write=write, waiting=lambda _words: None, actor="child")

    mail = MailSettings.model_validate(
        {
            "transport": "smtp",
            "host": "127.0.0.1",
            "port": int(sys.argv[2]),
            "security": "none",
            "letters_per_minute": 100_000,
            "most_per_recipient_per_day": 100_000,
            "first_pause_minutes": 1e-6,
            "tries": 1000,
        }
    )
    print("ready", flush=True)  # noqa: T201  # the parent waits for it
    send_due(home, mail, open_store=store, now=lambda: datetime.now(SHANGHAI))


if __name__ == "__main__":
    main()
