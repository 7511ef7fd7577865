"""A real mail server on loopback, that does what a test wants it to do."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@dataclass
class Clerk:
    """Answers as told, and keeps every letter that it took; `taken` has (recipient, bytes)."""

    to_recipient: Callable[[str], str | None] = lambda _address: None
    to_sender: Callable[[str], str | None] = lambda _address: None
    to_letter: Callable[[str], str | None] = lambda _address: None
    seconds_before_answer: float = 0
    drops_before: Callable[[int], bool] = lambda _letter: False
    drops_after: Callable[[int], bool] = lambda _letter: False
    letters_a_connection: int | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    logins: list[tuple[str, bool]] = field(default_factory=list)
    connections: int = 0
    seen: int = 0
    _carried: dict[int, int] = field(default_factory=dict)

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        name: str,
        answers: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        carried = self._carried.get(id(server), 0)
        if self.letters_a_connection is not None and carried >= self.letters_a_connection:
            return "421 4.7.0 too many letters, come again"
        if (refusal := self.to_sender(address)) is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if (refusal := self.to_recipient(address)) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        (recipient,) = envelope.rcpt_tos
        number, self.seen = self.seen, self.seen + 1
        content = envelope.original_content or b""
        if self.drops_before(number):
            return self._drop(server)
        if (refusal := self.to_letter(recipient)) is not None:
            return refusal
        self._carried[id(server)] = self._carried.get(id(server), 0) + 1
        self.taken.append((recipient, content))
        if self.drops_after(number):
            return self._drop(server)
        if self.seconds_before_answer:
            await asyncio.sleep(self.seconds_before_answer)
        return "250 2.0.0 taken"

    def _drop(self, server: SMTP) -> str:
        transport = server.transport
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()
        return "250 nobody hears this"

    def login(self, password: str) -> Callable[..., AuthResult]:
        """What a server asks whether a login is right."""

        def known(*words: Any) -> AuthResult:
            told = words[-1]
            assert isinstance(told, LoginPassword)
            is_right = told.password == password.encode()
            self.logins.append((told.login.decode(), is_right))
            return AuthResult(success=is_right, handled=False)

        return known

    @property
    def subjects(self) -> list[str]:
        """The subjects of what was taken."""
        return [
            str(message_from_bytes(content, policy=policy.default)["Subject"])
            for _, content in self.taken
        ]


class Hangup:
    """A server that is polite until it hears a word, and then hangs up or says nothing more."""

    def __init__(self, port: int, *, at: bytes, is_silent: bool = False) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self._at = at
        self._is_silent = is_silent
        self._thread = threading.Thread(target=self._serve)
        self.heard: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join(timeout=10)
        self._socket.close()

    def _serve(self) -> None:
        caller, _ = self._socket.accept()
        with caller, caller.makefile("rwb") as line:
            line.write(b"220 mail.example.cn\r\n")
            line.flush()
            for heard in line:
                self.heard.append(heard)
                if heard.startswith(self._at):
                    if self._is_silent:
                        line.read()
                    return
                line.write(b"250 OK\r\n")
                line.flush()


class MailServer:
    """The server around a clerk: `with MailServer(clerk) as port`."""

    def __init__(
        self,
        clerk: Clerk,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        password: str | None = None,
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        login: dict[str, Any] = {}
        if password is not None:
            login = {"authenticator": clerk.login(password), "auth_required": True}
            login["auth_require_tls"] = starttls is not None
        self._controller = Controller(
            clerk,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            **login,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()
