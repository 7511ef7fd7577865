"""The encoding of a file, told by its bytes, and the same text as UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from monitor.extracts.gates import Gate, count_lines
from monitor.extracts.mixture import Mixture
from monitor.extracts.refusal import FileRefused, refusal
from monitor.model import Text

_CHUNK = 1 << 20
# GB18030 decodes fastest in pieces that stay in the processor's cache.
_PIECE = 1 << 16
_HEAD = 1 << 16
# Of the places that would hold a code's high byte, so many are NUL in UTF-16 text with ASCII in it.
_NUL_SHARE = 0.02
_LONGEST_CHARACTER = 4
_REPLACEMENT = "\ufffd"
_REPLACED = _REPLACEMENT.encode()

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A file's text as UTF-8 bytes: `path` from byte `start` on, checked to the last byte.

    `replacements` counts U+FFFD, which an earlier program left where it could not read.
    """

    path: Path
    start: int
    encoding: str
    replacements: int
    replacement_line: int | None


def decode_file(path: Path, work: Path) -> DecodedText:
    """Tell the encoding and give the text as UTF-8, in constant memory.

    UTF-8 is read where it lies; any other encoding is written out as UTF-8 under `work`.
    Raises FileRefused: file_empty, file_nul_byte, file_line_too_long, file_encoding,
    file_mixed_encoding.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _decode_marked(path, work, encoding, len(mark))
    wide = _wide_by_nul(head)
    if wide is not None:
        return _transcode(path, work, wide, 0)
    bad_at, found = _check_utf8(path, 0)
    if bad_at is None:
        return found
    return _decode_gb18030(path, work, bad_at)


def _decode_marked(path: Path, work: Path, encoding: str, length: int) -> DecodedText:
    if encoding == "utf-32":
        raise refusal(
            "file_encoding",
            Text(
                "文件编码为 UTF-32，不能读取。请另存为 UTF-8 后重新上报。",
                "The file is encoded as UTF-32. Save it as UTF-8 and send it again.",
            ),
            line=1,
        )
    if encoding != "utf-8":
        return _transcode(path, work, encoding, length)
    bad_at, found = _check_utf8(path, length)
    if bad_at is not None:
        raise _refuse_encoding("UTF-8", line_at(path, bad_at))
    return found


def _wide_by_nul(head: bytes) -> str | None:
    """UTF-16 without a mark shows by NULs on one side only, where ASCII stands.

    A head that reads as UTF-8 and has Chinese in it is UTF-8 with a stray NUL: no UTF-16 reads so.
    """
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) or max(even, odd) <= _NUL_SHARE * len(head) / 2:
        return None
    if not head.isascii() and _is_utf8(head[: _whole_characters(head)]):
        return None
    encoding = "utf-16-be" if even else "utf-16-le"
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return None
    return encoding


def _check_utf8(path: Path, start: int) -> tuple[int | None, DecodedText]:
    """(offset of the first byte that is no UTF-8 or None, the text)."""
    gate, carry, offset = Gate(), b"", start
    replacements, first_at = 0, None
    for chunk in _chunks(path, start):
        gate.pass_on(chunk)
        data = carry + chunk
        cut = _whole_characters(data)
        if not _is_utf8(data[:cut]):
            return offset + _first_bad(data), DecodedText(path, start, "utf-8", 0, None)
        # One byte is found far faster than three.
        if b"\xef" in data and (at := data.find(_REPLACED, 0, cut)) >= 0:
            first_at = offset + at if first_at is None else first_at
            replacements += data.count(_REPLACED, 0, cut)
        carry, offset = data[cut:], offset + cut
    if carry:
        return offset, DecodedText(path, start, "utf-8", 0, None)
    gate.close()
    line = None if first_at is None else line_at(path, first_at)
    return None, DecodedText(path, start, "utf-8", replacements, line)


def _is_utf8(data: bytes) -> bool:
    """Check as polars does, several times faster than decoding."""
    try:
        pl.Series([data], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def _whole_characters(data: bytes) -> int:
    """Where the last character that may go on in the next chunk begins."""
    for back in range(1, min(_LONGEST_CHARACTER, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:  # noqa: PLR2004 - an ASCII byte ends every character before it
            return len(data) - back + 1
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of a character of several
            needs = 2 + (byte >= 0xE0) + (byte >= 0xF0)  # noqa: PLR2004
            return len(data) if needs <= back else len(data) - back
    return len(data)


def _first_bad(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _decode_gb18030(path: Path, work: Path, utf8_bad_at: int) -> DecodedText:
    mixture = Mixture()
    try:
        text = _transcode(path, work, "gb18030", 0, mixture)
    except FileRefused as refused:
        if refused.finding.code != "file_encoding":
            raise
        mixture.close()
        if mixture.is_mostly_utf8:
            # UTF-8 but for a few bytes: name the encoding that its sender meant.
            raise _refuse_encoding("UTF-8", line_at(path, utf8_bad_at)) from None
        if mixture.is_mixed:
            raise _refuse_mixture(mixture.first_utf8_line) from None
        raise
    if mixture.is_mostly_utf8 and mixture.is_mixed:
        raise _refuse_mixture(line_at(path, utf8_bad_at))
    if mixture.is_mixed:
        raise _refuse_mixture(mixture.first_utf8_line)
    return text


def _refuse_mixture(line: int) -> FileRefused:
    return refusal(
        "file_mixed_encoding",
        Text(
            f"文件混用了 UTF-8 与 GB18030 两种编码，第 {line} 行与其余各行不同；"
            "请统一另存为 UTF-8 后重新上报。",
            f"The file mixes UTF-8 and GB18030: line {line} differs from the rest. "
            "Save all of it as UTF-8 and send it again.",
        ),
        line=line,
    )


def _transcode(
    path: Path, work: Path, encoding: str, start: int, mixture: Mixture | None = None
) -> DecodedText:
    """Write the text as UTF-8 under `work`; every character strictly decoded."""
    gate, target = Gate(), work / "text.utf8"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    replacements, first_line, done = 0, None, start
    with target.open("wb") as out:
        for chunk in _chunks(path, start):
            if mixture is not None:
                mixture.see(chunk)
            for at in range(0, len(chunk), _PIECE):
                piece = chunk[at : at + _PIECE]
                text = _decode(decoder, piece, path, done, encoding)
                done += len(piece)
                if _REPLACEMENT in text:
                    first_line = first_line or gate.line_of(text, text.index(_REPLACEMENT))
                    replacements += text.count(_REPLACEMENT)
                data = text.encode()
                gate.pass_on(data)
                out.write(data)
        _decode(decoder, b"", path, done, encoding, final=True)
    if mixture is not None:
        mixture.close()
    gate.close()
    return DecodedText(target, 0, encoding, replacements, first_line)


def _decode(
    decoder: codecs.IncrementalDecoder,
    piece: bytes,
    path: Path,
    done: int,
    encoding: str,
    *,
    final: bool = False,
) -> str:
    held = len(decoder.getstate()[0])
    try:
        return decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-le").removesuffix("-be").upper()
        line = line_at(path, max(0, done - held + error.start), encoding)
        raise _refuse_encoding(name, line) from None


def line_at(path: Path, offset: int, encoding: str = "utf-8") -> int:
    """Count the line (1 = the first) that holds the byte at `offset`."""
    seen = bytearray()
    lines = 1
    with path.open("rb") as file:
        while offset > 0 and (chunk := file.read(min(_CHUNK, offset))):
            offset -= len(chunk)
            if encoding.startswith("utf-16"):
                chunk = chunk.decode(encoding, "ignore").encode()
            lines += count_lines(chunk, after_cr=bool(seen[-1:] == b"\r"))
            seen = bytearray(chunk[-1:])
    return lines


def _refuse_encoding(encoding: str, line: int) -> FileRefused:
    return refusal(
        "file_encoding",
        Text(
            f"第 {line} 行有不属于 {encoding} 编码的字节，文件可能被截断或混用编码。"
            "请用原系统重新导出，或另存为 UTF-8 后重新上报。",
            f"Line {line} has bytes that are no {encoding}: the file may be cut off or of mixed "
            "encodings. Export it again, or save it as UTF-8, and send it again.",
        ),
        line=line,
    )


def _chunks(path: Path, start: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(_CHUNK):
            yield chunk
