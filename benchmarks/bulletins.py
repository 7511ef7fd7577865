"""What bulletins cost, part by part: hundreds of divisions, judged, rendered in every form, kept.

`python -m benchmarks.bulletins --count 400` makes a province of so many divisions, a quarter of a
thousand vehicles each over three years, takes its file in, publishes one week so that there is
something to compare with, and then times the parts of the next week's bulletins in one process.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

import polars as pl
import typst
from pylopdf_fonts_zh_cn import sans_path, serif_path

from benchmarks.registrations import make_owners, make_rows
from monitor.bulletins.circular import set_circular
from monitor.bulletins.document import make_json
from monitor.bulletins.flat import make_csv
from monitor.bulletins.forms import PDF, XLSX, Forms, draw_pictures
from monitor.bulletins.render import render_view
from monitor.bulletins.rendered import Attachment
from monitor.bulletins.view import build_view
from monitor.bulletins.workbook import make_workbook
from monitor.corridor.declared import Declared
from monitor.corridor.gathering import facts_of, gather_run
from monitor.corridor.judge import hold, judge_and_keep
from monitor.corridor.publish import publish
from monitor.corridor.reception import receive
from monitor.delivery.compose import compose
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy, load_policy
from monitor.service.workplace import read_book
from monitor.settings import Settings
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

_VEHICLES = 250
_LAST_WEEK, _THIS_WEEK = date(2020, 10, 25), date(2020, 11, 1)
_RECEIVED_AT = datetime(2021, 1, 5, 9, tzinfo=SHANGHAI)
_PROVINCE = "360000"
_YARDSTICK = "typst: a bare table of 400 cells as PDF"
_RENDERED = ("view", "HTML and text", "pictures", "PDF", "XLSX")
Result = TypeVar("Result")
Given = ParamSpec("Given")


class Parts:
    """Processor seconds by part."""

    def __init__(self) -> None:
        """Nothing spent yet."""
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(
        self,
        part: str,
        work: Callable[Given, Result],
        /,
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """Do the work and count what it costs under `part`."""
        begin = time.process_time()
        try:
            return work(*given, **named)
        finally:
            self.seconds[part] += time.process_time() - begin


def write_config(folder: Path, count: int) -> list[str]:
    """A province of `count` divisions in the place of Jiangxi's; gives their codes."""
    codes = [f"36Y{number:03d}" for number in range(count)]
    lines = [f'code: "{_PROVINCE}"', "name: {zh: 江西省, en: Jiangxi}", "plate: 赣"]
    lines += ["source: made for measuring", "divisions:"]
    lines += [
        f'  - {{code: "{code}", name: {{zh: 第{number + 1}市, en: City {number + 1}}}}}'
        for number, code in enumerate(codes)
    ]
    path = folder / "data" / "divisions" / "jiangxi.yml"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return codes


def write_extract(path: Path, codes: list[str]) -> None:
    """Vehicles of every division in turn, on no plate: the letters of the province are others'."""
    rows = make_rows(0, _VEHICLES * len(codes), make_owners())
    place = pl.int_range(pl.len()) % len(codes)
    rows.with_columns(
        place.replace_strict(range(len(codes)), codes, return_dtype=pl.String).alias(
            "行政区划代码"
        ),
        pl.lit("").alias("号牌号码"),
        pl.lit("").alias("号牌种类"),
    ).write_csv(path)


def bare_table(compiler: typst.Compiler, folder: Path, number: int) -> bytes:
    """The yardstick: one bare table of 400 cells as PDF, in the same faces, with nothing else."""
    source = folder / "bare.typ"
    source.write_text(
        '#set text(font: "Noto Serif SC")\n'
        f"#table(columns: (1fr,) * 8, ..range(400).map(cell => [{number} 比例 #cell]))\n",
        encoding="utf-8",
    )
    made = compiler.compile(input=source, format="pdf", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError
    return made


def measure_parts(store: Store, policy: Policy, codes: list[str], folder: Path) -> Parts:
    """Time every part of `codes`' bulletins for this week, in Chinese."""
    parts = Parts()
    book = read_book(policy.project, policy.divisions, Settings())
    publish(
        store,
        policy,
        hold(store, _LAST_WEEK, None),
        divisions=codes[:1],
        languages=("zh",),
        book=book,
        started_at=_RECEIVED_AT,
    )
    held = parts.timed("hold: the one question", hold, store, _THIS_WEEK, None)
    run, judged = parts.timed(
        "judge, keep, gate",
        judge_and_keep,
        store,
        policy,
        held,
        kind="bulletin",
        started_at=_RECEIVED_AT,
        divisions=tuple(codes),
    )
    known = parts.timed(
        "reconcile, weeks, forecasts, causes",
        gather_run,
        store,
        policy,
        held,
        run,
        judged,
        divisions=codes,
        mandates=None,
    )
    project = policy.project
    for number, code in enumerate(codes, start=1):
        facts = parts.timed("facts", facts_of, policy, held, known, code)
        view = parts.timed("view", build_view, facts, policy, "zh")
        set_ = parts.timed("HTML and text", render_view, view, project, "zh")
        drawn = parts.timed("pictures", draw_pictures, view, project, "zh")
        circular = parts.timed("PDF", set_circular, view, project, "zh")
        workbook = parts.timed("XLSX", make_workbook, view)
        parts.timed("JSON and CSV", lambda v: (make_json(v), make_csv(v)), view)
        files = (Attachment("a.pdf", PDF, circular), Attachment("a.xlsx", XLSX, workbook))
        letter = replace(set_, pictures=drawn, attachments=files)
        made, desk = Forms(letter, files, view), book.of(code, "bulletin")[0]
        parts.timed("letter", compose, facts, made, "zh", addressee=desk, book=book)
        if number in {len(codes) // 4, len(codes)}:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"peak after {number} bulletins: {peak:,.0f} MB")
    faces = [str(sans_path()), str(serif_path())]
    compiler = typst.Compiler(root=folder, font_paths=faces, ignore_system_fonts=True)
    for number in range(len(codes)):
        parts.timed(_YARDSTICK, bare_table, compiler, folder, number)
    return parts


def main() -> None:
    """Run and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=400)
    count = asked.parse_args().count
    with tempfile.TemporaryDirectory(prefix="fleetmon-bulletins-") as folder:
        work = Path(folder)
        codes = write_config(work / "config", count)
        write_extract(work / "登记.csv", codes)
        policy = load_policy(work / "config")
        with open_store(Home(work / "home"), write=True, waiting=lambda _words: None) as store:
            declared = Declared(received_at=_RECEIVED_AT)
            receive(store, policy, work / "登记.csv", declared, now=_RECEIVED_AT)
            parts = measure_parts(store, policy, codes, work)
    yardstick = parts.seconds.pop(_YARDSTICK)
    rendered = sum(parts.seconds[part] for part in _RENDERED)
    print(f"\n{count} bulletins in Chinese\n")
    print("| part | CPU s | ms a bulletin | × bare table |")
    print("|---|---:|---:|---:|")
    for part, seconds in (
        (_YARDSTICK, yardstick),
        *parts.seconds.items(),
        ("rendered: view, HTML, text, pictures, PDF, XLSX", rendered),
        ("everything", sum(parts.seconds.values())),
    ):
        each = seconds * 1000 / count
        print(f"| {part} | {seconds:.2f} | {each:.1f} | {seconds / yardstick:.2f} |")


if __name__ == "__main__":
    main()
