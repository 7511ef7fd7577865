"""What is said of a submission by its sender, or by whoever sends in the sender's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.errors import WrongUse
from monitor.model import Mode, Period, Text
from monitor.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender, or whoever sends in the sender's name, says of a file.

    `follows` puts the moment of receipt at the sender's latest of the kind where that lies later:
    what was confirmed first may be recorded second. A file of more than `most_rows` is refused.
    """

    received_at: datetime
    kind: str | None = None
    division: str | None = None
    period: Period | None = None
    mode: Mode = Mode.ADD
    columns: str | None = None
    force: bool = False
    nil_replaces: bool = False
    backfill: bool = False
    follows: bool = False
    file_name: str | None = None
    most_rows: int | None = None


def check_declared(policy: Policy, declared: Declared) -> None:
    """Refuse what cannot be meant; raises `WrongUse`."""
    if declared.division is not None and not policy.divisions.known(declared.division):
        raise WrongUse(
            Text(
                f"没有这个报送单位：{declared.division}。可用 fleetmon divisions 查看。",
                f"No such division: {declared.division}. See fleetmon divisions.",
            )
        )
    if declared.kind is not None and declared.kind not in policy.rules:
        raise WrongUse(
            Text(
                f"没有这种报表：{declared.kind}。可用的有 {'、'.join(policy.rules)}。",
                f"No such kind: {declared.kind}. There are {', '.join(policy.rules)}.",
            )
        )
    if declared.columns is not None and declared.columns not in policy.columns:
        raise WrongUse(
            Text(
                f"没有这个列映射：{declared.columns}。可用的有 {'、'.join(policy.columns)}。",
                f"No such column map: {declared.columns}. There are {', '.join(policy.columns)}.",
            )
        )
    if declared.mode in {Mode.REPLACE, Mode.NIL} and None in {
        declared.kind,
        declared.division,
        declared.period,
    }:
        word = "--replace" if declared.mode is Mode.REPLACE else "--nil"
        raise WrongUse(
            Text(
                f"{word} 须同时给出 --kind、--division 和 --period。",
                f"{word} needs --kind, --division and --period.",
            )
        )
