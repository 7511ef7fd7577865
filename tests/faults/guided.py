"""Bytes that a fuzzer who sees the branches taken makes of real ones: read, or refused in words.

    pip install --require-hashes -r requirements-audit.txt
    python tests/faults/guided.py -max_total_time=600 -seed=1 [FOLDER of inputs kept]

The options are libFuzzer's. The first byte of an input picks what reads the rest; it begins with
right ones of each. What is found is written down as `crash-...` and tried again with `python
tests/faults/guided.py crash-...`.
"""

from __future__ import annotations

import atexit
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import atheris

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

with atheris.instrument_imports(include=["monitor"]):
    from monitor.assess.explain_code import parse_code
    from monitor.errors import PolicyError, WrongUse
    from monitor.extracts.encoding import decode_file
    from monitor.extracts.reading import open_extract
    from monitor.extracts.refusal import FileRefused
    from monitor.policy.mandates import Mandate
    from monitor.policy.policy import load_policy
    from monitor.policy.yamlfile import load
    from monitor.site.answers import Refused
    from monitor.site.bounces import read_bounce
    from monitor.site.period_field import read_period_field

_FOLDER: Final = tempfile.TemporaryDirectory(prefix="fleetmon-guided-")
atexit.register(_FOLDER.cleanup)
PLACE: Final = Path(_FOLDER.name)
POLICY: Final = load_policy(None)


def _file(data: bytes) -> None:
    """A file of a sender: every line that is read is a row or is left out, and counted."""
    path = PLACE / "file"
    path.write_bytes(data)
    with suppress(FileRefused):
        reading = open_extract(
            path, name="file", maps=POLICY.columns, work=PLACE, sender_known=True
        )
        rows = sum(table.height for table in reading.batches(3))
        counts = reading.counts
        if not counts.data == rows == counts.read - counts.ignored:
            message = f"rows lost: {counts}, {rows}"
            raise AssertionError(message)


def _encoding(data: bytes) -> None:
    path = PLACE / "encoded"
    path.write_bytes(data)
    with suppress(FileRefused):
        decode_file(path, PLACE)


def _mandate(data: bytes) -> None:
    path = PLACE / "mandate.yml"
    path.write_bytes(data)
    with suppress(PolicyError):
        load(path, Mandate, codes=POLICY.codes, divisions=POLICY.divisions)


def _bounce(data: bytes) -> None:
    with suppress(Refused):
        read_bounce(data)


def _period(data: bytes) -> None:
    with suppress(ValueError):
        read_period_field(data.decode("utf-8", "replace"))


def _code(data: bytes) -> None:
    with suppress(WrongUse):
        parse_code(data.decode("utf-8", "replace"))


READERS: Final[tuple[Callable[[bytes], None], ...]] = (
    *(_file, _encoding, _mandate, _bounce, _period, _code),
)


_TABLE: Final = (
    "车辆识别代号,燃料种类,初次登记日期,车辆用途,行政区划代码\n"
    "LSVAA4182E2184161,纯电动,2019-03-05,公交车,360102\n"
    '"LZYTBGCW2J1000016","柴油","2019/3/6","出租车","360102"\n'
    "合计,2\n"
)


def _right_ones() -> Iterator[bytes]:
    """An input of each reader, and of each encoding, that is as it should be."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-32-be"):
        for reader in (0, 1):
            yield bytes([reader]) + _TABLE.encode(encoding)
    for path in sorted((HERE.parents[1] / "checks" / "mandates").glob("*.yml"))[:6]:
        yield b"\2" + path.read_bytes()
    yield b"\3" + json.dumps({"message_id": "<d1@jtt.example.cn>", "status": "5.1.1"}).encode()
    yield from (b"\4" + text.encode() for text in ("2020-01..2020-06", "2018年1-6月", "2018-01-31"))
    yield b"\5JX-F01.360100.2018.whole.20181231.12.0a1b2c3d"


def put(data: bytes) -> None:
    """One input."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def main() -> None:
    begun = PLACE / "right"
    begun.mkdir()
    for number, data in enumerate(_right_ones()):
        (begun / str(number)).write_bytes(data)
    folders = [] if any(Path(word).is_file() for word in sys.argv[1:]) else [str(begun)]
    atheris.Setup([*sys.argv, *folders], put)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
