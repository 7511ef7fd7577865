"""What may stand in a column of codes, and which other writings are so near that they are told."""

from __future__ import annotations

import re
from typing import Final

from monitor.bulletins.words import Words
from monitor.policy.codes import CodeTable, normal_name
from monitor.policy.kinds import RecordColumn
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule

_NAMES_SHOWN: Final = 20
_LONGEST_NEAR: Final = 8
# Where the column itself is empty, what is judged is the value of this one.
_STANDS_IN: Final = {"category": "use"}
# Files of this project, which a clerk has not.
_PATHS: Final = re.compile(r"\s*data/[\w./-]+(?:(?:、|,? and )[\w-]+\.yml)*")


def table_of(rule: Rule | None, kind: str, policy: Policy) -> CodeTable | None:
    """The table that a value is not in, for a rule that says so of its column."""
    if rule is None or not rule.code.endswith("_unknown") or "{value}" not in rule.message.zh:
        return None
    column = rule.column or ""
    declared = declared_column(rule, kind, policy)
    return policy.codes.get((declared.table or "") if declared else column)


def declared_column(rule: Rule, kind: str, policy: Policy) -> RecordColumn | None:
    """The column that a rule is about, of a kind that declares its columns."""
    held = policy.kinds.get(kind)
    return held.columns.get(rule.column or "") if held else None


def allowed_words(table: CodeTable, policy: Policy, words: Words, *, has_empty: bool) -> str:
    """A name of each code; where cells are empty, those of the column in its stead too."""
    said = words(
        "可以写：%(names)s%(more)s", names=words.listed(_names(table)), more=_more(table, words)
    )
    instead = policy.codes.get(_STANDS_IN.get(table.name, "")) if has_empty else None
    if instead is None:
        return said
    other = words(
        "没有此列的看使用性质，可以写：%(names)s%(more)s",
        names=words.listed(_names(instead)),
        more=_more(instead, words),
    )
    return words("；").join((said, other))


def _names(table: CodeTable) -> list[str]:
    """As they are to be written, in the order of the table: the name that a code goes by, else its
    first.
    """
    return [
        entry.label.zh
        if entry.label and entry.label.zh in entry.names
        else next(iter(entry.names), entry.code)
        for entry in table.entries.values()
    ][:_NAMES_SHOWN]


def _more(table: CodeTable, words: Words) -> str:
    return words("等") if len(table.entries) > _NAMES_SHOWN else ""


def is_near(value: str, table: CodeTable) -> bool:
    """Whether it is put together from words of the table, as no name of a person or owner is."""
    written = normal_name(value)
    if not 1 < len(written) <= _LONGEST_NEAR or written.isascii():
        return False
    known = {character for writing in table.by_writing for character in writing}
    pairs = {writing[at : at + 2] for writing in table.by_writing for at in range(len(writing) - 1)}
    return set(written) <= known and any(
        written[at : at + 2] in pairs for at in range(len(written) - 1)
    )


def because_words(rule: Rule, words: Words) -> str:
    """Why a rule is there, without files of this project; empty where it names nothing else."""
    table = words("代码表")
    between = " " if words.language == "en" else ""
    said = _PATHS.sub(between + table, words.text(rule.because)).strip()
    return "" if said == table else said
