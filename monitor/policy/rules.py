"""Row suites of `checks/<kind>.yml`: every rule once, with its words in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import field_validator, model_validator

from monitor.model import Severity
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.columns import ColumnMap
from monitor.policy.kinds import ExtractKind
from monitor.policy.yamlfile import fault, load


class RuleExample(Strict):
    """What breaks a rule: a right row with these `cells` (by logical column) in place of its own.

    `words` say what must be told beside them, or what breaks it where no cell of one row does.
    Marks such as `{plate}` are filled as those of empty tables are.
    """

    cells: dict[str, str] = {}
    words: BilingualText | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.cells and self.words is None:
            message = "cells or words / cells 与 words 至少有一项"
            raise ValueError(message)
        return self


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
    example: RuleExample | None = None
    mend: BilingualText
    because: BilingualText

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.breaks is None) == (self.measure is None):
            message = "either breaks or measure / breaks 与 measure 须有且只有一个"
            raise ValueError(message)
        return self


class SharedRules(Strict):
    """Rules that several suites have; `{day}` and `{key}` stand for columns of each kind's own."""

    shared: str
    rules: tuple[Rule, ...]

    def of(self, kind: ExtractKind) -> tuple[Rule, ...]:
        """The rules as this kind has them."""

        def own(text: str) -> str:
            return text.replace("{day}", kind.day).replace("{key}", kind.key[0])

        return tuple(
            rule.model_copy(
                update={
                    name: own(text)
                    for name, text in (("column", rule.column), ("breaks", rule.breaks))
                    if text is not None
                }
                | {"example": _with_columns(rule.example, own)}
            )
            for rule in self.rules
        )


def _with_columns(example: RuleExample | None, own: Callable[[str], str]) -> RuleExample | None:
    if example is None:
        return None
    return example.model_copy(
        update={"cells": {own(column): cell for column, cell in example.cells.items()}}
    )


class RuleSuite(Strict):
    """All rules of one extract kind, in the order in which they are reported; those that it
    `shares` come first.
    """

    kind: str
    layer: Literal["rows"] = "rows"
    shares: str | None = None
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


def load_rules(
    paths: list[Path],
    shared_paths: Sequence[Path] = (),
    kinds: Mapping[str, ExtractKind] = {},
    columns: Mapping[str, ColumnMap] = {},
) -> dict[str, RuleSuite]:
    """The suites by extract kind, each with the rules that it shares; an example that names a
    column that its kind has not is refused.
    """
    shared = {
        loaded.shared: loaded for loaded in (load(path, SharedRules) for path in shared_paths)
    }
    suites: dict[str, RuleSuite] = {}
    for path in paths:
        suite = load(path, RuleSuite)
        if suite.kind in suites:
            raise fault(path, None, f"{suite.kind} 有两个规则文件", f"two suites for {suite.kind}")
        if suite.shares is not None:
            if suite.shares not in shared or suite.kind not in kinds:
                zh = f"没有共用规则 {suite.shares}，或未声明种类 {suite.kind}"
                en = f"no shared rules {suite.shares}, or {suite.kind} is not declared"
                raise fault(path, None, zh, en)
            common = shared[suite.shares].of(kinds[suite.kind])
            twice = sorted({r.code for r in common} & {r.code for r in suite.rules})
            if twice:
                named = ", ".join(twice)
                raise fault(path, None, f"与共用规则重复：{named}", f"also shared: {named}")
            suite = suite.model_copy(update={"rules": (*common, *suite.rules)})
        if suite.kind in columns:
            _look_at_examples(path, suite, columns[suite.kind])
        suites[suite.kind] = suite
    return suites


def _look_at_examples(path: Path, suite: RuleSuite, layout: ColumnMap) -> None:
    for rule in suite.rules:
        for name in rule.example.cells if rule.example else ():
            if name not in layout.columns:
                raise fault(
                    path,
                    None,
                    f"规则 {rule.code} 的例子：{suite.kind} 没有 {name} 这一列",
                    f"example of {rule.code}: {suite.kind} has no column {name}",
                )
