"""Lines that others answer by a report: figures with their source, and things that happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import polars as pl

from monitor.assess.arithmetic import Sides
from monitor.assess.clause_found import (
    Asked,
    Found,
    beyond,
    number_status_of,
    share_status_of,
)
from monitor.assess.clause_status import plain
from monitor.model import Text
from monitor.policy.clause_targets import ClauseTarget, Threshold
from monitor.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported value, from the lowest to the highest that the sources of its day give.

    `unfit` are reports in a unit that cannot be turned into the line's own.
    """

    low: Decimal
    high: Decimal
    is_about: bool
    sources: tuple[Text, ...]
    unfit: int = 0


def figures_of(frame: pl.DataFrame, clause: str, item: str, division: str) -> pl.DataFrame:
    """The reports of one item of a clause for one division, the latest day last."""
    return frame.filter(
        pl.col("clause") == clause, pl.col("item") == item, pl.col("division") == division
    ).sort("dated_on", "submission", "line")


def value_of(policy: Policy, reports: pl.DataFrame, unit: str | None) -> Reported | None:
    """What the reports of the latest day say of the whole; None where none of them does."""
    whole = reports.filter(pl.col("who").is_null())
    if not whole.height:
        return None
    latest = whole.filter(pl.col("dated_on") == whole["dated_on"].max())
    values = [
        (low, most, row)
        for row in latest.iter_rows(named=True)
        if (low := in_unit(policy, row["value"], row["unit"], unit)) is not None
        and (most := in_unit(policy, row["value_most"] or row["value"], row["unit"], unit))
        is not None
    ]
    if not values:
        return None
    return Reported(
        low=min(low for low, _, _ in values),
        high=max(most for _, most, _ in values),
        is_about=any(row["about"] == "yes" for _, _, row in values),
        sources=tuple(_source(row["source"], row["dated_on"]) for _, _, row in values),
        unfit=latest.height - len(values),
    )


def passing(policy: Policy, reports: pl.DataFrame, threshold: Threshold) -> Reported | None:
    """How many of those that were reported one by one pass a threshold, each by its latest day."""
    single = reports.filter(pl.col("who").is_not_null())
    if not single.height:
        return None
    latest = single.group_by("who", maintain_order=True).last()
    passed, unfit = 0, 0
    for value, written in zip(latest["value"], latest["unit"], strict=True):
        number = in_unit(policy, value, written, threshold.unit)
        unfit += number is None
        passed += number is not None and _passes(number, threshold)
    count = Decimal(passed)
    sources = dict.fromkeys(
        _source(source, day)
        for source, day in zip(latest["source"], latest["dated_on"], strict=True)
    )
    return Reported(count, count + unfit, is_about=False, sources=tuple(sources), unfit=unfit)


def in_unit(
    policy: Policy, value: Decimal | None, written: str | None, unit: str | None
) -> Decimal | None:
    """A value in the unit of its line, exact; None where the units do not go together."""
    entry = policy.codes["reported_unit"].entries.get(written or "")
    if value is None or entry is None or entry.factor is None or entry.unit != unit:
        return None
    return value * Decimal(entry.factor)


def _passes(value: Decimal, threshold: Threshold) -> bool:
    limit = Decimal(threshold.value)
    return {
        ">=": value >= limit,
        ">": value > limit,
        "<=": value <= limit,
        "<": value < limit,
    }[threshold.op]


def _source(source: str | None, day: date) -> Text:
    told = source or ""
    return Text(f"{told}（截至 {day}）", f"{told} (as at {day})")


@dataclass(frozen=True, slots=True)
class Happened:
    """What was reported to have happened, in rows: all, those said to be done or not to be.

    `count` adds up how many of the thing the rows name, those that are not there left out; `rates`
    are in the order of their days.
    """

    rows: int
    count: int
    done: int
    undone: int
    rates: tuple[Decimal, ...]
    sources: tuple[Text, ...]


def happened(documents: pl.DataFrame, until: date, *, since: date | None = None) -> Happened:
    """The documents of one item up to a day (from `since` on), those that have expired left out."""
    told = documents.filter(pl.col("dated_on") <= until)
    if since is not None:
        told = told.filter(pl.col("dated_on") >= since)
    in_force = told.filter(pl.col("until").is_null() | (pl.col("until") >= until))
    done = in_force["done"]
    is_there = in_force.filter((pl.col("done") != "no").fill_null(value=True))
    return Happened(
        rows=told.height,
        count=int(is_there["number"].fill_null(1).sum()),
        done=int((done == "yes").sum()),
        undone=int((done == "no").sum()),
        rates=tuple(rate for rate in told["rate"] if rate is not None),
        sources=tuple(_titles(in_force)),
    )


