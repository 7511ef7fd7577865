"""The command line run in this process, and what it gave back."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from monitor.cli.main import main


@dataclass(frozen=True)
class Answer:
    """What a command gave: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def receipt(self) -> Any:
        """The only receipt."""
        (receipt,) = self.document["receipts"]
        return receipt


Fleetmon = Callable[..., Answer]


def run_fleetmon(home: Path, *words: object) -> Answer:
    """`fleetmon --home HOME WORDS…`; a traceback is a failure of the test."""
    code: object = 0
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            main(["--home", str(home), *map(str, words)])
        except SystemExit as ended:
            code = ended.code or 0
    assert isinstance(code, int)
    assert "Traceback" not in err.getvalue()
    return Answer(code, out.getvalue(), err.getvalue())
