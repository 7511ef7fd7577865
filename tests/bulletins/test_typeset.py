from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.bulletins.typeset import cells, ends, pairs, table, wrap


def test_wide_characters_take_two_cells() -> None:
    assert cells("公交 bus") == 8
    assert cells("ＡＢ") == 4
    assert cells("e\u0301") == 1


def test_no_stop_begins_a_line() -> None:
    assert wrap("一二三四，五六", width=8) == "一二三\n四，五六"
    assert wrap("至少要达到 55 %。", width=12) == "至少要达到\n55 %。"


@given(st.text(alphabet="公交车，。（）ab 12 %", max_size=200))
def test_wrapping_loses_nothing_but_space(text: str) -> None:
    wrapped = wrap(text, indent=2, hanging=2, width=40)
    assert "".join(wrapped.split()) == "".join(text.split())


def test_ends_puts_the_verdict_at_the_right_edge() -> None:
    assert ends("南昌市", "[达标]", 2, 20) == "  南昌市      [达标]"
    long = ends("一二三四五六七八九十", "[达标]", 0, 20)
    assert [cells(line) for line in long.splitlines()] == [10, 20][-2:] or long.endswith("[达标]")


def test_pairs_stand_under_each_other() -> None:
    rows = pairs([("目标", "1"), ("计数", "22"), ("比例", "3"), ("差", "4")], in_row=2).splitlines()
    assert rows == ["目标          1    计数         22", "比例          3    差            4"]


def test_a_table_too_wide_puts_its_names_on_lines_of_their_own() -> None:
    rows = [("名" * 30, "1", "2"), ("短", "3", "4" * 20)]
    lines = table(("市", "计数", "新能源"), rows, "lrr").splitlines()
    assert all(cells(line) <= 78 for line in lines)
    assert "名" * 30 in lines
