"""Options and the values that people write for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.corridor.periods import read_day, read_moment, read_period
from monitor.model import Period

_Command = TypeVar("_Command", bound=Callable[..., Any])


class DayType(click.ParamType[date]):
    """A day, such as 2018-12-31."""

    name = "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it; fails with the form that is wanted."""
        try:
            return read_day(value) if isinstance(value, str) else value
        except ValueError:
            self.fail(f"应为 2018-12-31 这样的日期 / a day such as 2018-12-31: {value}", param, ctx)


class MomentType(click.ParamType[datetime]):
    """A moment; without an offset it is Asia/Shanghai's."""

    name = "MOMENT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it; fails with the form that is wanted."""
        try:
            return read_moment(value) if isinstance(value, str) else value
        except ValueError:
            self.fail(
                f"应为 2019-01-05T09:00+08:00 这样的时刻 / a moment such as "
                f"2019-01-05T09:00+08:00: {value}",
                param,
                ctx,
            )


class PeriodType(click.ParamType[Period]):
    """A year, a month, a day, or two of them joined by two dots."""

    name = "PERIOD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        """Read it; fails with the forms that are wanted."""
        try:
            return read_period(value) if isinstance(value, str) else value
        except ValueError:
            self.fail(
                f"应为 2018、2018-01 或 2018-01..2018-06 / such as 2018-01..2018-06: {value}",
                param,
                ctx,
            )


def extract_options(command: _Command) -> _Command:
    """What a sender may say of a file; for `ingest` and `check`."""
    for option in reversed(
        (
            click.option("--kind", help="报表种类（默认由表头判断）/ kind, else by the headers"),
            click.option("--division", help="报送单位代码 / the sender's code"),
            click.option("--period", type=PeriodType(), help="申报期间 / declared period"),
            click.option("--nil", is_flag=True, help="零报告，无文件 / nothing to report, no file"),
            click.option("--replace", is_flag=True, help="整期替换 / replace the whole period"),
            click.option(
                "--force", is_flag=True, help="有退回行也替换 / replace in spite of rejects"
            ),
            click.option("--backfill", is_flag=True, help="补录历史 / load history"),
            click.option("--columns", help="列映射名称 / name of a column map"),
            click.option(
                "--received-at", type=MomentType(), help="收到时间（默认现在）/ moment of receipt"
            ),
            click.option("--json", "as_json", is_flag=True, help="输出 JSON / one JSON document"),
        )
    ):
        command = option(command)
    return command


def judged_options(command: _Command) -> _Command:
    """Which day, knowledge, divisions and mandates; for `assess` and `bulletin`."""
    for option in reversed(
        (
            click.option(
                "--as-of", type=DayType(), help="判定日（含当日，默认今天）/ the day judged"
            ),
            click.option(
                "--known-at",
                type=MomentType(),
                help="只用此刻以前收到的 / only what had come by then",
            ),
            click.option("--division", "divisions", multiple=True, help="地区代码 / division"),
            click.option("--mandate", "mandates", multiple=True, help="要求编号 / mandate"),
        )
    ):
        command = option(command)
    return command


FILE = click.Path(path_type=Path)
