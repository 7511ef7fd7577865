"""The verdict suites on Great Expectations' own Spark data source: the results of the store's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cluster.conftest import reading
from monitor.assess.assess import assess
from monitor.checking import gate
from monitor.corridor.judge import hold
from monitor.errors import CheckDidNotRun
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.spark import SparkEngine, spark_engine

pytestmark = [
    pytest.mark.enable_socket,  # 127.0.0.1 alone
    # What Great Expectations' Spark engine and Spark's client say of each other's next versions.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:great_expectations.*"),
    pytest.mark.filterwarnings("ignore::FutureWarning:pyspark.*"),
]
DAY = date(2020, 12, 31)


def judged(policy: Policy, engine: SparkEngine) -> tuple[Assessment, ...]:
    return assess(policy, hold(engine.store, DAY, None, engine=engine))


def test_the_suites_say_there_what_they_say_here(
    spark_url: str, samples: Home, exported_samples: Path, policy: Policy
) -> None:
    with (
        reading(samples) as store,
        spark_engine(store, spark_url, str(exported_samples)) as engine,
    ):
        rows = judged(policy, engine)
        asked: list[Mapping[str, list[Any]]] = []

        def counted(columns: Mapping[str, list[Any]]) -> Any:
            asked.append(columns)
            return engine.rows(columns)

        there = gate.gate_verdicts(rows, counted)
        here = gate.gate_verdicts(rows)
        assert there == here
        assert len(asked) == 1
        declared = set(asked[0]["mandate"])
        assert {result.code for result in there.results} == declared
        # Some mandate is missed by somebody; of those who reach theirs alone, all pass.
        assert any(result.observed["short"] for result in there.results if not result.success)
        reached = [row for row in rows if row.short_by in {0, "0"}]
        passed = gate.gate_verdicts(reached, engine.rows)
        assert passed.results
        assert all(result.success for result in passed.results)

        wrong = [replace(row, short_by=row.short_by or 1) for row in rows]
        with pytest.raises(CheckDidNotRun):
            gate.gate_verdicts(wrong, engine.rows)

        def without_surplus(columns: Mapping[str, list[Any]]) -> Any:
            return engine.rows({k: v for k, v in columns.items() if k != "surplus"})

        with pytest.raises(CheckDidNotRun):
            gate.gate_verdicts(rows, without_surplus)
