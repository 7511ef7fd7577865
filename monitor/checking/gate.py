"""Great Expectations over what the passes observed: it reports, gates and keeps every figure.

The batch of a file's gate is its tally: how many rows broke each rule. The vectorised pass has
looked at every row once; the suite holds one expectation a rule over that result, so a rule that
did not run has no column and stops the run, and what was observed is kept, passed or failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from monitor.errors import CheckDidNotRun
from monitor.model import Assessment, RowCounts, Severity, Text
from monitor.policy.rules import RuleSuite

# Makes these columns a data frame of a Spark server, where the suites are to run there.
Frames = Callable[[Mapping[str, list[Any]]], Any]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One expectation's outcome: the suite and code it stands for, and what was observed."""

    suite: str
    code: str
    success: bool
    observed: Any


@dataclass(frozen=True, slots=True)
class GateReport:
    """All results of a run; as many as were declared, or there is no report."""

    results: tuple[CheckResult, ...]

    def as_rows(self) -> list[tuple[str, str, bool, Any]]:
        """For the store."""
        return [(r.suite, r.code, r.success, r.observed) for r in self.results]


def gate_rows(
    suite: RuleSuite,
    *,
    tallies: Mapping[str, int],
    batches: Mapping[str, int],
    batches_read: int,
    counts: RowCounts,
) -> GateReport:
    """Gate one file: every declared rule ran over every batch, and every row is accounted for.

    Raises `CheckDidNotRun` where a rule has no result or did not see all rows. A broken rule is a
    finding of the file, not a failure of the run.
    """
    unseen = sorted(code for code, seen in batches.items() if seen != batches_read)
    if unseen:
        raise _did_not_run(suite.kind, unseen)
    observed: dict[str, int] = dict(tallies)
    observed["rows_unaccounted"] = counts.read - counts.accepted - counts.rejected - counts.ignored
    declared = {rule.code: rule.severity for rule in suite.rules}
    expectations = [
        (code, "critical" if severity is Severity.ERROR else "warning")
        for code, severity in declared.items()
    ]
    results = _validate_sums(
        suite.kind, observed, [*expectations, ("rows_unaccounted", "critical")]
    )
    if observed["rows_unaccounted"]:
        raise _did_not_run(suite.kind, ["rows_unaccounted"])
    return GateReport(results)


def gate_verdicts(
    assessments: Sequence[Assessment], on_cluster: Frames | None = None
) -> GateReport:
    """Gate the mandated figures: one expectation a mandate, over the counts of all its rows.

    The surplus of each row is a whole number that is not negative exactly where the sure figure
    reaches the target. Raises `CheckDidNotRun` where an expectation is missing or contradicts a
    verdict.
    """
    rows = [(a, _surplus(a)) for a in assessments]
    judged = [(a, surplus) for a, surplus in rows if surplus is not None]
    mandates = list(dict.fromkeys(a.mandate for a, _ in judged))
    outcomes = _validate_surplus(
        mandates,
        {
            "mandate": [a.mandate for a, _ in judged],
            "figure": [f"{a.division}/{a.period}/{'+'.join(a.categories)}" for a, _ in judged],
            "surplus": [surplus for _, surplus in judged],
        },
        on_cluster,
    )
    for a, surplus in judged:
        if (surplus >= 0) != (a.short_by in {0, "0"}):
            raise CheckDidNotRun(
                Text(
                    f"{a.mandate} {a.division} {a.period} 的判定与核对不一致。",
                    f"The verdict of {a.mandate} {a.division} {a.period} contradicts its check.",
                )
            )
    return GateReport(outcomes)


def _surplus(assessment: Assessment) -> int | None:
    """By how much the sure figure passes its target, as a whole number whose sign is exact."""
    target = assessment.target
    if target is None or assessment.denominator == 0:
        return None
    if assessment.denominator is None:
        return (Fraction(assessment.numerator) - Fraction(target.value)).numerator
    share = Fraction(int(assessment.numerator), assessment.denominator)
    if target.op == ">=":
        wanted = Fraction(target.value)
        excess = share - wanted
        return int(excess * assessment.denominator * wanted.denominator)
    if assessment.compared_with is None:
        return None
    before = Fraction(*assessment.compared_with)
    # A rise must be one; where all was new-energy before, staying there is all that can be asked.
    return (share - before).numerator - (0 if share == before == 1 else 1)


