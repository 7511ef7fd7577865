"""Who is told what on which day: each once, the latest step only, one letter a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from monitor.model import SHANGHAI, Period
from monitor.policy.policy import Policy
from monitor.store.deliveries import deliveries
from monitor.store.store import Store

from .conftest import Office, addressee, book_of, letter, moment, monthly, receive

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))


def days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_a_whole_winter_day_by_day(office: Office) -> None:
    """A due date on a Saturday, a reminder across New Year, notices within the Spring Festival."""
    for day in days(date(2025, 12, 20), date(2026, 3, 9)):
        office.remind(day)
        if day == date(2026, 2, 9):
            receive(office.store, "36GJXQ", JANUARY, moment(day, 15))
    assert [one for one in office.told() if "2025-12|" in one[2] and "360100" in one[2]] == [
        # 10 January is a Saturday: due on Monday the twelfth
        ("01-05", "reminder", "JX-monthly|360100|2025-12|5|clerk.360100@transport.example"),
        ("01-09", "reminder", "JX-monthly|360100|2025-12|1|clerk.360100@transport.example"),
        ("01-13", "past_due", "JX-monthly|360100|2025-12|1|clerk.360100@transport.example"),
        ("01-19", "past_due", "JX-monthly|360100|2025-12|7|clerk.360100@transport.example"),
        ("01-26", "escalation", "JX-monthly|360100|2025-12|14|province.360000@transport.example"),
    ]
    # January's is due on 10 February; what came in on the afternoon before is told of no more.
    ganjiang = [one[:2] for one in office.told() if "36GJXQ|2026-01" in one[2]]
    assert ganjiang == [("02-03", "reminder"), ("02-09", "reminder")]
    assert [one[:2] for one in office.told() if "360100|2026-01" in one[2]] == [
        ("02-03", "reminder"),
        ("02-09", "reminder"),
        ("02-11", "past_due"),
        ("02-17", "past_due"),
        ("02-24", "escalation"),
    ]


def test_the_letters_are_there_with_their_rows(office: Office) -> None:
    reminded = office.remind(date(2026, 1, 26))
    (row,) = deliveries(
        office.store, ids=[one.delivery for one in reminded.letters if "province" in one.role]
    )
    assert (row.kind, row.division, row.recipient) == (
        "escalation",
        "360000",
        "province.360000@transport.example",
    )
    path = office.store.home.outbox / row.file_name
    sent = letter(path)
    assert sent["Subject"] == "江西省 2 地 2 项报表逾期未报齐，最久 14 天，请催报"
    assert sent["Message-ID"] == row.message_id
    assert sent["Reply-To"] == "steward@transport.example"
    assert sent["List-Unsubscribe"].startswith("<mailto:steward@transport.example")
    assert sent["From"].addresses[0].addr_spec == "bulletin@transport.example"
    named = {path.name for path in office.store.home.outbox.iterdir()}
    assert named == {one.file_name for one in deliveries(office.store)}
    untold = office.store.one("SELECT count(*) FROM notice WHERE delivery IS NULL")
    assert untold == 0
    assert reminded.counts == {"notices": 4, "letters": 3, "postponed": 0, "unaddressed": 0}


def test_one_letter_gathers_what_is_new(office: Office) -> None:
    """A clerk with two months overdue gets one letter that tells both."""
    reminded = office.remind(date(2026, 2, 17))
    mine = [one for one in reminded.letters if one.division == "360100"]
    assert len(mine) == 1
    assert letter(mine[0].path)["Subject"] == "南昌市 2 项报表逾期未报齐，最久 36 天，请补报"


def test_the_same_day_again_tells_nothing(office: Office) -> None:
    first = office.remind(date(2026, 1, 19))
    assert first.notices == 2
    again = office.remind(date(2026, 1, 19), hour=17)
    assert again.counts == {"notices": 0, "letters": 0, "postponed": 0, "unaddressed": 0}


def test_what_becomes_due_later_the_same_day_waits_for_the_next(
    office: Office, policy: Policy
) -> None:
    office.book = book_of(policy, addressee("360100", "clerk", "reminder", "past_due"))
    office.remind(date(2026, 1, 13))
    office.rules = monthly("360100", "360200", start=date(2025, 11, 1), end=date(2026, 2, 28))
    again = office.remind(date(2026, 1, 13), hour=17)
    assert (again.notices, again.postponed) == (0, 1)
    assert office.remind(date(2026, 1, 14)).notices == 1


def test_days_without_a_run_are_made_up_for_by_the_latest_step(office: Office) -> None:
    office.remind(date(2025, 12, 29))
    late = office.remind(date(2026, 1, 22))  # nothing ran from the reminders to the second notice
    own = [one for one in office.told() if "360100" in one[2]]
    assert [one[1] for one in own] == ["past_due"]
    assert own[0][2].startswith("JX-monthly|360100|2025-12|7|")
    assert late.notices == 2


def test_after_a_late_notice_the_next_one_waits(office: Office) -> None:
    """The first notice was made five days late; six days lie between it and the second."""
    office.remind(date(2026, 1, 18))
    assert office.remind(date(2026, 1, 19)).notices == 0
    assert office.remind(date(2026, 1, 23)).notices == 0
    assert office.remind(date(2026, 1, 24)).notices == 2


def test_on_the_due_day_there_is_time_yet(office: Office) -> None:
    assert office.remind(date(2026, 1, 12)).notices == 2
    assert [one[1] for one in office.told()] == ["reminder", "reminder"]


def test_no_reminder_comes_after_the_due_day(office: Office) -> None:
    start, end = date(2025, 12, 1), date(2026, 2, 28)
    office.rules = monthly("360100", "36GJXQ", start=start, end=end, after=(2, 7))
    assert office.remind(date(2026, 1, 13)).notices == 0
    assert office.remind(date(2026, 1, 14)).notices == 2


def test_a_clock_set_back_tells_no_earlier_step(office: Office) -> None:
    office.remind(date(2026, 1, 20))
    assert office.remind(date(2026, 1, 13)).notices == 0
    assert office.remind(date(2026, 1, 8)).notices == 0


def test_years_gone_by_are_left_alone(office: Office) -> None:
    reminded = office.remind(date(2026, 6, 1), since=date(2026, 6, 1))
    assert reminded.counts == {"notices": 0, "letters": 0, "postponed": 0, "unaddressed": 0}
    assert office.remind(date(2026, 6, 2), since=date(2026, 3, 1)).notices > 0


def test_a_run_by_hand_for_an_earlier_day_tells_of_that_day(office: Office) -> None:
    assert office.remind(date(2026, 1, 13), since=date(2026, 5, 1)).notices == 2


def test_a_division_without_a_desk_is_reported(office: Office, policy: Policy) -> None:
    office.book = book_of(policy, addressee("360100", "clerk", "reminder", "past_due"))
    reminded = office.remind(date(2026, 1, 13))
    assert (reminded.notices, reminded.unaddressed) == (1, ("36GJXQ",))


def test_a_desk_without_an_address_is_told_again_once_it_has_one(
    office: Office, policy: Policy
) -> None:
    office.book = book_of(policy, addressee("360100", "clerk", "past_due", address=None))
    (one,) = office.remind(date(2026, 1, 13)).letters
    (row,) = deliveries(office.store, ids=[one.delivery])
    assert (row.recipient, row.state) == (None, "no_address")
    assert letter(one.path)["To"].addresses[0].addr_spec == "clerk.360100@fleetmon.invalid"
    assert office.remind(date(2026, 1, 14)).notices == 0
    office.book = book_of(policy, addressee("360100", "clerk", "past_due"))
    assert office.remind(date(2026, 1, 15)).notices == 1


def test_who_is_told_twice_over_is_told_once(office: Office, policy: Policy) -> None:
    """The same person is clerk and province: one letter, the item once, by its gravest kind."""
    office.book = book_of(
        policy,
        addressee("360100", "clerk", "past_due", address="li@transport.example"),
        addressee("360000", "province", "escalation", address="Li@transport.example"),
    )
    (one,) = office.remind(date(2026, 1, 26)).letters
    body = letter(one.path).get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert said.count("2025年12月机动车登记") == 2  # Nanchang's and Ganjiang's, once each
    assert {kind for _, kind, _ in office.told()} == {"past_due", "escalation"}


def test_a_language_is_a_letter(office: Office, policy: Policy) -> None:
    office.book = book_of(policy, addressee("360100", "clerk", "past_due", languages=("zh", "en")))
    made = office.remind(date(2026, 1, 13)).letters
    assert [one.language for one in made] == ["zh", "en"]
    assert len({one.delivery for one in made}) == 2
    assert office.store.one("SELECT count(*) FROM notice") == 1


def test_a_run_cut_off_before_its_rows_has_told_nothing(office: Office) -> None:
    def cut_off(_store: Store, counts: Mapping[str, int]) -> None:
        assert counts == {"notices": 2, "letters": 2}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.remind(date(2026, 1, 13), settle=cut_off)
    assert office.told() == []
    assert deliveries(office.store) == []
    assert len(list(office.store.home.outbox.iterdir())) == 2  # to be swept: nothing names them
    assert office.remind(date(2026, 1, 13)).notices == 2


def test_letters_carry_the_day_in_shanghai(office: Office) -> None:
    (one, *_) = office.remind(date(2026, 1, 13), hour=1).letters
    sent = letter(one.path)["Date"].datetime
    assert sent == moment(date(2026, 1, 13), 1)
    assert sent.utcoffset() == timedelta(hours=8)
    assert one.path.name.startswith("2026-01-13_")
    assert sent.astimezone(SHANGHAI).date() == date(2026, 1, 13)
