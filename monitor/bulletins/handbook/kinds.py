"""Every extract kind with its columns, an example, its rules and what breaks each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.bulletins import labels
from monitor.bulletins.blank_table import BlankColumn, blank_form, blank_kinds, table_of
from monitor.bulletins.handbook.clauses import Concerns, clause_anchor
from monitor.bulletins.handbook.codes import code_anchor
from monitor.bulletins.handbook.parts import ColumnRow, KindSection, RuleRow, RuleSet, SharedSection
from monitor.bulletins.handbook.pieces import Contents, Fact, capital
from monitor.bulletins.words import Words
from monitor.model import Severity
from monitor.policy.blank_tables import BlankTable, example_rows, filled, marks_of
from monitor.policy.clause_coverage import coverage_of
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class Writer:
    """Who the examples are written by, and on what day."""

    division: str
    on: date


def kind_anchor(kind: str) -> str:
    """What a kind is found by."""
    return f"kind-{kind}"


def rule_anchor(kind: str, code: str) -> str:
    """What a rule is found by: those that kinds share, by the name of what is shared."""
    return f"rule-{kind}-{code}"


def shared_rules(policy: Policy) -> dict[str, tuple[Rule, ...]]:
    """The rules that every suite has that shares them, by the name of what is shared."""
    found: dict[str, tuple[Rule, ...]] = {}
    for suite in policy.rules.values():
        if suite.shares is None:
            continue
        held = found.get(suite.shares, suite.rules)
        told = {(rule.code, rule.message) for rule in suite.rules}
        found[suite.shares] = tuple(rule for rule in held if (rule.code, rule.message) in told)
    # What a single kind shares is its own.
    several = [suite.shares for suite in policy.rules.values()]
    return {name: rules for name, rules in found.items() if several.count(name) > 1}


def kind_sections(
    policy: Policy,
    tables: Mapping[str, BlankTable],
    writer: Writer,
    words: Words,
    concerns: Concerns,
    contents: Contents,
) -> tuple[KindSection, ...]:
    """All kinds that can be sent; `contents` are the chapter and, as its parts, the code tables."""
    shared = shared_rules(policy)
    tables_of = {one.anchor: one for one in contents.parts}
    marks = marks_of(policy.divisions, writer.division, writer.on)
    sections = []
    for place, kind in enumerate(blank_kinds(policy), start=1):
        suite = policy.rules[kind]
        common = {rule.code for rule in shared.get(suite.shares or "", ())}
        own = [rule for rule in suite.rules if rule.code not in common]
        table = tables.get(kind)
        rows = example_rows(table, policy.divisions, writer.division, writer.on) if table else ()
        right = rows[0] if rows else {}
        form = blank_form(kind, policy, table, rows[:1], words)
        sections.append(
            KindSection(
                number=f"{contents.number}.{place}",
                anchor=kind_anchor(kind),
                kind=kind,
                title=capital(form.title),
                about=form.about,
                facts=tuple(_facts(kind, policy, words)),
                answers=tuple(
                    Fact(row.id, clause_anchor(row.id))
                    for row in coverage_of(policy)
                    if row.evidence == kind and concerns(row.jurisdiction)
                ),
                columns=(
                    *(
                        _column(column, words, tables_of.get(_table(kind, column.name, policy)))
                        for column in form.columns
                    ),
                    *_left_out(kind, policy, {column.name for column in form.columns}, words),
                ),
                rules=_rule_sets(own, kind, Told(headers_of(kind, policy), marks, right), words),
                shares=suite.shares if suite.shares in shared and suite.shares else "",
            )
        )
    return tuple(sections)


def shared_sections(
    policy: Policy, writer: Writer, words: Words, number: str, after: int
) -> tuple[SharedSection, ...]:
    """The rules that several kinds have, told once; their columns are called what they are for."""
    marks = marks_of(policy.divisions, writer.division, writer.on)
    sections = []
    for place, (name, rules) in enumerate(shared_rules(policy).items(), start=after + 1):
        where = f"{number}.{place}"
        kinds = [kind for kind, suite in policy.rules.items() if suite.shares == name]
        first = policy.kinds[kinds[0]]
        headers = headers_of(kinds[0], policy)
        if first.is_record:
            headers |= {first.key[0]: words("编号列"), first.day: words("日期列")}
        listed = words.listed([labels.kind_word(kind, policy, words) for kind in kinds])
        sections.append(
            SharedSection(
                shares=name,
                told=words("此外还有几类报表共有的规则，见第 %(number)s 节。", number=where),
                number=where,
                anchor=f"shared-{name}",
                title=words("几类报表共有的规则"),
                about=words(
                    "下列规则，%(kinds)s都有。其中的编号列、日期列，各类报表名称不同，见各节开头。",
                    kinds=listed,
                ),
                rules=_rule_sets(rules, name, Told(headers, marks), words),
            )
        )
    return tuple(sections)


def _facts(kind: str, policy: Policy, words: Words) -> Iterator[Fact]:
    declared, layout = policy.kinds[kind], policy.columns[kind]
    if declared.is_record:
        keys = words.listed([layout.header_of(name) for name in declared.key])
        yield Fact(words("编号列"), words("同一地区%(keys)s都相同的，是同一行", keys=keys))
        yield Fact(words("日期列"), layout.header_of(declared.day))
    if declared.of_provinces:
        yield Fact(words("谁报"), words("省级也可以报本级的行"))
    others = [name for name, other in policy.columns.items() if other.kind == kind and name != kind]
    if others:
        told = words("%(names)s，报送时用 --columns 指明", names=words.listed(others))
        yield Fact(words("其他版式"), told)


def _table(kind: str, name: str, policy: Policy) -> str:
    return code_anchor(table_of(kind, name, policy))


def headers_of(kind: str, policy: Policy) -> dict[str, str]:
    """The project's own header of each column of a kind."""
    layout = policy.columns[kind]
    return {name: layout.header_of(name) for name in layout.columns}


