"""What the reconciliation says of the samples is what their README tells."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sample_home import samples_taken_in

from monitor.assess.reconciliation import Mismatch
from monitor.policy.policy import Policy

from .histories import History

SENDERS = ("360100", "360600", "360800", "361100")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> History:
    """All contracts and registrations of the samples."""
    return History(samples_taken_in(tmp_path_factory), policy)


def test_orders_of_november_are_all_that_is_open(sampled: History) -> None:
    found = sampled.reconciled(date(2020, 12, 31)).of(SENDERS)
    still_to_come: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for one in found.unmatched:
        if one.mismatch is Mismatch.BOUGHT_NOT_REGISTERED:
            (still_to_come if one.days is None else late)[one.division] += one.vehicles
    assert still_to_come == {"360100": 20, "361100": 12}
    # One bus stands in two files and counts where it is dated earlier; the other contract waits.
    assert late == {"360600": 1}
    assert {line.division for line in found.open_lines} == {"360100", "361100", "360600"}
    assert found.usual_delay_days == 14


def test_every_vehicle_that_should_have_a_contract_has_one(sampled: History) -> None:
    found = sampled.reconciled(date(2020, 12, 31)).of(SENDERS)
    kinds = Counter(one.mismatch for one in found.unmatched)
    assert kinds[Mismatch.REGISTERED_NOT_BOUGHT] == 0
    assert kinds[Mismatch.FUEL_DIFFERS] == 0
    claimed = [one for one in found.unmatched if one.mismatch is Mismatch.CLAIMED_TWICE]
    assert [(one.division, one.other) for one in claimed] == [
        ("360600", "361100"),
        ("361100", "360600"),
    ]


def test_only_one_city_ever_told_of_retirements(sampled: History) -> None:
    found = sampled.reconciled(date(2020, 12, 31))
    told = {
        one.division
        for one in found.unmatched
        if one.mismatch is Mismatch.REPLACEMENT_WITHOUT_RETIREMENT and not one.is_data_gap
    }
    assert told == {"360100"}
