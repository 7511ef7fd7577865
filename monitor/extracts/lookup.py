"""What a column's writings mean, worked out once for each distinct writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from monitor.extracts.tidy import clean_text, is_blank_word
from monitor.model import Interpretation, Text
from monitor.policy.codes import CodeTable, normal_name


class ReadCodes(NamedTuple):
    """A column's codes (Enum; null where the cell is empty or means nothing known), whether
    something unknown is written, and whether anything is.
    """

    codes: pl.Series
    unknown: pl.Series
    written: pl.Series


class Lookup:
    """One low-cardinality column: writing to code, remembered from batch to batch."""

    def __init__(
        self,
        codes: Iterable[str],
        meaning: Callable[[str], str | None],
        plain: frozenset[str] | None = None,
    ) -> None:
        """`meaning` gives the code of a cleaned, non-empty writing, or None if it has none.

        `plain` are writings that say what they mean, so that no one need be told; None: every
        writing does, unless it was in some dress.
        """
        self.dtype = pl.Enum(list(dict.fromkeys(codes)))
        self._meaning = meaning
        self._plain = plain
        # Every writing seen so far has a place, and what it means stands there.
        self._writings: list[str] = []
        self._places = pl.Enum([])
        self._codes: list[str | None] = []
        self._unknown: list[bool] = []
        self._written: list[bool] = []
        self._is_plain: list[bool] = []
        self.dressed: Counter[tuple[str, str]] = Counter()

    def read(self, raw: pl.Series) -> ReadCodes:
        """What the cells mean, a value a row."""
        places = raw.cast(self._places, strict=False)
        if places.null_count() > raw.null_count():
            self._learn(raw.filter(places.is_null()).drop_nulls().unique(maintain_order=True))
            places = raw.cast(self._places)
        if places.null_count() == len(raw):
            return self.read_nothing(len(raw))
        at = places.to_physical()
        self._count(at)
        return ReadCodes(
            pl.Series(self._codes, dtype=self.dtype).gather(at),
            pl.Series(self._unknown, dtype=pl.Boolean).gather(at).fill_null(value=False),
            pl.Series(self._written, dtype=pl.Boolean).gather(at).fill_null(value=False),
        )

    def read_nothing(self, rows: int) -> ReadCodes:
        """What a column means that the layout has not."""
        no = pl.repeat(False, rows, dtype=pl.Boolean, eager=True)
        return ReadCodes(pl.repeat(None, rows, dtype=self.dtype, eager=True), no, no)

    def _learn(self, fresh: pl.Series) -> None:
        for writing in fresh:
            clean = clean_text(writing)
            code = self._meaning(clean) if clean else None
            self._writings.append(writing)
            self._codes.append(code)
            self._unknown.append(code is None and bool(clean) and not is_blank_word(clean))
            self._written.append(bool(clean))
            self._is_plain.append(
                writing == clean if self._plain is None else writing in {*self._plain, code}
            )
        self._places = pl.Enum(self._writings)

    def _count(self, at: pl.Series) -> None:
        """Count the cells whose writing does not itself say what it means."""
        counts = at.drop_nulls().value_counts(name="rows").sort(at.name)
        for place, rows in counts.iter_rows():
            code = self._codes[place]
            if code is not None and not self._is_plain[place]:
                self.dressed[self._writings[place], code] += rows


def table_lookup(table: CodeTable) -> Lookup:
    """A lookup by a code table; `A:汽油` and `A 汽油` are read where both halves agree."""

    def meaning(clean: str) -> str | None:
        found = table.by_writing.get(normal_name(clean))
        if found is None:
            head, separator, tail = clean.replace("：", ":").replace("-", ":").partition(":")
            if separator:
                found = table.by_writing.get(normal_name(head))
                if table.by_writing.get(normal_name(tail)) != found:
                    return None
        return found

    plain = {name for entry in table.entries.values() for name in entry.names[:1]}
    plain |= {entry.label.zh for entry in table.entries.values() if entry.label}
    return Lookup(table.entries, meaning, frozenset(plain))


def dressed_interpretation(
    header: str, dressed: Counter[tuple[str, str]], shown: Callable[[str], Text]
) -> Interpretation | None:
    """What a column's writings were read as, in one sentence a column, with a count."""
    if not dressed:
        return None
    (written, code), _ = dressed.most_common(1)[0]
    label = shown(code)
    total, forms = sum(dressed.values()), len(dressed)
    return Interpretation(
        code="read_as",
        column=header,
        count=total,
        message=Text(
            f"“{header}”：将 {written.strip()} 读作 {label.zh}，"
            f"此类写法 {forms} 种，共 {total} 处。",
            f'"{header}": read {written.strip()} as {label.en}; '
            f"{forms} such writings, {total} cells.",
        ),
    )


def translated(
    codes: pl.Series, meanings: Mapping[str, Any], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """What each code of an Enum column stands for; null where `meanings` has none."""
    table = pl.Series([meanings.get(code) for code in enum_codes(codes)], dtype=dtype)
    return table.gather(codes.to_physical())


def enum_codes(codes: pl.Series) -> list[str]:
    """The codes that an Enum column may hold."""
    dtype = codes.dtype
    if not isinstance(dtype, pl.Enum):
        raise TypeError(dtype)
    return dtype.categories.to_list()
