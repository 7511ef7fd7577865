"""What the columns of the figures mean, in what unit, and where they come from."""

from __future__ import annotations

from typing import Final

from monitor.bulletins.words import Words

# The columns of the figures as the workbook has them; the table file, which has no number formats,
# tells a target's sign in a column of its own.
COLUMNS: Final = (
    "mandate",
    "division",
    "division_code",
    "scope",
    "period",
    "target",
    "counted",
    "least",
    "most",
    "share",
    "short_by",
    "still_needed",
    "verdict",
    "verdict_code",
    "consequence",
    "strength",
    "note",
    "remarks",
    "clause",
    "explain",
)


def dictionary_words(words: Words) -> dict[str, str]:
    """`meaning.COLUMN`, `unit.COLUMN` and `source.COLUMN` for every column of the figures."""
    return _meanings(words) | _units(words) | _sources(words)


def _meanings(words: Words) -> dict[str, str]:
    return {
        "meaning.mandate": words("要求的编号，对应一份文件中的一条。"),
        "meaning.division": words("数字所属的地区。"),
        "meaning.division_code": words("地区的行政区划代码；省、市、单列的区域各有其码。"),
        "meaning.scope": words("数字包括哪些车辆；“其中：”是合并计算的要求中的一类。"),
        "meaning.period": words("自然年度。"),
        "meaning.target": words("条文要求达到的比例或数量；与上年比较的，写明比较的年份。"),
        "meaning.target_sign": words("“≥”为不低于目标，“>”为高于目标。"),
        "meaning.counted": words("比例的分母：属于本条范围、已计入的车辆。"),
        "meaning.least": words("肯定是新能源的车辆数；计数类要求为已计的数量。"),
        "meaning.most": words("加上能源类型无法判定的车辆；与“至少”相同时没有这样的车辆。"),
        "meaning.share": words("“至少”除以“计数”，只截取四位小数，不进位。"),
        "meaning.short_by": words("已计车辆中缺少的新能源车数；计数类要求为距目标的差额。"),
        "meaning.still_needed": words("其后须连续新增、使比例达标的最少新能源车数。"),
        "meaning.verdict": words("与目标相比的结论；没有数据不等于没有达标。"),
        "meaning.verdict_code": words("结论的代码，供程序使用，不随语言改变。"),
        "meaning.consequence": words("由结论和约束力得出；数据不完整时不作违规论。"),
        "meaning.strength": words("条文的约束力：强制、原则、鼓励下限、公布的目标、推广、力争。"),
        "meaning.note": words("条文不约束本级的，在此注明。"),
        "meaning.remarks": words("数字之外须知的事项：未涵盖的月份、无法判定、豁免、缺什么。"),
        "meaning.clause": words("文件、文号、条款。"),
        "meaning.explain": words("凭此查到数字的每一行：fleetmon explain 追溯码。"),
    }


def _units(words: Words) -> dict[str, str]:
    vehicles = words("辆；以标准车计的要求为标准车")
    share = words("比例，0 至 1，以百分数显示")
    text = words("文字")
    number = {
        "unit.target": words("比例；计数类要求为辆或标准车"),
        "unit.counted": words("辆"),
        "unit.least": vehicles,
        "unit.most": vehicles,
        "unit.share": share,
        "unit.short_by": vehicles,
        "unit.still_needed": vehicles,
        "unit.period": words("年"),
        "unit.verdict_code": words("代码"),
        "unit.mandate": words("代码"),
        "unit.division_code": words("代码"),
        "unit.explain": words("代码"),
    }
    return {f"unit.{column}": text for column in COLUMNS} | number


def _sources(words: Words) -> dict[str, str]:
    counted = words("各地报送的机动车登记")
    worked_out = words("由计数和目标按条文算出")
    clause = words("政策文件")
    recorded = words("监测系统记录")
    return (
        dict.fromkeys((f"source.{column}" for column in COLUMNS), recorded)
        | dict.fromkeys(("source.counted", "source.least", "source.most"), counted)
        | dict.fromkeys(
            (
                *("source.share", "source.short_by", "source.still_needed"),
                *("source.verdict", "source.verdict_code", "source.consequence"),
            ),
            worked_out,
        )
        | dict.fromkeys(
            (
                *("source.mandate", "source.scope", "source.target"),
                *("source.strength", "source.note", "source.clause"),
            ),
            clause,
        )
        | {
            "source.division": words("行政区划代码表"),
            "source.division_code": words("行政区划代码表"),
        }
    )
