"""A city beside its province and among the cities, where a rank makes sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.bulletin_view import Comparison
from monitor.bulletins.figures import has_yardstick
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.policy import Policy

# A rank among fewer says nothing.
_FEWEST: Final = 3


def comparisons_of(
    findings: Sequence[Assessment],
    peers: Sequence[Assessment],
    province: str,
    policy: Policy,
    words: Words,
) -> tuple[Comparison, ...]:
    """Each share of a city beside the province's; a rank only among shares that are settled.

    Not ranked: a share on incomplete data, with undetermined vehicles or vehicles of unknown scope
    (it may still move), and one without additions. Equal shares share a place.
    """
    found = []
    by_subject: dict[object, list[Assessment]] = defaultdict(list)
    for peer in peers:
        by_subject[peer.mandate, peer.period, peer.categories, peer.role].append(peer)
    for row in findings:
        if not has_yardstick(row, policy) or row.share is None:
            continue
        others = by_subject[row.mandate, row.period, row.categories, row.role]
        whole = next((peer for peer in others if peer.division == province), None)
        if whole is None or whole.share is None:
            continue
        cities = [peer for peer in others if peer.division not in {province, row.division}]
        found.append(
            Comparison(
                subject=labels.subject_of(row, policy, words),
                own=formats.percent(row.share),
                province=formats.percent(whole.share),
                rank=_rank(row, cities, words),
            )
        )
    return tuple(found)


def _rank(row: Assessment, cities: Sequence[Assessment], words: Words) -> str:
    settled = [_share(city) for city in cities if _is_settled(city)]
    if not _is_settled(row):
        return words("数字尚可变动，不排位次")
    if len(settled) + 1 < _FEWEST:
        return words("可比的市太少，不排位次")
    own = _share(row)
    if all(other == own for other in settled):
        return words("与其他可比的市相同")
    place, everyone = 1 + sum(other > own for other in settled), len(settled) + 1
    if own in settled:
        return words("并列第 %(place)s 位（%(all)s 个可比的市）", place=place, all=everyone)
    return words("第 %(place)s 位（%(all)s 个可比的市）", place=place, all=everyone)


def _is_settled(row: Assessment) -> bool:
    return (
        bool(row.denominator)
        and not row.incomplete_data
        and formats.is_zero(row.undetermined)
        and not row.excluded.scope_unknown
        and row.status != "no_data"
    )


def _share(row: Assessment) -> Fraction:
    return Fraction(int(row.numerator), row.denominator or 1)
