from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from still_gates import keep_gates_still

from monitor.cli.correction import correction
from monitor.cli.intake import ingest
from monitor.cli.session import make_session
from monitor.errors import FleetmonError


@dataclass(frozen=True)
class Desk:
    """One home, and its commands as functions."""

    home: Path
    config: Path | None = None

    def run(self, command: click.Command, *words: object, language: str = "zh") -> Any:
        """The JSON that a command prints; raises what it raises."""
        session = make_session(self.home, self.config, language, debug=False)
        ran = CliRunner().invoke(
            command, [*map(str, words), "--json"], obj=session, standalone_mode=False
        )
        if isinstance(ran.exception, FleetmonError):
            raise ran.exception
        return json.loads(ran.stdout)

    def ingest(self, *words: object, division: str | None = "360100", day: str = "05") -> Any:
        """The one receipt of a file sent for 2018."""
        sender = ("--division", division) if division else ()
        at = ("--received-at", f"2019-01-{day}T09:00+08:00")
        told = self.run(ingest, *words, "--kind", "registration", *sender, "--period", "2018", *at)
        (receipt,) = told["receipts"]
        return receipt

    def correct(self, *words: object, language: str = "zh") -> list[dict[str, Any]]:
        """What `fleetmon correction` told."""
        told: list[dict[str, Any]] = self.run(correction, *words, language=language)["corrections"]
        return told

    def letter(self, told: dict[str, Any]) -> Letter:
        """The letter of one line of it."""
        return Letter((self.home / "outbox" / told["file"]).read_bytes())


@dataclass(frozen=True)
class Letter:
    """A letter read back."""

    message: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The parsed message, without defects."""
        parsed = message_from_bytes(self.message, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        assert not parsed.defects
        return parsed

    def body(self, subtype: str) -> str:
        """The plain text or the HTML."""
        part = self.parsed.get_body((subtype,))
        assert part is not None
        text: str = part.get_content()
        return text.replace("\r\n", "\n")

    @property
    def attachments(self) -> list[tuple[str | None, bytes]]:
        """Names and bytes of what is attached."""
        return [
            (part.get_filename(), bytes(part.get_payload(decode=True)))
            for part in self.parsed.iter_attachments()
        ]


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home")
