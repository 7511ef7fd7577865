"""What a sender would do now, and why not: nothing is changed by looking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesHeaderParser

from monitor.delivery.picking import is_over_number
from monitor.model import SHANGHAI, Text
from monitor.settings import MailSettings
from monitor.store.deliveries import UNSETTLED, Delivery, deliveries, due, is_reachable, sent_on
from monitor.store.home import Home
from monitor.store.mail_hold import mail_hold
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery that has not ended; `why_not` is None where it would go out now."""

    delivery: Delivery
    subject: str
    why_not: Text | None


def preview(store: Store, mail: MailSettings, now: datetime) -> list[Planned]:
    """Every delivery that has not ended, the oldest first, with what would become of it now."""
    is_folder = mail.transport == "folder"
    now_due = {one.id for one in due(store, now, unaddressed=is_folder)}
    hold = mail_hold(store)
    today = sent_on(store, now.astimezone(SHANGHAI).date())
    planned = []
    for one in deliveries(store, states=UNSETTLED):
        subject = subject_of(store.home, one)
        recipient = one.recipient or ""
        if not is_folder and not is_reachable(one.recipient):
            why_not: Text | None = Text("没有收件地址", "no address")
        elif one.id not in now_due:
            why_not = _later(one)
        elif subject is None:
            why_not = Text("信件不在或内容已变", "the letter is gone or has another content")
        elif hold is not None:
            why_not = Text("全部邮件暂停寄送", "all mail is on hold")
        elif is_reachable(one.recipient) and is_over_number(one, today, mail):
            why_not = Text("今天已达该收件人上限", "the recipient has had today's number")
        else:
            today[recipient] = today.get(recipient, 0) + 1
            why_not = None
        planned.append(Planned(one, subject or "", why_not))
    return planned


def _later(one: Delivery) -> Text:
    if one.next_try_at is None:
        return Text("是否送达存疑，待人工确认", "in doubt; somebody has to say")
    moment = f"{one.next_try_at:%Y-%m-%d %H:%M}"
    return Text(f"{moment} 再试", f"to be tried at {moment}")


def subject_of(home: Home, one: Delivery) -> str | None:
    """The subject of the letter that was promised; None where that is not there."""
    for folder in (home.outbox, home.sent):
        place = folder / one.file_name
        if place.is_file():
            content = place.read_bytes()
            if hashlib.sha256(content).hexdigest() == one.sha256:
                head = content.partition(b"\r\n\r\n")[0]
                return str(BytesHeaderParser(policy=policy.default).parsebytes(head)["Subject"])
    return None
