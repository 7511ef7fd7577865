"""The code behind a figure: all that is needed to work it out again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text

_RULESET_DIGITS = 8
_LONGEST = 200
_CODE = re.compile(
    r"(?P<mandate>[^.]+)\.(?P<division>[^.]+)\.(?P<year>\d{4})\.(?P<scope>[a-z_]+)\."
    r"(?P<as_of>\d{8})\.(?P<history>\d+)(?:\.k(?P<known>\d+))?(?:\.d(?P<decisions>\d+))?\.(?P<ruleset>[0-9a-f]{8})"
)
WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class ExplainCode:
    """One figure: mandate, division, year, scope (`whole` or one category), moment and rules.

    `decisions` is the number of the last decision over an exemption that it knows; a figure that
    knows none says nothing of it.
    """

    mandate: str
    division: str
    year: int
    scope: str
    as_of: date
    history: int
    known_at: datetime | None
    ruleset: str
    decisions: int = 0

    def __str__(self) -> str:
        """As it stands beside the figure."""
        known = f".k{int(self.known_at.timestamp())}" if self.known_at else ""
        decided = f".d{self.decisions}" if self.decisions else ""
        return (
            f"{self.mandate}.{self.division}.{self.year}.{self.scope}."
            f"{self.as_of:%Y%m%d}.{self.history}{known}{decided}.{self.ruleset[:_RULESET_DIGITS]}"
        )


def parse_code(text: str) -> ExplainCode:
    """Read a code back; raises `WrongUse` where it is none."""
    found = _CODE.fullmatch(text.strip())
    if found is None or not text.isascii() or len(text) > _LONGEST:
        raise WrongUse(
            Text(
                f"“{text}”不是说明码。说明码印在通报每个数字旁，例如 "
                "JX-F01.360100.2018.whole.20181231.12.0a1b2c3d。",
                f'"{text}" is no explain code. It stands beside each figure of a bulletin, such as '
                "JX-F01.360100.2018.whole.20181231.12.0a1b2c3d.",
            )
        )
    as_of, known = found["as_of"], found["known"]
    try:
        day = date(int(as_of[:4]), int(as_of[4:6]), int(as_of[6:]))
        moment = datetime.fromtimestamp(int(known), SHANGHAI) if known else None
    except (ValueError, OverflowError, OSError) as error:  # a moment that no clock can count
        raise WrongUse(
            Text(
                f"“{text}”中的日期或时刻不存在。", f'The day or moment in "{text}" does not exist.'
            )
        ) from error
    return ExplainCode(
        mandate=found["mandate"],
        division=found["division"],
        year=int(found["year"]),
        scope=found["scope"],
        as_of=day,
        history=int(found["history"]),
        known_at=moment,
        ruleset=found["ruleset"],
        decisions=int(found["decisions"] or 0),
    )
