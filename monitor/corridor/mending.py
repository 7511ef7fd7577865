"""Rows set aside, given back to their sender as a file that can be mended and sent again."""

from __future__ import annotations

import json

import polars as pl

from monitor.extracts.lively_cells import LIVELY, MARK, NUMBER, harmless, spreadsheet_csv
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule
from monitor.store.parts import part_name
from monitor.store.store import Store

LINE, REASON = "原行号", "退回原因"


def rejected_rows(
    store: Store, policy: Policy, seq: int
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The sender's header with two columns more, and the rows set aside in the order of lines.

    The two added columns (the sender's line, the reasons in words) are ignored when the file is
    read again; where it was given back before, they are written anew.
    """
    kind, headers, sha256 = store.rows(
        "SELECT kind, headers, sha256 FROM submission WHERE seq = ?", [seq]
    )[0]
    named = json.loads(headers or "[]")
    kept = [place for place, name in enumerate(named) if name not in {LINE, REASON}]
    header = [*(harmless(named[place]) for place in kept), LINE, REASON]
    path = store.home.rejected / part_name(seq, sha256 or "")
    if not path.exists():
        return header, []
    frame = pl.read_parquet(path).sort("line")
    rules = policy.rules[kind].by_code()
    codes = frame["codes"].unique()
    words = pl.Series([_reasons(text, rules) for text in codes], dtype=pl.String)
    cells = [f"c{place}" for place in kept]
    frame = frame.with_columns(
        pl.col("codes").replace_strict(codes, words, return_dtype=pl.String),
        *(_harmless(c) for c in cells),
    )
    return header, frame.select(*cells, pl.col("line").cast(pl.String), "codes").fill_null(
        ""
    ).rows()


def mendable_csv(store: Store, policy: Policy, seq: int) -> bytes:
    """The rows set aside as CSV in UTF-8 with a mark at its head, for Excel, and CRLF lines.

    Empty where no row was set aside.
    """
    header, rows = rejected_rows(store, policy, seq)
    return spreadsheet_csv([header, *rows], are_harmless=True) if rows else b""


def _harmless(cell: str) -> pl.Expr:
    """The same as `lively_cells.harmless`, for a whole column at once."""
    lively = pl.col(cell).str.contains(LIVELY) & ~pl.col(cell).str.contains(NUMBER)
    return pl.when(lively).then(pl.lit(MARK) + pl.col(cell)).otherwise(cell).alias(cell)


def _reasons(codes: str, rules: dict[str, Rule]) -> str:
    """What is wrong with a row and how to mend it; a rule that is gone leaves its code."""
    return "；".join(
        f"{code}：{rules[code].mend.zh} / {rules[code].mend.en}" if code in rules else code
        for code in codes.split(";")
    )