def _column(column: BlankColumn, words: Words, values: Contents | None) -> ColumnRow:
    return ColumnRow(
        header=column.header,
        name=column.name,
        must=column.must,
        is_required=column.is_required,
        how=column.how,
        aliases=words.listed(column.aliases),
        example=column.examples[0] if column.examples else "",
        values=values,
    )


def _left_out(kind: str, policy: Policy, told: set[str], words: Words) -> Iterator[ColumnRow]:
    """Columns that only exports of other systems have, and no empty table."""
    for name, names in policy.columns[kind].columns.items():
        if name not in told:
            yield ColumnRow(
                header=names.header or name,
                name=name,
                must=words("可不填"),
                is_required=False,
                how=words("只见于别的系统导出的表，空白表中没有这一列。"),
                aliases=words.listed(names.aliases),
                example="",
            )


@dataclass(frozen=True, slots=True)
class Told:
    """What examples are told with: headers by column, what marks stand for, a right row."""

    headers: Mapping[str, str]
    marks: Mapping[str, str]
    right: Mapping[str, str] = field(default_factory=dict)

    def cell(self, rule: Rule, column: str) -> str:
        """What stands in a column of the row that breaks a rule."""
        cells = rule.example.cells if rule.example else {}
        return filled(cells.get(column, self.right.get(column, "")), self.marks)


def _rule_sets(rules: Sequence[Rule], kind: str, told: Told, words: Words) -> tuple[RuleSet, ...]:
    titles = {
        Severity.ERROR: words("错误：该行不计入"),
        Severity.WARNING: words("提示：照常计入"),
    }
    return tuple(
        RuleSet(title, tuple(_rule(rule, kind, told, words) for rule in of))
        for severity, title in titles.items()
        if (of := [rule for rule in rules if rule.severity is severity])
    )


def _rule(rule: Rule, kind: str, told: Told, words: Words) -> RuleRow:
    column = rule.column or ""
    return RuleRow(
        code=rule.code,
        anchor=rule_anchor(kind, rule.code),
        column=told.headers.get(column, column) or words("整行或整个文件"),
        message=words.text(rule.message).replace("{value}", told.cell(rule, column) or "…"),
        example=example_of(rule, told, words),
        because=words.text(rule.because),
        mend=words.text(rule.mend),
        note=words("确认时可说明原因。") if rule.asks_why else "",
    )


def example_of(rule: Rule, told: Told, words: Words) -> str:
    """What breaks a rule, in one line; empty where its file has no example."""
    return words("；").join(_examples(rule, told, words))


def _examples(rule: Rule, told: Told, words: Words) -> Iterator[str]:
    if rule.example is None:
        return
    for name in rule.example.cells:
        shown = told.cell(rule, name) or words("（空）")
        yield words("%(name)s：%(value)s", name=told.headers.get(name, name), value=shown)
    if rule.example.words is not None:
        yield filled(words.text(rule.example.words), told.marks)
