"""A small history of one home: files as cities write them, ingested one after the other."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from monitor.assess.reconciliation import Mismatch, Reconciliation, Unmatched
from monitor.cli.main import main
from monitor.corridor.judge import hold
from monitor.corridor.reconciling import reconcile
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store

Row = dict[str, str]
BUS_COMPANY = ("南昌市公共交通集团有限公司", "91360100MA31J4EU2P")
OTHER_COMPANY = ("进贤县城乡公交有限公司", "91360502MA360FKD28")
NANCHANG, YINGTAN = "360100", "360600"

_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(number: int) -> str:
    """The number-th valid VIN of 宇通 (LZY) of 2020."""
    bare = f"LZYTAGBW0L1{number:06d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def contract(number: str = "NCZC-2020-0001", **changes: str) -> Row:
    """Two battery buses for 南昌's bus company, signed in February 2020, due in May."""
    return {
        "合同编号": number,
        "采购单位": BUS_COMPANY[0],
        "行政区划代码": "360102",
        "统一社会信用代码": BUS_COMPANY[1],
        "单位性质": "国有企业",
        "车辆用途": "公交车",
        "燃料种类": "纯电动",
        "车辆型号": "ZK6105BEVG29",
        "数量": "2",
        "合同签订日期": "2020-02-20",
        "计划交付日期": "2020-05-08",
        "新增原因": "新增",
    } | changes


def bus(number: int, on: str = "2020-05-20", **changes: str) -> Row:
    """One of these buses, registered."""
    return {
        "车辆识别代号": vin(number),
        "燃料种类": "纯电动",
        "初次登记日期": on,
        "行政区划代码": "360102",
        "车辆用途": "公交车",
        "号牌号码": f"赣A{number:05d}D",
        "车辆型号": "ZK6105BEVG29",
        "所有人": BUS_COMPANY[0],
        "统一社会信用代码": BUS_COMPANY[1],
        "单位性质": "国有企业",
        "新增原因": "新增",
    } | changes


@dataclass
class History:
    """A home, and the files that were sent to it."""

    folder: Path
    policy: Policy
    sent: int = 0

    @property
    def home(self) -> Path:
        """Where it is kept."""
        return self.folder / "home"

    def send(self, rows: Sequence[Row], *words: str, division: str = "360000") -> Any:
        """Ingest the rows as one file; gives its receipt."""
        self.sent += 1
        file = self.folder / f"{self.sent}.csv"
        header = list(dict.fromkeys(name for row in rows for name in row))
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        told = self.run(
            *("ingest", str(file), "--division", division, "--json"),
            *("--received-at", f"2022-01-{self.sent:02d}T09:00+08:00", *words),
        )
        (receipt,) = json.loads(told)["receipts"]
        assert receipt["rows"]["rejected"] == 0, receipt["findings"]
        return receipt

    def contracts(self, *rows: Row, period: str = "2020", division: str = "360000") -> Any:
        """Contracts of the province; of `period`."""
        return self.send(rows, "--period", period, division=division)

    def registrations(self, *rows: Row, period: str = "2020", division: str = NANCHANG) -> Any:
        """Registrations of 南昌; of `period`."""
        return self.send(rows, "--period", period, division=division)

    def run(self, *words: str) -> str:
        """A command; gives its standard output."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err), suppress(SystemExit):
            main(["--home", str(self.home), *words])
        assert not err.getvalue(), err.getvalue()
        return out.getvalue()

    def reconciled(self, as_of: date = date(2020, 12, 31)) -> Reconciliation:
        """What does not fit by a day."""
        with open_store(Home(self.home), write=False, waiting=lambda _words: None) as store:
            hold(store, as_of, None)
            return reconcile(store, self.policy, as_of)


def of_kind(found: Reconciliation, mismatch: Mismatch) -> list[Unmatched]:
    """The items of one kind."""
    return [one for one in found.unmatched if one.mismatch is mismatch]
