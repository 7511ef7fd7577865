"""The one question, asked of the store and of Spark over the export: the same rows, always."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attribution.weeks import FUZHOU, NOW, XIAMEN, Weeks, car, vin
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from thorough import TIMES

from cluster.conftest import reading, written
from monitor.corridor.judge import hold
from monitor.errors import WrongUse
from monitor.model import Mode, Period
from monitor.store import question
from monitor.store.engine import Engine
from monitor.store.exemptions import Decision, NewDecision, add_decisions
from monitor.store.home import Home
from monitor.store.knowledge import Knowledge
from monitor.store.spark import spark_engine
from monitor.store.store import Store

pytestmark = pytest.mark.enable_socket  # 127.0.0.1 alone
SAMPLE_DAYS = (date(2018, 6, 30), date(2020, 12, 31), date(2025, 12, 31))
NEW_YEAR = date(2023, 1, 1)


@dataclass
class Asked:
    """Everything that the one question answers, of one state of knowledge by one day."""

    counts: pl.DataFrame
    early: pl.DataFrame
    sorts: pl.DataFrame
    counties: pl.DataFrame


def asked(engine: Engine, knowledge: Knowledge, day: date, divisions: Sequence[str]) -> Asked:
    engine.look(knowledge)
    question.prepare(engine, day)
    return Asked(
        question.counts(engine),
        question.early_counts(engine, day),
        question.weighed_sorts(engine, list(divisions)),
        question.weighed_sorts(engine, list(divisions), by_county=True),
    )


def ensure_same(
    store: Store, other: Engine, knowledge: Knowledge, day: date, divisions: Sequence[str]
) -> Asked:
    """Both engines, row by row, types and order too."""
    here = asked(store.engine, knowledge, day, divisions)
    there = asked(other, knowledge, day, divisions)
    for name, frame in vars(here).items():
        assert_frame_equal(vars(there)[name], frame, check_row_order=True)
    return here


# --- the samples -------------------------------------------------------------------------------


def test_the_samples_are_counted_alike(
    spark_url: str, samples: Home, exported_samples: Path
) -> None:
    with reading(samples) as store:
        moments = [m for (m,) in store.rows("SELECT DISTINCT received_at FROM submission")]
        middle = sorted(moments)[len(moments) // 2]
        divisions = [d for (d,) in store.rows("SELECT DISTINCT division FROM facet") if d]
        with spark_engine(store, spark_url, str(exported_samples)) as engine:
            vehicles = []
            for day in SAMPLE_DAYS:
                found = ensure_same(store, engine, Knowledge(None, store.history()), day, divisions)
                vehicles.append(found.counts["vehicles"].sum())
            earlier = Knowledge(middle.replace(tzinfo=NOW.tzinfo), store.history())
            known = ensure_same(store, engine, earlier, SAMPLE_DAYS[-1], divisions)
    assert vehicles == sorted(vehicles)
    assert vehicles[-1] > 1000
    assert 0 < known.counts["vehicles"].sum() < vehicles[-1]


# --- whatever is sent --------------------------------------------------------------------------

DIVISIONS = (FUZHOU, XIAMEN)
COUNTY = {FUZHOU: "350102", XIAMEN: "350203"}
FEW_CARS = st.integers(1, 3)
A_DAY = st.dates(date(2022, 11, 1), date(2023, 3, 31)).map(date.isoformat)
A_ROW = st.fixed_dictionaries(
    {
        "燃料种类": st.sampled_from(["纯电动", "汽油", "混合动力"]),
        "初次登记日期": A_DAY,
        "豁免情形": st.sampled_from(["", "处置突发事件应急用车"]),
        "业务类型": st.sampled_from(["", "注册登记", "转移登记", "变更登记", "注销登记"]),
        "注销日期": st.one_of(st.just(""), st.just(""), A_DAY),
        "续驶里程": st.sampled_from(["", "300"]),
        "最大设计总质量": st.sampled_from(["", "4500"]),
        "快充": st.sampled_from(["", "是", "否"]),
    }
)
A_FILE = st.tuples(
    st.just("send"),
    st.sampled_from(DIVISIONS),
    st.dictionaries(FEW_CARS, A_ROW, min_size=1, max_size=3),
    st.sampled_from([Mode.ADD, Mode.ADD, Mode.REPLACE]),
)
A_WITHDRAWAL = st.tuples(st.just("withdraw"), st.sampled_from(DIVISIONS), FEW_CARS)
A_DECISION = st.tuples(
    st.just("decide"),
    st.sampled_from(DIVISIONS),
    FEW_CARS,
    st.sampled_from(list(Decision)),
    st.one_of(st.none(), st.dates(date(2022, 11, 1), date(2023, 3, 31))),
)
# Two files at least, or there is nothing to be corrected or claimed.
ACTS = st.tuples(
    A_FILE, A_FILE, st.lists(st.one_of(A_FILE, A_DECISION, A_DECISION, A_WITHDRAWAL), max_size=4)
)


def carry_out(weeks: Weeks, act: Any) -> None:
    """One thing that somebody does, on a day of its own."""
    weeks.day += timedelta(days=1)
    what, division, *rest = act
    if what == "send":
        rows, mode = rest
        period = Period(date(2022, 11, 1), date(2023, 3, 31)) if mode is Mode.REPLACE else None
        cars = [car(n, **row, 行政区划代码=COUNTY[division]) for n, row in rows.items()]
        weeks.send(cars, division, mode, period)
    elif what == "withdraw":
        with suppress(WrongUse):  # what is not held cannot be taken back
            weeks.withdraw(*rest, sender=division)
    else:
        number, decision, until = rest
        made = NewDecision(decision, until, "经核实", "李处长", weeks.day)
        with weeks.store.transaction():
            add_decisions(weeks.store, division, [(vin(number), "emergency")], made)


@settings(
    max_examples=4 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=ACTS,
    day=st.dates(date(2022, 12, 1), date(2023, 6, 30)),
    until=st.integers(1, 6),
)
def test_whatever_is_sent_is_counted_alike(
    acts: Any,
    day: date,
    until: int,
    spark_url: str,
    new_weeks: Callable[[Path], AbstractContextManager[Weeks]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        with new_weeks(Path(place)) as weeks:
            moment = weeks.day + timedelta(days=until)
            for act in (*acts[:2], *acts[2]):
                carry_out(weeks, act)
            home = weeks.store.home
        made = written(home, Path(place) / "facts")
        with reading(home) as store, spark_engine(store, spark_url, str(made.folder)) as engine:
            ensure_same(store, engine, Knowledge(None, store.history()), day, DIVISIONS)
            earlier = Knowledge(moment, store.history(moment))
            ensure_same(store, engine, earlier, day, DIVISIONS)
            assert made.manifest.rows["registration"] == store.one("SELECT sum(rows) FROM part")


# --- what follows the counts -------------------------------------------------------------------


def test_held_is_alike(spark_url: str, samples: Home, exported_samples: Path) -> None:
    day = date(2020, 12, 31)
    with (
        reading(samples) as store,
        spark_engine(store, spark_url, str(exported_samples)) as engine,
    ):
        there = hold(store, day, None, engine=engine)
        here = hold(store, day, None)
    assert there.evidence.counts.equals(here.evidence.counts)
    assert (there.history, there.decisions) == (here.history, here.decisions)
