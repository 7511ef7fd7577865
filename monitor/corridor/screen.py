"""From a readable file to rows that count, rows set aside, and all that is to be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from monitor.checking.rows import RowRules
from monitor.corridor.duplicates import Repeated, Sightings
from monitor.corridor.notable import Notable
from monitor.errors import RowsUnaccounted
from monitor.extracts.context import ExtractContext
from monitor.extracts.crosschecks import add_crosschecks
from monitor.extracts.procurement import ProcurementReader
from monitor.extracts.reading import Reading
from monitor.extracts.record import RecordReader, record_columns
from monitor.extracts.registration import RegistrationReader
from monitor.model import Interpretation, Period, RowCounts, Text
from monitor.policy.kinds import ExtractKind
from monitor.store.facets import FacetBook
from monitor.store.parts import PartWriter, read_part
from monitor.store.schema import date_column, fact_columns

DUPLICATE_ROW, DUPLICATE_CONFLICT = "duplicate_row", "duplicate_conflict"
Reader = RegistrationReader | ProcurementReader | RecordReader
_READERS: dict[str, type[Reader]] = {
    "registration": RegistrationReader,
    "procurement": ProcurementReader,
    "record": RecordReader,
}
_POLARS: dict[str, pl.DataType] = {
    "INTEGER": pl.Int32(),
    "UINTEGER": pl.UInt32(),
    "UBIGINT": pl.UInt64(),
    "VARCHAR": pl.String(),
    "DATE": pl.Date(),
    "BOOLEAN": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Screened:
    """What the pass over a file's rows gave.

    `part` and `rejected` are Parquet files in the work folder, None where there is no such row;
    `repeated.copies` and `.conflicts` are lines of `part` that do not count. `tallies` counts
    rows by finding code, `batches` the batches that each row rule saw, of `batches_read`.
    """

    counts: RowCounts
    part: Path | None
    part_rows: int
    rejected: Path | None
    repeated: Repeated
    notable: Notable
    tallies: Mapping[str, int]
    batches: Mapping[str, int]
    batches_read: int
    interpretations: tuple[Interpretation, ...]
    spans: Mapping[str, Period]
    days: Mapping[date, int]
    has_deregistrations: bool

    @property
    def span(self) -> Period | None:
        """From the first to the last day of the rows that count."""
        if not self.spans:
            return None
        periods = self.spans.values()
        return Period(min(p.start for p in periods), max(p.end for p in periods))


def screen(
    reading: Reading,
    context: ExtractContext,
    facets: FacetBook,
    work: Path,
    seq: int,
) -> Screened:
    """Type and check every row of a reading, batch by batch; raises `RowsUnaccounted`."""
    kind = context.kind
    rules = RowRules(context.policy.rules[kind])
    declared = context.policy.kinds[kind]
    reader = _READERS[declared.reader](context)
    kept = _kept(declared)
    notable = Notable(rules, reading.mapping, context.headers, reading.findings)
    sightings = Sightings()
    part, rejected = work / "part.parquet", work / "rejected.parquet"
    rows = errors = batches = 0
    with PartWriter(rejected) as aside:
        with PartWriter(part) as facts:
            for raw in reading.batches():
                batches += 1
                typed = reader.read(_named(raw, reading.mapping))
                if kind == "registration":
                    typed = _dated(add_crosschecks(typed, context), context)
                mask = rules.mask(typed)
                typed = typed.hstack(facets.number(kind, typed).get_columns())
                if typed.height != raw.height or len(mask) != raw.height:
                    raise RowsUnaccounted(
                        Text("检查中行数发生变化。", "A step changed the number of rows.")
                    )
                wrong = (mask & rules.errors) != 0
                notable.add(raw, mask, wrong)
                sightings.add(typed, wrong)
                facts.write(_facts(kept, typed, seq).filter(~wrong))
                aside.write(_aside(raw, mask, wrong, rules))
                rows += raw.height
                errors += int(wrong.sum())
        counts = reading.counts
        repeated = sightings.repeated(part if facts.rows else None, facets.deregistrations())
        _tell_repeated(reading, repeated, notable, aside)
    # Rows that contradict each other count nowhere, so they cover no day either.
    days = _count_days(part, context, repeated.conflicts, facets) if facts.rows else _Days({}, {})
    conflicts = len(repeated.conflicts)
    accounted = RowCounts(
        counts.read, rows - errors - conflicts, errors + conflicts, counts.ignored
    )
    if accounted.read != rows + accounted.ignored:
        raise RowsUnaccounted(
            Text(f"行数对不上：{accounted}。", f"Rows are unaccounted for: {accounted}.")
        )
    return Screened(
        counts=accounted,
        part=part if facts.rows else None,
        part_rows=facts.rows,
        rejected=rejected if aside.rows else None,
        repeated=repeated,
        notable=notable,
        tallies=rules.tallies,
        batches=rules.batches,
        batches_read=batches,
        interpretations=(*reading.interpretations, *reader.columns.interpretations()),
        spans=days.spans,
        days=days.rows,
        has_deregistrations=bool(facets.deregistrations()),
    )


def _named(raw: pl.DataFrame, mapping: Mapping[str, str]) -> pl.DataFrame:
    """The mapped cells under the names of their columns, with the line and the reader's flags."""
    return raw.select(
        "line",
        "is_overlong",
        "has_unvalued_formula",
        *(pl.col(cell).alias(column) for column, cell in mapping.items()),
    )


