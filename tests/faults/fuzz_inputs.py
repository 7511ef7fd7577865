"""Inputs of every parser, mutated: read, or refused in words, never otherwise.

A batch is drawn by its number and the seed. What takes whole columns gets a batch as a column; each
cell must come out as exactly one of a value, nothing, or something that cannot be read.
"""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import click
import polars as pl
from pydantic import ValidationError

from faults.fuzz_grammar import ODD, TODAY, mutate
from faults.fuzz_uploads import TooSlow, Tried, bounded
from monitor.assess.explain_code import parse_code
from monitor.cli.options import DayType, MomentType, PeriodType
from monitor.corridor.reception import receive_manifest
from monitor.errors import FleetmonError, PolicyError, WrongUse
from monitor.extracts.choice import candidate_maps
from monitor.extracts.columns import ColumnReader
from monitor.extracts.context import ExtractContext
from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.dates import parse_dates
from monitor.extracts.encoding import decode_file
from monitor.extracts.header import find_headers
from monitor.extracts.numbers import KILOGRAM_UNITS, parse_decimal, parse_whole
from monitor.extracts.plate import COMMON, plate_forms
from monitor.extracts.reading import open_extract
from monitor.extracts.records import Record
from monitor.extracts.refusal import FileRefused
from monitor.extracts.values import clean, clean_code
from monitor.extracts.vin import WELL_FORMED, vin_facts
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.policy.yamlfile import load
from monitor.site.answers import Refused
from monitor.site.api import bodies
from monitor.site.api.parameters import SORTS
from monitor.site.bounces import read_bounce
from monitor.site.period_field import read_period_field
from monitor.store.knowledge import stored_moment

BATCH = 1000
LEAST = 700  # inputs that a batch has on the mean, at least
_SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]

# What is right, to be made wrong.
_RIGHT = {
    "date": [
        "2019-03-05", "2019/3/5", "2019.3.5", "20190305", "2019年3月5日", "2019-03-05 00:00:00",
        "43529", "2019-03-05T12:30:00", "2019年3月5日 星期二", "20190305123000",
    ],
    "number": [
        "1,234", "１２３４", "12辆", "12.0", "0.5万元", "¥ 84.60", "(3)", "8.4600000",
        "3500 kg",
    ],
    "vin": ["LSVAA4182E2184161", "LZYTBGCW2J1000016", "LSVAA49J8J2000027"],
    "plate": ["闽AD12345", "赣A12345F", "闽A12345", "苏A·D1234F", "粤Z1234港", "京A1234学"],
    "credit": ["91360100MA35G00017", "12350000488000054F", "11360100014500001Q"],
    "code": ["纯电动", "插电式混合动力(含增程式)", "公交车", "A:汽油", "O", "注销登记", "其他"],
    "division": [
        "360102", "南昌市", "Nanchang", "350128", "36GJXQ", "福建省福州市",
        "平潭综合实验区",
    ],
    "period": [
        "2018", "2018-01", "2018-01..2018-06", "2018-01-31", "2018年1-6月", "9999-12",
        "2020-01 至 2020-06",
    ],
    "moment": [
        "2019-01-05T09:00+08:00", "2019-01-05", "2019-01-05T09:00", "2019-01-05T01:00Z",
        "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00",
    ],
    "explain": [
        "JX-F01.360100.2018.whole.20181231.12.0a1b2c3d",
        "FJ-F07.350000.2023.cruising_taxi.20230612.3.k1686500000.d4.deadbeef",
    ],
    "json": [
        '{"message_id": "<a.b@fleetmon.example>", "status": "5.1.1"}',
        '{"message_id": "<a@b>", "status": "4.2.2", "detail": "mailbox full"}',
        "[[[[[[[[1]]]]]]]]", '{"a": {"b": [1, 2.5e300, null, true, "\\\\ud800"]}}',
    ],
    "header": [
        "车辆识别代号", "VIN", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途", "使用性质*",
        "合同金额（万元）", "采购单位", "数量", "通行证编号", "备注",
    ],
}  # fmt: skip
_SIGNS = (
    "0123456789０１２年月日-/.,:'＇\" \t\n\r\x00\u00a0\u200b\u202e\u3000()（）[]{}=+@&*|<>;%"
    "ABIOQXZ纯电动万"
    "\U0001f697\ud7ff\ufffd٣½²"
)


def changed(chance: random.Random, text: str) -> str:
    """A text with letters put in, taken out, doubled, or another text beside it."""
    letters = list(text)
    for _ in range(chance.choice([0, 1, 1, 2, 3, 8])):
        at = chance.randint(0, len(letters))
        match chance.randrange(5):
            case 0:
                letters[at:at] = chance.choice(_SIGNS)
            case 1:
                del letters[at : at + chance.randint(1, 3)]
            case 2:
                letters[at:at] = letters[:at][-4:] * chance.choice([1, 1, 2, 30])
            case 3 if letters:
                letters[min(at, len(letters) - 1)] = chr(
                    chance.choice([chance.randrange(32, 0xD7FF)])
                )
            case _:
                letters[at:at] = chance.choice(ODD)[:400]
    return "".join(letters)


