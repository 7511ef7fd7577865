"""What is refused before any parser sees it: emptiness, NUL bytes, endless lines."""

from __future__ import annotations

import numpy as np

from monitor.extracts.refusal import FileRefused, refusal
from monitor.model import Text

LONGEST_LINE = 1 << 20
MOST_COLUMNS = 512
_LF = 10
_BLANK = b" \t\r\n\x0b\x0c\xc2\xa0\xe3\x80\x80\xef\xbb\xbf"


class Gate:
    """Watches a text go by in chunks of bytes (an encoding in which LF and CR are themselves)."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._lines = 1
        self._run = 0
        self._ended_in_cr = False
        self._is_blank = True

    def pass_on(self, chunk: bytes) -> None:
        """Look at the next chunk; at most a chunk more than a line's limit is ever read.

        Raises FileRefused: file_nul_byte, file_line_too_long.
        """
        if (at := chunk.find(0)) >= 0:
            raise self._refuse_nul(self._line_at(chunk, at))
        if self._is_blank:
            self._is_blank = not chunk.strip(_BLANK)
        first, last = _first_end(chunk), max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._run += len(chunk) if first < 0 else first
        if self._run > LONGEST_LINE:
            raise refuse_long_line(self._lines)
        if first >= 0:
            self._run = len(chunk) - last - 1
        self._lines += count_lines(chunk, after_cr=self._ended_in_cr)
        self._ended_in_cr = chunk.endswith(b"\r")

    def close(self) -> None:
        """All has gone by. Raises FileRefused: file_empty."""
        if self._is_blank:
            raise refuse_empty()

    def line_of(self, text: str, index: int) -> int:
        """Count the line of a character of the text that comes next."""
        return self._line_at(text[:index].encode(), None)

    def _line_at(self, chunk: bytes, at: int | None) -> int:
        return self._lines + count_lines(chunk[:at], after_cr=self._ended_in_cr)

    @staticmethod
    def _refuse_nul(line: int) -> FileRefused:
        return refusal(
            "file_nul_byte",
            Text(
                f"第 {line} 行含有 NUL 字节，文件已损坏或不是文本。请重新导出后上报。",
                f"Line {line} holds a NUL byte: the file is damaged or no text. "
                "Export it again and send it again.",
            ),
            line=line,
        )


def count_lines(data: bytes, *, after_cr: bool = False) -> int:
    """Count line ends, LF, CR or CRLF; `after_cr`: the byte before `data` was a CR."""
    ends = count_feeds(data)
    if b"\r" in data:
        ends += data.count(b"\r") - data.count(b"\r\n")
    # The CR was counted as a line end when it came.
    return ends - (after_cr and data.startswith(b"\n"))


def count_feeds(data: bytes, piece: int = 1 << 20) -> int:
    """Count LF bytes, in pieces that stay in the processor's cache."""
    codes = np.frombuffer(data, np.uint8)
    return sum(
        int(np.count_nonzero(codes[at : at + piece] == _LF)) for at in range(0, len(codes), piece)
    )


def refuse_empty() -> FileRefused:
    """Say that there is nothing in the file, and what to do if there is nothing to report."""
    return refusal(
        "file_empty",
        Text(
            "文件为空。如本期确无数据，请作零报告；否则请重新导出后上报。",
            "The file is empty. If there is nothing to report, send a nil report; "
            "else export it again and send it again.",
        ),
    )


def refuse_long_line(line: int) -> FileRefused:
    """Say which line never ends."""
    return refusal(
        "file_line_too_long",
        Text(
            f"第 {line} 行超过 1 MiB，不可能是一条记录；文件可能缺少换行符。请重新导出后上报。",
            f"Line {line} is longer than 1 MiB, which no record is; line ends may be missing. "
            "Export the file again and send it again.",
        ),
        line=line,
    )


def refuse_columns(line: int) -> FileRefused:
    """Say which line has more cells than any table."""
    return refusal(
        "file_too_many_columns",
        Text(
            f"第 {line} 行超过 {MOST_COLUMNS} 列。请删除多余的列后重新上报。",
            f"Line {line} has more than {MOST_COLUMNS} columns. "
            "Delete what is not needed and send the file again.",
        ),
        line=line,
    )


def refuse_rows(most: int) -> FileRefused:
    """Say that a file has more rows than whoever takes it in allows."""
    return refusal(
        "file_too_many_rows",
        Text(
            f"文件超过 {most} 行数据，整份未读取。请按月份或区县拆成几份，每份不超过 {most} 行，"
            "表头各留一份，逐份上报。",
            f"The file has more than {most} rows of data, and none of it was taken. Split it by "
            f"month or county into files of at most {most} rows, each with the header, and send "
            "them one by one.",
        ),
    )


def _first_end(chunk: bytes) -> int:
    first = chunk.find(b"\n")
    carriage = chunk.find(b"\r", 0, first if first >= 0 else len(chunk))
    return carriage if carriage >= 0 else first
