"""Registration extracts of any length for measuring: the same rows for the same length."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

SEED = 20180101
_LAST_DAY = datetime(2020, 12, 31)  # noqa: DTZ001  # a day of the extract, of no zone
CHUNK = 500_000
_PIECE = 1 << 16
HEADER = (
    "号牌号码", "号牌种类", "车辆识别代号", "车辆类型", "车辆用途", "燃料种类",
    "所有人", "统一社会信用代码", "行政区划代码", "初次登记日期", "新增原因", "注销日期",
)  # fmt: skip

# Code, plate letter and the share of the rows: Jiangxi's eleven cities and 赣江新区, which has no
# letter of its own and takes 南昌's.
PLACES = (
    ("360100", "A", "南昌市", 18), ("360200", "H", "景德镇市", 4), ("360300", "J", "萍乡市", 5),
    ("360400", "G", "九江市", 10), ("360500", "K", "新余市", 4), ("360600", "L", "鹰潭市", 3),
    ("360700", "B", "赣州市", 17), ("360800", "D", "吉安市", 9), ("360900", "C", "宜春市", 10),
    ("361000", "F", "抚州市", 7), ("361100", "E", "上饶市", 11), ("36GJXQ", "A", "赣江新区", 2),
)  # fmt: skip
# Use, the head of its owners' credit codes, how an owner's name ends, vehicle type, share.
USES = (
    ("公交车", "91", "公交公司", "K11", 22), ("公务用车", "11", "机关事务局", "K33", 8),
    ("环卫车", "12", "环境卫生处", "Z11", 12), ("物流车", "91", "物流有限公司", "H31", 24),
    ("巡游出租车", "91", "出租车公司", "K33", 16), ("私人乘用车", "", "", "K33", 18),
)  # fmt: skip
_PRIVATE = len(USES) - 1
FUELS = ("纯电动", "插电式混合动力", "汽油", "柴油", "天然气")
NEW_ENERGY_FUELS = 2
_HYBRID_SHARE, _ENDED_SHARE = 0.15, 0.02
_OWNERS = 20_000
_FAMILY_NAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
_GIVEN_NAMES = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉红建文")

# A thousandth of the rows each, so that about one row in a hundred is at fault in some way.
FAULTS = (
    "vin_malformed", "vin_check_digit", "vin_missing", "energy_unknown", "energy_undetermined",
    "date_invalid", "date_in_future", "division_unknown", "category_unknown", "plate_malformed",
    "credit_code_check_digit", "duplicate_row", "duplicate_conflict",
)  # fmt: skip
_FAULT_SHARE = 0.0008

_VIN_ALPHABET = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10))
_VIN_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
_VIN_CHECK = np.frombuffer(b"0123456789X", dtype=np.uint8)
_VIN_LENGTH, _CHECK_PLACE, _YEAR_PLACE = 17, 8, 9
_MAKERS = (b"LZYTB", b"LVCB2", b"LGXC1", b"LJ11K", b"LSVAL", b"LBVHY")
_YEAR_LETTERS = np.frombuffer(b"JKL", dtype=np.uint8)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Octets = NDArray[np.uint8]


class _Owners(NamedTuple):
    names: pl.Series
    codes: pl.Series


def write_registrations(path: Path, rows: int) -> None:
    """Write a UTF-8 CSV of `rows` rows and twelve columns, about 125 bytes a row."""
    owners = make_owners()
    with path.open("wb") as target:
        for first in range(0, rows, CHUNK):
            chunk = make_rows(first, min(CHUNK, rows - first), owners)
            chunk.write_csv(target, include_header=first == 0)


def write_as(source: Path, target: Path, encoding: str) -> None:
    """The same text in another encoding."""
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding=encoding, newline="") as written,
    ):
        while piece := read.read(_PIECE):
            written.write(piece)


def make_rows(first: int, count: int, owners: _Owners) -> pl.DataFrame:
    """The rows from number `first` on, all of them text, under the sender's headers."""
    random = np.random.default_rng([SEED, first])
    place = random.choice(len(PLACES), count, p=_shares([p[3] for p in PLACES]))
    use = random.choice(len(USES), count, p=_shares([u[4] for u in USES]))
    day = random.integers(0, 1096, count)
    year = np.searchsorted([365, 730], day, side="right")
    is_new = random.random(count) < 0.45 + 0.1 * year + 0.02 * (place % 4)
    fuel = np.where(
        is_new,
        (random.random(count) < _HYBRID_SHARE).astype(np.int64),
        random.integers(NEW_ENERGY_FUELS, len(FUELS), count),
    )
    is_large = np.isin(use, [0, 2])
    owner = use * _OWNERS + random.integers(0, _OWNERS, count)
    person = pl.DataFrame({"at": np.where(use == _PRIVATE, _family_at(random, count), -1)})
    frame = pl.DataFrame(
        {
            "letter": _pick([p[1] for p in PLACES], place),
            "number": random.integers(0, 100_000, count),
            "is_new": is_new,
            "is_large": is_large,
            "vin": _vins(first, count, year, random),
            "type": _pick([u[3] for u in USES], use),
            "use": _pick([u[0] for u in USES], use),
            "fuel": _pick(list(FUELS), fuel),
            "place": _pick([p[2] for p in PLACES], place),
            "name": owners.names.gather(owner),
            "code": owners.codes.gather(owner),
            "person": _person_names().gather(person["at"].replace(-1, None)),
            "division": _pick([p[0] for p in PLACES], place),
            "on": (np.datetime64("2018-01-01") + day).astype("datetime64[ms]"),
            "reason": _pick(
                ["新增", "更新", "报废更新"], random.choice(3, count, p=[0.6, 0.3, 0.1])
            ),
            "ended_after": np.where(
                random.random(count) < _ENDED_SHARE, random.integers(30, 900, count), -1
            ),
        }
    )
    return _with_faults(_as_written(frame), random)


