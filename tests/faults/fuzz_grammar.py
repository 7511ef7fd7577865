"""Uploads drawn from a grammar: what clerks, exporting systems and malice make of a table.

A file is drawn by its number and the seed alone, so that any of them can be drawn again.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Literal

import xlsxwriter

from monitor.policy.blank_tables import BlankTable, example_rows
from monitor.policy.policy import Policy

TODAY = date(2026, 11, 21)
ENCODINGS = [
    *["utf-8"] * 5, *["utf-8-sig"] * 3, *["gb18030"] * 4, "gbk", "utf-16", "utf-16-le", "utf-16-be",
]  # fmt: skip
SEPARATORS = [*[","] * 6, "\t", "\t", ";"]
TOTALS = ["合计", "小计", "总计", "共计"]
NOTES = ["填表说明：请如实填报", "注：数据截至年底", "制表人：", "审核人：王某"]
# Cells that no column wants, or that somebody hopes will do something.
ODD = [
    "", " ", "　", "/", "-", "无", "N/A", "NULL", "#REF!", "#N/A", "0", "-1", "1e400", "٣",
    "½", "１２", "99999999999999999999", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1",
    "-1+1", "\t=1", "<script>alert(1)</script>", "{{ 7*7 }}", "${7*7}", "{% raw %}",
    "'; DROP TABLE submission; --", "../../etc/passwd", "a\x00b", "\x7f", "\u202egnp.exe",
    "\ufeff", "\U0001f697", "𠮷", "é", "e\u0301", "'纯电动", "＇纯电动", "纯 电 动",
    "纯电动（进口）", "超级电容", "O", "A1", "Y", "煤", "飞机", "2019-02-29", "2019/13/01",
    "20190230", "19年3月5日", "2019年3月5日", "43529", "43529.5", "60001",
    "2019-03-05 24:00:00", "9999-12-31", "0001-01-01", "2019.3.5", "3/5/2019",
    "１９９９－０１－０１", "LSVAA4182E2184161", "lsvaa4182e2184161", "LSVAA418OE2184161",
    "LSVAA4182E218416", "Ｌ" * 17, "0" * 17, "闽AD12345", "赣A12345F", "闽A12345", "粤Z1234港",
    "A" * 300, "长" * 5000, "350128", "36GJXQ", "999999", "360102 ", "360102.0", "福州市",
    "南昌市东湖区", "12350000488000054F", "91350100M000100Y43", "注销登记", "转移登记", "抽签",
    "12辆", "1,234", "12.5", "-3", "1万", "３辆", "0.1吨", "是", "否", "Y/N",
]  # fmt: skip


@dataclass
class Upload:
    """A drawn file: its bytes, whose it is said to be, and what is known of its lines.

    `rows` is how many lines of data were written, None where nothing is known: the bytes were
    mutated afterwards. `ruined` of them have no identity any more, so that they must be set aside.
    """

    number: int
    kind: str
    data: bytes
    sender: str | None
    rows: int | None
    read: int | None
    ruined: int
    what: str


class Drawer:
    """Draws uploads of every kind that the policy declares."""

    def __init__(self, policy: Policy, tables: dict[str, BlankTable], seed: int) -> None:
        self.policy = policy
        self.tables = tables
        self.seed = seed
        self.kinds = sorted(tables)

    def draw(self, number: int) -> Upload:
        """The upload of a number."""
        chance = random.Random(f"{self.seed}:{number}")
        # Vehicles are what most files hold; each other kind comes as often as the others.
        kind = chance.choice([*self.kinds, *["registration"] * len(self.kinds)])
        division = chance.choice(["360100", "350100", "350128", "320100", "36GJXQ"])
        sender = chance.choice([division, division, None])
        examples = example_rows(self.tables[kind], self.policy.divisions, division, TODAY)
        columns = list(dict.fromkeys(name for row in examples for name in row))
        if chance.random() < 0.6:
            chance.shuffle(columns)
        if chance.random() < 0.3:
            columns = self._fewer(chance, kind, columns)
        count = chance.choice([0, 1, 1, 2, 3, 3, 5, 8, 13, 40])
        rows = [dict(chance.choice(examples)) for _ in range(count)]
        identity = self.policy.kinds[kind].key[0] if self.policy.kinds[kind].key else columns[0]
        for place, row in enumerate(rows):
            self._number(row, place, identity)
        ruined = self._spoil(chance, rows, columns, identity)
        header = [self._written(chance, kind, name) for name in columns]
        body = [[row.get(name, "") for name in columns] for row in rows]
        if chance.random() < 0.2:  # a column that no map knows
            at = chance.randint(0, len(header))
            header.insert(at, chance.choice(["备注", "序号 ", "领导批示", "x" * 60]))
            for cells in body:
                cells.insert(at, chance.choice(["", "已核", "1"]))
        sheet, extra = self._sheet(chance, header, body)
        if chance.random() < 0.01:
            data, what = _workbook(sheet), "xlsx"
        else:
            data, what = _text(chance, sheet)
        upload = Upload(number, kind, data, sender, count, count + extra, ruined, f"{kind} {what}")
        return self._mutated(chance, upload)

    def _fewer(self, chance: random.Random, kind: str, columns: list[str]) -> list[str]:
        """Without some columns that are not required, mostly."""
        wanted = {
            name for name, names in self.policy.columns[kind].columns.items() if names.required
        }
        for group in self.policy.columns[kind].required_one_of:
            wanted |= set(group)
        wanted |= set(self.policy.columns[kind].required_without_sender)
        spare = 0.02 if chance.random() < 0.3 else 0.0
        return [c for c in columns if chance.random() < 0.6 or (c in wanted and spare == 0.0)]

    @staticmethod
    def _number(row: dict[str, str], place: int, identity: str) -> None:
        """Another vehicle, contract or permit in each row, but for those that come twice."""
        if place and row.get(identity):
            tail = f"{place:03d}"
            row[identity] = row[identity][: -len(tail)] + tail

    def _written(self, chance: random.Random, kind: str, column: str) -> str:
        names = self.policy.columns[kind].columns[column]
        written = chance.choice([names.header or column, *names.aliases])
        dress = chance.random()
        if dress < 0.1:
            return f" {written}　"
        if dress < 0.15:
            return f"{written}*"
        if dress < 0.2 and len(written) > 2:
            return f"{written[:2]}\n{written[2:]}"
        return written

    @staticmethod
    def _spoil(
        chance: random.Random, rows: list[dict[str, str]], columns: list[str], identity: str
    ) -> int:
        """Wrong and odd values here and there; gives how many rows lost what they are known by."""
        ruined = 0
        for row in rows:
            if identity in columns and identity == "vin" and chance.random() < 0.08:
                row[identity] = chance.choice(["", "LSVAA418OE2184161", "短"])
                ruined += any(row.get(c) for c in columns)
                continue
            if chance.random() < 0.4:
                others = [name for name in columns if name != identity]
                for name in chance.sample(others, min(len(others), chance.randint(1, 3))):
                    row[name] = chance.choice(ODD)
            elif chance.random() < 0.1:
                for name, value in row.items():
                    row[name] = _dressed(chance, value)
        return ruined

    def _sheet(
        self, chance: random.Random, header: list[str], body: list[list[str]]
    ) -> tuple[list[list[str]], int]:
        """Title rows above, totals and notes below, blank lines between; the lines that count as
        read beside the data.
        """
        extra = 0
        above: list[list[str]] = []
        for _ in range(chance.choice([0, 0, 0, 1, 2])):
            above.append([chance.choice(["新能源汽车登记明细表", "填报单位：某某局", "（一）"])])
            extra += 1
        sheet = [*above, header]
        for cells in body:
            if chance.random() < 0.03:
                sheet.append([""] * chance.randint(0, len(header)))
            sheet.append(cells)
        if body and chance.random() < 0.2:
            total = [chance.choice(TOTALS), *[""] * (len(header) - 1)]
            if len(total) > 1:
                total[-1] = str(len(body))
            sheet.append(total)
            extra += 1
        if body and chance.random() < 0.1:
            sheet.append([chance.choice(NOTES)])
            extra += 1
        return sheet, extra

    def _mutated(self, chance: random.Random, upload: Upload) -> Upload:
        if chance.random() > 0.15 or not upload.data:
            return upload
        upload.data = mutate(chance, upload.data)
        upload.rows = upload.read = None
        upload.what += " mutated"
        return upload


def mutate(chance: random.Random, data: bytes) -> bytes:
    """A few bytes flipped, cut, doubled or put in."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if not made:
            break
        at = chance.randrange(len(made))
        match chance.randrange(6):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = made[at : at + chance.randint(1, 60)]
            case 3:
                made[at:at] = chance.choice(
                    [b"\x00", b'"', b"\n", b"\r", b",", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80\xff"]
                )
            case 4:
                del made[at:]
            case _:
                made[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    return bytes(made)


def _dressed(chance: random.Random, value: str) -> str:
    dress = chance.randrange(4)
    if dress == 0:
        return f"'{value}"
    if dress == 1:
        return f"\t{value} "
    if dress == 2:
        wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHJKLMNPRSTUVWXYZ-"}
        return value.translate(wide)
    return f"　{value}　"


def _text(chance: random.Random, sheet: list[list[str]]) -> tuple[bytes, str]:
    out = StringIO()
    separator = chance.choice(SEPARATORS)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if chance.random() < 0.3 else csv.QUOTE_MINIMAL
    newline = chance.choice(["\r\n", "\r\n", "\n"])
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=newline).writerows(sheet)
    text = out.getvalue()
    if chance.random() < 0.1:
        text = text.rstrip("\r\n")
    encoding = chance.choice(ENCODINGS)
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    return mark + text.encode(encoding, "replace"), f"{encoding} {separator!r}"


def _workbook(sheet: list[list[str]]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(sheet):
            for column, value in enumerate(cells):
                page.write_string(row, column, value[:30000])
    return out.getvalue()
