"""Why a workbook is refused, in words."""

from __future__ import annotations

from monitor.model import Text

_ADVICE = Text(
    "请将数据所在的工作表另存为 CSV（UTF-8）后重新上报。",
    " Save the sheet as CSV (UTF-8) and send that.",
)
_REASONS = {
    "damaged": Text(
        "文件已损坏，不能作为工作簿打开", "The file is damaged and opens as no workbook"
    ),
    "names": Text(
        "压缩包内部件名称重复或越界", "Parts of its archive have the same or a forbidden name"
    ),
    "overlap": Text("压缩包内部件相互重叠", "Parts of its archive overlap"),
    "entities": Text("含有文档类型或实体定义", "It defines a document type or entities"),
    "no_sheet": Text("工作簿中没有工作表", "The workbook has no worksheet"),
    "encrypted": Text(
        "工作簿设有打开密码，请取消密码", "The workbook is protected by a password; remove it"
    ),
    "parts": Text("工作簿的部件过多", "The workbook has too many parts"),
    "inflated": Text("工作簿解压后超过 400 MB", "The workbook inflates to more than 400 MB"),
    "ratio": Text("工作簿压缩比异常", "The workbook is compressed beyond what any table is"),
    "rows": Text("工作表超过 1048576 行", "The sheet has more than 1,048,576 rows"),
    "memory": Text(
        "工作簿过大，超出读取所需的内存或时间", "The workbook takes too much memory or time"
    ),
    "time": Text("读取工作簿超时", "Reading the workbook took too long"),
    "xlsb": Text("文件是二进制工作簿（.xlsb）", "The file is a binary workbook (.xlsb)"),
    "word": Text("文件是 Word 文档，不是表格", "The file is a Word document, not a table"),
    "slides": Text("文件是演示文稿，不是表格", "The file is a presentation, not a table"),
    "open_document": Text("文件是 OpenDocument 文档", "The file is an OpenDocument file"),
    "zip": Text("文件是压缩包，不是工作簿", "The file is a zip archive, not a workbook"),
}
_OTHER = Text("不能作为工作簿读取", "It cannot be read as a workbook")


def words_of(code: str, reason: str) -> Text:
    """Say why the child refused, and what to do."""
    if code == "file_too_many_columns":
        return Text(
            f"工作表第 {reason} 行超过 512 列。请删除多余的列后重新上报。",
            f"Row {reason} has more than 512 columns. Delete what is not needed and send it again.",
        )
    why = _REASONS.get(reason, _OTHER)
    return Text(f"{why.zh}。{_ADVICE.zh}", f"{why.en}.{_ADVICE.en}")
