"""The service in a process of its own, with a clock that runs faster than the sun."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.service.log import set_up_log
from monitor.service.serve import serve
from monitor.service.workplace import Workplace
from monitor.settings import ServiceSettings, Settings
from monitor.site.opening import open_front
from monitor.store.home import Home


def main(home: Path, config: Path, start: datetime, speed: float) -> None:
    begun = time.monotonic()

    def now() -> datetime:
        return start + timedelta(seconds=(time.monotonic() - begun) * speed)

    place = Workplace(
        home=Home(home),
        config=config,
        settings=Settings(service=ServiceSettings(tick_seconds=0.1, quiet_seconds=0)),
        now=now,
        actor="service",
        tell=set_up_log(),
    )
    front = partial(open_front, place, host="127.0.0.1", port=0, say=lambda _words: None)
    serve(place, open_front=front, ready=ready)


def ready(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        datetime.fromisoformat(sys.argv[3]),
        float(sys.argv[4]),
    )
