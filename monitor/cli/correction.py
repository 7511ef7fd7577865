"""`correction`: what was refused or set aside, asked back from whoever sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Language, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.corridor.correction import Requested
    from monitor.store.store import Store


@click.command()
@click.argument("submissions", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="已发过的也列出 / those already made too")
@click.option("--both", is_flag=True, help="中英文各一份 / in Chinese and in English")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def correction(
    session: Session,
    /,
    submissions: tuple[str, ...],
    *,
    everything: bool,
    both: bool,
    as_json: bool,
) -> None:
    """请报送单位改正被拒收、被退回的内容 / ask senders to mend what was refused or set aside."""
    from monitor.corridor.correction import requests  # noqa: PLC0415  # heavy

    languages: tuple[Language, ...] = ("zh", "en") if both else (session.language,)
    with session.store(write=True) as store:
        seqs = _chosen(store, submissions)
        progress = session.bar("更正通知", "Correction requests", quiet=as_json)
        made = requests(
            store, session.policy, seqs, languages, progress, book=session.book, at=session.now()
        )
    # Without a name or --all, only what was made now is of interest.
    told = made if submissions or everything else [one for one in made if one.is_new]
    if as_json:
        print_json({"corrections": [_document(one) for one in told]})
        return
    for one in told:
        state = "" if one.is_new else session.say("（已有）", " (made before)")
        session.out.print(f"{one.submission}  {one.language}  {one.path}{state}", soft_wrap=True)
    if not told:
        click.echo(
            session.say("没有新的需要改正的报送。", "There is nothing new to ask to be mended."),
            err=True,
        )


def _chosen(store: Store, wanted: Sequence[str]) -> list[int]:
    """The numbers of the named submissions, else of all that were refused or had rows set aside."""
    from monitor.corridor.correction import concerned  # noqa: PLC0415  # heavy

    found = {one.submission: one.seq for one in concerned(store)}
    for name in wanted:
        if name in found:
            continue
        if store.summaries("id = ?", [name]):
            raise WrongUse(
                Text(
                    f"批次 {name} 没有被拒收，也没有被退回的行，无须改正。",
                    f"Submission {name} was not refused and has no row set aside.",
                )
            )
        raise WrongUse(Text(f"没有批次 {name}。", f"There is no submission {name}."))
    return [found[name] for name in wanted] if wanted else [*found.values()]


def _document(one: Requested) -> dict[str, object]:
    return {
        "submission": one.submission,
        "division": one.division,
        "language": one.language,
        "file": one.path.name,
        "sha256": one.sha256,
        "new": one.is_new,
    }
