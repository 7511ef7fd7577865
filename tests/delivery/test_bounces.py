"""What came back is told by what it returns, and a hostile mailbox is only a mailbox."""

from __future__ import annotations

import logging
import mailbox
from datetime import timedelta
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery import bounces
from monitor.delivery.bounces import Returned, read_bounces
from monitor.errors import WrongUse
from monitor.settings import MailSettings
from monitor.store.deliveries import State, deliveries
from monitor.store.delivery_events import Event, events, fold, record_bounce, settle
from monitor.store.store import Store

from .conftest import JIUJIANG, NANCHANG, Post, letter_bytes

OURS = "<d0123456789abcdef@jtt.example.cn>"
OTHER = "<dfedcba9876543210@jtt.example.cn>"


def returned(
    message_id: str = OURS,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    headers_only: bool = False,
) -> Message:
    """A delivery report as a mail server writes it (RFC 3464)."""
    report: MIMEMultipart = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = "MAILER-DAEMON@nanchang.example.cn"
    report["To"] = "bulletin@jtt.example.cn"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<20210104000000.1@nanchang.example.cn>"
    report.attach(MIMEText(f"I am sorry. The last letter was {OTHER}.", "plain", "utf-8"))
    told = Message()
    told["Reporting-MTA"] = "dns; mx.nanchang.example.cn"
    one = Message()
    one["Final-Recipient"] = "rfc822; zhang.wei@nanchang.example.cn"
    one["Action"] = action
    one["Status"] = status
    part = MIMENonMultipart("message", "delivery-status")
    part.set_payload([told, one])
    report.attach(part)
    if headers_only:
        rest = MIMENonMultipart("text", "rfc822-headers")
        rest.set_payload(f"Subject: x\nReferences: {OTHER}\nMessage-ID: {message_id}\n")
        report.attach(rest)
    else:
        original = Message()
        original["References"] = OTHER
        original["Message-ID"] = message_id
        original.set_payload("...")
        report.attach(MIMEMessage(original))
    return report


def qmail() -> Message:
    """A bounce in words, as servers wrote it before there were reports."""
    message = MIMEText(
        "Hi. This is the qmail-send program at mx.example.cn.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<zhang.wei@nanchang.example.cn>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n"
        f"References: {OTHER}\nMessage-ID: {OURS}\nSubject: x\n\n...\n"
    )
    message["From"] = "MAILER-DAEMON@mx.example.cn"
    return message


def kept(path: Path, *messages: Message) -> Path:
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (returned(), "5.1.1"),
        (returned(headers_only=True), "5.1.1"),
        (returned(action="delayed", status="4.4.1"), "4.4.1"),
        (returned(action="failed", status="4.4.7"), "5.4.7"),
        (returned(action="Failed", status=""), "5.0.0"),
        (qmail(), "5.0.0"),
    ],
    ids=["report", "headers", "delayed", "expired", "no status", "words"],
)
def test_a_returned_letter_is_known_by_its_own_number(
    tmp_path: Path, message: Message, status: str
) -> None:
    found = read_bounces(kept(tmp_path / "box", message))
    assert found.returned == [Returned(OURS, status)]
    single = tmp_path / "one.eml"
    single.write_bytes(message.as_bytes())
    assert read_bounces(single).returned == found.returned


def test_what_is_no_bounce_is_none_whatever_it_refers_to(tmp_path: Path) -> None:
    reply = MIMEText(f"收到，谢谢。{OURS}", "plain", "utf-8")
    reply["From"] = NANCHANG
    reply["In-Reply-To"] = OURS
    good = returned(action="delivered", status="2.0.0")
    found = read_bounces(kept(tmp_path / "box", reply, good, returned()))
    assert (found.letters, found.unrelated, found.skipped) == (3, 2, 0)
    assert found.returned == [Returned(OURS, "5.1.1")]


def test_a_letter_that_defeats_the_library_leaves_nothing_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    found = read_bounces(empty)
    assert (found.letters, found.unrelated, caplog.records) == (1, 1, [])
    assert not logging.getLogger("flufl.bounce").disabled


