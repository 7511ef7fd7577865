"""Rows that are no data: blank, total, note and repeated header rows, told apart with care."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from monitor.extracts.parsing import LINE
from monitor.extracts.tidy import clean, clean_text
from monitor.model import Interpretation, Text

_LEAD = r"^[\s'’‘＇（(【\[*※]*"
_TOTAL = r"(?:合\s*计|小\s*计|总\s*计|共\s*计|总\s*合\s*计)"
_NOTE = (
    r"(?:备\s*注|附\s*注|注\s*[:：1-9１-９一二三]|注$|说\s*明|填\s*[报表写]|审\s*[核批]|复\s*核|制\s*表"
    r"|数据来源|资料来源|来源\s*[:：]|(?:单位)?负责人|联系(?:人|电话|方式)|经办人|打印|导出(?:时间|日期)"
    r"|统计(?:时间|日期|截止|口径|人)|截[至止]|报送|第\s*[0-9]+\s*页|共\s*[0-9]+\s*[条辆页项台]"
    r"|以上|以下空白|本表|本页)"
)
_IDENTIFIER = r"^[0-9A-Za-z]{8,}$"
_NUMBER_WITH_TEXT = r"[0-9]"
_DAY = r"^(?:19|20)[0-9]{2}[-/.年]?[0-9]{1,2}|^[2-5][0-9]{4}(?:\.[0-9]+)?$"
_FIGURE = r"^[-+]?[0-9][0-9,]*(?:\.[0-9]+)?\s*[辆台部元%]?$"
_PUNCTUATED = r"[：:，。；;、]"
_LONGEST_WORD = 12
_ENOUGH_EVIDENCE = 2
_SHOWN_LINES = 5
_KINDS = ("header", "total", "note")


class RowSieve:
    """Takes rows that are no data out of batch after batch, and keeps count of them."""

    def __init__(
        self,
        columns: Mapping[str, int],
        required: Sequence[str],
        header_rows: Sequence[Sequence[str]],
    ) -> None:
        """`columns` has the physical place of each logical column; `required` logical ones."""
        self._mapped = [f"c{at}" for at in dict.fromkeys(columns.values())]
        self._required = {f"c{columns[name]}": name for name in required if name in columns}
        # The rows that a header repeated by a page break would show, by physical column.
        self._headers = [
            {f"c{at}": cell.strip() for at, cell in enumerate(row) if cell.strip()}
            for row in header_rows
        ]
        self.counts: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = {kind: [] for kind in _KINDS}

    @property
    def ignored(self) -> int:
        """How many rows were no data."""
        return sum(self.counts[kind] for kind in _KINDS)

    def sift(self, table: pl.DataFrame) -> pl.DataFrame:
        """Keep the data rows of a table of raw cells."""
        doubtful = table.select(self._doubt(table)).to_series()
        if not doubtful.any():
            return table
        cells = [name for name, dtype in table.schema.items() if dtype == pl.String]
        sub = table.filter(doubtful)
        bare = pl.DataFrame([clean(sub[name]) for name in cells])
        kinds = bare.select(self._kind(cells).alias("kind")).to_series()
        for kind in _KINDS:
            lines = sub[LINE].filter(kinds == kind)
            self.counts[kind] += lines.len()
            self._lines[kind] += lines.head(_SHOWN_LINES).to_list()
        self.counts["blank"] += int((kinds == "blank").sum())
        dropped = doubtful.arg_true().filter(kinds != "data")
        if dropped.is_empty():
            return table
        keep = pl.repeat(value=True, n=table.height, dtype=pl.Boolean, eager=True)
        return table.filter(keep.scatter(dropped, values=False))

    def interpretations(self) -> list[Interpretation]:
        """Say which rows were left out, with the first lines of each sort."""
        words = {
            "header": ("repeated_header_ignored", "重复的表头行", "repeated header rows"),
            "total": ("total_rows_ignored", "合计、小计行", "total rows"),
            "note": ("note_rows_ignored", "备注、落款等非数据行", "note rows"),
        }
        found = []
        for kind, (code, zh, en) in words.items():
            count, lines = self.counts[kind], self._lines[kind][:_SHOWN_LINES]
            if count:
                shown = ", ".join(map(str, lines)) + (" …" if count > len(lines) else "")
                found.append(
                    Interpretation(
                        code,
                        Text(
                            f"略去{zh} {count} 行（第 {shown} 行）。",
                            f"Left out {count} {en} (line {shown}).",
                        ),
                        count=count,
                        line=lines[0],
                    )
                )
        return found

    def _doubt(self, table: pl.DataFrame) -> pl.Expr:
        """Rows worth a closer look; cheap, and sure to hold every row that is no data."""
        first = pl.col("c0")
        if table["c0"].null_count():
            first = pl.coalesce([name for name in ("c0", "c1", "c2") if name in table.columns])
        doubt = [first.is_null(), first.str.contains(f"{_LEAD}(?:{_TOTAL}|{_NOTE})")]
        doubt += [
            pl.col(name).is_null() | ~pl.col(name).str.contains(r"\S")
            for name in [*self._required, *self._mapped][:2]
        ]
        for header in self._headers:
            name, text = next(iter(header.items()))
            doubt.append(pl.col(name).str.contains(text, literal=True))
        return pl.any_horizontal([one.fill_null(value=False) for one in doubt])

    def _kind(self, cells: Sequence[str]) -> pl.Expr:
        first = pl.coalesce(cells)
        filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in cells)
        mapped = pl.sum_horizontal(pl.col(name).is_not_null() for name in self._mapped)
        evidence = [self._speaks(name, logical, first) for name, logical in self._required.items()]
        known = [self._identifies(*pair) for pair in self._required.items()]
        identified = pl.any_horizontal(known) if known else pl.lit(value=False)
        dated = [
            pl.col(name).str.contains(_DAY)
            for name, logical in self._required.items()
            if logical.endswith("_on")
        ]
        is_dated = pl.any_horizontal(dated) if dated else pl.lit(value=False)
        enough = (
            pl.sum_horizontal(evidence) >= _ENOUGH_EVIDENCE if evidence else pl.lit(value=False)
        )
        repeated = [self._repeats(header, cells) for header in self._headers]
        is_header = pl.any_horizontal(repeated) if repeated else pl.lit(value=False)
        total, note = first.str.contains(f"{_LEAD}{_TOTAL}"), first.str.contains(f"{_LEAD}{_NOTE}")
        lone = (filled == 1) & ~self._lone_data()
        return (
            pl.when(filled == 0)
            .then(pl.lit("blank"))
            .when(is_header)
            .then(pl.lit("header"))
            .when(identified.fill_null(value=False))
            .then(pl.lit("data"))
            .when(total & ~(is_dated.fill_null(value=False) & enough))
            .then(pl.lit("total"))
            .when(note & ~enough)
            .then(pl.lit("note"))
            .when((mapped == 0) | lone)
            .then(pl.lit("note"))
            .otherwise(pl.lit("data"))
        )

    @staticmethod
    def _speaks(name: str, logical: str, first: pl.Expr) -> pl.Expr:
        """Whether a required cell says something of a row; figures are in totals too."""
        cell = pl.col(name)
        if logical.endswith("_on"):
            said = cell.str.contains(_DAY)
        else:
            said = ~cell.str.contains(_FIGURE) & (cell != first)
        return said.fill_null(value=False).cast(pl.UInt32)

    @staticmethod
    def _identifies(name: str, logical: str) -> pl.Expr:
        """Whether a required cell names one vehicle or contract."""
        cell = pl.col(name)
        if logical == "vin":
            return cell.str.contains(_IDENTIFIER)
        if logical.endswith("_no"):
            return cell.str.contains(_NUMBER_WITH_TEXT) & ~cell.str.contains(f"{_LEAD}{_NOTE}")
        return pl.lit(value=False)

    def _lone_data(self) -> pl.Expr:
        """Whether a row's only cell could be a value of its column."""
        could = []
        for name in self._mapped:
            cell, logical = pl.col(name), self._required.get(name)
            if logical is None:
                # A plate or a code alone; a heading such as 南昌市 has no digit.
                one = cell.str.contains(r"[0-9]") & ~cell.str.contains(_PUNCTUATED)
            elif logical.endswith("_on"):
                one = cell.str.contains(_DAY)
            else:
                one = (cell.str.len_chars() <= _LONGEST_WORD) & ~cell.str.contains(_PUNCTUATED)
            could.append(one.fill_null(value=False))
        return pl.any_horizontal(could) if could else pl.lit(value=False)

    @staticmethod
    def _repeats(header: Mapping[str, str], cells: Sequence[str]) -> pl.Expr:
        same = [pl.col(name) == clean_text(text) for name, text in header.items() if name in cells]
        return pl.all_horizontal(same).fill_null(value=False)
