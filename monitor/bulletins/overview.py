"""The overview: every demand with a number as one bar against its target."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.figures import has_yardstick, is_share, target_of
from monitor.bulletins.picture_parts import Bullet, BulletPicture
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.policy import Policy

WHOLE: Final = 1000
# A count's axis ends beyond its target, so that one that is exceeded is seen to be.
_ROOM: Final = Decimal("1.25")
_NOT_SHOWN: Final = frozenset({"no_data", "not_computable", "no_mandate"})


def overview_of(
    findings: Sequence[Assessment], policy: Policy, words: Words
) -> BulletPicture | None:
    """The findings that can be drawn; nothing where there is none."""
    drawn = [
        bullet
        for row in findings
        if has_yardstick(row, policy) and row.status not in _NOT_SHOWN
        for bullet in _bullet(row, policy, words)
    ]
    if not drawn:
        return None
    told = [
        words(
            "%(label)s %(value)s，要求 %(asked)s，%(word)s",
            label=one.label,
            value=one.value,
            asked=one.asked,
            word=one.verdict.word,
        )
        for one in drawn
    ]
    return BulletPicture(
        title=words("各项要求的比例与目标"),
        bullets=tuple(drawn),
        alt=words("图：%(told)s。", told=words("；").join(told)),
    )


def _bullet(row: Assessment, policy: Policy, words: Words) -> list[Bullet]:
    places = places_of(row)
    if places is None:
        return []
    sure, possible, target = places
    return [
        Bullet(
            label=labels.subject_of(row, policy, words),
            verdict=labels.verdict(row.status, words),
            value=value_of(row, policy, words),
            asked=target_of(row, policy, words),
            sure=sure,
            possible=possible,
            target=target,
        )
    ]


def value_of(row: Assessment, policy: Policy, words: Words) -> str:
    """A row's figure in one word: its share, else its count with the unit."""
    if row.share is not None:
        return formats.percent(row.share)
    if is_share(row):
        return formats.NOTHING
    unit = policy.mandates[row.mandate].unit
    return labels.quantity(row.numerator, unit, words)


def places_of(row: Assessment) -> tuple[int, int, int | None] | None:
    """The end of the sure bar, of the possible one, and the target, per mille of the axis."""
    asked = Decimal(row.target.value) if row.target and row.target.value else None
    if is_share(row):
        if not row.denominator:
            return None
        sure = per_mille(Decimal(row.numerator), Decimal(row.denominator))
        most = Decimal(row.numerator) + Decimal(row.undetermined)
        return (
            sure,
            per_mille(most, Decimal(row.denominator)),
            None if asked is None else per_mille(asked, Decimal(1)),
        )
    if not asked:
        return None
    axis = asked * _ROOM
    least = Decimal(row.numerator)
    return (
        per_mille(least, axis),
        per_mille(least + Decimal(row.undetermined), axis),
        per_mille(asked, axis),
    )


def per_mille(part: Decimal, whole: Decimal) -> int:
    """Where `part` stands on an axis that ends at `whole`, cut, and kept on the axis."""
    return max(0, min(WHOLE, int(part * WHOLE / whole))) if whole else 0
