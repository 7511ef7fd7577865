"""Whether a file that decodes as GB18030 holds lines of UTF-8, which would turn to nonsense."""

from __future__ import annotations

# More than this share of the lines with other than ASCII: mixed, whatever they hold.
_MIXED_SHARE = 0.02
_MOSTLY = 0.5
# Chinese in UTF-8 is three bytes a character. A GB18030 line that happens to be valid UTF-8 of two
# bytes a character is common (every 鲁 is), of three rare, of four such characters unheard of.
_CHINESE = "\u0800"
_SURELY = 4


class Mixture:
    """Counts lines as they go by, in chunks of bytes."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._carry = b""
        self._lines = 0
        self._foreign = 0
        self._utf8 = 0
        self._sure = 0
        self.first_utf8_line = 0

    def see(self, chunk: bytes) -> None:
        """Look at the next chunk of the file's own bytes."""
        data = self._carry + chunk
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        self._carry = data[cut:]
        self._count(data[:cut])

    def close(self) -> None:
        """All has gone by."""
        self._count(self._carry)
        self._carry = b""

    @property
    def is_mixed(self) -> bool:
        """Whether lines of UTF-8 stand among the others."""
        return self._sure > 0 or self._utf8 > _MIXED_SHARE * self._foreign

    @property
    def is_mostly_utf8(self) -> bool:
        """Whether most lines with other than ASCII are UTF-8."""
        return self._utf8 > _MOSTLY * self._foreign

    def _count(self, data: bytes) -> None:
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = data.split(b"\n")
        for at, line in enumerate(lines, self._lines + 1):
            if line.isascii():
                continue
            self._foreign += 1
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            chinese = sum(character >= _CHINESE for character in text)
            if chinese:
                self._utf8 += 1
                self._sure += chinese >= _SURELY
                self.first_utf8_line = self.first_utf8_line or at
        self._lines += len(lines) - 1
