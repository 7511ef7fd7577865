"""Explanations are kept with their submission and read back as they were said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from monitor.model import SHANGHAI
from monitor.store.explanations import (
    Explanation,
    NewExplanation,
    add_explanations,
    explanations_of,
)
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

AT = datetime(2023, 6, 9, 9, 30, tzinfo=SHANGHAI)
JUMP = NewExplanation(
    "count_jump", "season", "公交公司集中更新车辆", date(2023, 12, 31), "user:wangfang"
)
HEAP = NewExplanation("count_implausible", "batch", "同一天集中上牌", None, "user:wangfang")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as opened:
        yield opened


def test_what_was_said_is_read_back_by_submission_and_code(store: Store) -> None:
    with store.transaction():
        add_explanations(store, 3, [JUMP], AT)
        add_explanations(store, 2, [JUMP, HEAP], AT)
    assert explanations_of(store, [3]) == (Explanation(3, *JUMP, AT),)
    assert explanations_of(store, [2, 3, 9]) == (
        Explanation(2, *HEAP, AT),
        Explanation(2, *JUMP, AT),
        Explanation(3, *JUMP, AT),
    )
    assert explanations_of(store, []) == ()


def test_nothing_said_is_nothing_written(store: Store) -> None:
    add_explanations(store, 2, [], AT)
    assert store.one("SELECT count(*) FROM explanation") == 0


def test_a_code_is_explained_once(store: Store) -> None:
    add_explanations(store, 2, [JUMP], AT)
    with pytest.raises(duckdb.ConstraintException):
        add_explanations(store, 2, [JUMP], AT)
