"""Headings and phrases of the handbook, one source for both of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.bulletins.handbook.pieces import Fact
from monitor.bulletins.words import Words


def chapter_words(words: Words) -> Mapping[str, str]:
    """The titles of the chapters by what they hold, in their order."""
    return MappingProxyType(
        {
            "report": words("一份报送怎样变成数字"),
            "clauses": words("文件和条文"),
            "readings": words("条文没有写明之处的读法"),
            "kinds": words("报表、列和校验规则"),
            "codes": words("可以填写的值"),
            "meanings": words("结论、后果和状态"),
            "gaps": words("不计算什么，为什么"),
            "places": words("报送单位和期限"),
        }
    )


def handbook_words(words: Words) -> Mapping[str, str]:
    """Headings of tables and the notes over them."""
    return MappingProxyType(_clauses(words) | _kinds(words) | _tables(words) | _pages(words))


def _clauses(words: Words) -> dict[str, str]:
    return {
        "clauses_note": words(
            "每份文件的条文按文件自身的次序排列。竖线旁是原文，一字不改；其后是平白的说明。"
        ),
        "targets": words("目标"),
        "when": words("年度"),
        "asked": words("要求什么"),
        "no_target": words("没有数字，只列趋势"),
        "lines": words("怎样算出来"),
        "readings": words("条文未写明之处怎样理解"),
        "bodies": words("责任单位今昔名称"),
        "bodies_note": words("左起第一列是文件里的写法。"),
        "readings_note": words(
            "每处只取一种读法，数字都按它计算；另一种读法下结论会不会不同，可用 "
            "fleetmon assess --reading 试算，写作 名称=读法。"
        ),
        "about": words("涉及的条文"),
        "see": words("见"),
        "body": words("文件中的名称"),
        "full_name": words("全称"),
        "present": words("现名"),
    }


def _kinds(words: Words) -> dict[str, str]:
    return {
        "kinds_note": words(
            "列名后有星号的必须有。列的次序不限；不认识的列照样保存，不算错误。"
            "规则按代码查找，代码不会更改。"
        ),
        "columns": words("各列"),
        "column": words("列名"),
        "how": words("怎样填"),
        "aliases": words("也认作此列的写法"),
        "rules": words("校验规则"),
        "code_head": words("代码"),
        "answers": words("回答的条文"),
        "breaks": words("例："),
        "because": words("为什么："),
        "mend": words("怎样改："),
    }


def _tables(words: Words) -> dict[str, str]:
    return {
        "codes_note": words("写法按全角半角统一、去掉空格和括号里的内容后比较，字母不分大小写。"),
        "name": words("名称"),
        "writings": words("也可以写作"),
        "counts": words("怎样计"),
        "source": words("来源："),
        "used_by": words("用于："),
        "no_columns": words("不直接填写，由别的表引用。"),
        "vehicle": words("车辆"),
        "energy": words("能源"),
        "condition": words("条件"),
        "weight": words("折合标准车"),
        "word": words("名称"),
        "meaning": words("含义"),
        "gap_why": words("原因"),
        "checks": words("报数之间的核对"),
        "checks_note": words("不符时两个数都列出，哪个也不改。"),
        "check": words("应有的关系"),
        "why": words("依据"),
        "dues": words("报送期限"),
        "dues_note": words("报送期限是本项目的读法，不是条文；依据写在各项之后。"),
        "division": words("报送单位"),
        "plates": words("号牌"),
        "counties": words("所辖县区"),
        "clause": words("条文编号"),
    }


def _pages(words: Words) -> dict[str, str]:
    return {
        "contents": words("目录"),
        "index": words("索引"),
        "clause_index": words("条文编号"),
        "code_index": words("校验代码"),
        "page_of": words("在哪里"),
        "top": words("回到目录"),
        "skip": words("跳到正文"),
        "colon": words("："),
        "semicolon": words("；"),
    }


def step_facts(words: Words) -> tuple[Fact, ...]:
    """How a report goes, from the file to the bulletin."""
    return (
        Fact(
            words("准备"),
            words(
                "一份文件只装一类报表，CSV、TSV 或 Excel（XLSX）都可以，系统导出的表不用改。"
                "没有表的，下载空白表填写；本期确无内容的，作零报告，不要报空表。"
            ),
        ),
        Fact(
            words("校验"),
            words(
                "先看，不生效：读到了什么、哪些行有问题、怎样改、会使数字怎样变化。"
                "网站上传后自动校验，命令行用 fleetmon check。校验多少次都不会留下数字。"
            ),
        ),
        Fact(
            words("改正"),
            words(
                "有错误的行退回，不计入，其余的照常；只有提示的行照常计入，但请核对。"
                "改好后再传；提示确属实情的，可以说明原因。"
            ),
        ),
        Fact(
            words("确认"),
            words(
                "点“确认”才生效；设有复核人的，由复核人通过后生效。命令行用 fleetmon ingest，"
                "接收即生效。生效后给出回执，凭回执可以证明报送的内容和时间。"
            ),
        ),
        Fact(
            words("判定"),
            words(
                "同一辆车只计一次，后报的取代先报的，什么都不删除。按条文逐年计算比例或数量，"
                "与目标相比得出结论，再按条文的力度得出后果。"
            ),
        ),
        Fact(
            words("写成通报"),
            words(
                "每周把结论写成通报。每个数字都有追溯码，用 fleetmon explain 可以查到它的每一行。"
            ),
        ),
    )
