"""A progress bar on standard error, for people at a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """Shows how many of a known number are done; call it after each."""

    def __init__(self, title: str) -> None:
        """The bar appears with the first call."""
        self._progress = Progress(
            TextColumn(title),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)

    def __call__(self, done: int, of: int, name: str) -> None:
        """Show `done` of `of`, the last being `name`."""
        if not self._progress.live.is_started:
            self._progress.start()
        self._progress.update(self._task, completed=done, total=of, description=name)
        if done == of:
            self._progress.stop()