def _as_written(frame: pl.DataFrame) -> pl.DataFrame:
    digits = pl.col("number").cast(pl.String).str.zfill(5)
    energy = pl.when(pl.col("fuel") == "纯电动").then(pl.lit("D")).otherwise(pl.lit("F"))
    plate = (
        pl.when("is_new", "is_large")
        .then(pl.lit("赣") + pl.col("letter") + digits + energy)
        .when("is_new")
        .then(pl.lit("赣") + pl.col("letter") + energy + digits)
        .otherwise(pl.lit("赣") + pl.col("letter") + digits)
    )
    kind = (
        pl.when("is_new")
        .then(pl.when("is_large").then(pl.lit("51")).otherwise(pl.lit("52")))
        .otherwise(pl.when("is_large").then(pl.lit("01")).otherwise(pl.lit("02")))
    )
    ended = pl.min_horizontal(pl.col("on") + pl.duration(days="ended_after"), _LAST_DAY)
    cells = [
        plate,
        kind,
        pl.col("vin"),
        pl.col("type"),
        pl.col("use"),
        pl.col("fuel"),
        pl.coalesce("person", pl.col("place") + pl.col("name")),
        pl.when(pl.col("person").is_null()).then("code"),
        pl.col("division"),
        pl.col("on").dt.strftime("%Y-%m-%d"),
        pl.col("reason"),
        pl.when(pl.col("ended_after") >= 0).then(ended).dt.strftime("%Y-%m-%d"),
    ]
    return frame.select(cell.alias(name) for cell, name in zip(cells, HEADER, strict=True))


