"""What a sender tells at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.store.deliveries import Delivery, State
from monitor.store.mail_hold import MailHold


@dataclass(slots=True)
class SendReport:
    """Letters by what became of them in this run; `no_address`, `held_back` and `left` are of all.

    `is_busy`: another sender was at work and nothing was done. `held_back` wait for tomorrow, their
    recipients have had their number today; `left` are due still. `unreadable` letters lack their
    file or have another content than was promised. `doubles` counts letters that may have gone out
    twice. `faults` say in words what somebody has to mend.
    """

    is_busy: bool = False
    hold: MailHold | None = None
    sent: int = 0
    deferred: int = 0
    refused: int = 0
    given_up: int = 0
    in_doubt: int = 0
    no_address: int = 0
    held_back: int = 0
    left: int = 0
    unreadable: int = 0
    doubles: int = 0
    faults: list[Text] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a person's hand."""
        ended_badly = self.refused + self.given_up + self.no_address + self.unreadable
        return not (ended_badly or self.faults)

    def counts(self) -> dict[str, int]:
        """The numbers by name, for a record of the run."""
        return {
            name: int(getattr(self, name))
            for name in (
                *("sent", "deferred", "refused", "given_up", "in_doubt", "no_address"),
                *("held_back", "left", "unreadable", "doubles"),
            )
        }

    def add(self, changed: Iterable[Delivery]) -> None:
        """Count what has been folded into the store, and say what needs a person."""
        states: Counter[State] = Counter()
        for one in changed:
            states[one.state] += 1
            if one.state in {State.REFUSED, State.GIVEN_UP}:
                self.faults.append(_ended(one))
            elif one.state is State.IN_DOUBT and one.next_try_at is None:
                self.faults.append(_doubtful(one))
            self.doubles += one.doubles if one.state is State.SENT else 0
        self.sent += states[State.SENT]
        self.deferred += states[State.DEFERRED]
        self.refused += states[State.REFUSED]
        self.given_up += states[State.GIVEN_UP]
        self.in_doubt += states[State.IN_DOUBT]


class Unreadable(FleetmonError):
    """A letter's file is gone, has other bytes than were promised, or cannot be read."""

    def __init__(self, one: Delivery, error: OSError | None = None) -> None:
        """Say which, and where its bytes can come from."""
        zh, en = (
            ("不在或内容已变", "is gone or has another content")
            if error is None
            else (f"读不出来（{error.strerror}）", f"cannot be read ({error.strerror})")
        )
        super().__init__(
            Text(
                f"寄送 {one.id} 的信件 outbox/{one.file_name} {zh}，未寄出，稍后再试。"
                "请从备份取回该文件，或重新生成该通报。",
                f"The letter of delivery {one.id}, outbox/{one.file_name}, {en}; it was not sent "
                "and is tried again later. Take the file from a backup, or make the bulletin anew.",
            )
        )


def put_off(one: Delivery, error: FleetmonError | OSError) -> Text:
    """Words for a letter that could not be sent for a reason of its own."""
    whose = one.division or one.role
    why = (
        error.text
        if isinstance(error, FleetmonError)
        else Text(f"{error.strerror}。", f"{error.strerror}.")
    )
    return Text(
        f"寄送 {one.id}（{whose}，{one.role}）这次未能寄出，稍后再试，其余信件照常寄出：{why.zh}",
        f"Delivery {one.id} ({whose}, {one.role}) could not be sent now and is tried again later; "
        f"the other letters go on. {why.en}",
    )


def dropped(host: str, times: int) -> Text:
    """Words for a server that hangs up on one letter after another."""
    return Text(
        f"邮件服务器 {host} 连续 {times} 次中断连接，本次不再寄送；其余信件稍后再试。"
        "请查看邮件服务器的日志。",
        f"The mail server {host} dropped {times} connections in a row; the other letters are tried "
        "later. See the log of the mail server.",
    )


def _ended(one: Delivery) -> Text:
    whose = one.division or one.role
    zh, en = (
        ("被对方邮件服务器拒收", "was refused by the mail server")
        if one.state is State.REFUSED
        else ("多次未能寄出，不再自动重试", "could not be sent and is not tried again")
    )
    if one.state is State.GIVEN_UP and one.doubles:
        zh, en = zh + "（可能已送达）", en + " (it may have arrived)"
    return Text(
        f"寄送 {one.id}（{whose}，{one.role}）{zh}。请用 fleetmon deliveries {one.id} 查看原因，"
        f"改正收件地址后用 --again {one.id} --by 姓名 再寄。",
        f"Delivery {one.id} ({whose}, {one.role}) {en}. See fleetmon deliveries {one.id} for the "
        f"reason; when it is mended, send it with --again {one.id} --by NAME.",
    )


def _doubtful(one: Delivery) -> Text:
    whose = one.division or one.role
    return Text(
        f"寄送 {one.id}（{whose}，{one.role}）是否送达存疑。请问收件人，再用 "
        f"fleetmon deliveries --settle {one.id} sent|again --by 姓名 确认。",
        f"Nobody knows whether delivery {one.id} ({whose}, {one.role}) arrived. Ask the recipient, "
        f"then say so: fleetmon deliveries --settle {one.id} sent|again --by NAME.",
    )
