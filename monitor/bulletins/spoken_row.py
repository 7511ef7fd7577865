"""A row of figures in sentences, for a page that is read and not compared."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.bulletins import labels
from monitor.bulletins.formats import NOTHING
from monitor.bulletins.parts import Figures
from monitor.bulletins.words import Words


def spoken(row: Figures, unit: str, words: Words) -> str:
    """What was counted, what is asked for and what is lacking; `unit` is the mandate's.

    Every figure as the row shows it; empty where nothing was reported.
    """
    return words.sentences(tuple(_sentences(row, unit, words)))


def _sentences(row: Figures, unit: str, words: Words) -> Iterator[str]:
    asked = "" if row.target == NOTHING else words("，要求 %(target)s", target=row.target)
    if row.counted != NOTHING:
        share = "" if row.share == NOTHING else words("，占 %(share)s", share=row.share)
        yield words(
            "计入 %(counted)s 辆，其中新能源 %(new)s 辆%(share)s%(asked)s。",
            counted=row.counted,
            new=row.new_energy,
            share=share,
            asked=asked,
        )
    elif row.new_energy != NOTHING:
        yield words(
            "已计 %(new)s %(unit)s%(asked)s。",
            new=row.new_energy,
            unit=labels.unit_word(unit, words),
            asked=asked,
        )
    elif asked:
        yield words("要求 %(target)s。", target=row.target)
    if row.values.short_by and row.counted != NOTHING:
        yield words("尚差 %(short)s 辆新能源车。", short=row.short_by)
    elif row.values.short_by:
        yield words(
            "距目标尚差 %(short)s %(unit)s。",
            short=row.short_by,
            unit=labels.unit_word(unit, words),
        )
    if row.values.still_needed:
        yield words("其后连续新增 %(needed)s 辆新能源车即可达到。", needed=row.still_needed)
    elif row.still_needed not in {NOTHING, "0"}:
        yield words("其后新增再多也不能达到。")