def _with_faults(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Spoil a row here and there, each in one of the ways of `FAULTS`."""
    drawn = random.random(frame.height) / _FAULT_SHARE
    fault = pl.Series("fault", np.where(drawn < len(FAULTS), drawn, -1).astype(np.int8))
    (plate, _, vin, _, use, fuel, _, credit, division, on, _, _) = map(pl.col, HEADER)
    check = vin.str.slice(_CHECK_PLACE, 1)
    other_check = pl.when(check == "5").then(pl.lit("6")).otherwise(pl.lit("5"))
    before = pl.all_horizontal(pl.col("fault").shift(1) == -1)
    spoiled: dict[str, tuple[pl.Expr, pl.Expr]] = {
        "vin_malformed": (vin, vin.str.slice(0, 5) + "O" + vin.str.slice(6)),
        "vin_check_digit": (vin, vin.str.slice(0, 8) + other_check + vin.str.slice(9)),
        "vin_missing": (vin, pl.lit(None, dtype=pl.String)),
        "energy_unknown": (fuel, pl.lit("核动力")),
        "energy_undetermined": (fuel, pl.lit("混合动力")),
        "date_invalid": (on, on.str.slice(0, 4) + "-02-30"),
        "date_in_future": (on, pl.lit("2031") + on.str.slice(4)),
        "division_unknown": (division, pl.lit("369999")),
        "category_unknown": (use, pl.lit("航天器")),
        "plate_malformed": (plate, plate.str.slice(0, 5)),
        "credit_code_check_digit": (credit, credit.str.slice(0, 17) + "I"),
        "duplicate_conflict": (vin, pl.when(before).then(vin.shift(1)).otherwise(vin)),
    }
    frame = frame.with_columns(fault)
    for place, name in enumerate(FAULTS):
        if name in spoiled:
            column, value = spoiled[name]
            here = pl.when(pl.col("fault") == place)
            frame = frame.with_columns(
                here.then(value).otherwise(column).alias(column.meta.output_name())
            )
        else:
            copied = (pl.col("fault") == place) & before
            row = pl.int_range(pl.len())
            at = frame.select(pl.when(copied).then(row - 1).otherwise(row)).to_series()
            kept = frame["fault"]
            frame = frame[at].with_columns(kept)
    return frame.drop("fault")


def _vins(
    first: int, count: int, year: NDArray[np.int64], random: np.random.Generator
) -> pl.Series:
    """Well-formed numbers with a right check digit, each once: the serial is the row's number."""
    octets = np.empty((count, _VIN_LENGTH), dtype=np.uint8)
    makers = np.array([list(maker) for maker in _MAKERS], dtype=np.uint8)
    octets[:, :5] = makers[random.integers(0, len(makers), count)]
    octets[:, _YEAR_PLACE] = _YEAR_LETTERS[year]
    serial = np.arange(first, first + count)
    for place in (16, 15, 14, 13, 12, 11):
        serial, digit = np.divmod(serial, 10)
        octets[:, place] = digit + ord("0")
    alphabet = np.frombuffer(_VIN_ALPHABET, dtype=np.uint8)
    for place in (10, 7, 6, 5):
        serial, at = np.divmod(serial, len(alphabet))
        octets[:, place] = alphabet[at]
    values = np.zeros(256, dtype=np.int64)
    values[alphabet] = _VIN_VALUES
    octets[:, _CHECK_PLACE] = ord("0")
    octets[:, _CHECK_PLACE] = _VIN_CHECK[(values[octets] * _VIN_WEIGHTS).sum(axis=1) % 11]
    offsets = np.arange(0, (count + 1) * _VIN_LENGTH, _VIN_LENGTH, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(octets)]
    return pl.Series(pa.Array.from_buffers(pa.string(), count, buffers))


def make_owners() -> _Owners:
    """Bodies of each use with a sound credit code; nothing where vehicles are persons'."""
    random = np.random.default_rng(SEED)
    names: list[str | None] = []
    codes: list[str | None] = []
    for _, head, tail, _, _ in USES:
        digits = random.integers(0, 10, (_OWNERS, 9))
        for number, organisation in enumerate(digits.tolist()):
            body = f"{head}360100{''.join(map(str, organisation))}"
            names.append(f"{number}{tail}" if head else None)
            codes.append(body + _credit_check(body) if head else None)
    return _Owners(pl.Series(names, dtype=pl.String), pl.Series(codes, dtype=pl.String))


def _credit_check(body: str) -> str:
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, at, 31) for at, c in enumerate(body))
    return _CREDIT_ALPHABET[-total % 31]


def _person_names() -> pl.Series:
    return pl.Series(
        [f + one + two for f in _FAMILY_NAMES for one in _GIVEN_NAMES for two in _GIVEN_NAMES]
    )


def _family_at(random: np.random.Generator, count: int) -> NDArray[np.int64]:
    return random.integers(0, len(_FAMILY_NAMES) * len(_GIVEN_NAMES) ** 2, count)


def _pick(values: list[str], at: NDArray[np.int64]) -> pl.Series:
    return pl.Series(values).gather(pl.Series(at))


def _shares(weights: list[int]) -> NDArray[np.float64]:
    return np.array(weights) / sum(weights)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    given = parser.parse_args()
    write_registrations(given.path, given.rows)
