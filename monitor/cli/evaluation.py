"""`evaluate`: places set against each other, part by part, and how firm their order is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from monitor.cli.options import FILE, DayType, MomentType
from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Text


@click.command()
@click.option("--place", "places", multiple=True, help="省或市的代码 / province or city")
@click.option("--as-of", type=DayType(), help="评判日（含当日，默认今天）/ the day judged")
@click.option("--known-at", type=MomentType(), help="只用此刻以前收到的 / what had come by then")
@click.option("--weights", type=FILE, help="试用另一组权重 / try other weights")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def evaluate(
    session: Session,
    /,
    *,
    places: tuple[str, ...],
    as_of: date | None,
    known_at: datetime | None,
    weights: Path | None,
    as_json: bool,
) -> None:
    """各地评分、位次及其对权重的依赖 / scorecards, ranks, and what the order hangs on.

    权重和各部分写在 data/evaluation/；权重由使用单位决定，--weights FILE 可试用另一组。
    Parts and weights are in data/evaluation/; the weights are the user's to decide, and --weights
    FILE tries others.
    """
    from monitor.corridor.evaluating import (  # noqa: PLC0415  # heavy
        chosen_evaluations,
        evaluate_and_propose,
    )
    from monitor.corridor.judge import hold  # noqa: PLC0415  # heavy
    from monitor.policy.weighting import read_weights  # noqa: PLC0415  # --help needs none of it

    policy = session.policy
    trial = read_weights(weights, policy.evaluations) if weights is not None else None
    if trial is not None and places not in {(), (trial[0],)}:
        raise WrongUse(
            Text(
                f"{weights} 是 {trial[0]} 的权重，与 --place 不符。",
                f"{weights} has the weights of {trial[0]}, which is not what --place says.",
            )
        )
    asked = chosen_evaluations(policy, (trial[0],) if trial else places)
    day = as_of or session.now().date()
    with session.store(write=False) as store:
        held = hold(store, day, known_at)
        found = [
            evaluate_and_propose(
                store, policy, held, evaluation, weighting=trial[1] if trial else None
            )
            for evaluation in asked
        ]
    if as_json:
        from monitor.corridor.evaluation_document import evaluated  # noqa: PLC0415  # heavy

        print_json(evaluated(found, policy, session.words, day, known_at))
        return
    from monitor.cli.evaluation_tables import print_evaluated  # noqa: PLC0415  # rich

    for one in found:
        print_evaluated(session, one, trial=weights)
