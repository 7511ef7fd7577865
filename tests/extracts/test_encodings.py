from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extracts.refusal import FileRefused

from .conftest import HEADER, ROW, Open, Read, read_file

ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
LINE_ENDS = ["\n", "\r\n", "\r"]
PLATES = ["赣C02101D", "鲁A12345", "苏AD01234", "𠮷A1"]


def _table(plates: list[str], end: str) -> str:
    rows = [f"{ROW},{plate}" for plate in plates]
    return end.join([f"{HEADER},号牌号码", *rows, ""])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", LINE_ENDS)
def test_every_encoding_and_line_end_reads_the_same(read: Open, encoding: str, end: str) -> None:
    got = read(_table(PLATES, end).encode(encoding))
    assert got.column("plate") == PLATES
    assert got.lines == [2, 3, 4, 5]
    assert got.reading.encoding in encoding or encoding == "utf-16"
    assert ("encoding_read" in got.codes) == ("utf-8" not in encoding)


def test_a_letter_that_is_also_utf8_makes_no_mixture(read: Open) -> None:
    """Of a file with 鲁 as its only Chinese, every row is valid UTF-8 of two bytes a letter."""
    rows = "\n".join(f"LSVAA4182E2184161,C,2019-03-05,D,370102,鲁A{n:05}" for n in range(300))
    got = read(f"{HEADER},号牌号码\n{rows}\n".encode("gb18030"))
    assert got.column("plate")[7] == "鲁A00007"


def test_replacement_characters_of_an_earlier_program_are_told(read: Open) -> None:
    damaged = ROW.replace("公交", "公\ufffd\ufffd")
    got = read(f"{HEADER}\n{ROW}\n{damaged}\n")
    assert got.said("replacement_characters").count == 2
    assert got.said("replacement_characters").line == 3


def test_a_file_of_many_chunks_is_read_to_its_end(read: Open) -> None:
    plates = [f"赣A{n:05}" for n in range(30_000)]
    text = _table(plates, "\n")
    for encoding in ("utf-8", "gb18030"):
        assert read(text.encode(encoding)).column("plate") == plates


def _read_bytes(data: bytes) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract"
        path.write_bytes(data)
        return read_file(path, Path(folder) / "work")


@settings(max_examples=60, deadline=None)
@given(
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    plates=st.lists(st.sampled_from(PLATES[:3]), min_size=2, max_size=30),
    cut=st.integers(0, 10_000),
)
def test_a_cut_file_is_read_rightly_up_to_the_cut_or_refused(
    encoding: str, plates: list[str], cut: int
) -> None:
    data = _table(plates, "\n").encode(encoding)
    try:
        got = _read_bytes(data[: cut % len(data)])
    except FileRefused:
        return
    # What is cut is the last row's.
    whole = got.rows.height - 1
    assert whole < 0 or got.column("plate")[:whole] == plates[:whole]


@settings(max_examples=60, deadline=None)
@given(
    encodings=st.permutations(["utf-8", "gb18030"]),
    before=st.integers(0, 200),
    after=st.integers(1, 200),
)
def test_a_mixed_file_is_refused(encodings: list[str], before: int, after: int) -> None:
    one, other = encodings
    head = "\n".join([HEADER, *[ROW] * before, ""])
    with pytest.raises(FileRefused) as refused:
        _read_bytes(head.encode(one) + f"{ROW}\n".encode(other) * after)
    assert refused.value.finding.line in {1, before + 2}
