"""A file that cannot be read as a table: one finding that says what, where and how to mend it."""

from __future__ import annotations

from monitor.model import Finding, Severity, Text


class FileRefused(Exception):
    """The whole file is refused; `finding` is what its sender is told."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding; `str()` shows its code and words."""
        self.finding = finding
        super().__init__(f"{finding.code}: {finding.message.zh}\n{finding.message.en}")


def refusal(
    code: str,
    message: Text,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str | None = None,
) -> FileRefused:
    """Make the exception to raise; `line` is the sender's own (1 = the first)."""
    return FileRefused(Finding(code, Severity.ERROR, message, line, column, value))