def test_a_letter_that_came_back_is_noted_once(post: Post) -> None:
    bounced, whole = post.add_many([NANCHANG, JIUJIANG])
    post.send()
    with post.store() as store:
        first = record_bounce(store, bounced.message_id, "5.1.1", post.now)
        again = record_bounce(store, bounced.message_id, "5.1.1", post.now + timedelta(days=1))
        assert record_bounce(store, OURS, "5.1.1", post.now) is None
        (step,) = [one for one in events(store, [bounced.id]) if one.event == "bounced"]
    assert first == (bounced.id, State.BOUNCED, True)
    assert again == (bounced.id, State.BOUNCED, False)
    assert step.detail == "5.1.1"
    assert [post.row(one).state for one in (bounced, whole)] == [State.BOUNCED, State.SENT]
    assert post.sent == sorted([bounced.file_name, whole.file_name])


def test_a_delay_changes_nothing_and_a_letter_sent_again_may_bounce_again(post: Post) -> None:
    new = post.add(NANCHANG)
    post.send()
    with post.store() as store:
        noted = record_bounce(store, new.message_id, "4.4.1", post.now)
        assert noted == (new.id, State.SENT, True)
        record_bounce(store, new.message_id, "5.2.2", post.now)
        settle(store, new.id, "again", by="王芳", at=post.now)
    assert post.row(new).state is State.WAITING
    post.send()
    with post.store() as store:
        noted = record_bounce(store, new.message_id, "5.2.2", post.now)
    assert noted == (new.id, State.BOUNCED, True)


@pytest.mark.parametrize("outcome", ["sent", "in_doubt", None])
def test_a_bounce_told_before_the_senders_own_steps_is_not_lost(
    post: Post, outcome: str | None
) -> None:
    new = post.add(NANCHANG)
    steps = [
        Event(new.id, 1, post.now, step)
        for step in ("started", "data", outcome)
        if step is not None
    ]
    with post.store() as store:
        told = record_bounce(store, new.message_id, "5.1.1", post.now + timedelta(minutes=1))
        assert (told is not None, post_state(store, new.id)) == (True, State.WAITING)
        fold(store, steps, MailSettings(), post.now + timedelta(minutes=2))
        assert post_state(store, new.id) is State.BOUNCED
        again = record_bounce(store, new.message_id, "5.1.1", post.now + timedelta(minutes=3))
        assert again == (new.id, State.BOUNCED, False)
        settle(store, new.id, "again", by="王芳", at=post.now + timedelta(minutes=4))
        later = [Event(new.id, 2, post.now + timedelta(minutes=5), "sent")]
        fold(store, later, MailSettings(), post.now + timedelta(minutes=6))
        assert post_state(store, new.id) is State.SENT


def post_state(store: Store, name: str) -> State:
    (one,) = deliveries(store, ids=[name])
    return one.state


def test_too_much_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = returned().as_bytes()
    for _ in range(500):
        nested = b"Content-Type: message/rfc822\n\n" + nested
    path = tmp_path / "one.eml"
    path.write_bytes(nested)
    assert (read_bounces(path).skipped, read_bounces(path).returned) == (1, [])
    monkeypatch.setattr(bounces, "_LARGEST_FILE", 100)
    with pytest.raises(WrongUse, match="过大的请分开"):
        read_bounces(path)
    with pytest.raises(WrongUse, match="读不到退信文件"):
        read_bounces(tmp_path / "gone")


@given(content=st.binary(max_size=2000))
def test_any_bytes_are_read_without_a_crash(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("box") / "box"
    for start in (b"", b"From x Mon Jan  4 08:00:00 2021\n"):
        path.write_bytes(start + content)
        assert read_bounces(path).returned == []


@given(
    places=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=40)), max_size=6),
    cut=st.integers(0, 2000),
)
def test_a_spoiled_report_names_nothing_that_it_did_not_hold(
    places: list[tuple[int, bytes]],
    cut: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    content = returned().as_bytes()
    for place, junk in places:
        content = content[:place] + junk + content[place:]
    path = tmp_path_factory.mktemp("box") / "one.eml"
    path.write_bytes(content[: len(content) - cut % len(content)])
    for one in read_bounces(path).returned:
        assert one.message_id in {OURS, OTHER}
        assert one.status[0] in "45"


def test_a_letter_of_ours_in_a_mailbox_is_no_bounce(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(letter_bytes("D0123456789abcdef", NANCHANG))
    assert read_bounces(path).returned == []
