"""Code tables of `data/codes/`: what a written value means, by dated and sourced lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from monitor.model import Language, Text
from monitor.policy.yamlfile import fault, load


def _text(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value.keys() != {"zh", "en"}:
        message = "zh and en, both and nothing else / 须有 zh 和 en，且只有这两项"
        raise ValueError(message)
    return Text(**value)


def _yes_no(value: object) -> object:
    return ("no", "yes")[value] if isinstance(value, bool) else value


BilingualText = Annotated[Text, BeforeValidator(_text)]
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")
# The table of the units that clauses use, which reported ones are worth so much of.
UNITS = "unit"


def decimal_text(value: str) -> str:
    """A decimal not below 0 as it is written, for a validator; raises ValueError."""
    if not _DECIMAL.fullmatch(value):
        message = f"not a decimal / 不是十进制数: {value}"
        raise ValueError(message)
    return value


def known_codes(
    codes: tuple[str, ...], table: str, info: ValidationInfo, beside: Container[str] = ()
) -> tuple[str, ...]:
    """Codes that the table in the context has, or that are `beside` it; raises ValueError."""
    tables: dict[str, CodeTable] = (info.context or {})["codes"]
    for code in codes:
        if code not in beside and code not in tables[table].entries:
            message = f"{table} has no code {code!r} / 代码表 {table} 中没有 {code}"
            raise ValueError(message)
    return codes


class Strict(BaseModel):
    """A model that refuses unknown keys and changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


def in_language(value: Any, language: Language) -> Any:
    """A model as JSON has it: texts in one language, days as text, keys as the files write them."""
    if isinstance(value, Text):
        return value.to(language)
    if isinstance(value, BaseModel):
        return {
            field.alias or name: in_language(getattr(value, name), language)
            for name, field in type(value).model_fields.items()
        }
    if isinstance(value, tuple):
        return [in_language(one, language) for one in value]
    return value.isoformat() if isinstance(value, date) else value


class CodeEntry(Strict):
    """One code; keys beyond the first four belong to single tables.

    `factor` is what one of a reported unit is worth in `unit`, a code of the table of units.
    """

    code: str
    letter: str | None = None
    names: tuple[str, ...] = ()
    label: BilingualText | None = None
    new_energy: Annotated[
        Literal["yes", "no", "undetermined", "none"] | None, BeforeValidator(_yes_no)
    ] = None
    energy: str | None = None
    kind_of: str | None = None
    category: str | None = None
    may_be: tuple[str, ...] = ()
    person_category: str | None = None
    credit_prefixes: tuple[str, ...] = ()
    counted: bool | None = None
    effect: Literal["addition", "deregistration", "none"] | None = None
    form: str | None = None
    vehicle_class: str | None = Field(default=None, alias="class")
    note: str | None = None
    unit: str | None = None
    factor: str | None = None

    @model_validator(mode="after")
    def _a_unit_has_its_factor(self) -> Self:
        if (self.unit is None) != (self.factor is None):
            message = "unit and factor, both or neither / unit 与 factor 须同时有或同时无"
            raise ValueError(message)
        if self.factor is not None and not (
            _DECIMAL.fullmatch(self.factor) and Decimal(self.factor)
        ):
            message = f"factor is no decimal above 0 / factor 不是正的十进制数: {self.factor}"
            raise ValueError(message)
        return self

    @property
    def writings(self) -> tuple[str, ...]:
        """Everything that stands for this code in an extract, normalised."""
        letters = (self.letter,) if self.letter else ()
        return tuple(dict.fromkeys(normal_name(w) for w in (self.code, *letters, *self.names)))


class CodeFile(Strict):
    """One file of a code table; a table may be spread over several."""

    table: str
    source: str
    entries: tuple[CodeEntry, ...]


class CodeTable:
    """All entries of one table, found by code or by any of their writings."""

    def __init__(self, name: str) -> None:
        """An empty table; files are added to it one by one."""
        self.name = name
        self.sources: list[str] = []
        self.entries: dict[str, CodeEntry] = {}
        self.by_writing: dict[str, str] = {}

    def add(self, path: Path, file: CodeFile) -> None:
        """Merge a file in; a code or writing that stands for two things is refused."""
        self.sources.append(file.source)
        for entry in file.entries:
            if entry.code in self.entries:
                raise fault(path, None, f"代码“{entry.code}”重复", f'code "{entry.code}" repeats')
            self.entries[entry.code] = entry
            for writing in entry.writings:
                other = self.by_writing.setdefault(writing, entry.code)
                if other != entry.code:
                    raise fault(
                        path,
                        None,
                        f"“{writing}”既表示 {other} 又表示 {entry.code}",
                        f'"{writing}" stands for both {other} and {entry.code}',
                    )

    def label(self, code: str) -> Text:
        """The name of a code in both languages; the code itself where it has none."""
        entry = self.entries.get(code)
        return entry.label if entry and entry.label else Text(code, code)

    def where(self, **wanted: Any) -> frozenset[str]:
        """The codes whose keys have these values."""
        return frozenset(
            code
            for code, entry in self.entries.items()
            if all(getattr(entry, key) == value for key, value in wanted.items())
        )


def normal_name(written: str) -> str:
    """A writing as tables compare it: NFKC, no white space or parentheses, upper case."""
    folded = unicodedata.normalize("NFKC", written)
    kept, depth = [], 0
    for character in folded:
        depth += character == "("
        if depth == 0 and not character.isspace():
            kept.append(character)
        depth -= character == ")" and depth > 0
    return "".join(kept).upper() or "".join(folded.split()).upper()


def load_codes(paths: list[Path]) -> dict[str, CodeTable]:
    """All code tables of these files, by name; refused is what is worth of no known unit."""
    tables: dict[str, CodeTable] = {}
    files = [(path, load(path, CodeFile)) for path in paths]
    for path, file in files:
        tables.setdefault(file.table, CodeTable(file.table)).add(path, file)
    if UNITS not in tables:  # a ruleset kept before there were clauses
        return tables
    for path, file in files:
        for entry in file.entries:
            if entry.unit is not None and entry.unit not in tables[UNITS].entries:
                raise fault(
                    path,
                    None,
                    f"{entry.code} 的单位 {entry.unit} 不在代码表 {UNITS} 中",
                    f"{entry.code}: the table {UNITS} has no {entry.unit}",
                )
    return tables
