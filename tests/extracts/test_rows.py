from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extracts import parsing
from monitor.extracts.blocks import Block, iter_blocks
from monitor.extracts.reading import open_extract
from monitor.extracts.records import Dialect, OpenQuote
from monitor.extracts.shape import Wanted

from .conftest import HEADER, MAPS, ROW, Open

CELLS = st.one_of(
    st.sampled_from(["", "a", "赣A1", '"', ',"', "x,y", "a;b", "\t", " ", "'1", '5"', "全\u3000"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=6),
)
QUOTED = st.one_of(CELLS, st.sampled_from(["a\nb", "\n", 'x\n"y']))


def _write(rows: list[list[str]], separator: str, end: str, quoting: int) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=separator,
        lineterminator=end,
        quoting=quoting,  # type: ignore[arg-type] # an int of its constants
    )
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _blocks(data: bytes, *cuts: int) -> list[Block]:
    """Cut at the line ends nearest to the places asked for."""
    blocks, start, line = [], 0, 1
    for cut in (*sorted(cut % (len(data) + 1) for cut in cuts), len(data)):
        end = data.find(b"\n", max(cut, start)) + 1 or len(data)
        if end > start:
            piece = data[start:end]
            blocks.append(Block(piece, line, piece.count(b"\n")))
            line += piece.count(b"\n")
            start = end
    return blocks


def _careful(data: bytes, dialect: Dialect, cells: int) -> pl.DataFrame:
    return parsing._parse_with_care(data, 1, Wanted(dialect, cells, cells))


@settings(max_examples=250, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=12),
    separator=st.sampled_from([",", "\t", ";"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_the_fast_way_gives_what_the_careful_way_gives(
    rows: list[list[str]], separator: str, end: str, quoting: int
) -> None:
    data = _write(rows, separator, end, quoting)
    dialect = Dialect(separator)
    (fast,) = parsing.parse_blocks(_blocks(data), dialect, 4, 4)
    assert fast.equals(_careful(data, dialect, 4))


@settings(max_examples=250, deadline=None)
@given(
    rows=st.lists(st.lists(QUOTED, min_size=3, max_size=3), min_size=1, max_size=12),
    cuts=st.lists(st.integers(0, 500), max_size=3),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_rows_come_back_as_written_with_their_lines(
    rows: list[list[str]], cuts: list[int], end: str
) -> None:
    data = _write(rows, ",", end, csv.QUOTE_MINIMAL)
    table = pl.concat(parsing.parse_blocks(_blocks(data, *cuts), Dialect(","), 3, 3))
    got = [[cell or "" for cell in row] for row in table.select("c0", "c1", "c2").rows()]
    assert got == rows
    line, lines = 1, []
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    assert table["line"].to_list() == lines


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from('a,"\n中 '), max_size=60))
def test_odd_text_reads_the_same_both_ways(text: str) -> None:
    data = text.encode() + b'"\n' * (text.count('"') % 2) + b"\nz\n"
    try:
        careful = _careful(data, Dialect(","), 3)
    except OpenQuote:
        return
    assert pl.concat(parsing.parse_blocks(_blocks(data), Dialect(","), 3, 3)).equals(careful)


def test_plain_lines_never_take_the_careful_way(
    read: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unexpected(*_: object) -> pl.DataFrame:
        raise AssertionError("the careful way was taken")

    monkeypatch.setattr(parsing, "_parse_with_care", unexpected)
    quoted = ROW.replace("公交客运", '"公交,""客运"""')
    got = read(f"{HEADER}\n" + f"{ROW}\n\n{quoted}\n{ROW.replace('360102', '')}\n" * 500)
    assert got.rows.height == 1500
    assert got.column("use")[1] == '公交,"客运"'
    assert got.lines[-3:] == [1998, 2000, 2001]


def test_a_single_odd_line_takes_only_its_own_piece_the_careful_way(
    read: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    careful = parsing._parse_with_care

    def watched(data: bytes, line: int, wanted: Wanted) -> pl.DataFrame:
        seen.append(len(data))
        return careful(data, line, wanted)

    monkeypatch.setattr(parsing, "_parse_with_care", watched)
    lines = [ROW] * 60_000
    lines[30_000] = ROW.replace("公交", '公"交') + ',"多\n余"'
    got = read(f"{HEADER}\n" + "\n".join(lines))
    assert sum(seen) <= parsing.PIECE_BYTES
    assert got.lines[29_999:30_003] == [30_001, 30_002, 30_004, 30_005]
    assert got.rows["is_overlong"].arg_true().to_list() == [30_000]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [16, 17, 64, 1 << 20])
def test_blocks_are_cut_at_line_ends_of_any_kind(tmp_path: Path, end: str, size: int) -> None:
    lines = ["一二", "三", "", "四"] * 50
    path = tmp_path / "text"
    path.write_bytes(end.join(lines).encode())
    number = 1
    for block in iter_blocks(path, 0, size):
        assert block.line == number
        got = block.data.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")
        assert got == lines[number - 1 : number - 1 + block.lines]
        number += block.lines
    assert number == len(lines) + 1


def test_ragged_rows_are_told_and_flagged(read: Open) -> None:
    short, empty, over = ROW.rpartition(",")[0], f"{ROW},,", f"{ROW},,x"
    got = read(f"{HEADER}\n{ROW}\n{short}\n{empty}\n{over}\n{short}")
    assert got.said("rows_short").count == 2
    assert got.said("rows_short").line == 3
    assert got.column("division_code") == ["360102", None, "360102", "360102", None]
    assert got.rows["is_overlong"].to_list() == [False, False, False, True, False]


def test_a_comma_too_many_on_every_row_is_nothing(read: Open) -> None:
    got = read("\n".join([HEADER, *[f"{ROW},"] * 50]))
    assert not got.rows["is_overlong"].any()
    assert got.codes == set()


def test_batches_are_no_larger_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "extract"
    path.write_text("\n".join([HEADER, *[ROW] * 25]), "utf-8")
    reading = open_extract(path, name="extract", maps=MAPS, work=tmp_path)
    assert [batch.height for batch in reading.batches(rows=10)] == [10, 10, 5]
    assert reading.counts == (25, 0, 25)