def _titles(documents: pl.DataFrame) -> Iterable[Text]:
    for row in documents.iter_rows(named=True):
        by = f"，{row['issuer']}" if row["issuer"] else ""
        by_en = f", {row['issuer']}" if row["issuer"] else ""
        title = row["title"] or ""
        yield Text(f"{row['dated_on']} {title}{by}", f"{row['dated_on']} {title}{by_en}")


def by_figures(asked: Asked) -> Found:
    """The value that was reported under the line's name, or how many passed its threshold."""
    frame = asked.held.records.get("figure")
    if frame is None:
        return Found(is_known=False)
    reports = figures_of(frame, asked.clause.id, asked.line.name.zh, asked.division).filter(
        pl.col("dated_on") <= asked.until
    )
    if asked.line.span == "year":
        reports = reports.filter(pl.col("dated_on").dt.year() == asked.year)
    targets = asked.clause.targets_of(asked.line)
    unit = next((target.unit for target in targets if target.unit), asked.line.unit)
    threshold = next((target.threshold for target in targets if target.threshold), None)
    told = (
        passing(asked.policy, reports, threshold)
        if threshold
        else value_of(asked.policy, reports, unit)
    )
    if told is None:
        return Found(is_known=False)
    return Found(
        is_known=True,
        status=number_status_of(asked, told.low, told.high),
        value=plain(told.low),
        value_most=plain(told.high) if told.high != told.low else None,
        unit=unit,
        sources=told.sources,
        notes=(*_told(told), *beyond(asked, told.low)),
    )


def _told(told: Reported) -> tuple[Text, ...]:
    notes = []
    if told.is_about:
        notes.append(Text("报数注明为约数", "reported as about so much"))
    if len(set(told.sources)) > 1 and told.high != told.low:
        notes.append(Text("各出处的数值不同", "the sources differ"))
    if told.unfit:
        notes.append(
            Text(f"{told.unfit} 条的单位不能换算，未用", f"{told.unfit} in a unit of another kind")
        )
    return tuple(notes)


def by_documents(asked: Asked) -> Found:
    """What was reported to have happened, against how often it is to happen."""
    frame = asked.held.records.get("document")
    if frame is None:
        return Found(is_known=False)
    mine = figures_of(frame, asked.clause.id, asked.line.name.zh, asked.division)
    since = date(asked.year, 1, 1) if asked.line.span == "year" else None
    told = happened(mine, asked.until, since=since)
    target = asked.target
    unit = target.unit if target else None
    base = Found(is_known=told.rows > 0, sources=told.sources, unit=unit)
    if target is not None and target.op in {"non_decreasing", "rising"}:
        return _rates(base, told.rates, target, complete=asked.complete)
    if target is not None and target.unit == "%":
        unsure = told.rows - told.done - told.undone
        sides = Sides(denominator=told.rows, numerator=told.done, undetermined=unsure)
        status = share_status_of(asked, sides)
        return replace(base, sides=sides, status=status, misses=told.undone, unit="share")
    count = Decimal(told.count)
    status = number_status_of(asked, count, count)
    if status == "not_met" and not told.undone and not asked.is_whole:
        # What was not reported may have happened all the same.
        lacking = Text(
            f"只报来 {told.count} 项，全年是否报齐不明",
            f"{told.count} reported; whether that is all of the year is not known",
        )
        return replace(base, status="not_computable", value=plain(count), missing=(lacking,))
    return replace(base, status=status, value=plain(count), notes=beyond(asked, count))


def _rates(
    base: Found, rates: tuple[Decimal, ...], target: ClauseTarget, *, complete: bool
) -> Found:
    """Whether each rate was at least as high as the one before, or higher."""
    pairs = list(pairwise(rates))
    if not pairs:
        lacking = Text(
            "先后两次的标准，才能比较升降", "two rates, an earlier and a later, to be compared"
        )
        return replace(base, status="not_computable", missing=(lacking,))
    held = all(
        later >= earlier if target.op == "non_decreasing" else later > earlier
        for earlier, later in pairs
    )
    status = ("met" if complete else "on_track") if held else "not_met"
    return replace(base, status=status, value=plain(rates[-1]))
