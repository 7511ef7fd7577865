"""The findings that are shown: the first thousand errors and warnings; all others as counts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from monitor.checking.rows import RowRules, finding_of
from monitor.model import Finding, Severity
from monitor.policy.rules import Rule

SHOWN = 1000


class Notable:
    """Collects findings in the order of lines, up to `SHOWN` a severity, and counts them all."""

    def __init__(
        self,
        rules: RowRules,
        mapping: Mapping[str, str],
        headers: Mapping[str, str],
        of_the_file: tuple[Finding, ...] = (),
    ) -> None:
        """`mapping` leads from a logical column to the raw one, `headers` to the sender's name;
        `of_the_file` are findings that reading already made.
        """
        self._rules = rules
        self._mapping = mapping
        self._headers = headers
        self._by_code = rules.suite.by_code()
        self._places = {code: place for place, code in enumerate(self._by_code)}
        self._found: list[Finding] = list(of_the_file)
        self._shown = {Severity.ERROR: 0, Severity.WARNING: 0}
        self.tallies: dict[str, int] = {}
        self.reader_severities = {finding.code: finding.severity for finding in of_the_file}
        for finding in of_the_file:
            self.tallies[finding.code] = self.tallies.get(finding.code, 0) + 1

    def add(self, raw: pl.DataFrame, mask: pl.Series, wrong: pl.Series) -> None:
        """The findings of a batch's masks."""
        wanted = [
            (self._shown[Severity.ERROR] < SHOWN, wrong),
            (
                self._shown[Severity.WARNING] < SHOWN,
                (mask & ~pl.Series([self._rules.errors], dtype=pl.UInt64)) != 0,
            ),
        ]
        for is_open, rows in wanted:
            if is_open and rows.any():
                few = raw.with_columns(mask.alias("_mask")).filter(rows).head(SHOWN)
                severity = Severity.ERROR if rows is wrong else Severity.WARNING
                for row in few.iter_rows(named=True):
                    for rule in self._rules.rules_of(row["_mask"]):
                        if rule.severity is severity:
                            self._keep(rule, row)

    def add_lines(self, code: str, raw: pl.DataFrame) -> None:
        """A finding of a whole-file rule for each of these rows."""
        rule = self._by_code[code]
        self.tallies[code] = self.tallies.get(code, 0) + raw.height
        for row in raw.head(SHOWN).iter_rows(named=True):
            self._keep(rule, row)

    def add_whole(self, code: str, value: str) -> None:
        """A finding on the file as a whole."""
        rule = self._by_code[code]
        self.tallies[code] = self.tallies.get(code, 0) + 1
        self._found.append(finding_of(rule, line=None, header=None, value=value))

    def _keep(self, rule: Rule, row: Mapping[str, object]) -> None:
        if self._shown[rule.severity] >= SHOWN:
            return
        self._shown[rule.severity] += 1
        raw_name = self._mapping.get(rule.column or "")
        value = row.get(raw_name) if raw_name else None
        line = row["line"]
        self._found.append(
            finding_of(
                rule,
                line=int(str(line)),
                header=self._headers.get(rule.column, rule.column) if rule.column else None,
                value=str(value) if value is not None else None,
            )
        )

    def findings(self) -> tuple[Finding, ...]:
        """What is shown: errors first, then by line, then in the order of the suite."""
        return tuple(
            sorted(
                self._found,
                key=lambda f: (
                    f.severity is not Severity.ERROR,
                    f.line if f.line is not None else 0,
                    self._places.get(f.code, -1),
                ),
            )
        )