def _did_not_run(kind: str, codes: Sequence[str]) -> CheckDidNotRun:
    listed = ", ".join(codes)
    return CheckDidNotRun(
        Text(
            f"{kind} 的检查未全部运行：{listed}。本次不予入库，请联系维护人员。",
            f"Checks of {kind} did not all run: {listed}. Nothing was stored; tell the operators.",
        )
    )


def _great_expectations() -> Any:
    """Imported only where a check runs: it costs seconds of CPU."""
    from monitor.checking import expectations  # noqa: PLC0415  # see above

    return expectations.great_expectations


@cache
def _observed() -> Any:
    """Where batches come from; made once, since making it costs more than validating."""
    return _whole(_sources().add_pandas(name="observed"))


def _there() -> Any:
    """Where batches of a Spark server come from; it holds on to the session of the day."""
    return _whole(_sources().add_spark(name="there"))


def _sources() -> Any:
    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources


def _whole(source: Any) -> Any:
    return source.add_dataframe_asset(name="tally").add_batch_definition_whole_dataframe("whole")


def _batch(columns: Mapping[str, list[Any]], on_cluster: Frames | None = None) -> Any:
    if on_cluster is not None:
        return _there().get_batch({"dataframe": on_cluster(columns)})
    import pandas as pd  # noqa: PLC0415  # as above

    return _observed().get_batch({"dataframe": pd.DataFrame(columns)})


@cache
def _no_row_breaks() -> Any:
    """Great Expectations' sum expectation, whose configuration is read off it once.

    A validation asks each expectation for it 52 times, and it is half of what a file's gate costs.
    """
    sums: Any = _great_expectations().expectations.ExpectColumnSumToBeBetween

    class ExpectNoRowBreaksRule(sums):  # type: ignore[misc]  # imported at run time
        @cached_property
        def configuration(self) -> Any:
            return super().configuration

        class Config:
            keep_untouched = (cached_property,)

    return ExpectNoRowBreaksRule


@cache
def _row_suite(kind: str, declared: tuple[tuple[str, str], ...]) -> Any:
    """One expectation a rule; kept for the next file of the kind."""
    gx = _great_expectations()
    return gx.ExpectationSuite(
        name=kind,
        expectations=[
            _no_row_breaks()(
                column=code, min_value=0, max_value=0, severity=severity, meta={"code": code}
            )
            for code, severity in declared
        ],
    )


def _validate_sums(
    kind: str, observed: Mapping[str, int], declared: Sequence[tuple[str, str]]
) -> tuple[CheckResult, ...]:
    suite = _row_suite(kind, tuple(declared))
    outcome = _batch({code: [rows] for code, rows in observed.items()}).validate(suite)
    return _results(kind, [code for code, _ in declared], outcome)


def _validate_surplus(
    mandates: Sequence[str], columns: Mapping[str, list[Any]], on_cluster: Frames | None
) -> tuple[CheckResult, ...]:
    if not mandates:
        return ()
    gx = _great_expectations()
    from great_expectations.expectations.row_conditions import (  # noqa: PLC0415  # as above
        Column,
    )

    mandate_is = Column("mandate")
    suite = gx.ExpectationSuite(
        name="mandates",
        expectations=[
            gx.expectations.ExpectColumnValuesToBeBetween(
                column="surplus",
                min_value=0,
                row_condition=mandate_is == mandate,
                meta={"code": mandate},
            )
            for mandate in mandates
        ],
    )
    outcome = _batch(columns, on_cluster).validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["figure"],
        },
    )
    return _results("mandates", mandates, outcome)


def _results(kind: str, declared: Sequence[str], outcome: Any) -> tuple[CheckResult, ...]:
    found: dict[str, CheckResult] = {}
    for result in outcome.results:
        code = result.expectation_config.meta["code"]
        seen = result.result
        if result.exception_info and result.exception_info.get("raised_exception"):
            continue
        if not seen:
            continue
        observed = (
            int(seen["observed_value"])
            if "observed_value" in seen
            else {
                "rows": int(seen["element_count"]),
                "short": [index["figure"] for index in seen.get("unexpected_index_list") or []],
            }
        )
        found[code] = CheckResult(kind, code, bool(result.success), observed)
    lost = [code for code in declared if code not in found]
    if lost:
        raise _did_not_run(kind, lost)
    return tuple(found[code] for code in declared)
