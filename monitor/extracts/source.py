"""A file made readable: its text, what parts its cells, and what was noted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.extracts.encoding import DecodedText
from monitor.extracts.records import Dialect
from monitor.extracts.sheet import SheetRows
from monitor.model import Finding, Interpretation, Severity, Text

DIALECTS = (Dialect(","), Dialect("\t"), Dialect(";"))
# What the child writes before the cells of a row: the sheet's row number and the formula mark.
SHEET_PREFIX = 2


@dataclass(frozen=True, slots=True)
class Source:
    """UTF-8 text in `path` from byte `start` on; `sheet` where it came out of a workbook."""

    path: Path
    start: int
    dialects: tuple[Dialect, ...]
    encoding: str
    interpretations: tuple[Interpretation, ...]
    findings: tuple[Finding, ...] = ()
    sheet: SheetRows | None = None

    @property
    def prefix(self) -> int:
        """How many cells stand before a row's own."""
        return SHEET_PREFIX if self.sheet else 0


def source_of_text(text: DecodedText) -> Source:
    """Note the encoding where it is not UTF-8, and what an earlier program could not read."""
    noted = []
    if text.encoding != "utf-8":
        name = text.encoding.upper()
        noted.append(
            Interpretation(
                "encoding_read",
                Text(f"按 {name} 编码读取。", f"Read as {name}."),
            )
        )
    if text.replacements:
        noted.append(
            Interpretation(
                "replacement_characters",
                Text(
                    f"文件中已有 {text.replacements} 个无法辨认的字符（U+FFFD，首见于第 "
                    f"{text.replacement_line} 行），系此前转码所致，原字不可恢复。",
                    f"The file holds {text.replacements} replacement characters (U+FFFD, first in "
                    f"line {text.replacement_line}) that an earlier conversion left.",
                ),
                count=text.replacements,
                line=text.replacement_line,
            )
        )
    return Source(text.path, text.start, DIALECTS, text.encoding, tuple(noted))


def source_of_sheet(sheet: SheetRows) -> Source:
    """Note which sheet was read, and what in it is not as a table's cells are."""
    return Source(
        sheet.path,
        0,
        (Dialect("\t", is_quoted=False),),
        "utf-8",
        tuple(_noted(sheet)),
        tuple(_warned(sheet)),
        sheet,
    )


def _noted(sheet: SheetRows) -> list[Interpretation]:
    noted = []
    if sheet.others:
        others = "、".join(sheet.others)
        noted.append(
            Interpretation(
                "sheet_chosen",
                Text(
                    f"读取工作表“{sheet.name}”；未读取：{others}。",
                    f'Read the sheet "{sheet.name}", not: {others}.',
                ),
                count=len(sheet.others),
            )
        )
    if sheet.merged_below:
        noted.append(
            Interpretation(
                "sheet_merged_cells",
                Text(
                    f"数据区有 {sheet.merged_below} 处合并单元格（首见于第 "
                    f"{sheet.merged_below_row} 行），其值只归第一格，其余各格视为空。",
                    f"{sheet.merged_below} merged cells among the rows (first in row "
                    f"{sheet.merged_below_row}): the first cell has the value, the rest are empty.",
                ),
                count=sheet.merged_below,
                line=sheet.merged_below_row,
            )
        )
    if sheet.formulas:
        noted.append(
            Interpretation(
                "sheet_formula",
                Text(
                    f"{sheet.formulas} 个单元格为公式（首见于第 {sheet.formula_row} 行），"
                    "读取其保存的结果。",
                    f"{sheet.formulas} cells are formulas (first in row {sheet.formula_row}); "
                    "their stored results are read.",
                ),
                count=sheet.formulas,
                line=sheet.formula_row,
            )
        )
    if sheet.long_numbers:
        noted.append(
            Interpretation(
                "sheet_long_numbers",
                Text(
                    f"{sheet.long_numbers} 个单元格是 15 位以上的数字，表格软件只保留前 15 位；"
                    "代码、编号类的列应设为文本格式。",
                    f"{sheet.long_numbers} cells are numbers of more than 15 digits, of which a "
                    "spreadsheet keeps 15; columns of codes should be formatted as text.",
                ),
                count=sheet.long_numbers,
            )
        )
    if sheet.has_macros:
        noted.append(
            Interpretation(
                "sheet_macros",
                Text("工作簿含有宏，未运行。", "The workbook holds macros; they were not run."),
            )
        )
    if sheet.epoch_1904:
        noted.append(
            Interpretation(
                "sheet_epoch_1904",
                Text(
                    "工作簿采用 1904 日期系统，日期序列号按此换算。",
                    "The workbook counts days from 1904; serial numbers are read so.",
                ),
            )
        )
    return noted


def _warned(sheet: SheetRows) -> list[Finding]:
    warned = []
    if sheet.unread:
        unread = "、".join(sheet.unread)
        warned.append(
            Finding(
                "sheet_unread",
                Severity.WARNING,
                Text(
                    f"工作表“{unread}”也有同样的表头，但每个文件只读取一个工作表（“{sheet.name}”）。"
                    "请将其余各表合并，或分别另存后上报。",
                    f'The sheets "{unread}" hold such a table too, but one sheet of a file is read '
                    f'("{sheet.name}"). Put them together, or send each as a file of its own.',
                ),
                value=unread,
            )
        )
    if sheet.unvalued:
        warned.append(_warn_unvalued(sheet))
    return warned


def _warn_unvalued(sheet: SheetRows) -> Finding:
    return Finding(
        "sheet_formula",
        Severity.WARNING,
        Text(
            f"{sheet.unvalued} 行含有未保存结果的公式，这些单元格读作空。请在表格软件中打开、"
            "保存后，或粘贴为数值后重新上报。",
            f"{sheet.unvalued} rows have formulas without a stored result; those cells read as "
            "empty. Open and save the workbook, or paste the values, and send it again.",
        ),
        line=sheet.unvalued_row,
    )
