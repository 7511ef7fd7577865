"""Two bulletins' worth of facts: Nanchang at the end of 2020, Fujian in the autumn of 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from monitor.assess.attribution import Cause
from monitor.assess.otherwise import OtherVerdicts, Pair
from monitor.bulletins.facts import BulletinFacts
from monitor.model import (
    SHANGHAI,
    Assessment,
    Changes,
    Excluded,
    Mode,
    Period,
    RowCounts,
    Status,
    SubmissionSummary,
    Target,
    Text,
)
from monitor.policy.bodies import load_bodies
from monitor.policy.codes import load_codes
from monitor.policy.divisions import load_divisions
from monitor.policy.kinds import load_kinds
from monitor.policy.mandates import load_mandates
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.policy.readings import load_readings, with_recorded
from monitor.policy.rules import load_rules
from monitor.policy.standard_vehicle import WeightTable

from .example_outlook import attribution_of, begins, forecast_of, reconciliation_of, weekly_of
from .example_supervision import supervision_of_fujian

HERE = Path(__file__).parent
FILES = HERE / "policy"


def example_policy() -> Policy:
    """A policy cut down to what bulletins need, so that they do not change with the real one."""
    codes = load_codes([FILES / "category.yml", FILES / "energy.yml"])
    divisions = load_divisions([FILES / "jiangxi.yml", FILES / "fujian.yml"])
    kinds = load_kinds(sorted((FILES / "kinds").glob("*.yml")), codes=codes, columns={})
    readings = load_readings(sorted((FILES / "readings").glob("*.yml")))
    mandates = load_mandates(
        sorted((FILES / "mandates").glob("*.yml")), codes=codes, divisions=divisions, documents={}
    )
    return Policy(
        project=Project(),
        codes=codes,
        divisions=divisions,
        columns={},
        rules=load_rules([FILES / "rules.yml"]),
        mandates=with_recorded(mandates, readings),
        weights=WeightTable(table="standard_vehicle", source="", entries=()),
        baselines=(),
        ruleset="5b0c6a1fd2e94c77",
        kinds=kinds,
        bodies=load_bodies([FILES / "bodies.yml"], divisions),
        readings=readings,
    )


class Rows:
    """Writes assessments with what most of them share."""

    def __init__(self, policy: Policy, year: int, *, complete: bool) -> None:
        self.policy, self.year, self.complete = policy, year, complete
        self.made: list[Assessment] = []

    def add(
        self,
        mandate: str,
        division: str,
        status: str,
        counted: int | None,
        new_energy: int,
        *,
        undetermined: int = 0,
        short_by: int = 0,
        needed_next: int | None = 0,
        consequence: str = "none",
        binding: bool = True,
        role: str = "finding",
        categories: tuple[str, ...] | None = None,
        excluded: Excluded | None = None,
        covered: Period | None = None,
        incomplete: bool = False,
        **more: object,
    ) -> None:
        clause = self.policy.mandates[mandate]
        asked = clause.target_of(self.year)
        share = None
        if counted:
            cut = Decimal(new_energy * 10000 // counted).scaleb(-4)
            share = f"{cut:.4f}"
        self.made.append(
            Assessment(
                mandate=mandate,
                division=division,
                period=str(self.year),
                complete=self.complete,
                measure=clause.measure,
                categories=categories or clause.categories,
                role="breakdown" if role == "breakdown" else "finding",
                binding=binding,
                target=Target(asked.op, asked.value, clause.unit)
                if asked and asked.value
                else None,
                denominator=counted,
                numerator=new_energy,
                undetermined=undetermined,
                excluded=excluded or Excluded(),
                share=share,
                short_by=short_by,
                needed_next=needed_next,
                status=status,
                strength=clause.strength,
                consequence=consequence,
                covered=covered or Period(date(self.year, 1, 1), date(self.year, 12, 31)),
                incomplete_data=incomplete,
                explain=f"X{len(self.made):03d}{division[2:4]}{mandate[-2:]}",
                **more,  # type: ignore[arg-type]  # the few fields of single tests
            )
        )


def submission(seq: int, kind: str, rows: RowCounts, status: Status) -> SubmissionSummary:
    at = datetime(2021, 1, 4, 9, seq, tzinfo=SHANGHAI)
    return SubmissionSummary(
        submission=f"S{seq:06d}",
        seq=seq,
        file="登记.csv",
        sha256="0" * 64,
        kind=kind,
        division="360100",
        period=Period(date(2020, 1, 1), date(2020, 10, 31)),
        received_at=at,
        recorded_at=at,
        status=status,
        mode=Mode.ADD,
        rows=rows,
        errors=rows.rejected,
        warnings=0,
        changes=Changes(added=rows.accepted),
        receipt="R",
        ruleset="5b0c6a1fd2e94c77",
    )


def nanchang(policy: Policy) -> BulletinFacts:
    """A city: one short, one undetermined, one trend, months missing, rows set aside."""
    parts = {
        "official": (46, 21, 1),
        "sanitation": (58, 31, 0),
        "logistics": (1132, 561, 4),
    }
    made: list[Assessment] = []
    for year, bus, met in ((2018, (120, 66), True), (2019, (180, 118), True)):
        rows = Rows(policy, year, complete=True)
        rows.add("JX-F01", "360100", "met" if met else "not_met", *bus, binding=False)
        rows.add("JX-F02", "360100", "met", 800, 333, binding=False)
        made += rows.made
    now = Rows(policy, 2020, complete=True)
    now.add(
        "JX-F01",
        "360100",
        "not_met",
        240,
        174,
        short_by=6,
        needed_next=24,
        consequence="advise",
        binding=False,
        excluded=Excluded(exempt=3),
    )
    total, green, unsure = (sum(column) for column in zip(*parts.values(), strict=True))
    now.add(
        "JX-F02",
        "360100",
        "undetermined",
        total,
        green,
        undetermined=unsure,
        short_by=5,
        needed_next=10,
        consequence="report",
        binding=False,
        category_undetermined=7,
        incomplete=True,
        covered=Period(date(2020, 1, 1), date(2020, 10, 31)),
    )
    for category, (counted, new_energy, maybe) in parts.items():
        now.add(
            "JX-F02",
            "360100",
            "met" if category == "sanitation" else "undetermined",
            counted,
            new_energy,
            undetermined=maybe,
            binding=False,
            role="breakdown",
            categories=(category,),
        )
    now.add("JX-F05", "360100", "trend", 52340, 4127, binding=False, needed_next=None)
    before = Rows(policy, 2020, complete=False)
    before.add(
        "JX-F01",
        "360100",
        "behind",
        225,
        160,
        short_by=9,
        needed_next=35,
        consequence="advise",
        binding=False,
    )
    before.add("JX-F05", "360100", "trend", 52340, 4127, binding=False, needed_next=None)
    others = Rows(policy, 2020, complete=True)
    others.add("JX-F01", "360000", "met", 1960, 1501)
    for code, counted, new_energy in (("360200", 96, 80), ("360400", 152, 101)):
        others.add("JX-F01", code, "met", counted, new_energy, binding=False)
    as_of = date(2020, 12, 31)
    return BulletinFacts(
        division="360100",
        is_province=False,
        as_of=as_of,
        known_at=datetime(2021, 1, 5, 9, 0, tzinfo=SHANGHAI),
        issue_number=12,
        ruleset=policy.ruleset,
        version="0.1.0",
        history=37,
        assessments=(*made, *now.made),
        previous_as_of=date(2020, 11, 30),
        submissions=(
            submission(1, "registration", RowCounts(53904, 53823, 64, 17), Status.WITH_FINDINGS),
            submission(2, "procurement", RowCounts(31, 29, 0, 2), Status.ACCEPTED),
            submission(3, "registration", RowCounts(), Status.REFUSED),
        ),
        rejected={"energy_missing": 12, "vin_malformed": 51, "quantity_invalid": 1},
        to_mend={"energy_missing": 12, "vin_malformed": 51, "quantity_invalid": 1},
        warned={"energy_undetermined": 5},
        silent=(),
        nil=(),
        uncovered={"360100": (Period(date(2020, 11, 1), date(2020, 12, 31)),)},
        checks_run=58,
        checks_declared=58,
        peers=tuple(others.made),
        weekly=weekly_of(now.made, as_of),
        attributions=(
            attribution_of(
                before.made[0], now.made[0], [("new_data", 18, 15), ("correction", -3, -1)]
            ),
            *(begins(row) for row in now.made if row.mandate == "JX-F02"),
        ),
        reconciliation=reconciliation_of(as_of, ("360100",)),
        otherwise=otherwise(
            with_rural_passenger=[
                turned(row, "not_met", "advise", "bus", "rural_passenger")
                for row in made
                if row.mandate == "JX-F01"
            ]
        ),
    )


def turned(row: Assessment, status: str, consequence: str, *categories: str) -> Pair:
    """A row and what it would be by another reading."""
    other = replace(row, status=status, consequence=consequence, explain="")
    return Pair(row, replace(other, categories=categories) if categories else other)


def otherwise(**found: list[Pair]) -> tuple[OtherVerdicts, ...]:
    """What each option of the example's readings turns: nothing where nothing is said."""
    options = {
        "rounding": ("nearest_percent",),
        "village_bus": ("with_rural_passenger", "without_villages", "by_route"),
    }
    return tuple(
        OtherVerdicts(reading, option, tuple(found.get(option, ())), option != "by_route")
        for reading, words in options.items()
        for option in words
    )


