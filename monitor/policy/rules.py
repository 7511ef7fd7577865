"""Row suites of `checks/<kind>.yml`: every rule once, with its words in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import field_validator, model_validator

from monitor.model import Severity
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.yamlfile import fault, load


class Rule(Strict):
    """One rule: a row breaks it where `breaks` is true, or where a whole-file measure says so.

    `breaks` is an SQL condition over the columns that `checking.features` documents; an unknown
    (NULL) condition is not a breach, so a missing value silences the rules that rest on it.
    `{value}` in the words is the sender's own writing. Where it `asks_why`, whoever confirms the
    file may say why the finding stands.
    """

    code: str
    severity: Severity
    column: str | None = None
    breaks: str | None = None
    measure: str | None = None
    limit: str | None = None
    asks_why: bool = False
    message: BilingualText
    mend: BilingualText
    because: BilingualText

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.breaks is None) == (self.measure is None):
            message = "either breaks or measure / breaks 与 measure 须有且只有一个"
            raise ValueError(message)
        return self


class RuleSuite(Strict):
    """All rules of one extract kind, in the order in which they are reported."""

    kind: str
    layer: Literal["rows"] = "rows"
    rules: tuple[Rule, ...]

    @field_validator("rules")
    @classmethod
    def _codes_once(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        codes = [rule.code for rule in rules]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            message = f"rule stands twice / 规则重复: {', '.join(twice)}"
            raise ValueError(message)
        return rules

    def by_code(self) -> dict[str, Rule]:
        """The rules by their finding code."""
        return {rule.code: rule for rule in self.rules}


def load_rules(paths: list[Path]) -> dict[str, RuleSuite]:
    """The suites by extract kind."""
    suites: dict[str, RuleSuite] = {}
    for path in paths:
        suite = load(path, RuleSuite)
        if suite.kind in suites:
            raise fault(path, None, f"{suite.kind} 有两个规则文件", f"two suites for {suite.kind}")
        suites[suite.kind] = suite
    return suites
