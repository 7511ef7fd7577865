"""A mail server on loopback that notes every letter durably before it answers 250."""

from __future__ import annotations

import asyncio
import email
import json
import os
import sys
from email import policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Noting:
    """Writes one line for each letter and recipient."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal.open("a", encoding="utf-8")

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        head = email.message_from_bytes(content, policy=policy.default)
        for recipient in envelope.rcpt_tos:
            line = {"to": recipient, "id": str(head["Message-ID"]), "size": len(content)}
            self.journal.write(json.dumps(line) + "\n")
        self.journal.flush()
        os.fsync(self.journal.fileno())
        return "250 OK"


async def serve(port: int, journal: Path) -> None:
    loop = asyncio.get_running_loop()
    handler = Noting(journal)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="bureau.example", enable_SMTPUTF8=False), "127.0.0.1", port
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