_BUSES = {
    "350100": ("behind", 212, 210, 2),
    "350128": ("on_track", 18, 18, 0),
    "350200": ("on_track", 340, 340, 0),
    "350300": ("behind", 64, 63, 1),
    "350400": ("on_track", 41, 41, 0),
    "350500": ("on_track", 188, 188, 0),
    "350600": ("undetermined", 77, 75, 0),
    "350700": ("no_data", 0, 0, 0),
    "350800": ("no_additions", 0, 0, 0),
    "350900": ("on_track", 52, 52, 0),
}


def fujian(policy: Policy) -> BulletinFacts:
    """A province before the year's end: out of reach, behind, silent, nil, undetermined."""
    year = Rows(policy, 2025, complete=False)
    half = Period(date(2025, 1, 1), date(2025, 9, 30))
    silent = {"missing_divisions": ("350700",), "incomplete": True, "covered": half}
    year.add(
        "FJ-F01",
        "350000",
        "on_track",
        506,
        506,
        excluded=Excluded(exempt=118, out_of_scope=9, scope_unknown=2),
        **silent,  # type: ignore[arg-type]  # the same three of every province row
    )
    year.add(
        "FJ-F02",
        "350000",
        "not_computable",
        4210,
        903,
        short_by=0,
        needed_next=None,
        consequence="report",
        missing=(Text("2024 年末的配备比例", "the share at the end of 2024"),),
    )
    year.add(
        "FJ-F04",
        "350000",
        "out_of_reach",
        992,
        987,
        undetermined=2,
        short_by=3,
        needed_next=None,
        consequence="advise",
        **silent,  # type: ignore[arg-type]  # as above
    )
    for category, status, counted, new_energy in (
        ("cruising_taxi", "out_of_reach", 1204, 1199),
        ("ride_hailing", "on_track", 8830, 8830),
    ):
        year.add(
            "FJ-F07",
            "350000",
            status,
            counted,
            new_energy,
            short_by=counted - new_energy,
            needed_next=None if counted > new_energy else 0,
            consequence="explain" if counted > new_energy else "none",
            categories=(category,),
        )
    year.add("FJ-F12", "350000", "no_additions", 0, 0, excluded=Excluded(scope_unknown=31))
    year.add("FJ-F08", "350000", "trend", 3011, 2877, binding=False, needed_next=None)
    for code, (status, counted, new_energy, short) in _BUSES.items():
        year.add(
            "FJ-F04",
            code,
            "out_of_reach" if status == "behind" else status,
            counted,
            new_energy,
            undetermined=2 if status == "undetermined" else 0,
            short_by=short,
            needed_next=None if short or status == "undetermined" else 0,
            consequence="violation" if status == "behind" else "none",
        )
        for category in ("cruising_taxi", "ride_hailing"):
            missed = 5 if (code, category) == ("350500", "cruising_taxi") else 0
            year.add(
                "FJ-F07",
                code,
                "out_of_reach" if missed else "no_data" if code == "350700" else "on_track",
                0 if code == "350700" else 120,
                0 if code == "350700" else 120 - missed,
                short_by=missed,
                needed_next=None if missed else 0,
                consequence="explain" if missed else "none",
                categories=(category,),
            )
        year.add(
            "FJ-F08",
            code,
            "no_data" if code == "350700" else "trend",
            0 if code == "350700" else 301,
            0 if code == "350700" else 287,
            binding=False,
            needed_next=None,
        )
    as_of = date(2025, 10, 31)
    buses = [row for row in year.made if row.mandate == "FJ-F04"]
    limits = {"350600": (0, 12, date(2025, 12, 8)), "350000": (31, 140, None)}
    past = Rows(policy, 2024, complete=True)
    past.add("FJ-F04", "350000", "met", 1310, 1310)
    past.add("FJ-F02", "350000", "met", 4100, 820)
    return BulletinFacts(
        division="350000",
        is_province=True,
        as_of=as_of,
        known_at=None,
        issue_number=44,
        ruleset=policy.ruleset,
        version="0.1.0",
        history=212,
        assessments=(*past.made, *year.made),
        previous_as_of=date(2025, 10, 24),
        submissions=(
            submission(1, "registration", RowCounts(21040, 21001, 22, 17), Status.WITH_FINDINGS),
        ),
        rejected={"vin_malformed": 22},
        to_mend={"vin_malformed": 22},
        warned={"energy_undetermined": 2},
        silent=("350700",),
        nil=("350800",),
        uncovered={
            "350700": (Period(date(2025, 1, 1), date(2025, 10, 31)),),
            "350128": (Period(date(2025, 10, 1), date(2025, 10, 31)),),
        },
        checks_run=143,
        checks_declared=144,
        weekly=weekly_of(year.made, as_of),
        forecasts=tuple(forecast_of(row, *limits.get(row.division, (2, 5, None))) for row in buses),
        attributions=tuple(
            attribution_of(_earlier(row), row, _CAUSES.get(row.division, [("new_data", 2, 2)]))
            for row in year.made
            if _earlier(row) != row
        ),
        reconciliation=reconciliation_of(as_of, ("350200", "350500")),
        supervision=supervision_of_fujian(policy),
        otherwise=otherwise(
            nearest_percent=[
                turned(row, "on_track", "none") for row in buses if row.status == "out_of_reach"
            ],
            with_rural_passenger=[
                turned(past.made[0], "not_met", "violation", "bus", "rural_passenger")
            ],
        ),
    )


_CAUSES: dict[str, list[tuple[Cause, int, int]]] = {
    "350000": [("exemption", 0, 1), ("new_data", 8, 8)],
    "350300": [("day", 0, 0), ("correction", 1, 0)],
}


def _earlier(row: Assessment) -> Assessment:
    """The same row a week before: three of them were other."""
    if row.mandate == "FJ-F01":
        return replace(
            row, denominator=498, numerator=497, share="0.9979", status="behind", short_by=1
        )
    if (row.mandate, row.division) == ("FJ-F04", "350300"):
        return replace(
            row, denominator=63, numerator=63, share="1.0000", status="on_track", short_by=0
        )
    if (row.mandate, row.division) == ("FJ-F04", "350900"):
        return replace(row, denominator=50, numerator=50)
    return row
