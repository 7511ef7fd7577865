"""What a file is by its first bytes; its name is never asked."""

from __future__ import annotations

from typing import Literal

from monitor.extracts.refusal import FileRefused, refusal
from monitor.model import Text

# Longest first where one begins as another does.
_NO_TABLES: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text("PDF 文档", "a PDF document")),
    (b"\x89PNG", Text("PNG 图片", "a PNG picture")),
    (b"\xff\xd8\xff", Text("JPEG 图片", "a JPEG picture")),
    (b"GIF8", Text("GIF 图片", "a GIF picture")),
    (b"BM", Text("BMP 图片", "a BMP picture")),
    (b"II*\x00", Text("TIFF 图片", "a TIFF picture")),
    (b"MM\x00*", Text("TIFF 图片", "a TIFF picture")),
    (b"\x1f\x8b", Text("gzip 压缩文件", "a gzip archive")),
    (b"Rar!", Text("RAR 压缩文件", "a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", Text("7z 压缩文件", "a 7z archive")),
    (b"\xfd7zXZ", Text("xz 压缩文件", "an xz archive")),
    (b"BZh", Text("bzip2 压缩文件", "a bzip2 archive")),
    (b"{\\rtf", Text("RTF 文档", "an RTF document")),
    (b"PAR1", Text("Parquet 文件", "a Parquet file")),
    (b"SQLite format 3", Text("SQLite 数据库", "an SQLite database")),
    (b"\x7fELF", Text("程序", "a program")),
    (b"MZ\x90", Text("程序", "a program")),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"<meta")


def tell_signature(head: bytes) -> Literal["zip", "text"]:
    """Say whether a file's first bytes are a zip archive's or may be text; else refuse it.

    Raises FileRefused `file_not_a_table` or, for a workbook under a password, `sheet_encrypted`.
    """
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        raise _refuse_ole(head)
    for magic, words in _NO_TABLES:
        if head.startswith(magic) and not (magic == b"BM" and head[6:10] != bytes(4)):
            raise refuse_bytes(words)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise refuse_bytes(Text("网页或 XML 文件", "a web page or XML file"))
    return "text"


def refuse_bytes(words: Text) -> FileRefused:
    """Say what the bytes are instead of a table."""
    return refusal(
        "file_not_a_table",
        Text(
            f"文件内容是{words.zh}，不是表格（与扩展名无关）。"
            "请另存为 XLSX 或 CSV（UTF-8）后重新上报。",
            f"The file's bytes are {words.en}, not a table, whatever its name says. "
            "Save the table as XLSX or CSV (UTF-8) and send it again.",
        ),
    )


def _refuse_ole(head: bytes) -> FileRefused:
    if _OLE_ENCRYPTED in head:
        return refusal(
            "sheet_encrypted",
            Text(
                "工作簿设有打开密码，无法读取。请取消密码后重新上报。",
                "The workbook is protected by a password and cannot be read. "
                "Remove the password and send it again.",
            ),
        )
    return refuse_bytes(Text("旧版 Excel 97-2003（.xls）文件", "an old Excel 97-2003 (.xls) file"))
