"""Contracts, registrations and retirements set against each other, for all divisions at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from monitor.assess.coverage import Coverage, by_division, gaps
from monitor.assess.reconciliation import Mismatch, OpenLine, Reconciliation, Unmatched
from monitor.policy.policy import Policy
from monitor.store import matching_rows
from monitor.store.matching import add_differences, match
from monitor.store.matching_names import named_alike
from monitor.store.matching_retirements import without_retirement
from monitor.store.store import Store

_Row = dict[str, Any]


def reconcile(store: Store, policy: Policy, as_of: date) -> Reconciliation:
    """All that does not fit by `as_of`; `judge.hold` must have asked the question of that day.

    Work it out once for all divisions and take a division's part by `Reconciliation.of`.
    """
    told = _Told(
        policy,
        as_of,
        matching_rows.files(store.connection),
        contracts=by_division(store.coverage("procurement")),
        registrations=by_division(store.coverage("registration")),
    )
    lines, vehicles = _sides(store, policy, told)
    pairs = add_differences(match(lines, vehicles), lines, vehicles)
    paired = pairs.join(
        vehicles.select("vehicle", "on", pl.col("division").alias("place")), on="vehicle"
    ).join(lines.select("line", "delivery_on"), on="line")
    taken = pairs.group_by("line").agg(pl.len().cast(pl.Int64).alias("taken"))
    still = (
        lines.join(taken, on="line", how="left", maintain_order="left")
        .with_columns((pl.col("quantity") - pl.col("taken").fill_null(0)).alias("open"))
        .filter(pl.col("open") > 0)
    )
    unbought = vehicles.filter("is_expected").join(pairs, on="vehicle", how="anti")
    delay = _usual_delay(paired)
    by_place = paired.group_by("place").len().sort("place")
    return Reconciliation(
        as_of=as_of,
        unmatched=(
            *(told.not_registered(row) for row in still.iter_rows(named=True)),
            *told.not_bought(unbought),
            *told.not_retired(store),
            *told.claimed_twice(store),
            *told.differing(pairs, lines, vehicles),
        ),
        open_lines=tuple(told.open_line(row, delay) for row in still.iter_rows(named=True)),
        matched=pairs.height,
        compared=tuple(sorted({*told.contracts, *lines["division"].unique()})),
        usual_delay_days=delay,
        matched_by=tuple((place, int(count)) for place, count in by_place.iter_rows()),
    )


def _sides(store: Store, policy: Policy, told: _Told) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contract lines and the vehicles that may belong to them, as `matching.match` wants them."""
    rules, nothing = policy.reconciliation, tuple(sorted(policy.energies("none")))
    lines = matching_rows.contract_lines(
        store.connection,
        told.as_of,
        uncounted=tuple(sorted(policy.codes["reason"].where(counted=False))),
        energies=nothing,
    ).with_row_index("line")
    roots = {
        code: entry.kind_of or code for code, entry in policy.codes["category"].entries.items()
    }
    sorts = lines.select("division", "category").unique(maintain_order=True).rows()
    vehicles = matching_rows.registered_vehicles(
        store.connection,
        matching_rows.Wanted(
            sorts=[
                (division, kin)
                for division, category in sorts
                for kin, root in roots.items()
                if root == roots[category]
            ],
            models=lines["model"].drop_nulls().unique().sort().to_list(),
            vins=lines["vehicle_vin"].drop_nulls().unique().sort().to_list(),
            covered=tuple(sorted(told.contracts)),
            owner_kinds=rules.expected.owner_kinds,
            categories=rules.expected.categories,
            energies=nothing,
        ),
    ).with_row_index("vehicle")
    sides = {code: entry.new_energy for code, entry in policy.codes["energy"].entries.items()}
    shared = (
        pl.col("energy").replace_strict(sides, return_dtype=pl.String).alias("new_energy"),
        pl.col("category").replace(roots).alias("root"),
        pl.col("energy").alias("class"),
        pl.col("model").alias("written_model"),
    )
    expected = pl.coalesce(
        "delivery_on", pl.col("signed_on") + pl.duration(days=rules.usual_delivery_days)
    )
    soon = pl.col("expected_on") - pl.duration(days=rules.early_days)
    late = pl.col("expected_on") + pl.duration(days=rules.late_days)
    lines = lines.with_columns(*shared, expected.alias("expected_on")).with_columns(
        pl.max_horizontal("signed_on", soon).alias("near_from"),
        pl.max_horizontal("signed_on", late).alias("near_until"),
    )
    vehicles = vehicles.with_columns(*shared)
    return named_alike(lines, vehicles, rules.energy_names())


