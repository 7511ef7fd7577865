"""Two Mondays of 福建: what was sent before each, and the run that a bulletin of it keeps."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from shutil import copyfile
from typing import Any, NamedTuple

from monitor.assess.assess import assess
from monitor.assess.attribution import Attribution
from monitor.corridor.attributing import attribute
from monitor.corridor.declared import Declared
from monitor.corridor.judge import hold
from monitor.corridor.reception import receive
from monitor.corridor.withdrawal import withdraw_vehicles
from monitor.model import SHANGHAI, Assessment, Mode, Period, Status
from monitor.policy.archive import keep_ruleset
from monitor.policy.policy import Policy
from monitor.policy.project import project_root
from monitor.store.store import Store

Row = dict[str, str]
HEADER = (
    *("车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途", "单位性质"),
    *("豁免情形", "业务类型", "注销日期", "续驶里程", "最大设计总质量", "快充", "车辆类型"),
)
MONDAY, NEXT_MONDAY = date(2023, 6, 12), date(2023, 6, 19)
FUZHOU, XIAMEN, FUJIAN = "350100", "350200", "350000"
EVERYONE = (FUJIAN, FUZHOU, XIAMEN)
NANJING = "320100"
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(number: int) -> str:
    """The number-th valid VIN of 东南汽车 (LDN) of 2017."""
    bare = f"LDNB4LZE0H{number:07d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def car(number: int, fuel: str = "纯电动", **changes: str) -> Row:
    """An official car of a government office in 福州, registered in the spring of 2023."""
    return {
        "车辆识别代号": vin(number),
        "燃料种类": fuel,
        "初次登记日期": f"2023-{number % 4 + 1:02d}-15",
        "行政区划代码": "350102",
        "车辆用途": "公务用车",
        "单位性质": "党政机关",
    } | changes


def cars(first: int, new: int, other: int, **changes: str) -> list[Row]:
    """So many battery cars and so many on petrol, numbered from `first`."""
    return [
        *(car(first + n, **changes) for n in range(new)),
        *(car(first + new + n, "汽油", **changes) for n in range(other)),
    ]


@dataclass
class Weeks:
    """One home: files go in day by day, a run is kept, and its successor is explained."""

    store: Store
    policy: Policy
    folder: Path
    day: datetime = datetime(2023, 6, 9, 9, tzinfo=SHANGHAI)
    sent: int = field(default=0)

    def send(
        self,
        rows: Iterable[Row] = (),
        sender: str = FUZHOU,
        mode: Mode = Mode.ADD,
        period: Period | None = None,
        received_at: datetime | None = None,
    ) -> None:
        """One file through the product's own door."""
        self.sent += 1
        file = self.folder / f"{self.sent}.csv"
        sheet = StringIO()
        writer = csv.DictWriter(sheet, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
        file.write_text(sheet.getvalue(), "utf-8")
        told = receive(
            self.store,
            self.policy,
            file,
            Declared(
                received_at=received_at or self.day,
                kind="registration",
                division=sender,
                period=period,
                mode=mode,
                force=True,
                backfill=True,
            ),
            now=NOW,
        )
        assert told.status is not Status.REFUSED, told.findings

    def withdraw(self, *numbers: int, sender: str = FUZHOU) -> None:
        """Vehicles taken back."""
        withdraw_vehicles(
            self.store,
            self.policy,
            kind="registration",
            division=sender,
            vins=[vin(number) for number in numbers],
            reason="误报",
            received_at=self.day,
            now=NOW,
        )

    def next_week(self) -> None:
        """What is sent from now on comes after the first bulletin."""
        self.day = datetime(2023, 6, 16, 9, tzinfo=SHANGHAI)

    def keep(self, as_of: date = MONDAY, known_at: datetime | None = None) -> int:
        """The run of a bulletin, without Great Expectations, and its ruleset archived."""
        held = hold(self.store, as_of, known_at)
        rows = assess(self.policy, held, divisions=(*EVERYONE, NANJING))
        keep_ruleset(self.store.home.rulesets, self.policy)
        run = self.store.add_run(
            kind="bulletin",
            submission=None,
            as_of=as_of,
            known_at=known_at,
            ruleset=self.policy.ruleset,
            version="0.1.0",
            started_at=NOW,
            results=[],
        )
        self.store.add_assessments(
            run,
            [(a.mandate, a.division, a.period, json.dumps(asdict(a), default=str)) for a in rows],
        )
        return run

    def explain(
        self,
        run: int,
        policy: Policy | None = None,
        as_of: date = NEXT_MONDAY,
        known_at: datetime | None = None,
        divisions: tuple[str, ...] = EVERYONE,
    ) -> tuple[Attribution, ...]:
        """What moved since that run; proves the sums, and that the present is left as it was."""
        policy = policy or self.policy
        held = hold(self.store, as_of, known_at)
        now = assess(policy, held, divisions=divisions)
        found = attribute(self.store, policy, held, run, divisions)
        assert assess(policy, held, divisions=divisions) == now
        prove(found, now, self.before(run, divisions))
        return found

    def before(self, run: int, divisions: tuple[str, ...]) -> dict[Any, dict[str, Any]]:
        """The recorded rows, straight from the database."""
        return {
            (a["mandate"], a["division"], a["period"], tuple(a["categories"]), a["role"]): a
            for a in self.store.assessments(run)
            if a["division"] in divisions
        }


class Figures(NamedTuple):
    """What parts are of."""

    denominator: int
    numerator: Decimal
    undetermined: Decimal
    short_by: Decimal


def figures(row: Assessment) -> Figures:
    """The figures of a row."""
    return Figures(
        row.denominator or 0,
        Decimal(row.numerator),
        Decimal(row.undetermined),
        Decimal(row.short_by),
    )


def prove(
    found: Iterable[Attribution], now: Iterable[Assessment], before: dict[Any, dict[str, Any]]
) -> None:
    """Every changed row is there, its parts sum to the whole, and their verdicts join up."""
    told = {one.key: one for one in found}
    for row in now:
        old = before.get(row.key)
        was = (
            Figures(
                old["denominator"] or 0,
                Decimal(old["numerator"]),
                Decimal(old["undetermined"]),
                Decimal(old["short_by"]),
            )
            if old
            else None
        )
        if row.key not in told:
            assert old is not None
            assert (was, old["status"]) == (figures(row), row.status)
            continue
        one = told[row.key]
        assert one.after == row
        assert [part.status_before for part in one.parts][:1] == [old["status"] if old else None]
        assert one.parts[-1].status_after == row.status
        for part, later in zip(one.parts, one.parts[1:], strict=False):
            assert part.status_after == later.status_before
        changed = figures(row)
        for name in Figures._fields:
            whole = getattr(changed, name) - getattr(was, name) if was else 0
            assert sum(getattr(part, name) for part in one.parts) == whole


def parts_of(
    found: Iterable[Attribution], mandate: str, division: str = FUZHOU
) -> dict[str, tuple[int, int, int]]:
    """By cause: the change of denominator, numerator and undetermined of the finding."""
    (one,) = [a for a in found if a.key[:2] == (mandate, division) and a.key[4] == "finding"]
    return {
        part.cause: (part.denominator, int(part.numerator), int(part.undetermined))
        for part in one.parts
    }


def changed_rules(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A --config folder in which one file of the project reads otherwise."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        copyfile(project_root() / name, place)
    text = place.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    place.write_text(text, "utf-8")
    return folder
