"""`assess` and `explain`: the figures, and back to their rows."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.assess.answer import ClauseAnswer
from monitor.cli.door import note_unmasked
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
    from monitor.corridor.answering import answer  # noqa: PLC0415  # heavy
    from monitor.corridor.judge import hold, judge_and_keep  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import (  # noqa: PLC0415  # --help needs none of it
        chosen_divisions,
        chosen_of_both,
    )
    from monitor.policy.rereading import chosen_readings  # noqa: PLC0415  # --help needs none of it

    as_of: date = given["as_of"] or session.now().date()
    mandates, clauses = chosen_of_both(session.policy, given["mandates"])
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
    with session.store(write=keep) as store, session.engine(store) as engine:
        held = hold(store, as_of, given["known_at"], engine=engine)
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
                on_cluster=engine.rows if engine else None,
            )
        else:
            rows = assess_held(session.policy, held, mandates=mandates, divisions=divisions)
        answers = answer(
            store,
            session.policy,
            as_of,
            given["known_at"],
            history=held.history,
            decisions=held.decisions,
            clauses=clauses,
            divisions=divisions,
        )
    if as_json:
        ruleset, language = session.policy.ruleset, session.language
        document = documents.judged(rows, as_of, given["known_at"], ruleset, language, answers)
        print_json(document | {"readings": readings} | differences(pairs, asked=bool(readings)))
    else:
        from monitor.cli.answer_tables import print_answers, print_consistency  # noqa: PLC0415  # rich

        title = session.say(f"判定日 {as_of}", f"Judged as of {as_of}")
        if rows or readings or not answers.rows:
            print_judged(session, title, rows, readings, pairs)
        print_answers(session, title, answers.rows, is_asked=bool(clauses))
        print_consistency(session, answers.consistency)
    if strict and (any(map(breaks, rows)) or any(map(breaks, answers.rows))):
        sys.exit(1)


def breaks(row: Assessment | ClauseAnswer) -> bool:
    """Whether `--strict` minds: a failed, binding, mandatory row."""
    return row.status in FAILED and row.binding and row.strength == "mandatory"


@click.command()
@click.argument("code")
@click.option("--unmask", is_flag=True, help="显示完整识别代号 / show whole VINs")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def explain(session: Session, /, code: str, *, unmask: bool, as_json: bool) -> None:
    """由说明码追到行、文件、条文和版本 / a figure back to its rows, files, clause, version."""
    from monitor.corridor.clause_explanation import (  # noqa: PLC0415  # heavy
        explain_answer,
        is_of_clause,
    )
    from monitor.corridor.explanation import explain_figure  # noqa: PLC0415  # heavy

    is_answer = is_of_clause(session.policy, code)
    with session.store(write=False) as store:
        if is_answer:
            told = explain_answer(store, session.policy, code, unmask=unmask)
            document = told.as_document(session.language)
        else:
            figure = explain_figure(store, session.policy, code, unmask=unmask)
            document = figure.as_document(session.language)
    if unmask:
        note_unmasked(session, code, "explain", len((told if is_answer else figure).rows))
    if as_json:
        print_json(document)
        return
    from monitor.cli.explanation import print_answer, print_explanation  # noqa: PLC0415  # rich

    if is_answer:
        print_answer(session, told)
    else:
        print_explanation(session, figure)
