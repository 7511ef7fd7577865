"""A letter that waited for an address goes out as it would have been made, once there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from functools import partial

import pytest

from monitor.bulletins.rendered import Attachment, Picture, RenderedBulletin
from monitor.delivery.compose import Letter, address_letter
from monitor.delivery.outbox import put
from monitor.delivery.readdressing import is_any_known, readdress, send_again
from monitor.delivery.sending import has_work
from monitor.errors import PolicyError, WrongUse
from monitor.model import SHANGHAI, Text
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.deliveries import NewDelivery, State, add_deliveries, supersede
from monitor.store.delivery_events import record_bounce

from .conftest import MONDAY, NANCHANG, Post, by_mail
from .mail_server import Clerk, MailServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DESK = Addressee(
    division="360100",
    role="bureau",
    name=Text("南昌市交通运输局城市公共交通管理科", "Nanchang transport bureau, urban transit"),
    address=None,
    languages=("zh",),
    forms=(),
    is_digest=False,
    receives=frozenset({"bulletin", "correction"}),
)
BOOK = RecipientBook(
    sender_name=Text("新能源汽车推广应用监测", "New-energy vehicle monitoring"),
    sender_address="bulletin@jtt.example.cn",
    reply_to="steward@jtt.example.cn",
    unsubscribe=None,
    desks={"360100": (DESK,)},
    above={"360100": "360000"},
)
RENDERED = RenderedBulletin(
    subject="数据改正通知：2018年机动车登记（南昌市）第 3 号，请于 1 月 31 日前补正并重新报送",
    html='<html><body><img src="cid:shares" alt=""><p>公交车 72.50 %</p></body></html>',
    text="公交车 72.50 %\n.\n",
    language_tag="zh-CN",
    pictures=(Picture("shares", b"\x89PNG\r\n\x1a\n" * 40),),
    attachments=(
        Attachment("2018年登记-待改正.csv", "text/csv; charset=utf-8", "车辆识别代号\r\n".encode()),
    ),
)


def book_with(*desks: Addressee) -> RecipientBook:
    return replace(BOOK, desks={"360100": desks})


def made(desk: Addressee, about: str = "S000003", kind: str = "correction") -> Letter:
    return address_letter(
        RENDERED,
        "zh",
        addressee=desk,
        book=BOOK,
        kind=kind,
        about=about,
        division="360100",
        day=MONDAY.date(),
        date=datetime(2021, 1, 4, 9, 0, tzinfo=SHANGHAI),
        headers={
            "X-Fleetmon-Submission": about,
            "References": " ".join(f"<d{n:016x}@jtt.example.cn>" for n in range(3)),
        },
    )


def promise(post: Post, *letters: Letter) -> NewDelivery:
    with post.store() as store, store.transaction():
        for one in letters:
            put(post.home.outbox, one.name, one.message)
            store.insert("correction", [[3, "zh", one.name, one.delivery.sha256]])
        rows = [one.delivery for one in letters]
        add_deliveries(store, rows, post.now)
        supersede(store, rows, post.now)
    return letters[0].delivery


def book_of(*desks: Addressee) -> Callable[[], RecipientBook]:
    return lambda: book_with(*desks)


def test_a_letter_goes_out_once_its_desk_has_an_address(post: Post) -> None:
    letter = made(DESK)
    new = promise(post, letter)
    addressed = replace(DESK, address=NANCHANG)
    clerk = Clerk()
    with MailServer(clerk) as server:
        mail = by_mail(server.port)
        look = partial(has_work, post.home, mail, open_store=post.store, now=post.now)
        assert post.send(mail, book=book_of(DESK)).no_address == 1
        assert not look(book=book_of(DESK))
        assert look(book=book_of(addressed))
        report = post.send(mail, book=book_of(addressed))
        assert (report.sent, report.no_address, report.is_well) == (1, 0, True)
        assert post.send(mail, book=book_of(addressed)).sent == 0
    # As it would have been made from the start, but for the number that it already bore.
    straight = made(addressed)
    number, other = (one.delivery.message_id.encode() for one in (letter, straight))
    assert clerk.taken == [(NANCHANG, straight.message.replace(other, number))]
    parsed = message_from_bytes(clerk.taken[0][1], policy=policy.default)
    (to,) = parsed["To"].addresses
    # The parser puts a space where a long name was folded.
    assert (to.display_name.replace(" ", ""), to.addr_spec) == (DESK.name.zh, NANCHANG)
    assert parsed["Message-ID"] == letter.delivery.message_id
    row = post.row(new)
    assert (row.state, row.recipient, row.message_id) == (State.SENT, NANCHANG, new.message_id)
    assert post.outbox == []
    assert post.sent == [row.file_name] != [new.file_name]
    with post.store(write=False) as store:
        assert store.rows("SELECT file_name, sha256 FROM correction") == [
            (row.file_name, row.sha256)
        ]
        actions = [action for (action,) in store.rows("SELECT action FROM audit")]
        assert actions.count("readdress") == 1


@pytest.mark.parametrize(
    "desks",
    [
        (),
        (replace(DESK, role="clerk", address=NANCHANG),),
        (replace(DESK, address="360100@fleetmon.invalid"),),
        # Which of the two it was for cannot be told.
        (replace(DESK, address=NANCHANG), DESK),
    ],
)
def test_a_letter_waits_as_long_as_its_desk_has_none(
    post: Post, desks: tuple[Addressee, ...]
) -> None:
    letter = made(DESK)
    new = promise(post, letter)
    with post.store() as store:
        assert readdress(store, book_with(*desks), post.now) == 0
    assert post.row(new).state is State.NO_ADDRESS
    assert (post.home.outbox / letter.name).read_bytes() == letter.message


def test_a_letter_that_was_made_again_with_the_address_goes_once(post: Post) -> None:
    waiting = promise(post, made(DESK))
    addressed = replace(DESK, address=NANCHANG)
    with post.store() as store, store.transaction():
        again = made(addressed)
        put(post.home.outbox, again.name, again.message)
        add_deliveries(store, [again.delivery], post.now)
    with post.store() as store:
        assert readdress(store, book_with(addressed), post.now) == 0
    assert post.row(waiting).state is State.SUPERSEDED
    assert post.row(again.delivery).state is State.WAITING


def test_a_letter_that_is_not_as_promised_is_left(post: Post) -> None:
    new = promise(post, made(DESK))
    (post.home.outbox / new.file_name).write_bytes(b"Subject: x\r\n\r\n")
    with post.store() as store:
        known = book_with(replace(DESK, address=NANCHANG))
        assert not is_any_known(store, known)
        assert readdress(store, known, post.now) == 0
    assert post.row(new).state is State.NO_ADDRESS


def test_one_that_is_cut_off_leaves_the_letter_as_it_was(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = promise(post, made(DESK))
    addressed = book_with(replace(DESK, address=NANCHANG))

    def cut_off(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, post.store() as store:
        patch.setattr("monitor.delivery.readdressing.audit.record", cut_off)
        with pytest.raises(KeyboardInterrupt):
            readdress(store, addressed, post.now)
    row = post.row(new)
    assert (row.state, row.file_name, row.sha256) == (
        *(State.NO_ADDRESS, new.file_name, new.sha256),
    )
    assert new.file_name in post.outbox
    with post.store() as store:
        assert readdress(store, addressed, post.now) == 1
    assert post.outbox == [post.row(new).file_name]


def test_a_book_that_cannot_be_read_stops_no_mail(post: Post) -> None:
    promise(post, made(DESK))
    post.add(NANCHANG)

    def spoiled() -> RecipientBook:
        raise PolicyError(Text("收件人名单有误。", "The recipients are wrong."))

    with MailServer(Clerk()) as server:
        mail = by_mail(server.port)
        report = post.send(mail, book=spoiled)
        assert not has_work(post.home, mail, open_store=post.store, now=post.now, book=spoiled)
    assert (report.sent, report.no_address) == (1, 1)
    assert report.faults == [Text("收件人名单有误。", "The recipients are wrong.")]


MOVED = replace(DESK, address="liu.min@nanchang.example.cn")


def came_back(post: Post) -> tuple[Letter, NewDelivery]:
    """A letter that went out into the folder and came back."""
    letter = made(replace(DESK, address=NANCHANG))
    new = promise(post, letter)
    assert post.send().sent == 1
    with post.store() as store:
        record_bounce(store, new.message_id, "5.1.1", post.now)
    return letter, new


def test_a_returned_letter_goes_to_the_new_address_and_leaves_no_copy_of_the_old(
    post: Post,
) -> None:
    letter, new = came_back(post)
    with post.store() as store:
        said = send_again(
            store, book_with(MOVED), new.id, by="王芳", at=post.now, is_sender_idle=True
        )
    assert "liu.min@nanchang.example.cn" in said.en
    assert (post.row(new).state, post.sent) == (State.WAITING, [])
    straight = made(MOVED)
    number, other = (one.delivery.message_id.encode() for one in (letter, straight))
    assert post.send().sent == 1
    row = post.row(new)
    assert (post.home.sent / row.file_name).read_bytes() == straight.message.replace(other, number)
    assert (row.state, row.recipient) == (State.SENT, MOVED.address)
    with post.store(write=False) as store:
        told = store.rows("SELECT object FROM audit WHERE action IN ('settle', 'readdress')")
    assert told == [(new.id,), (new.id,)]


def test_what_the_new_address_has_already_is_not_sent_again(post: Post) -> None:
    _, new = came_back(post)
    with post.store() as store, store.transaction():
        again = made(MOVED)
        put(post.home.outbox, again.name, again.message)
        add_deliveries(store, [again.delivery], post.now)
    with post.store() as store:
        said = send_again(
            store, book_with(MOVED), new.id, by="王芳", at=post.now, is_sender_idle=True
        )
    assert "not sent again" in said.en
    assert post.row(new).state is State.SUPERSEDED
    assert post.row(again.delivery).state is State.WAITING


@pytest.mark.parametrize("desks", [(), (DESK,), (replace(DESK, address=NANCHANG.upper()),)])
def test_without_another_address_a_letter_goes_again_as_it_is(
    post: Post, desks: tuple[Addressee, ...]
) -> None:
    letter, new = came_back(post)
    with post.store() as store:
        send_again(store, book_with(*desks), new.id, by="王芳", at=post.now, is_sender_idle=True)
    assert post.send().sent == 1
    assert (post.home.sent / letter.name).read_bytes() == letter.message
    assert post.row(new).recipient == NANCHANG


def test_a_letter_that_a_sender_may_have_in_hand_is_not_readdressed(post: Post) -> None:
    new = promise(post, made(replace(DESK, address=NANCHANG)))
    with MailServer(Clerk(to_recipient=lambda _address: "450 later")) as server:
        assert post.send(by_mail(server.port)).deferred == 1
    with post.store() as store, pytest.raises(WrongUse, match="寄送进程正在运行"):
        send_again(store, book_with(MOVED), new.id, by="王芳", at=post.now, is_sender_idle=False)
    assert (post.row(new).state, post.row(new).recipient) == (State.DEFERRED, NANCHANG)
    with post.store() as store:
        send_again(store, book_with(MOVED), new.id, by="王芳", at=post.now, is_sender_idle=True)
    assert (post.row(new).state, post.row(new).recipient) == (State.WAITING, MOVED.address)