class _Days(NamedTuple):
    """Each division's span, and how many rows that count fall on each day."""

    spans: dict[str, Period]
    rows: dict[date, int]


def _count_days(
    part: Path, context: ExtractContext, without: Sequence[int], facets: FacetBook
) -> _Days:
    """The days of a written part's rows but those of the given lines.

    A deregistration falls on the day that the vehicle ended, not on that of its registration years
    before: a file of deregistrations says nothing of those years.
    """
    day = pl.col(date_column(context.kind))
    ends = facets.deregistrations()
    if context.kind == "registration" and ends:
        ended = pl.min_horizontal("retired_on", pl.lit(context.received_on))
        day = pl.when(pl.col("facet").is_in(list(ends))).then(ended).otherwise(day)
    dates = [name for name in fact_columns(context.kind) if name.endswith("_on")]
    whose = pl.col("facet").replace_strict(facets.divisions(), return_dtype=pl.String)
    counted = pl.concat(
        piece.filter(~pl.col("line").is_in(list(without)))
        .group_by(whose.alias("division"), day.alias("day"))
        .len()
        for piece in read_part(part, ("line", "facet", *dates))
    )
    found = counted.group_by("division", "day").agg(pl.col("len").sum()).sort("division", "day")
    days = _Days({}, {})
    for division, on, rows in found.iter_rows():
        first = days.spans.get(division, Period(on, on)).start
        days.spans[division] = Period(first, on)
        days.rows[on] = days.rows.get(on, 0) + rows
    return days


def _dated(typed: pl.DataFrame, context: ExtractContext) -> pl.DataFrame:
    """A deregistration without its day is dated by the period's end or the day of receipt."""
    latest = context.received_on
    latest = min(latest, context.period.end) if context.period else latest
    undated = pl.col("is_deregistration") & pl.col("retired_on").is_null()
    return typed.with_columns(
        (undated & ~pl.col("retired_on_unreadable")).alias("is_undated_retirement"),
        pl.when(undated)
        .then(pl.max_horizontal(pl.lit(latest), "registered_on"))
        .otherwise("retired_on")
        .alias("retired_on"),
    )


def _kept(kind: ExtractKind) -> dict[str, pl.DataType]:
    """The columns of a fact row of a kind, with their types."""
    shared = {name: _POLARS[dtype] for name, dtype in fact_columns(kind.kind).items()}
    return shared | (record_columns(kind) if kind.is_record else {})


def _facts(kept: Mapping[str, pl.DataType], typed: pl.DataFrame, seq: int) -> pl.DataFrame:
    typed = typed.with_columns(pl.lit(seq, dtype=pl.Int32).alias("submission"))
    return typed.select(pl.col(name).cast(dtype) for name, dtype in kept.items())


def _aside(raw: pl.DataFrame, mask: pl.Series, wrong: pl.Series, rules: RowRules) -> pl.DataFrame:
    """The sender's cells of rows set aside, with the codes of the rules that they break."""
    rows = raw.with_columns((mask & rules.errors).alias("codes")).filter(wrong)
    masks = rows["codes"].unique()
    named = [";".join(rule.code for rule in rules.rules_of(value)) for value in masks]
    return _as_text(
        rows.with_columns(
            pl.col("codes").replace_strict(
                masks, pl.Series(named, dtype=pl.String), return_dtype=pl.String
            )
        )
    )


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    cells = [name for name in rows.columns if name.startswith("c") and name[1:].isdigit()]
    return rows.select(pl.col("line").cast(pl.UInt32), pl.col("codes"), *cells)


def _tell_repeated(
    reading: Reading, repeated: Repeated, notable: Notable, aside: PartWriter
) -> None:
    """Findings for repeated vehicles, with the sender's own cells, which are read once more."""
    told: dict[str, Sequence[int]] = {
        DUPLICATE_CONFLICT: sorted((*repeated.conflicts, *repeated.conflicts_aside)),
        DUPLICATE_ROW: sorted((*repeated.copies, *repeated.copies_aside)),
    }
    if not any(told.values()):
        return
    for raw in reading.rows_on([line for lines in told.values() for line in lines]):
        for code, lines in told.items():
            notable.add_lines(code, raw.filter(pl.col("line").is_in(list(lines))))
        fresh = raw.filter(pl.col("line").is_in(list(repeated.conflicts)))
        if fresh.height:
            aside.write(_as_text(fresh.with_columns(codes=pl.lit(DUPLICATE_CONFLICT))))
