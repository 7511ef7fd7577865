"""What does not fit between contracts and registers, line by line, for lists and downloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.assess.reconciliation import Mismatch, Unmatched
from monitor.bulletins.reconciled import mismatch_word
from monitor.bulletins.words import Words
from monitor.extracts.lively_cells import spreadsheet_csv
from monitor.model import Text
from monitor.policy.policy import Policy

HEADINGS: Final = (
    Text("不符事项", "mismatch"),
    Text("地区", "division"),
    Text("用途", "category"),
    Text("能源", "energy"),
    Text("对照", "against"),
    Text("辆数", "vehicles"),
    Text("起算日", "since"),
    Text("天数", "days"),
    Text("缺少数据", "data gap"),
    Text("合同编号", "contract"),
    Text("单位", "organisation"),
    Text("车辆型号", "model"),
    Text("车辆识别代号", "VIN"),
    Text("批次", "submission"),
    Text("文件", "file"),
    Text("行号", "line"),
)


def line_cells(one: Unmatched, vin: str | None, policy: Policy, words: Words) -> tuple[str, ...]:
    """One line under `HEADINGS`; `vin` is what of it the reader may see."""
    language = words.language
    energies = policy.codes["energy"]
    other = one.other or ""
    if one.mismatch is Mismatch.FUEL_DIFFERS:
        other = energies.label(other).to(language)
    elif other:
        other = words.listed([policy.divisions.name(code).to(language) for code in other.split()])
    return (
        mismatch_word(one.mismatch, words),
        policy.divisions.name(one.division).to(language),
        policy.codes["category"].label(one.category).to(language),
        energies.label(one.energy).to(language),
        other,
        str(one.vehicles),
        one.since.isoformat() if one.since else "",
        "" if one.days is None else str(one.days),
        Text("是", "yes").to(language) if one.is_data_gap else "",
        one.contract_no or "",
        one.organisation or "",
        one.model or "",
        vin or "",
        one.submission or "",
        one.file or "",
        "" if one.line is None else str(one.line),
    )


def lines_csv(lines: Iterable[tuple[Unmatched, str | None]], policy: Policy, words: Words) -> bytes:
    """All lines, each with the VIN to show, as a spreadsheet opens them; no cell is carried out."""
    heads = [heading.to(words.language) for heading in HEADINGS]
    return spreadsheet_csv([heads, *(line_cells(one, vin, policy, words) for one, vin in lines)])