@dataclass
class Batch:
    """A batch of inputs at work: what draws them, what they are put to, what was wrong."""

    policy: Policy
    chance: random.Random
    folder: Path
    tried: Tried = field(default_factory=Tried)

    def texts(self, sort: str, count: int) -> list[str]:
        """Mutated texts of a sort; a few of the others are among them."""
        chance = self.chance
        made = []
        for _ in range(count):
            right = _RIGHT[sort if chance.random() < 0.95 else chance.choice([*_RIGHT])]
            made.append(changed(chance, chance.choice(right)))
        return made

    def count(self, what: str, inputs: int) -> None:
        """Say how many inputs were put to something."""
        self.tried.counts[what] += inputs
        self.tried.counts["inputs"] += inputs

    def check(self, holds: bool, what: str, inputs: Iterable[object]) -> None:  # noqa: FBT001
        """Something that must hold of them."""
        if not holds:
            self.tried.faults.append(f"{what}: {str(list(inputs))[:2000]}")


def put_inputs(policy: Policy, seed: int, number: int, folder: Path) -> Tried:
    """One batch, of the parser whose turn it is."""
    batch = Batch(policy, random.Random(f"inputs:{seed}:{number}"), folder)
    name, parser = PARSERS[number % len(PARSERS)]
    try:
        with bounded(_SECONDS):
            parser(batch)
    except TooSlow:
        batch.tried.faults.append(f"batch {number}, {name}: longer than {_SECONDS} s")
    except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
        batch.tried.faults.append(f"batch {number}, {name}: {traceback.format_exc(limit=-6)}")
    return batch.tried


def _column(texts: list[str]) -> pl.Series:
    return pl.Series("cells", [text or None for text in texts], dtype=pl.String)


