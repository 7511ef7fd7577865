"""Letters reach a real mail server once, and every answer of it is respected."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.delivery.report import SendReport
from monitor.delivery.sending import send_due
from monitor.settings import MailSettings
from monitor.store.deliveries import State, none_taken_since
from monitor.store.delivery_events import events, pause, settle
from monitor.store.mail_hold import hold_mail, release_mail

from .conftest import GANZHOU, JIUJIANG, NANCHANG, Post, by_mail
from .mail_server import Clerk, Hangup, MailServer, free_port

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_letters_arrive_as_they_lay_in_the_outbox(post: Post) -> None:
    new = post.add_many([NANCHANG, JIUJIANG])
    content = {one.recipient: (post.home.outbox / one.file_name).read_bytes() for one in new}
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert (report.sent, report.left, report.is_well) == (2, 0, True)
    assert dict(clerk.taken) == content
    assert clerk.connections == 1
    assert post.states() == [State.SENT, State.SENT]
    assert post.outbox == []
    assert post.sent == sorted(one.file_name for one in new)
    assert [(told["event"], told["code"]) for told in post.told] == [("letter_sent", 250)] * 2


def test_a_refused_recipient_is_final_and_the_others_get_theirs(post: Post) -> None:
    first, refused, last = post.add_many([NANCHANG, JIUJIANG, GANZHOU])
    clerk = Clerk(
        to_recipient=lambda address: (
            f"550 5.1.1 <{address}>: no such user" if address == JIUJIANG else None
        )
    )
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
        again = post.send(by_mail(server.port))
    assert (report.sent, report.refused, report.is_well) == (2, 1, False)
    assert again.counts() == dict.fromkeys(report.counts(), 0)
    assert [one.state for one in map(post.row, (first, refused, last))] == [
        *(State.SENT, State.REFUSED, State.SENT)
    ]
    assert post.outbox == [refused.file_name]
    with post.store(write=False) as store:
        (refusal,) = [step for step in events(store, [refused.id]) if step.event == "refused"]
    assert (refusal.code, refusal.detail) == (550, "5.1.1 <(address)>: no such user")


def test_nothing_told_holds_an_address(post: Post) -> None:
    post.add_many([NANCHANG, JIUJIANG])
    clerk = Clerk(to_recipient=lambda address: f"550 5.1.1 {address} unknown")
    with MailServer(clerk) as server:
        post.send(by_mail(server.port))
    assert post.told
    assert all(set(told) == {"event", "delivery", "division", "role", "code"} for told in post.told)
    assert "@" not in str(post.told)


def test_a_deferred_letter_is_tried_again_after_growing_pauses_and_given_up(post: Post) -> None:
    new = post.add(NANCHANG)
    answer = "450 4.2.0 greylisted"
    clerk = Clerk(to_recipient=lambda _address: answer)
    waits = []
    with MailServer(clerk) as server:
        mail = by_mail(server.port, tries=4, first_pause_minutes=5, pause_factor=3)
        for _ in range(3):
            report = post.send(mail)
            assert (report.deferred, report.is_well) == (1, True)
            row = post.row(new)
            assert row.state is State.DEFERRED
            assert row.next_try_at is not None
            assert post.send(mail).deferred == 0
            waits.append(row.next_try_at - post.now)
            post.now = row.next_try_at
        report = post.send(mail)
        post.now += timedelta(days=2)
        assert post.send(mail).counts() == SendReport().counts()
    assert waits == [timedelta(minutes=minutes) for minutes in (5, 15, 45)]
    assert (report.given_up, report.is_well) == (1, False)
    assert post.row(new).state is State.GIVEN_UP
    assert post.row(new).attempts == 4


def test_a_letter_that_was_deferred_arrives_later(post: Post) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(to_letter=lambda _address: "451 4.3.0 try later" if clerk.seen < 2 else None)
    with MailServer(clerk) as server:
        post.send(by_mail(server.port))
        assert post.row(new).state is State.DEFERRED
        post.now += timedelta(minutes=6)
        post.send(by_mail(server.port))
    assert (post.row(new).state, post.row(new).doubles) == (State.SENT, 0)
    assert len(clerk.taken) == 1


def test_since_when_no_letter_was_taken_is_known_until_one_is(post: Post) -> None:
    def since() -> datetime | None:
        with post.store(write=False) as store:
            return none_taken_since(store)

    made_at = post.now
    post.add_many([NANCHANG, JIUJIANG])
    assert since() is None  # its turn has not come yet
    nobody = by_mail(free_port())
    for _ in range(2):
        post.send(nobody)
        assert since() == made_at
        post.now += timedelta(hours=5)
    full = Clerk(to_recipient=lambda address: "452 4.2.2 full" if address == JIUJIANG else None)
    with MailServer(full) as server:
        report = post.send(by_mail(server.port))
    assert (report.sent, report.deferred) == (1, 1)
    assert since() is None  # one desk's mailbox is no server that is away


def test_no_pause_is_longer_than_a_day() -> None:
    mail = MailSettings(first_pause_minutes=60, pause_factor=10)
    assert pause(mail, 300, timedelta(hours=24)) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("answers", "event"),
    [
        ({"to_letter": lambda _address: "554 5.7.1 refused by content"}, State.REFUSED),
        ({"to_letter": lambda _address: "452 4.2.2 mailbox full"}, State.DEFERRED),
        ({"to_sender": lambda _address: "552 5.3.4 too large"}, State.REFUSED),
        ({"to_sender": lambda _address: "450 4.1.8 not now"}, State.DEFERRED),
    ],
)
def test_an_answer_to_any_step_counts(post: Post, answers: dict[str, object], event: State) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(**answers)  # type: ignore[arg-type]
    with MailServer(clerk) as server:
        post.send(by_mail(server.port))
    assert post.row(new).state is event


def test_a_server_that_takes_nothing_from_our_sender_costs_no_letter(post: Post) -> None:
    new = post.add_many([NANCHANG, JIUJIANG])
    refusing = Clerk(to_sender=lambda _address: "550 5.7.1 sender not allowed")
    with MailServer(refusing) as server:
        mail = by_mail(server.port, tries=1)
        report = post.send(mail)
        assert (report.refused, report.given_up, len(report.faults)) == (0, 0, 1)
        assert "发件地址" in report.faults[0].zh
    with MailServer(Clerk(), port=server.port):
        post.now += timedelta(hours=1)
        assert post.send(mail).sent == len(new)


def test_a_server_that_is_away_for_days_loses_no_letter(post: Post) -> None:
    new = post.add_many([NANCHANG, JIUJIANG])
    port = free_port()
    mail = by_mail(port, tries=2)
    for _ in range(10):
        report = post.send(mail)
        assert report.given_up == 0
        post.now += timedelta(hours=6)
    assert "连不上邮件服务器" in report.faults[0].zh
    assert not report.is_well
    assert {one.state for one in post.rows()} <= {State.DEFERRED, State.WAITING}
    with MailServer(Clerk(), port=port):
        assert post.send(mail).sent == len(new)


def test_a_connection_that_is_gone_before_the_end_of_a_letter_defers_it(post: Post) -> None:
    """The server hangs up at the recipient: nothing can have been delivered."""
    new = post.add(NANCHANG)
    mail = by_mail(free_port())
    with Hangup(mail.port, at=b"RCPT") as server:
        report = post.send(mail)
    assert server.heard
    assert (report.deferred, report.in_doubt) == (1, 0)
    assert post.row(new).state is State.DEFERRED


def test_a_server_that_goes_silent_before_the_end_defers_in_time(post: Post) -> None:
    new = post.add(NANCHANG)
    mail = by_mail(free_port(), timeout_seconds=0.3)
    with Hangup(mail.port, at=b"DATA", is_silent=True):
        report = post.send(mail)
    assert (report.deferred, report.in_doubt) == (1, 0)
    assert post.row(new).state is State.DEFERRED


def test_a_letter_whose_end_was_not_answered_goes_again_and_is_counted(post: Post) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(drops_after=lambda letter: letter == 0)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
        assert (report.sent, report.in_doubt) == (0, 1)
        assert post.row(new).state is State.IN_DOUBT
        assert post.send(by_mail(server.port)).in_doubt == 0
        post.now += timedelta(minutes=6)
        report = post.send(by_mail(server.port))
    assert (report.sent, report.doubles) == (1, 1)
    assert (post.row(new).state, post.row(new).doubles) == (State.SENT, 1)
    one, other = clerk.taken
    assert one == other
    assert f"<{new.id.lower()}@".encode() in one[1]


def test_a_server_slower_than_the_timeout_leaves_a_doubt(post: Post) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(seconds_before_answer=2)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port, timeout_seconds=0.05))
    assert (report.in_doubt, post.row(new).state) == (1, State.IN_DOUBT)


def test_a_server_may_take_longer_over_the_end_than_over_the_rest(post: Post) -> None:
    post.add(NANCHANG)
    clerk = Clerk(seconds_before_answer=1)
    with MailServer(clerk) as server:
        assert post.send(by_mail(server.port, timeout_seconds=0.5)).sent == 1


def test_a_doubt_waits_for_somebodys_word_where_that_is_wanted(post: Post) -> None:
    asked, sure = post.add_many([NANCHANG, JIUJIANG])
    clerk = Clerk(drops_after=lambda letter: letter < 2)
    with MailServer(clerk) as server:
        mail = by_mail(server.port, when_in_doubt="ask")
        assert post.send(mail).in_doubt == 2
        post.now += timedelta(days=3)
        assert post.send(mail).counts() == SendReport().counts()
        with post.store() as store:
            settle(store, sure.id, "sent", by="王芳", at=post.now)
            settle(store, asked.id, "again", by="王芳", at=post.now)
        report = post.send(mail)
    assert (report.sent, report.doubles) == (1, 1)
    assert {one.state for one in post.rows()} == {State.SENT}
    assert [recipient for recipient, _ in clerk.taken] == [NANCHANG, JIUJIANG, NANCHANG]
    assert post.outbox == []


def test_one_doubt_after_another_ends_the_run(post: Post) -> None:
    new = post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(9)])
    clerk = Clerk(drops_after=lambda _letter: True)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert (report.in_doubt, report.left) == (3, len(new) - 3)
    assert "连续 3 次" in report.faults[0].zh


def test_a_connection_that_carried_letters_is_replaced_at_once(post: Post) -> None:
    new = post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(7)])
    clerk = Clerk(letters_a_connection=3)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert (report.sent, report.deferred, clerk.connections) == (len(new), 0, 3)


def test_a_server_that_hangs_up_on_every_greeting_ends_the_run(post: Post) -> None:
    new = post.add_many([NANCHANG, JIUJIANG])
    clerk = Clerk(letters_a_connection=0)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert report.sent == 0
    assert {one.state for one in map(post.row, new)} == {State.DEFERRED}
    assert clerk.taken == []


def test_many_letters_take_new_connections_now_and_then(post: Post) -> None:
    post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(55)])
    clerk = Clerk()
    with MailServer(clerk) as server:
        assert post.send(by_mail(server.port)).sent == 55
    assert clerk.connections == 2


def test_a_line_that_begins_with_a_dot_arrives_whole(post: Post) -> None:
    new = post.add(NANCHANG, body=".\r\n..\r\n. 结束\r\n.x\r\n")
    content = (post.home.outbox / new.file_name).read_bytes()
    clerk = Clerk()
    with MailServer(clerk) as server:
        assert post.send(by_mail(server.port)).sent == 1
    assert clerk.taken == [(NANCHANG, content)]


def test_letters_keep_to_the_number_a_minute(post: Post) -> None:
    post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(5)])
    with MailServer(Clerk()) as server:
        assert post.send(by_mail(server.port, letters_per_minute=12)).sent == 5
    assert post.slept == pytest.approx(20)


def test_a_clock_set_back_makes_nobody_wait_longer(post: Post) -> None:
    post.add_many([NANCHANG, JIUJIANG])
    moments = iter([timedelta(), *[timedelta(hours=-3)] * 200])
    started = post.now
    with MailServer(Clerk()) as server:
        send_due(
            post.home,
            by_mail(server.port, letters_per_minute=60),
            open_store=post.store,
            now=lambda: started + next(moments),
            sleep=lambda seconds: setattr(post, "slept", post.slept + seconds),
        )
    assert post.slept <= 1


def test_a_recipient_gets_so_many_a_day_and_the_rest_tomorrow(post: Post) -> None:
    for number in range(1, 6):
        post.add(NANCHANG, f"S00000{number}", kind="correction")
    post.add(JIUJIANG, "S000006", kind="correction")
    clerk = Clerk()
    with MailServer(clerk) as server:
        mail = by_mail(server.port, most_per_recipient_per_day=2)
        first = post.send(mail)
        post.now += timedelta(hours=2)
        second = post.send(mail)
        post.now += timedelta(days=1)
        third = post.send(mail)
    assert (first.sent, first.held_back, first.is_well) == (3, 3, True)
    assert (second.sent, second.held_back) == (0, 3)
    assert (third.sent, third.held_back) == (2, 1)
    assert [address for address, _ in clerk.taken].count(JIUJIANG) == 1


def test_a_bulletin_is_first_and_goes_whatever_else_went_today(post: Post) -> None:
    for number in range(1, 5):
        post.add(NANCHANG, f"S00000{number}", kind="correction")
    weekly = post.add(NANCHANG, "360100 2020-12-31 a1")
    clerk = Clerk()
    with MailServer(clerk) as server:
        mail = by_mail(server.port, most_per_recipient_per_day=2)
        first = post.send(mail)
        later = post.add(NANCHANG, "360100 2021-01-07 a1")
        second = post.send(mail)
    assert (first.sent, first.held_back) == (2, 3)
    assert (second.sent, second.held_back) == (1, 3)
    letters = [content for _, content in clerk.taken]
    assert weekly.message_id.encode() in letters[0]
    assert later.message_id.encode() in letters[2]


def test_two_desks_of_one_role_do_not_replace_each_other(post: Post) -> None:
    about = "360100 2020-12-31 a1"
    known, waiting = post.lay(NANCHANG, about), post.lay(None, about)
    post.promise([known, waiting])
    assert sorted(post.states()) == sorted([State.WAITING, State.NO_ADDRESS])


def test_a_letter_without_an_address_never_reaches_a_server(post: Post) -> None:
    post.add(None)
    post.add("360400@fleetmon.invalid", "360400 2020-12-31 a1")
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert (report.no_address, report.is_well, clerk.connections) == (2, False, 0)
    assert set(post.states()) == {State.NO_ADDRESS}


def test_a_hold_stops_everything_and_its_end_lets_it_go(post: Post) -> None:
    post.add_many([NANCHANG, JIUJIANG])
    with post.store() as store:
        hold_mail(store, by="王芳", reason="口径待确认", at=post.now)
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
        assert report.hold is not None
        assert (report.hold.reason, report.left, clerk.taken) == ("口径待确认", 2, [])
        with post.store() as store:
            release_mail(store, by="王芳", at=post.now)
        assert post.send(by_mail(server.port)).sent == 2


def test_a_hold_told_while_letters_go_out_takes_effect_within_a_batch(post: Post) -> None:
    post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(50)])

    def to_letter(_address: str) -> None:
        if clerk.seen == 5:
            with post.store() as store:
                hold_mail(store, by="王芳", reason=None, at=post.now)

    clerk = Clerk(to_letter=to_letter)
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert report.sent == len(clerk.taken) == 20
    assert report.left == 30
    assert report.hold is not None


def test_it_stops_after_the_letter_at_hand(post: Post) -> None:
    post.add_many([f"clerk{n}@jxjt.example.cn" for n in range(6)])
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port), stop=lambda: len(clerk.taken) == 2)
        assert (report.sent, report.left) == (2, 4)
        assert post.send(by_mail(server.port)).sent == 4


def test_a_second_sender_stands_back(post: Post) -> None:
    post.add(NANCHANG)
    inner: list[SendReport] = []
    clerk = Clerk()
    with MailServer(clerk) as server:
        mail = by_mail(server.port)

        def send_too(_seconds: str) -> None:
            inner.append(post.send(mail))

        clerk.to_letter = send_too
        assert post.send(mail).sent == 1
    assert [report.is_busy for report in inner] == [True]
    assert len(clerk.taken) == 1


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_letter_that_is_not_as_promised_is_not_sent_and_told(post: Post, spoil: str) -> None:
    spoiled, whole = post.add_many([NANCHANG, JIUJIANG])
    place = post.home.outbox / spoiled.file_name
    content = place.read_bytes()
    place.unlink() if spoil == "gone" else place.write_bytes(content + b"x")
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
        assert (report.sent, report.unreadable, report.is_well) == (1, 1, False)
        assert spoiled.id in report.faults[0].zh
        assert post.row(spoiled).state is State.DEFERRED
        assert post.row(whole).state is State.SENT
        place.write_bytes(content)
        post.now += timedelta(minutes=6)
        assert post.send(by_mail(server.port)).sent == 1


def test_a_letter_that_went_out_goes_again_only_when_somebody_says_so(post: Post) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk()
    with MailServer(clerk) as server:
        mail = by_mail(server.port)
        post.send(mail)
        with post.store() as store:
            settle(store, new.id, "again", by="王芳", at=post.now)
        assert post.send(mail).sent == 1
        # A store restored from yesterday does not know; what lies among the sent does.
        with post.store() as store:
            store.connection.execute("DELETE FROM delivery_event")
            store.connection.execute("UPDATE delivery SET state = 'waiting', attempts = 0")
        assert post.send(mail).sent == 1
    assert len(clerk.taken) == 2
