from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from monitor.extracts.blocks import Block
from monitor.extracts.parsing import parse_blocks
from monitor.extracts.picking import parse_picked
from monitor.extracts.records import Dialect

DIALECT, CELLS = Dialect(","), 3


def blocks_of(texts: list[str]) -> list[Block]:
    blocks, line = [], 5
    for text in texts:
        data = text.encode()
        blocks.append(Block(data, line, data.count(b"\n")))
        line += blocks[-1].lines
    return blocks


@given(
    texts=st.lists(
        st.lists(st.sampled_from(["a,b,c", "中,,文", "", "x", '"q,r",s,t']), min_size=1).map(
            lambda lines: "".join(f"{line}\n" for line in lines)
        ),
        min_size=1,
        max_size=4,
    ),
    chosen=st.sets(st.integers(1, 40), min_size=1),
)
def test_picked_lines_are_those_of_the_whole(texts: list[str], chosen: set[int]) -> None:
    whole = pl.concat(parse_blocks(blocks_of(texts), DIALECT, CELLS, CELLS))
    wanted = pl.col("line").is_in(sorted(chosen))
    found = list(parse_picked(blocks_of(texts), sorted(chosen), DIALECT, CELLS, CELLS))
    picked = pl.concat(found) if found else whole.clear()
    assert picked.filter(wanted).equals(whole.filter(wanted))


def test_lines_without_quotation_marks_are_picked_alone() -> None:
    blocks = blocks_of(["1,a,b\n2,a,b\n3,a,b\n", "4,a,b\n5,a,b\n"])
    found = pl.concat(parse_picked(blocks, [9, 6], DIALECT, CELLS, CELLS))
    assert found.select("line", "c0").rows() == [(6, "2"), (9, "5")]
