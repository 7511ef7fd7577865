"""Contracts, registrations and retirements set against each other, for all divisions at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from monitor.assess.coverage import Coverage, by_division, gaps
from monitor.assess.reconciliation import Mismatch, OpenLine, Reconciliation, Unmatched
from monitor.model import Period
from monitor.policy.policy import Policy
from monitor.policy.reconciliation import ReconciliationRules
from monitor.store import matching_rows
from monitor.store.matching import add_differences, match
from monitor.store.matching_names import named_alike
from monitor.store.matching_retirements import without_retirement
from monitor.store.store import Store


def reconcile(store: Store, policy: Policy, as_of: date) -> Reconciliation:
    """All that does not fit by `as_of`; `judge.hold` must have asked the question of that day.

    Work it out once for all divisions and take a division's part by `Reconciliation.of`.
    """
    told = _Told(
        policy.reconciliation,
        as_of,
        matching_rows.files(store.connection),
        contracts=by_division(store.coverage("procurement")),
        registrations=by_division(store.coverage("registration")),
    )
    lines, vehicles = _sides(store, policy, told)
    pairs = add_differences(match(lines, vehicles), lines, vehicles)
    taken = pairs.group_by("line").agg(pl.len().cast(pl.Int64).alias("taken"))
    still = (
        lines.join(taken, on="line", how="left", maintain_order="left")
        .with_columns((pl.col("quantity") - pl.col("taken").fill_null(0)).alias("open"))
        .filter(pl.col("open") > 0)
    )
    places = pairs.join(vehicles.select("vehicle", "division"), on="vehicle")
    delay = _usual_delay(pairs, lines, vehicles)
    unbought = vehicles.filter("is_expected").join(pairs, on="vehicle", how="anti")
    unretired = without_retirement(
        store.connection,
        reasons=policy.reconciliation.replacing_reasons,
        energies=tuple(sorted(policy.energies("none"))),
        before=policy.reconciliation.retired_days_before,
        after=policy.reconciliation.retired_days_after,
    )
    return Reconciliation(
        as_of=as_of,
        unmatched=(
            *told.not_registered(still),
            *told.not_bought(unbought.sort("vehicle")),
            *told.not_retired(unretired),
            *told.claimed_twice(matching_rows.claimed_vehicles(store.connection, as_of)),
            *told.differing(pairs, lines, vehicles),
        ),
        open_lines=told.open_lines(still, delay),
        matched=pairs.height,
        compared=tuple(sorted({*told.contracts, *lines["division"].unique()})),
        usual_delay_days=delay,
        matched_by=tuple(places.group_by("division").len().sort("division").iter_rows()),
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


def _usual_delay(pairs: pl.DataFrame, lines: pl.DataFrame, vehicles: pl.DataFrame) -> int:
    """The median of planned delivery to registration, in whole days towards the earlier."""
    days = (
        pairs.join(vehicles.select("vehicle", "on"), on="vehicle")
        .join(lines.select("line", "delivery_on"), on="line")
        .select((pl.col("on") - pl.col("delivery_on")).dt.total_days().median())
    )
    median = days.item()
    return 0 if median is None else int(median // 1)


# What is so of most items: one vehicle, known by its VIN, since its registration.
_ON, _VIN, _ONE = pl.col("on"), pl.col("vin"), pl.lit(1)
_NOTHING, _YES, _NO = pl.lit(None, dtype=pl.String), pl.lit(value=True), pl.lit(value=False)


@dataclass(frozen=True, slots=True)
class _Told:
    """Rows that do not fit, told in the model's words, and what was held of their time."""

    rules: ReconciliationRules
    as_of: date
    files: pl.DataFrame
    contracts: Coverage
    registrations: Coverage

    def not_registered(self, lines: pl.DataFrame) -> Iterator[Unmatched]:
        """Lines with `open` vehicles, since the planned delivery or else the signing."""
        since = pl.coalesce("delivery_on", "signed_on")
        return self._items(
            Mismatch.BOUGHT_NOT_REGISTERED,
            self._with_silence(lines, since),
            since=since,
            vehicles=pl.col("open"),
            contract_no=pl.col("contract_no"),
            vin=pl.col("vehicle_vin"),
            is_due=pl.col("expected_on") < self.as_of,
            is_data_gap=pl.col("is_silent"),
        )

    def open_lines(self, lines: pl.DataFrame, delay: int) -> tuple[OpenLine, ...]:
        """The same lines, each with the day on which its vehicles are expected in the register."""
        told = self._with_silence(lines, pl.col("expected_on")).select(
            *("division", "category", "written_energy", "owner_kind", "area", "exemption"),
            pl.col("expected_on") + pl.duration(days=delay),
            *("open", "is_silent"),
        )
        return tuple(OpenLine(*row) for row in told.iter_rows())

    def not_bought(self, vehicles: pl.DataFrame) -> Iterator[Unmatched]:
        """Vehicles for whose time contracts are held, wholly or (a gap in the data) in part."""
        usual = timedelta(days=self.rules.usual_delivery_days)

        def lacking(division: str, on: date) -> bool | None:
            """Whether contracts of some days are lacking; None where those of all days are."""
            days = gaps(self.contracts.get(division, []), on - usual, on)
            return None if days == [Period(on - usual, on)] else bool(days)

        told = _with_told(vehicles, pl.col("on"), "is_lacking", lacking)
        return self._items(
            Mismatch.REGISTERED_NOT_BOUGHT,
            told.filter(pl.col("is_lacking").is_not_null()),
            is_data_gap=pl.col("is_lacking"),
        )

    def not_retired(self, vehicles: pl.DataFrame) -> Iterator[Unmatched]:
        """Replacements; until the time for it is over the old vehicle may still be retired."""
        last = pl.col("on") + pl.duration(days=self.rules.retired_days_after)
        return self._items(
            Mismatch.REPLACEMENT_WITHOUT_RETIREMENT,
            vehicles,
            is_due=last < self.as_of,
            is_data_gap=~pl.col("has_retirements"),
        )

    def claimed_twice(self, vehicles: pl.DataFrame) -> Iterator[Unmatched]:
        """Both rows of each vehicle, until one is withdrawn."""
        return self._items(Mismatch.CLAIMED_TWICE, vehicles, other=pl.col("others"))

    def differing(
        self, pairs: pl.DataFrame, lines: pl.DataFrame, vehicles: pl.DataFrame
    ) -> Iterator[Unmatched]:
        """Vehicles whose energy is another than their contract's."""
        bought = lines.select("line", "contract_no", pl.col("written_energy").alias("bought"))
        found = pairs.filter("differs").join(bought, on="line").join(vehicles, on="vehicle")
        return self._items(
            Mismatch.FUEL_DIFFERS,
            found.sort("vehicle"),
            contract_no=pl.col("contract_no"),
            other=pl.col("bought"),
        )

    def _with_silence(self, lines: pl.DataFrame, since: pl.Expr) -> pl.DataFrame:
        """`is_silent`: some day since then has no registrations of the division."""

        def silent(division: str, on: date) -> bool:
            spans = self.registrations.get(division, [])
            return on <= self.as_of and bool(gaps(spans, on, self.as_of))

        return _with_told(lines, since, "is_silent", silent)

    def _items(
        self,
        mismatch: Mismatch,
        rows: pl.DataFrame,
        *,
        since: pl.Expr = _ON,
        vehicles: pl.Expr = _ONE,
        contract_no: pl.Expr = _NOTHING,
        vin: pl.Expr = _VIN,
        other: pl.Expr = _NOTHING,
        is_due: pl.Expr = _YES,
        is_data_gap: pl.Expr = _NO,
    ) -> Iterator[Unmatched]:
        waited = (pl.lit(self.as_of) - since).dt.total_days()
        told = rows.join(self.files, on="submission", how="left", maintain_order="left").select(
            *("division", "category", "written_energy"),
            vehicles.alias("vehicles"),
            since.alias("since"),
            pl.when(is_due & (waited >= 0)).then(waited).alias("days"),
            contract_no.alias("contract_no"),
            *("organisation", "written_model"),
            vin.alias("named"),
            other.alias("other"),
            *("id", "file", "line_number"),
            is_data_gap.alias("is_data_gap"),
        )
        return (Unmatched(mismatch, *row) for row in told.iter_rows())


def _with_told(
    rows: pl.DataFrame, day: pl.Expr, name: str, tell: Callable[[str, date], bool | None]
) -> pl.DataFrame:
    """The rows with what is told of their division and day, asked once for each such pair."""
    asked = rows.select("division", day.alias("asked_on")).unique()
    answers = pl.Series(name, [tell(*pair) for pair in asked.iter_rows()], dtype=pl.Boolean)
    return (
        rows.with_columns(day.alias("asked_on"))
        .join(
            asked.with_columns(answers),
            on=["division", "asked_on"],
            how="left",
            maintain_order="left",
        )
        .drop("asked_on")
    )
