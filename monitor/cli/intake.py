"""`check`, `ingest` and `withdraw`: what comes in, and what is taken back."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.kept_memory import keep_memory
from monitor.cli.options import FILE, MomentType, extract_options
from monitor.cli.session import Session, print_json
from monitor.corridor import documents
from monitor.errors import WrongUse
from monitor.model import Mode, Period, Receipt, Text

if TYPE_CHECKING:
    from monitor.corridor.rehearsal import Rehearsed


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@extract_options
@click.option("--manifest", type=FILE, help="清单文件，逐行接收 / a list of files, one a line")
@click.pass_obj
def ingest(
    session: Session, /, files: tuple[Path, ...], manifest: Path | None, **given: Any
) -> None:
    """接收、校验并保存报表，逐份给出回执 / receive, check and store extracts."""
    from monitor.corridor.reception import (  # noqa: PLC0415  # heavy
        ensure_readable,
        receive,
        receive_manifest,
    )

    as_json = given.pop("as_json")
    ensure_readable(files)
    keep_memory()
    received_at = given["received_at"] or session.now()
    with session.store(write=True) as store:
        if manifest is not None:
            if files or given["nil"]:
                raise _manifest_alone()
            receipts = receive_manifest(
                store,
                session.policy,
                manifest,
                now=session.now(),
                progress=session.bar("接收", "receiving", quiet=as_json),
            )
        else:
            _files_or_nil(files, nil=given["nil"])
            receipts = [
                receive(
                    store, session.policy, file, _declared(given, received_at), now=session.now()
                )
                for file in (files or (None,))
            ]
    _answer(session, receipts, None, as_json=as_json)


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@extract_options
@click.pass_obj
def check(session: Session, /, files: tuple[Path, ...], **given: Any) -> None:
    """说明报送某文件会得到什么，不保存 / what ingest would say; nothing is stored."""
    from monitor.corridor.reception import ensure_readable  # noqa: PLC0415  # heavy
    from monitor.corridor.rehearsal import rehearse  # noqa: PLC0415  # heavy

    as_json = given.pop("as_json")
    ensure_readable(files)
    keep_memory()
    received_at = given["received_at"] or session.now()
    _files_or_nil(files, nil=given["nil"])
    rehearsed = rehearse(
        session.home,
        session.policy,
        files or (None,),
        _declared(given, received_at),
        now=session.now(),
        waiting=session.waiting,
    )
    _answer(session, list(rehearsed.receipts), rehearsed, as_json=as_json)


@click.command()
@click.option("--division", required=True, help="报送单位代码 / the sender's code")
@click.option("--vin", "vins", multiple=True, required=True, help="车辆识别代号 / VIN")
@click.option("--reason", required=True, help="理由 / reason")
@click.option("--received-at", type=MomentType(), help="收到时间 / moment of receipt")
@click.option("--kind", default="registration", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def withdraw(session: Session, /, *, as_json: bool, **given: Any) -> None:
    """按车撤回已报的记录，须有理由 / take single vehicles back, with a reason."""
    from monitor.corridor.withdrawal import withdraw_vehicles  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        receipt = withdraw_vehicles(
            store,
            session.policy,
            kind=given["kind"],
            division=given["division"],
            vins=given["vins"],
            reason=given["reason"],
            received_at=given["received_at"] or session.now(),
            now=session.now(),
        )
    _answer(session, [receipt], None, as_json=as_json)


def _declared(given: dict[str, Any], received_at: datetime) -> Any:
    from monitor.corridor.declared import Declared  # noqa: PLC0415  # heavy

    period: Period | None = given["period"]
    mode = Mode.REPLACE if given["replace"] else Mode.ADD
    return Declared(
        received_at=received_at,
        kind=given["kind"],
        division=given["division"],
        period=period,
        mode=Mode.NIL if given["nil"] else mode,
        nil_replaces=given["nil"] and given["replace"],
        columns=given["columns"],
        force=given["force"],
        backfill=given["backfill"],
    )


def _files_or_nil(files: tuple[Path, ...], *, nil: bool) -> None:
    if bool(files) == nil:
        raise WrongUse(
            Text(
                "请给出文件，或用 --nil 表示零报告，二者取一。",
                "Give files, or --nil for nothing to report; one of the two.",
            )
        )


def _manifest_alone() -> WrongUse:
    return WrongUse(
        Text(
            "--manifest 与文件、--nil 不能同用。",
            "--manifest goes without files and without --nil.",
        )
    )


def _answer(
    session: Session,
    receipts: list[Receipt],
    led_to: Rehearsed | None,
    *,
    as_json: bool,
) -> None:
    language = session.language
    if as_json:
        document: dict[str, Any] = {
            "receipts": [documents.receipt(receipt, language) for receipt in receipts]
        }
        if led_to is not None:
            document["assessments"] = {
                "before": [documents.assessment(a, language) for a in led_to.before],
                "after": [documents.assessment(a, language) for a in led_to.after],
            }
            moved = led_to.answers
            document["clauses"] = {
                "before": [documents.clause_answer(m.before, language) for m in moved if m.before],
                "after": [documents.clause_answer(m.after, language) for m in moved if m.after],
            }
        print_json(document)
    else:
        from monitor.cli.tables import print_assessments, print_receipt  # noqa: PLC0415  # rich

        for receipt in receipts:
            print_receipt(session, receipt)
        if led_to is not None:
            from monitor.cli.answer_tables import print_moved  # noqa: PLC0415  # rich

            if led_to.before:
                print_assessments(session, session.say("现在", "Before"), led_to.before)
            title = session.say("计入本文件后", "With this file")
            if led_to.after:
                print_assessments(session, title, led_to.after)
            print_moved(session, title, led_to.answers)
    if any(receipt.error_total for receipt in receipts):
        sys.exit(1)
