"""What the tests ask of 福州's official cars (FJ-F01), and how they decide its claims."""

from __future__ import annotations

from datetime import date, datetime

from attribution.weeks import FUZHOU, MONDAY, Weeks, car, vin

from monitor.assess.assess import assess
from monitor.corridor.deciding import decide
from monitor.corridor.judge import hold
from monitor.model import SHANGHAI, Assessment
from monitor.store.exemptions import Decision

OFFICIAL = "FJ-F01"
EMERGENCY, TECHNICAL = "处置突发事件应急用车", "特种专业技术用车"
BEFORE = datetime(2023, 6, 10, 9, tzinfo=SHANGHAI)
DECIDED = datetime(2023, 6, 10, 10, tzinfo=SHANGHAI)
LATER = datetime(2023, 6, 14, 10, tzinfo=SHANGHAI)


def send_claims(weeks: Weeks) -> None:
    """12 battery cars, 2 on petrol; 3 petrol cars claim emergency, 2 technical work.

    Car n is registered in month n % 4 + 1 of 2023: 15 in April, 16 in January, 17 in February.
    """
    weeks.send(
        [
            *(car(n) for n in range(1, 13)),
            *(car(n, "汽油") for n in (13, 14)),
            *(car(n, "汽油", 豁免情形=EMERGENCY) for n in (15, 16, 17)),
            *(car(n, "汽油", 豁免情形=TECHNICAL) for n in (18, 19)),
        ]
    )


def say(
    weeks: Weeks,
    decision: Decision,
    *numbers: int,
    until: date | None = None,
    at: datetime = DECIDED,
    division: str = FUZHOU,
) -> int:
    """Decide these vehicles' claims."""
    return decide(
        weeks.store,
        weeks.policy,
        division,
        vins=[vin(number) for number in numbers],
        decision=decision,
        until=until,
        reason="核对编制与用途证明",
        by="user:zhao",
        at=at,
    )


def figure(
    weeks: Weeks,
    known_at: datetime | None = None,
    as_of: date = MONDAY,
    division: str = FUZHOU,
) -> Assessment:
    """The figure of official cars of the year of `as_of`."""
    held = hold(weeks.store, as_of, known_at)
    (row,) = [
        row
        for row in assess(weeks.policy, held, mandates=(OFFICIAL,), divisions=(division,))
        if row.period == str(as_of.year)
    ]
    return row


def sides(row: Assessment) -> tuple[int | None, int | str, int]:
    """Denominator, numerator, and the vehicles left out as exempt."""
    return row.denominator, row.numerator, row.excluded.exempt