def _dates(batch: Batch) -> None:
    texts = batch.texts("date", BATCH)
    for epoch in (False, True):
        raw = _column(texts)
        read = parse_dates(raw, epoch_1904=epoch)
        batch.count("dates", len(raw) // 2)
        both = read.values.is_not_null() & read.unreadable
        batch.check(not both.any(), "a day and unreadable", raw.filter(both))
        empty = clean(raw).is_null()
        blank = raw.is_in([one.written for one in read.blanks])
        lost = ~empty.fill_null(value=True) & ~blank & read.values.is_null() & ~read.unreadable
        batch.check(not lost.any(), "neither a day nor unreadable", raw.filter(lost))
        alone = batch.chance.randrange(len(raw))
        single = parse_dates(raw[alone : alone + 1], epoch_1904=epoch).values[0]
        batch.check(single == read.values[alone], "differs alone", [raw[alone]])


def _numbers(batch: Batch) -> None:
    texts = batch.texts("number", BATCH)
    raw = _column(texts)
    for read in (parse_whole(raw, units=KILOGRAM_UNITS), parse_decimal(raw)):
        batch.count("amounts", len(raw) // 2)
        both = read.values.is_not_null() & read.unreadable
        batch.check(not both.any(), "a number and unreadable", raw.filter(both))
        blank = raw.is_in([one.written for one in read.blanks])
        empty = clean(raw).is_null()
        lost = ~empty.fill_null(value=True) & ~blank & read.values.is_null() & ~read.unreadable
        batch.check(not lost.any(), "neither a number nor unreadable", raw.filter(lost))


def _identifiers(batch: Batch) -> None:
    raw = _column(batch.texts("vin", BATCH))
    bare = clean_code(raw, WELL_FORMED)
    fits = bare.fits.fill_null(value=False)
    facts = vin_facts(bare.texts, fits)
    batch.count("VIN", len(raw))
    hashed = facts.key_hash.is_not_null()
    batch.check((hashed == fits).all(), "a key without a VIN", raw.filter(hashed != fits))
    again = clean_code(bare.texts, WELL_FORMED).texts
    same = again.eq_missing(bare.texts) | ~fits
    batch.check(bool(same.all()), "cleaned twice it is another", raw.filter(~same))


def _credit_codes(batch: Batch) -> None:
    raw = _column(batch.texts("credit", BATCH))
    facts = credit_code_facts(clean_code(raw).texts)
    batch.count("credit codes", len(raw))
    batch.check(len(facts["credit_code_holds"]) == len(raw), "a code was lost", raw)


def _plates(batch: Batch) -> None:
    raw = _column(batch.texts("plate", BATCH))
    offices = _column([batch.chance.choice(["", "赣C", "闽A", "赣", "Ａ"]) for _ in raw])
    codes = clean_code(raw, COMMON)
    forms = plate_forms(codes.texts, codes.fits, offices)
    batch.count("plates", len(raw))
    batch.check(forms.height == len(raw), "a plate was lost", raw)


def _codes(batch: Batch) -> None:
    reader = _reader(batch.policy)
    for column in ("fuel", "category", "use", "owner_kind", "business", "plate_kind"):
        raw = _column(batch.texts("code", BATCH // 5))
        read = reader.codes(pl.DataFrame({column: raw}), column, column)
        batch.count("codes", len(raw))
        codes, unknown = read[0], read[1]
        both = codes.is_not_null() & unknown
        batch.check(not both.any(), "a code and unknown", raw.filter(both))


def _divisions(batch: Batch) -> None:
    reader = _reader(batch.policy)
    raw = _column(batch.texts("division", BATCH))
    read = reader.division(pl.DataFrame({"division_code": raw}))
    batch.count("division names", len(raw))
    batch.check(read.height == len(raw), "a division was lost", raw)


def _reader(policy: Policy) -> ColumnReader:
    return ColumnReader(
        ExtractContext(
            policy=policy,
            kind="registration",
            sender=None,
            received_on=TODAY,
            period=None,
            headers={},
            identity="vin",
            constants={},
        )
    )


def _typed_by_hand(batch: Batch) -> None:
    """Days, moments and periods of the command line, the site and its API, and explain codes."""
    kinds: list[tuple[str, str, Callable[[str], object], tuple[type[Exception], ...]]] = [
        ("date", "CLI days", lambda t: DayType().convert(t, None, None), (click.BadParameter,)),
        ("moment", "CLI moments", _moment, (click.BadParameter,)),
        ("period", "CLI periods", _period, (click.BadParameter,)),
        ("period", "site periods", read_period_field, (ValueError,)),
        ("explain", "explain codes", lambda t: str(parse_code(t)), (WrongUse,)),
        *(
            (sort, f"API {name}", SORTS[name].read, (ValueError,))
            for name, sort in (("day", "date"), ("moment", "moment"), ("period", "period"))
            if name in SORTS
        ),
    ]
    for sort, name, read, refusals in kinds:
        texts = batch.texts(sort, BATCH // 6)
        for text in texts:
            try:
                read(text)
            except refusals:
                pass
            except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
                batch.tried.faults.append(f"{name} {text!r}: {traceback.format_exc(limit=-3)}")
        batch.count(name, len(texts))


def _moment(text: str) -> object:
    """As a command uses it: put into the store's form."""
    moment: datetime = MomentType().convert(text, None, None)
    return stored_moment(moment)


def _period(text: str) -> object:
    return PeriodType().convert(text, None, None).whole_months()


def _headers(batch: Batch) -> None:
    maps = candidate_maps(batch.policy.columns, None, None)
    for _ in range(20):
        rows = [
            Record(line, batch.texts("header", batch.chance.randint(0, 14)), line + 1)
            for line in range(1, batch.chance.randint(2, 6))
        ]
        find_headers(rows, maps, sender_known=batch.chance.random() < 0.5)
        batch.count("headers", sum(len(row.cells) for row in rows))


_PLAIN = "车辆识别代号,燃料种类,初次登记日期,车辆用途,行政区划代码\n" + "".join(
    f"LSVAA4182E21841{n:02d},纯电动,2019-03-05,公交车,360102\n" for n in range(8)
)


def _bytes(batch: Batch) -> None:
    """Encodings, and the reader of tables, on mutated bytes."""
    chance = batch.chance
    work = batch.folder / "work"
    work.mkdir(exist_ok=True)
    path = batch.folder / "bytes"
    for _ in range(60):
        encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32"])
        text = _PLAIN if chance.random() < 0.7 else "\n".join(batch.texts("code", 12))
        path.write_bytes(mutate(chance, text.encode(encoding, "replace")))
        with suppress(FileRefused):
            decode_file(path, work)
    batch.count("encodings", 60)
    for _ in range(30):
        text = _PLAIN.replace(",", chance.choice([",", "\t", ";", ',"', '","']))
        path.write_bytes(mutate(chance, text.encode()))
        try:
            reading = open_extract(
                path, name="bytes", maps=batch.policy.columns, work=work, sender_known=True
            )
            rows = sum(table.height for table in reading.batches(3))
        except FileRefused:
            continue
        counts = reading.counts
        batch.check(counts.data == rows == counts.read - counts.ignored, "rows lost", [text])
    batch.count("CSV reader", 30)


@lru_cache
def _policy_files() -> tuple[tuple[str, str], ...]:
    found = [*sorted((ROOT / "checks" / "mandates").glob("*.yml"))]
    found += sorted((ROOT / "checks" / "clauses").glob("*.yml"))[:20]
    return tuple((path.parent.name, path.read_text("utf-8")) for path in found)


_YAML = [
    "&a ", "*a", "<<: *a", "? [x]\n: 1", "!!python/object:os.system ", "!!set ", "!!binary ", "- ",
    "2018-02-30", "2018-13-01", "0x", "0o9", "1_0", ".inf", ".nan", "~", "{", "[", "|\n", ">\n",
    "\t", "%",
    "'", '"', "\\", ": ", "a: b: c", "190:20:30", "true", "---\n", "...\n", "\u2028",
]  # fmt: skip


def _yaml(batch: Batch) -> None:
    policy, path = batch.policy, batch.folder / "policy.yml"
    for _ in range(40):
        folder, text = batch.chance.choice(_policy_files())
        written = _rewritten(batch.chance, text)
        path.write_bytes(written.encode("utf-8", "surrogatepass"))
        known = {"codes": policy.codes, "divisions": policy.divisions}
        try:
            if folder == "mandates":
                load(path, Mandate, **known)
            else:
                load(path, Clause, **known, bodies=policy.bodies, kinds=policy.kinds)
        except PolicyError:
            pass
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            batch.tried.faults.append(
                f"policy file {written[:1500]!r}: {traceback.format_exc(limit=-3)}"
            )
    batch.count("policy files", 40)


def _rewritten(chance: random.Random, text: str) -> str:
    """A policy file with a few lines changed, doubled or left out."""
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[at] = changed(chance, lines[at])
            case 1:
                key, colon, _rest = lines[at].partition(":")
                lines[at] = f"{key}{colon} {chance.choice(_YAML)}\n"
            case 2:
                lines.insert(at, chance.choice(lines))
            case 3:
                lines[at] = chance.choice(_YAML) + lines[at]
            case _:
                lines[at] = "\n"
    return "".join(lines)


_BODIES = (
    (bodies.Confirm, {"fingerprint": "0" * 64}),
    (bodies.GiveBack, {"reason": "文件传错"}),
    (bodies.Explain, {"code": "category_undetermined", "reason": "checked", "until": "2020-12-31"}),
    (bodies.Correct, {"kind": "registration", "period": "2020-01..2020-06"}),
    (bodies.Nil, {"kind": "registration", "period": "2020", "division": "360100"}),
    (bodies.Decide, {"division": "350100", "decision": "refused", "reason": "无据", "vins": []}),
)


def _json(batch: Batch) -> None:
    for _ in range(BATCH // 4):
        model, right = batch.chance.choice(_BODIES)
        text = changed(batch.chance, json.dumps(right, ensure_ascii=False))
        field_name = batch.chance.choice([*right])
        if batch.chance.random() < 0.5:
            text = json.dumps(right | {field_name: changed(batch.chance, str(right[field_name]))})
        with suppress(ValidationError):
            model.model_validate_json(text.encode("utf-8", "surrogatepass"))
    batch.count("API bodies", BATCH // 4)
    for text in batch.texts("json", BATCH // 2):
        deep = "[" * 3000 if batch.chance.random() < 0.001 else ""
        body = (deep + text).encode("utf-8", "surrogatepass")
        with suppress(Refused):
            read_bounce(mutate(batch.chance, body) if batch.chance.random() < 0.3 else body)
    batch.count("API JSON", BATCH // 2)


def _manifests(batch: Batch) -> None:
    chance, path = batch.chance, batch.folder / "manifest.csv"
    for _ in range(30):
        head = "file,kind,division,period,received_at,nil,replace\n"
        line = "nowhere.csv,registration,360100,2018,2019-01-05T09:00+08:00,,\n"
        path.write_bytes(mutate(chance, (head + line * chance.randint(0, 3)).encode()))
        try:
            receive_manifest(
                None,  # type: ignore[arg-type]  # no file of it is there: nothing reaches a store
                batch.policy,
                path,
                now=datetime.combine(date(2026, 11, 21), datetime.min.time()),
                progress=lambda *_: None,
            )
        except (FleetmonError, AttributeError) as error:
            # A file that is there after all, the manifest itself, would need a store.
            if isinstance(error, AttributeError) and "NoneType" not in str(error):
                raise
    batch.count("manifests", 30)


PARSERS: list[tuple[str, Callable[[Batch], None]]] = [
    ("dates", _dates), ("amounts", _numbers), ("VIN", _identifiers), ("credit code", _credit_codes),
    ("plates", _plates), ("codes", _codes), ("division names", _divisions),
    ("typed by hand", _typed_by_hand), ("headers", _headers), ("bytes", _bytes), ("YAML", _yaml),
    ("JSON", _json), ("manifests", _manifests),
]  # fmt: skip
