"""The command line: one group, every verb in a module of its own trade."""

from __future__ import annotations

import gc
import os
import resource
import sys
from pathlib import Path
from typing import Any

import click

from monitor import __version__
from monitor.cli.audit import audit
from monitor.cli.backup import backup, restore
from monitor.cli.bounces import bounces
from monitor.cli.bulletin import bulletin
from monitor.cli.correction import correction
from monitor.cli.deliveries import deliveries
from monitor.cli.demo import demo
from monitor.cli.doctor import doctor
from monitor.cli.evaluation import evaluate
from monitor.cli.exemptions import exemptions
from monitor.cli.export import export
from monitor.cli.figures import assess, explain
from monitor.cli.follow_up import follow_up
from monitor.cli.forecast import forecast
from monitor.cli.handbook import handbook
from monitor.cli.hold import hold
from monitor.cli.intake import check, ingest, withdraw
from monitor.cli.jobs import jobs, run
from monitor.cli.kept_memory import keep_memory_of_polars
from monitor.cli.lists import divisions, mandates, submissions
from monitor.cli.readings import readings
from monitor.cli.reconcile import reconcile
from monitor.cli.rehearse import rehearse
from monitor.cli.send import send
from monitor.cli.serve import serve
from monitor.cli.session import WE_FAILED, Session, make_session, told
from monitor.cli.subject import subject
from monitor.cli.users import users
from monitor.cli.verify import verify
from monitor.errors import Cause, with_steps
from monitor.model import Text


class TellingGroup(click.Group):
    """A group whose commands fail in words; tracebacks only with --debug."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with failures told in the user's language."""
        debug = bool(ctx.params.get("debug"))
        # The session is made while the command runs, so it is looked up when something fails.
        with told(lambda: ctx.obj if isinstance(ctx.obj, Session) else None, debug=debug):
            return super().invoke(ctx)


@click.group(
    cls=TellingGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--home", type=click.Path(path_type=Path), help="数据文件夹 / home of the data")
@click.option("--config", type=click.Path(path_type=Path), help="配置文件夹 / config folder")
@click.option("--language", type=click.Choice(["zh", "en"]), help="语言 / language")
@click.option("--debug", is_flag=True, help="出错时显示细节 / show tracebacks")
@click.version_option(__version__, prog_name="fleetmon")
@click.pass_context
def cli(
    ctx: click.Context, home: Path | None, config: Path | None, language: str | None, *, debug: bool
) -> None:
    """新能源车辆推广要求监测 / monitors what is asked of public fleets."""
    ctx.obj = make_session(home, config, language, debug=debug)


for command in (
    demo,
    check,
    ingest,
    withdraw,
    assess,
    forecast,
    reconcile,
    evaluate,
    follow_up,
    bulletin,
    correction,
    rehearse,
    explain,
    exemptions,
    mandates,
    handbook,
    readings,
    submissions,
    verify,
    divisions,
    serve,
    users,
    jobs,
    run,
    send,
    deliveries,
    hold,
    bounces,
    export,
    subject,
    backup,
    restore,
    audit,
    doctor,
):
    cli.add_command(command)

# Libraries reserve addresses long before they use memory; with less, one of them ends the process
# in the middle of its own words.
_LEAST_ADDRESSES = 2 << 30
_ALLOCATIONS_A_COLLECTION = 1 << 17
_SHARED = {"--home": True, "--config": True, "--language": True, "--debug": False}


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with the options that every command shares put first, wherever they stood."""
    shared, rest, waiting = [], [], False
    for place, argument in enumerate(arguments):
        if argument == "--":
            rest += arguments[place:]
            break
        name = argument.partition("=")[0]
        if waiting:
            shared.append(argument)
            waiting = False
        elif name in _SHARED:
            shared.append(argument)
            waiting = _SHARED[name] and "=" not in argument
        else:
            rest.append(argument)
    return [*shared, *rest]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit codes as `CONTRACT` section 1 says."""
    set_up_process()
    cli.main(args=hoisted(sys.argv[1:] if arguments is None else arguments), prog_name="fleetmon")


def set_up_process() -> None:
    """What holds for the whole process, before anything heavy is imported."""
    _ensure_addresses()
    keep_memory_of_polars()
    # numpy's linear algebra, which nothing here uses, has its threads wait in a loop.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports and policies make a million objects that stay: looking through them for garbage again
    # and again is a sixth of what Great Expectations' import costs.
    gc.set_threshold(_ALLOCATIONS_A_COLLECTION, 20, 20)


def _ensure_addresses() -> None:
    """End in words where the process may not reserve what its libraries need."""
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY or most >= _LEAST_ADDRESSES:
        return
    words = with_steps(
        Text(
            f"本进程的地址空间上限只有 {most >> 20} MB，至少需要 {_LEAST_ADDRESSES >> 20} MB"
            "（ulimit -v）。什么也没有做。",
            f"This process may reserve {most >> 20} MB of addresses and needs "
            f"{_LEAST_ADDRESSES >> 20} at least (ulimit -v). Nothing was done.",
        ),
        Cause.MEMORY,
    )
    click.echo(f"{words.zh}\n{words.en}", err=True)
    sys.exit(WE_FAILED)
