"""The fixed words of forms that no template translates: PDF, workbook, table files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.bulletins.dictionary import dictionary_words
from monitor.bulletins.words import Words


def headings_of(words: Words) -> Mapping[str, str]:
    """Section names, column names and notes by what they stand for."""
    return MappingProxyType(
        _sections(words)
        | _columns(words)
        | _notes(words)
        | _phrases(words)
        | dictionary_words(words)
    )


def _sections(words: Words) -> dict[str, str]:
    return {
        "overview": words("总览"),
        "actions": words("下一步"),
        "in_force": words("各项要求"),
        "trends": words("没有指标的要求"),
        "weeks": words("逐周走势"),
        "comparison": words("与全省比较"),
        "outlook": words("年末预测"),
        "pipeline": words("已签合同、尚未登记"),
        "changes": words("与上期相比"),
        "reconciled": words("合同、登记、注销核对"),
        "quality": words("数据质量"),
        "set_aside": words("剔除的行"),
        "warned": words("照常计入但须留意的行"),
        "supervision": words("督查督办"),
        "follow_ups": words("督办事项"),
        "past": words("往年结果"),
        "method": words("口径和出处"),
        "readings": words("条文未言明之处的读法"),
        "imprint": words("本期通报的依据"),
        "clauses": words("其他条文"),
        "matrix": words("各市一览"),
        "tiles": words("各市状况"),
        "cities": words("各市走势"),
        "members": words("各市情况"),
        "laggards": words("哪些市落后，差几辆"),
        "needs": words("全省还需"),
        "silent": words("谁没有报送"),
        "turned": words("更正使结论改变的"),
        "figures": words("各项数字"),
        "sources": words("出处和读法"),
        "dictionary": words("数据说明"),
    }


def _columns(words: Words) -> dict[str, str]:
    return {
        "mandate": words("要求"),
        "clause_id": words("条文号"),
        "known": words("已知"),
        "division": words("地区"),
        "division_code": words("地区代码"),
        "period": words("年度"),
        "scope": words("范围"),
        "city": words("市"),
        "target": words("目标"),
        "target_sign": words("目标符号"),
        "counted": words("计数"),
        "new_energy": words("新能源"),
        "least": words("新能源（至少）"),
        "most": words("新能源（至多）"),
        "share": words("比例"),
        "short_by": words("尚差"),
        "still_needed": words("还需"),
        "verdict": words("结论"),
        "verdict_code": words("结论代码"),
        "note": words("适用"),
        "consequence": words("后果"),
        "strength": words("约束力"),
        "remarks": words("说明"),
        "explain": words("追溯码"),
        "clause": words("出处"),
        "cause": words("原因"),
        "undetermined": words("无法判定"),
        "turned_to": words("结论变化"),
        "before": words("上期"),
        "after": words("本期"),
        "now": words("目前"),
        "low": words("低"),
        "expected": words("预计"),
        "high": words("高"),
        "contracted": words("在途"),
        "outcome": words("可否达到"),
        "lost_from": words("何时起不再可能"),
        "own": words("本市"),
        "province": words("全省"),
        "rank": words("位次"),
        "other": words("其他能源"),
        "due_this_year": words("年内应到"),
        "overdue": words("逾期未登记"),
        "subject": words("事项"),
        "rows": words("行数"),
        "reason": words("原因"),
        "code": words("代码"),
        "meaning": words("含义"),
        "unit": words("单位"),
        "source": words("来源"),
        "total": words("总分"),
        "points": words("得分"),
        "by_one": words("单看任一部分"),
        "less_one": words("去掉任一部分"),
        "always": words("任意权重"),
        "part": words("部分"),
        "weight": words("权重"),
        "scale": words("计分"),
        "who": words("由谁办理"),
        "due": words("期限"),
        "state": words("状态"),
        "about": words("有关条文"),
        "concerned": words("涉及地区"),
        "days_late": words("逾期天数"),
        "moved": words("改期"),
        "total_least": words("总分（至少）"),
        "total_most": words("总分（至多）"),
        "rank_best": words("位次（最好）"),
        "rank_worst": words("位次（最差）"),
        "item": words("编号"),
        "column": words("列"),
        "name": words("名称"),
        "value": words("内容"),
    }


def _notes(words: Words) -> dict[str, str]:
    return {
        "nothing_to_do": words("本期没有需要办理的事项。"),
        "no_mandates": words("本年度没有有效的要求。"),
        "none_behind": words("没有市落后。"),
        "open_note": words("未办结的，逾期的在前。"),
        "settled_note": words("上期以来办结或不再督办的。"),
        "cut_note": words("有指标的要求。比例只截取，不进位。"),
        "trend_note": words("条文没有规定数字，只列趋势，不作达标与否的评判。"),
        "part_of": words("其中："),
        "responsible": words("责任单位："),
        "colon": words("："),
        "privacy": words("本通报由程序自动生成，不含车牌、车辆识别代号和所有人信息。"),
    }


def _phrases(words: Words) -> dict[str, str]:
    """Phrases whose `%(name)s` the form fills in with what the view says."""
    return {
        "circular_title": words("关于%(name)s %(year)s 年度新能源汽车推广应用情况的通报"),
        "as_of_day": words("截至 %(day)s"),
        "year_in_force": words("%(year)s 年度各项要求"),
        "part_label": words("其中：%(label)s"),
        "binds": words("约束对象：%(who)s"),
        "illustrative": words("示例，非现行政策"),
        "explain_code": words("追溯码：%(code)s"),
        "appeared": words("新列入，%(word)s"),
        "disappeared": words("不再列出，上期为%(word)s"),
        "unchanged": words("结论未变（%(word)s）"),
        "taken": words("（%(taken)s）"),
        "semicolon": words("；"),
        "received": words("本年度收到的数据"),
        "by_reason": words("按原因的行数；一行可能有几个原因。"),
        "past_note": words("本年度之前的各期，已失效的要求也列在内。"),
        "laggards_note": words("差的新能源车数；计数类要求按条文的单位。"),
        "needs_note": words("全省合计距各项目标还差多少。"),
        "matrix_note": words("有指标的要求：比例（或数量）和结论；空格为不适用。"),
        "outlook_note": words("按已签合同和去年同期的进度推算；低、高是两端的情形，不是误差。"),
        "outlook_method": words("预测的算法"),
        "pipeline_note": words("单位：辆。逾期指过了计划交付日仍未登记。"),
        "comparison_note": words("只在数字已定的市之间排位次。"),
        "reconciled_note": words("不符之处；不等于违规，请逐一查明。"),
        "clauses_note": words(
            "规则、指标和机制：最近一年，以及未达标的各年。未报送的只列名，不评判。"
        ),
        "causes_note": words("变化的原因，各部分之和即全部变化"),
    }
