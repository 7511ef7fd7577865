"""The way out by mail: many letters over one connection, each to one recipient."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from email import policy
from email.parser import BytesHeaderParser
from typing import Final

from monitor.delivery.smtp_session import MailServer, sender_refused
from monitor.delivery.transport import Outcome
from monitor.settings import MailSettings
from monitor.store.deliveries import Delivery

# RFC 5321 4.5.3.2.6 lets a server take ten minutes over the end of a letter, where it takes
# seconds over everything else: who hangs up earlier makes doubles.
_PATIENCE_AT_THE_END: Final = 10
_MOST_ON_ONE_CONNECTION: Final = 50
_PIECE: Final = 1 << 16  # a timeout is for a piece: a large letter over a thin line may take long
_LONGEST_DETAIL: Final = 200
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_LEADING_DOT: Final = re.compile(rb"^\.", re.MULTILINE)

_OK: Final = 250
_FORWARDED: Final = 251
_START_INPUT: Final = 354
_CLOSING: Final = 421
_TOO_LARGE: Final = 552
_DONE: Final = range(200, 300)
_LATER: Final = range(400, 500)
_NEVER: Final = range(500, 600)


class _Lost(Exception):
    """The connection went before the letter's end was handed over."""

    def __init__(self, detail: str, code: int | None = None) -> None:
        super().__init__(detail)
        self.outcome = Outcome("deferred", code, detail, is_lost=True)


class _Answered(Exception):
    """The server said no before the letter's end was handed over."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


class SmtpWire:
    """Letters to a mail server, over one connection for as long as it lasts."""

    def __init__(self, mail: MailSettings) -> None:
        """Raises `WrongUse` where the settings cannot work, before anything is sent."""
        self._server = MailServer(mail)
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def is_there(self, one: Delivery, letter: bytes) -> bool:
        """Nobody can tell what a server did with a letter."""
        del one, letter
        return False

    def deliver(self, one: Delivery, letter: bytes, handing: Callable[[], None]) -> Outcome:
        """Hand one letter over, all but its end before `handing` is called.

        A server may deliver only what has an end (RFC 5321 4.1.1.4), so the doubt begins there. A
        connection that has carried letters and is gone is replaced once; a letter with which a
        new one is lost is deferred. Raises `WayBlocked` where there is no connection.
        """
        if self._carried >= _MOST_ON_ONE_CONNECTION:
            self.close()
        try:
            smtp = self._offer_somehow(one, letter)
        except _Lost as lost:
            return lost.outcome
        except _Answered as answered:
            self._reset()
            return answered.outcome
        handing()
        outcome = self._end(smtp)
        if outcome.is_lost:
            self.close()
        else:
            self._carried += 1
            self._reset()
        return outcome

    def close(self) -> None:
        """Say goodbye, where somebody still listens."""
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def _offer_somehow(self, one: Delivery, letter: bytes) -> smtplib.SMTP:
        if self._smtp is not None:
            try:
                return self._offer(self._smtp, one, letter)
            except _Lost:
                pass  # it had carried letters; servers close such ones when they like
        self._smtp = self._server.connect()
        return self._offer(self._smtp, one, letter)

    def _offer(self, smtp: smtplib.SMTP, one: Delivery, letter: bytes) -> smtplib.SMTP:
        """Everything up to the letter's end."""
        try:
            size = [f"size={len(letter)}"] if smtp.has_extn("size") else []
            code, reply = smtp.mail(_sender_of(letter), size)
            if code in _NEVER and code != _TOO_LARGE:
                raise sender_refused(self._server.mail, code)
            _take(code, reply, {_OK})
            _take(*smtp.rcpt(str(one.recipient)), {_OK, _FORWARDED})
            _take(*smtp.docmd("DATA"), {_START_INPUT})
            content = _LEADING_DOT.sub(b"..", letter)
            content += b"" if content.endswith(b"\r\n") else b"\r\n"
            for start in range(0, len(content), _PIECE):
                smtp.send(content[start : start + _PIECE])
        except (_Lost, smtplib.SMTPException, OSError) as error:
            smtp.close()
            self._smtp, self._carried = None, 0
            if isinstance(error, _Lost):
                raise
            raise _Lost(_reason(error), getattr(error, "smtp_code", None)) from None
        return smtp

    def _end(self, smtp: smtplib.SMTP) -> Outcome:
        """The letter's end: whatever happens now, it may have been delivered."""
        timeout = self._server.mail.timeout_seconds
        try:
            _set_timeout(smtp, timeout * _PATIENCE_AT_THE_END)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
            _set_timeout(smtp, timeout)
        except (smtplib.SMTPException, OSError) as error:
            return Outcome("in_doubt", None, _reason(error), is_lost=True)
        said = _plain(reply)
        if code in _DONE:
            return Outcome("sent", code, said)
        if code in _NEVER:
            return Outcome("refused", code, said)
        if code in _LATER:
            return Outcome("deferred", code, said, is_lost=code == _CLOSING)
        return Outcome("in_doubt", None, "unreadable reply", is_lost=True)

    def _reset(self) -> None:
        """Make the connection ready for the next letter, or let it go."""
        try:
            code = self._smtp.rset()[0] if self._smtp is not None else _OK
        except (smtplib.SMTPException, OSError):
            code = _CLOSING
        if code != _OK:
            self.close()


def _take(code: int, reply: bytes, wanted: set[int]) -> None:
    if code == _CLOSING:
        raise _Lost(_plain(reply), code)
    if code not in wanted:
        raise _Answered(Outcome("refused" if code in _NEVER else "deferred", code, _plain(reply)))


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return "unreadable reply"
    return "connection lost"


def _plain(reply: bytes) -> str:
    """A server's words for the record: short, on one line, and without addresses."""
    said = " ".join(reply.decode("utf-8", "replace").split())
    kept = "".join(c for c in _ADDRESS.sub("(address)", said) if c.isprintable())
    return kept[:_LONGEST_DETAIL]


def _sender_of(letter: bytes) -> str:
    head = BytesHeaderParser(policy=policy.default).parsebytes(letter.partition(b"\r\n\r\n")[0])
    return str(head["From"].addresses[0].addr_spec)
