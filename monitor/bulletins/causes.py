"""Why a figure is not what it was, in words: one row a cause, the whole at the end."""

from __future__ import annotations

from decimal import Decimal

from monitor.assess.attribution import Attribution, Cause
from monitor.bulletins import formats, labels
from monitor.bulletins.parts import CauseRow
from monitor.bulletins.words import Words


def cause_rows(attribution: Attribution, words: Words) -> tuple[CauseRow, ...]:
    """Each part, signed, and their sum; nothing where no part is told apart."""
    rows = [
        CauseRow(
            cause=cause_word(part.cause, words),
            counted=formats.signed(part.denominator),
            new_energy=formats.signed(part.numerator),
            undetermined=formats.signed(part.undetermined),
            turned=_turned(part.status_before, part.status_after, words),
        )
        for part in attribution.parts
    ]
    if len(rows) > 1:
        parts = attribution.parts
        rows.append(
            CauseRow(
                cause=words("合计"),
                counted=formats.signed(sum(part.denominator for part in parts)),
                new_energy=formats.signed(sum((part.numerator for part in parts), Decimal(0))),
                undetermined=formats.signed(sum((part.undetermined for part in parts), Decimal(0))),
                turned=_turned(parts[0].status_before, parts[-1].status_after, words),
            )
        )
    return tuple(rows)


def cause_word(cause: Cause, words: Words) -> str:
    """A cause in words."""
    return {
        "engine": words("程序"),
        "mandate": words("条文"),
        "reading": words("口径"),
        "rules": words("规则或程序（旧规则未存档）"),
        "day": words("两期之间新登记"),
        "new_data": words("新报数据"),
        "correction": words("更正"),
        "exemption": words("豁免"),
        "decision": words("豁免审定"),
    }[cause]


def _turned(before: str | None, after: str | None, words: Words) -> str:
    if before == after or before is None or after is None:
        return ""
    return f"{labels.verdict(before, words).word} → {labels.verdict(after, words).word}"
