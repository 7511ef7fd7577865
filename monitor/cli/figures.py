"""`assess` and `explain`: the figures, and back to their rows."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import judged_options
from monitor.cli.other_readings import differences, print_judged
from monitor.cli.session import Session, print_json
from monitor.corridor import documents
from monitor.errors import WrongUse
from monitor.model import Assessment, Text

if TYPE_CHECKING:
    from monitor.assess.otherwise import Pair

FAILED = frozenset({"not_met", "out_of_reach"})


@click.command()
@judged_options
@click.option("--strict", is_flag=True, help="强制性要求未达标则退出码为 1 / exit 1 on a breach")
@click.option(
    "--reading",
    "otherwise",
    multiple=True,
    metavar="X=Y",
    help="换一种读法判定，见 fleetmon readings / judge by another reading",
)
@click.option("--store", "keep", is_flag=True, help="运行判定检查并保存 / run the suites and keep")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def assess(
    session: Session,
    /,
    *,
    strict: bool,
    keep: bool,
    as_json: bool,
    otherwise: tuple[str, ...],
    **given: Any,
) -> None:
    """逐条、逐期、逐地判定 / judge every mandate, period by period."""
    from monitor.assess.assess import assess as assess_held  # noqa: PLC0415  # heavy
    from monitor.corridor.judge import hold, judge_and_keep  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import (  # noqa: PLC0415  # --help needs none of it
        chosen_divisions,
        chosen_mandates,
    )
    from monitor.policy.rereading import chosen_readings  # noqa: PLC0415  # --help needs none of it

    as_of: date = given["as_of"] or session.now().date()
    mandates = chosen_mandates(session.policy, given["mandates"])
    divisions = chosen_divisions(session.policy, given["divisions"])
    readings = chosen_readings(session.policy, otherwise)
    if readings and keep:
        raise WrongUse(
            Text(
                "--store 不能与 --reading 同用：保存的判定须按所取读法。请去掉其中一个。",
                "--store does not go with --reading: what is kept is judged by the readings taken. "
                "Leave one of them out.",
            )
        )
    pairs: tuple[Pair, ...] = ()
    with session.store(write=keep) as store:
        held = hold(store, as_of, given["known_at"])
        if readings:
            from monitor.assess.otherwise import judge_otherwise  # noqa: PLC0415  # heavy

            rows, pairs = judge_otherwise(
                session.policy, held, readings, mandates=mandates, divisions=divisions
            )
        elif keep:
            _, rows = judge_and_keep(
                store,
                session.policy,
                held,
                kind="assess",
                started_at=session.now(),
                mandates=mandates,
                divisions=divisions,
            )
        else:
            rows = assess_held(session.policy, held, mandates=mandates, divisions=divisions)
    if as_json:
        ruleset, language = session.policy.ruleset, session.language
        document = documents.judged(rows, as_of, given["known_at"], ruleset, language)
        print_json(document | {"readings": readings} | differences(pairs, asked=bool(readings)))
    else:
        title = session.say(f"判定日 {as_of}", f"Judged as of {as_of}")
        print_judged(session, title, rows, readings, pairs)
    if strict and any(breaks(row) for row in rows):
        sys.exit(1)


def breaks(row: Assessment) -> bool:
    """Whether `--strict` minds: a failed, binding, mandatory row."""
    return row.status in FAILED and row.binding and row.strength == "mandatory"


@click.command()
@click.argument("code")
@click.option("--unmask", is_flag=True, help="显示完整识别代号 / show whole VINs")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def explain(session: Session, /, code: str, *, unmask: bool, as_json: bool) -> None:
    """由说明码追到行、文件、条文和版本 / a figure back to its rows, files, clause, version."""
    from monitor.corridor.explanation import explain_figure  # noqa: PLC0415  # heavy

    with session.store(write=False) as store:
        told = explain_figure(store, session.policy, code, unmask=unmask)
    if as_json:
        print_json(told.as_document(session.language))
        return
    from monitor.cli.explanation import print_explanation  # noqa: PLC0415  # rich

    print_explanation(session, told)
