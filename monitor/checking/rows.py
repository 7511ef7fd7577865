"""The one vectorised pass of row rules: a bit a rule, a mask a row."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from monitor.errors import CheckDidNotRun
from monitor.model import Finding, Severity, Text
from monitor.policy.rules import Rule, RuleSuite

_LIMIT = 64


@dataclass(frozen=True, slots=True)
class _Bit:
    rule: Rule
    bit: int
    condition: pl.Expr


class RowRules:
    """The row rules of a suite, ready to be asked of batch after batch.

    Counts of every rule are kept in `tallies`; `batches` counts the batches that each rule saw,
    so that a rule that did not run shows.
    """

    def __init__(self, suite: RuleSuite) -> None:
        """Compile the conditions; raises `CheckDidNotRun` where one cannot be."""
        self.suite = suite
        rules = [rule for rule in suite.rules if rule.breaks is not None]
        if len(rules) > _LIMIT:
            raise CheckDidNotRun(
                Text(
                    f"{suite.kind} 的行规则超过 {_LIMIT} 条。",
                    f"{suite.kind} has more than {_LIMIT} row rules.",
                )
            )
        self._bits = [_Bit(rule, bit, _condition(rule)) for bit, rule in enumerate(rules)]
        self.errors = sum(1 << b.bit for b in self._bits if b.rule.severity is Severity.ERROR)
        self.tallies = {b.rule.code: 0 for b in self._bits}
        self.batches = dict.fromkeys(self.tallies, 0)

    def mask(self, typed: pl.DataFrame) -> pl.Series:
        """UInt64 a row: bit n is set where the row breaks rule n."""
        try:
            flags = typed.select(
                b.condition.fill_null(value=False).alias(b.rule.code) for b in self._bits
            )
        except pl.exceptions.PolarsError as error:
            raise CheckDidNotRun(
                Text(
                    f"{self.suite.kind} 的行规则不能运行：{error}",
                    f"The row rules of {self.suite.kind} could not run: {error}",
                )
            ) from error
        broken = dict(zip(flags.columns, flags.sum().row(0), strict=True)) if flags.height else {}
        for code in self.tallies:
            self.tallies[code] += broken.get(code) or 0
            self.batches[code] += 1
        hit = [b for b in self._bits if broken.get(b.rule.code)]
        if not hit:
            return pl.repeat(0, typed.height, dtype=pl.UInt64, eager=True)
        total = pl.sum_horizontal(
            pl.when(pl.col(b.rule.code))
            .then(pl.lit(1 << b.bit, dtype=pl.UInt64))
            .otherwise(pl.lit(0, dtype=pl.UInt64))
            for b in hit
        )
        return flags.select(total.cast(pl.UInt64).alias("mask")).to_series()

    def rules_of(self, mask: int) -> list[Rule]:
        """The rules whose bits are set."""
        return [b.rule for b in self._bits if mask >> b.bit & 1]


def _condition(rule: Rule) -> pl.Expr:
    try:
        return pl.sql_expr(str(rule.breaks))
    except pl.exceptions.PolarsError as error:
        raise CheckDidNotRun(
            Text(
                f"规则 {rule.code} 的条件无法理解：{error}",
                f"The condition of rule {rule.code} cannot be understood: {error}",
            )
        ) from error


def finding_of(rule: Rule, *, line: int | None, header: str | None, value: str | None) -> Finding:
    """What the sender is told: what, where, why and how to mend it, in both languages."""
    zh, en = (words.replace("{value}", value or "") for words in (rule.message.zh, rule.message.en))
    at_zh = f"第 {line} 行" if line is not None else "整个文件"
    at_en = f"Line {line}" if line is not None else "The file as a whole"
    of_zh, of_en = (f"，“{header}”", f', "{header}"') if header else ("", "")
    return Finding(
        code=rule.code,
        severity=rule.severity,
        line=line,
        column=header,
        value=value,
        message=Text(
            f"{at_zh}{of_zh}：{zh}。依据：{rule.because.zh}。处理：{rule.mend.zh}。",
            f"{at_en}{of_en}: {en}. Why: {rule.because.en}. To mend: {rule.mend.en}.",
        ),
    )
