#!/usr/bin/env python3
"""Writes the sample extracts and their manifests; the same bytes on every machine.

    python data/samples/generate.py [FOLDER]

FOLDER is this one unless given. README.md tells what each file shows.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import plan_clauses
import plan_fujian
import plan_jiangxi
import plan_nanjing
import procurement
from dresses import Dress, write
from filings import Filing
from fleet import Factory

_COLUMNS = ("file", "kind", "division", "period", "received_at", "nil", "replace")


def all_filings(factory: Factory) -> list[Filing]:
    """All on vehicles in the order of receipt, which is the order of the manifest."""
    jiangxi = plan_jiangxi.filings(factory)
    fujian = plan_fujian.filings(factory)
    sent = [*jiangxi, *fujian, *plan_nanjing.filings(factory)]
    titled = Dress(suffix=".xlsx", title=True, dates="real")
    sent += procurement.contracts(
        "360000",
        "江西省",
        "jiangxi",
        {2018: Dress(encoding="gb18030"), 2019: Dress(title=True, total=True), 2020: titled},
        jiangxi,
        plan_jiangxi.undelivered(),
    )
    sent += procurement.contracts(
        "350000",
        "福建省",
        "fujian",
        {2022: Dress(), 2023: Dress(dates="slash"), 2024: Dress(encoding="gb18030"), 2025: titled},
        fujian,
        plan_fujian.undelivered(),
    )
    return _in_order(sent)


def clause_filings(factory: Factory, sent: list[Filing]) -> list[Filing]:
    """All that answers other clauses, likewise; made last, so that nothing on vehicles changes."""
    return _in_order(plan_clauses.filings(factory, sent))


def _in_order(sent: list[Filing]) -> list[Filing]:
    return sorted(sent, key=lambda filing: (filing.received_at, filing.division, filing.path))


def manifest(sent: list[Filing]) -> bytes:
    """The manifest in the form that `fleetmon ingest --manifest` reads."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for filing in sent:
        nil, anew = ("true" if flag else "" for flag in (filing.nil, filing.replace))
        lines.writerow(
            [
                filing.path,
                filing.kind,
                filing.division,
                filing.period,
                filing.received_at,
                nil,
                anew,
            ]
        )
    return text.getvalue().encode()


def main(folder: Path) -> None:
    """Write every file of the manifests below `folder`, and the manifests."""
    factory = Factory()
    sent = all_filings(factory)
    answering = clause_filings(factory, sent)
    for filing in [*sent, *answering]:
        if filing.content:
            target = folder / filing.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(write(filing.content, filing.dress))
    (folder / "manifest.csv").write_bytes(manifest(sent))
    (folder / "clauses.csv").write_bytes(manifest(answering))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
