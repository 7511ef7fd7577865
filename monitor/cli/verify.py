"""`verify`: whether a receipt is genuine and its content still the one held."""

from __future__ import annotations

import sys

import click

from monitor.cli.session import Session, print_json


@click.command()
@click.argument("receipt")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def verify(session: Session, /, receipt: str, *, as_json: bool) -> None:
    """核验回执是否真实、内容是否仍为所存 / whether a receipt is genuine."""
    from monitor.corridor import documents  # noqa: PLC0415  # --help needs none of it
    from monitor.corridor.verifying import verify_receipt  # noqa: PLC0415  # imports duckdb

    with session.store(write=False) as store:
        found = verify_receipt(store, receipt)
    if as_json:
        held = documents.submission(found.submission) if found.submission else None
        told = {"outcome": found.outcome, "message": found.words.to(session.language)}
        print_json({"receipts": [told | {"receipt": receipt, "submission": held}]})
    else:
        session.out.print(found.words.to(session.language))
        if found.submission is not None:
            one = found.submission
            session.out.print(
                f"  {one.submission}  {one.kind}  {one.division or '—'}  "
                f"{one.received_at:%Y-%m-%d %H:%M}  {one.file or '—'}"
            )
    if found.outcome not in {"genuine", "blanked"}:
        sys.exit(1)
