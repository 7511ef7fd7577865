"""What a column's writings mean, worked out once for each distinct writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import polars as pl

from monitor.extracts.tidy import clean_text, is_blank_word
from monitor.model import Interpretation, Text
from monitor.policy.codes import CodeTable, normal_name


class Lookup:
    """One low-cardinality column: writing to code, remembered from batch to batch.

    `read` gives an Enum series of codes: null where the cell is empty or means nothing known;
    `known` tells the two apart by `unknown`.
    """

    def __init__(
        self,
        codes: Iterable[str],
        meaning: Callable[[str], str | None],
        plain: frozenset[str] = frozenset(),
    ) -> None:
        """`meaning` gives the code of a cleaned, non-empty writing, or None if it has none;
        `plain` are writings that say what they mean, so that no one need be told.
        """
        self.dtype = pl.Enum(list(dict.fromkeys(codes)))
        self._meaning = meaning
        self._plain = plain
        self._codes: dict[str, str | None] = {}
        self._unknown: set[str] = set()
        self.dressed: Counter[tuple[str, str]] = Counter()

    def read(self, raw: pl.Series) -> tuple[pl.Series, pl.Series]:
        """(codes, whether something is written that means nothing known), a value a row."""
        counts = raw.value_counts(name="rows")
        for written, rows in counts.iter_rows():
            if written is not None:
                self._learn(written, rows)
        written = list(self._codes)
        codes = raw.replace_strict(
            pl.Series(written, dtype=pl.String),
            pl.Series([self._codes[w] for w in written], dtype=self.dtype),
            default=None,
            return_dtype=self.dtype,
        )
        unknown = (
            raw.is_in(list(self._unknown)).fill_null(value=False)
            if self._unknown
            else pl.repeat(False, len(raw), dtype=pl.Boolean, eager=True)
        )
        return codes, unknown

    def _learn(self, written: str, rows: int) -> None:
        if written not in self._codes:
            clean = clean_text(written)
            code = self._meaning(clean) if clean else None
            self._codes[written] = code
            if code is None and clean and not is_blank_word(clean):
                self._unknown.add(written)
        code = self._codes[written]
        if code is not None and written != code and written not in self._plain:
            self.dressed[written, code] += rows


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
