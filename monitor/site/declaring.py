"""What a sender says of a report in a form: read, told what is wrong, and shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.datastructures import FormData

from monitor.door.draft import Asked
from monitor.model import Mode, Text
from monitor.policy.policy import Policy
from monitor.site.period_field import WRONG_PERIOD, period_field, read_period_field
from monitor.site.threads import field_of

_SUBMISSION: Final = re.compile(r"S\d{6,9}")
_LONGEST: Final = 2000  # characters of a reason

Wrong = tuple[str, Text]  # a field and what is wrong with it


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in."""

    division: str = ""
    kind: str = ""
    period: str = ""
    mode: str = Mode.ADD.value
    corrects: str = ""
    reason: str = ""
    force: bool = False
    nil_replaces: bool = False

    @classmethod
    def of(cls, given: FormData | Mapping[str, str]) -> Filled:
        """What was typed; a file in the place of words is nothing."""
        return cls(
            **{name: field_of(given, name) for name in ("division", "kind", "period")},
            mode=field_of(given, "mode") or Mode.ADD.value,
            corrects=field_of(given, "corrects").upper(),
            reason=field_of(given, "reason"),
            force=field_of(given, "force") == "yes",
            nil_replaces=field_of(given, "nil_replaces") == "yes",
        )

    @classmethod
    def again(cls, division: str, asked: Asked) -> Filled:
        """What was asked before, to be changed."""
        return cls(
            division=division,
            kind=asked.kind or "",
            period=period_field(asked.period),
            mode=asked.mode.value,
            corrects=asked.corrects or "",
            reason=asked.reason or "",
            force=asked.force,
            nil_replaces=asked.nil_replaces,
        )

    def from_division(self, code: str) -> Filled:
        """The same, sent by a division."""
        return replace(self, division=code)


def read_asked(
    filled: Filled, policy: Policy, *, is_nil: bool = False
) -> tuple[Asked, list[Wrong]]:
    """What is asked of a report, and what of it cannot be meant, in words for who typed it."""
    wrongs: list[Wrong] = []
    mode = Mode.NIL if is_nil else Mode.REPLACE if filled.mode == Mode.REPLACE else Mode.ADD
    kind = filled.kind if filled.kind in policy.rules else None
    period = None
    try:
        period = read_period_field(filled.period)
    except (ValueError, OverflowError):
        wrongs.append(("period", WRONG_PERIOD))
    if mode is not Mode.ADD:
        if kind is None:
            wrongs.append(("kind", _NEEDS_KIND))
        if not filled.period:
            wrongs.append(("period", _NEEDS_PERIOD))
    corrects = filled.corrects or None
    if corrects is not None:
        if not _SUBMISSION.fullmatch(corrects):
            wrongs.append(("corrects", _WRONG_NUMBER))
        if not filled.reason:
            wrongs.append(("reason", _NEEDS_REASON))
    if len(filled.reason) > _LONGEST:
        wrongs.append(("reason", _TOO_LONG))
    asked = Asked(
        kind=kind,
        period=period,
        mode=mode,
        nil_replaces=mode is Mode.NIL and filled.nil_replaces,
        force=mode is Mode.REPLACE and filled.force,
        corrects=corrects,
        reason=filled.reason or None,
    )
    return asked, wrongs


_NEEDS_KIND: Final = Text("请选择报表种类。", "Choose the kind of report.")
_NEEDS_PERIOD: Final = Text(
    "请填写所属期间：替换或零报告都针对一个期间。",
    "Give the period: a replacement or a nil return is about one.",
)
_WRONG_NUMBER: Final = Text(
    "请选择所更正的报送，或留空。", "Choose the report that this corrects, or none."
)
_NEEDS_REASON: Final = Text("请写明更正的原因。", "Say why it is corrected.")
_TOO_LONG: Final = Text(
    f"原因最多 {_LONGEST} 字，请缩短。", f"A reason has {_LONGEST} characters at most."
)
NEEDS_DIVISION: Final = Text("请选择报送单位。", "Choose who reports.")
