"""What verdicts, consequences and receipts mean, said once for the site and the handbook."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from monitor.model import Status, Text

STATUS_MEANINGS: Final = MappingProxyType(
    {
        "met": Text(
            "年度已结束，达到要求。", "The year is over and what is asked for was reached."
        ),
        "not_met": Text(
            "年度已结束，没有达到要求。", "The year is over and what is asked for was not reached."
        ),
        "on_track": Text(
            "年度未结束，目前的数字达到要求。", "The year goes on; so far it is reached."
        ),
        "behind": Text(
            "年度未结束，目前的数字低于要求，还可以补上。",
            "The year goes on; so far it is not reached, and still can be.",
        ),
        "out_of_reach": Text(
            "年度未结束，但其后新增再多也不能达到。",
            "The year goes on, but nothing added later can mend it.",
        ),
        "undetermined": Text(
            "有些车辆的燃料、单位或区域不明，结论取决于它们。请补报。",
            "It depends on vehicles whose fuel, owner or area is not known. Report what is "
            "lacking.",
        ),
        "no_data": Text(
            "本期没有收到数据；这是没有报送，不是没有达标。",
            "Nothing was received for the period: silence, which is no breach.",
        ),
        "not_computable": Text(
            "计算所需的资料还没有，页面上写明缺什么。",
            "What is needed for it is not held yet; the page says what is lacking.",
        ),
        "no_additions": Text(
            "已报送，本期没有应计入的车辆。", "Reported, and no vehicle counts in the period."
        ),
        "trend": Text(
            "条文没有给出数字，只列趋势。", "The clause names no number; a trend is shown."
        ),
        "no_mandate": Text("当时没有适用的要求。", "Nothing was asked for at that time."),
    }
)

# By weight, the gravest first.
CONSEQUENCE_MEANINGS: Final = MappingProxyType(
    {
        "violation": Text(
            "强制性要求没有达到（未达标或已无法达标），条文约束本级，数据完整。",
            "A mandatory demand that binds this level is not met, or out of reach, and the data "
            "are complete.",
        ),
        "explain": Text(
            "原则性要求没有达到；或强制性要求看来没有达到，但数据不完整，不能作违规论。",
            "A demand made in principle is not met; or a mandatory one seems not to be, but the "
            "data are incomplete, so it is no breach.",
        ),
        "advise": Text(
            "提醒注意：进度落后；鼓励性下限、公布的目标、力争目标没有达到；或条文不约束本级。",
            "Something to heed: behind; a floor that is encouraged, a declared target or an aim is "
            "not reached; or the clause does not bind this level.",
        ),
        "report": Text(
            "只列出，不评判：无法判定、未报数据、暂不能计算、只列趋势，以及推广方向。",
            "Shown and not judged: what cannot be told, was not reported, cannot be worked out or "
            "has no number, and what is only promoted.",
        ),
        "none": Text(
            "没有后果：达标、进度达标、无新增或无适用要求。",
            "Nothing follows: met, on track, no additions, or nothing asked for.",
        ),
    }
)

RECEIPT_WORDS: Final = MappingProxyType(
    {
        Status.ACCEPTED: Text("已接收", "accepted"),
        Status.WITH_FINDINGS: Text("已接收，有问题", "accepted with findings"),
        Status.REFUSED: Text("未接收", "refused"),
        Status.NIL: Text("零报告", "nil return"),
        Status.DUPLICATE: Text("重复报送，同前", "the same as before"),
    }
)

RECEIPT_MEANINGS: Final = MappingProxyType(
    {
        Status.ACCEPTED: Text(
            "各行都计入，没有发现问题。", "Every row counts and nothing was found wrong."
        ),
        Status.WITH_FINDINGS: Text(
            "有错误的行退回、不计入；其余的行和只有提示的行照常计入。",
            "Rows with an error are set aside and do not count; all others do, those with "
            "warnings too.",
        ),
        Status.REFUSED: Text(
            "整份文件没有计入：不能读作表格、缺少必填的列，或与已有的报送抵触。收到的文件仍然保存。",
            "Nothing of the file counts: it is no table, lacks a required column or contradicts "
            "what is held. What was received is kept all the same.",
        ),
        Status.NIL: Text(
            "报送单位声明本期没有应报的内容；这也是报送。",
            "The sender states that there is nothing to report for the period, which is a report "
            "too.",
        ),
        Status.DUPLICATE: Text(
            "与前一次报送一字不差，没有另记；回执写明是哪一次。",
            "Byte for byte what was sent before, and not recorded again; the receipt names that "
            "one.",
        ),
    }
)
