"""What a sender tells at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

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


def _ended(one: Delivery) -> Text:
    whose = one.division or one.role
    zh, en = (
        ("被对方邮件服务器拒收", "was refused by the mail server")
        if one.state is State.REFUSED
        else ("多次未能寄出，不再自动重试", "could not be sent and is not tried again")
    )
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
