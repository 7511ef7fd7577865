"""More people than there are threads, who all wait for one slow thing at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

CROWD = 60


class SlowThing:
    """What the crowd waits for: it begins, and is over when the test says so."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._begun = threading.Semaphore(0)

    def wait(self) -> None:
        """Called by whatever is slow."""
        self._begun.release()
        assert self._is_over.wait(60)

    @contextmanager
    def waited_for(self, knock: Callable[[], int]) -> Iterator[list[Future[int]]]:
        """The crowd's knocks, each waiting inside; done with when the block is left."""
        with ThreadPoolExecutor(CROWD) as people:
            knocks = [people.submit(knock) for _ in range(CROWD)]
            try:
                assert self._begun.acquire(timeout=60)
                time.sleep(1)  # until all of them are there
                yield knocks
                assert not any(one.done() for one in knocks)
            finally:
                self._is_over.set()