def _usual_delay(paired: pl.DataFrame) -> int:
    """The median of planned delivery to registration, in whole days towards the earlier."""
    median = paired.select((pl.col("on") - pl.col("delivery_on")).dt.total_days().median()).item()
    return 0 if median is None else int(median // 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """Puts rows into words of the model: what was known of them, where they stand."""

    policy: Policy
    as_of: date
    files: dict[int, tuple[str, str | None]]
    contracts: Coverage
    registrations: Coverage

    def not_registered(self, row: _Row) -> Unmatched:
        since = row["delivery_on"] or row["signed_on"]
        return self._item(
            Mismatch.BOUGHT_NOT_REGISTERED,
            row,
            since,
            vehicles=row["open"],
            contract_no=row["contract_no"],
            vin=row["vehicle_vin"],
            is_data_gap=self._unreported(row["division"], since),
        )

    def open_line(self, row: _Row, delay: int) -> OpenLine:
        return OpenLine(
            division=row["division"],
            category=row["category"],
            energy=row["class"],
            owner_kind=row["owner_kind"],
            area=row["area"],
            exemption=row["exemption"],
            due_on=row["expected_on"] + timedelta(days=delay),
            vehicles=row["open"],
            is_data_gap=self._unreported(row["division"], row["expected_on"]),
        )

    def not_bought(self, vehicles: pl.DataFrame) -> Iterator[Unmatched]:
        """Vehicles for whose time contracts are held, wholly or (a gap in the data) in part."""
        usual = timedelta(days=self.policy.reconciliation.usual_delivery_days)
        known: dict[tuple[str, date], bool | None] = {}
        for row in vehicles.iter_rows(named=True):
            place, on = row["division"], row["on"]
            if (place, on) not in known:
                open_days = gaps(self.contracts.get(place, []), on - usual, on)
                none_held = [(on - usual, on)] == [tuple(days) for days in open_days]
                known[place, on] = None if none_held else bool(open_days)
            gap = known[place, on]
            if gap is not None:
                yield self._item(
                    Mismatch.REGISTERED_NOT_BOUGHT, row, on, vin=row["vin"], is_data_gap=gap
                )

    def not_retired(self, store: Store) -> Iterator[Unmatched]:
        rules = self.policy.reconciliation
        found = without_retirement(
            store.connection,
            reasons=rules.replacing_reasons,
            energies=tuple(sorted(self.policy.energies("none"))),
            before=rules.retired_days_before,
            after=rules.retired_days_after,
        )
        for row in found.iter_rows(named=True):
            last = row["on"] + timedelta(days=rules.retired_days_after)
            yield self._item(
                Mismatch.REPLACEMENT_WITHOUT_RETIREMENT,
                row,
                row["on"],
                vin=row["vin"],
                is_due=last < self.as_of,
                is_data_gap=not row["has_retirements"],
            )

    def claimed_twice(self, store: Store) -> Iterator[Unmatched]:
        found = matching_rows.claimed_vehicles(store.connection, self.as_of)
        for row in found.iter_rows(named=True):
            yield self._item(
                Mismatch.CLAIMED_TWICE, row, row["on"], vin=row["vin"], other=row["others"]
            )

    def differing(
        self, pairs: pl.DataFrame, lines: pl.DataFrame, vehicles: pl.DataFrame
    ) -> Iterator[Unmatched]:
        bought = lines.select("line", "contract_no", pl.col("class").alias("class_bought"))
        found = pairs.filter("differs").join(bought, on="line").join(vehicles, on="vehicle")
        for row in found.sort("vehicle").iter_rows(named=True):
            yield self._item(
                Mismatch.FUEL_DIFFERS,
                row,
                row["on"],
                contract_no=row["contract_no"],
                vin=row["vin"],
                other=row["class_bought"],
            )

    def _unreported(self, division: str, since: date) -> bool:
        """Whether some day from `since` to the day judged has no registrations of the division."""
        spans = self.registrations.get(division, [])
        return since <= self.as_of and bool(gaps(spans, since, self.as_of))

    def _item(
        self,
        mismatch: Mismatch,
        row: _Row,
        since: date,
        *,
        vehicles: int = 1,
        contract_no: str | None = None,
        vin: str | None = None,
        other: str | None = None,
        is_due: bool = True,
        is_data_gap: bool = False,
    ) -> Unmatched:
        submission, file = self.files[row["submission"]]
        waited = (self.as_of - since).days
        return Unmatched(
            mismatch=mismatch,
            division=row["division"],
            category=row["category"],
            energy=row.get("class") or row["energy"],
            vehicles=vehicles,
            since=since,
            days=waited if is_due and waited >= 0 else None,
            contract_no=contract_no,
            organisation=row["organisation"],
            model=row.get("written_model") or row["model"],
            vin=vin,
            other=other,
            submission=submission,
            file=file,
            line=row["line_number"],
            is_data_gap=is_data_gap,
        )
