"""Whose reports a second person signs: also where somebody else sends the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from drafts.conftest import Counter, extract, row
from monitor.corridor.draft_result import read_result
from monitor.corridor.second_person import is_signed_twice, needs_second_person
from monitor.door.draft import Asked
from monitor.model import Mode, Period
from monitor.policy.policy import Policy

NANCHANG, JIUJIANG, JIANGXI = "360100", "360400", "360000"
OF_NANCHANG = extract(*(row(n) for n in range(1, 4)))


@pytest.mark.parametrize(
    ("divisions", "named", "expected"),
    [
        ((NANCHANG,), (NANCHANG,), True),
        ((NANCHANG,), ("all",), True),
        ((NANCHANG,), (JIUJIANG,), False),
        ((NANCHANG,), (), False),
        ((JIANGXI,), (NANCHANG,), True),  # what is under the one that sends
        ((NANCHANG,), (JIANGXI,), False),  # the province's own reports
        (("350100", NANCHANG), (NANCHANG,), True),
        ((), (NANCHANG,), False),
    ],
)
def test_a_setting_names_senders_and_those_under_them(
    policy: Policy, divisions: tuple[str, ...], named: tuple[str, ...], *, expected: bool
) -> None:
    assert is_signed_twice(policy.divisions, divisions, named) is expected


def test_a_check_keeps_which_divisions_a_file_reports(counter: Counter, policy: Policy) -> None:
    own = counter.check(counter.upload(OF_NANCHANG))
    assert own.covered == (NANCHANG,)
    of_province = counter.upload(OF_NANCHANG, division=JIANGXI)
    result = counter.check(of_province)
    assert NANCHANG in result.covered
    assert read_result(counter.home, of_province.id) == result
    assert needs_second_person(policy.divisions, of_province, result, [NANCHANG])
    assert not needs_second_person(policy.divisions, of_province, result, ["350100"])
    nil = Asked("registration", Period(date(2018, 1, 1), date(2018, 12, 31)), Mode.NIL)
    assert counter.check(counter.upload(None, asked=nil)).covered == (NANCHANG,)
    counter.report(OF_NANCHANG)
    assert counter.check(counter.upload(OF_NANCHANG)).covered == ()  # in force already


def test_what_a_result_covers_asks_too(counter: Counter, policy: Policy) -> None:
    """Whatever the sender's own code says."""
    draft = counter.upload(OF_NANCHANG, division=JIUJIANG)
    result = replace(counter.check(draft), covered=(JIUJIANG, NANCHANG))
    assert needs_second_person(policy.divisions, draft, result, [NANCHANG])
    assert not needs_second_person(policy.divisions, draft, None, [NANCHANG])


def test_a_fingerprint_tells_which_divisions_were_covered(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = counter.upload(OF_NANCHANG)
    before = counter.check(draft).fingerprint
    monkeypatch.setattr("monitor.corridor.draft_check.covered_by", lambda *_: (JIUJIANG,))
    assert counter.check(draft).fingerprint != before
