"""Correction requests: what was refused or set aside goes back to whoever sent it, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

import polars as pl

from monitor.bulletins.correction import render_correction
from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.rendered import Attachment, plain_file_name
from monitor.corridor.mending import mendable_csv
from monitor.delivery.compose import Letter, compose_correction
from monitor.delivery.outbox import place_of, put
from monitor.extracts.layout import Layout
from monitor.extracts.tidy import clean_text
from monitor.model import Finding, Language, Severity, Status, SubmissionSummary, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import add_deliveries
from monitor.store.parts import part_name
from monitor.store.store import Store
from monitor.store.successors import holder_of_all, sent_again

# What a letter can carry: mail servers commonly stop at 20 to 25 MB, a third of which is base64.
_LARGEST_TABLE: Final = 10 << 20
_MOST_COMPARED: Final = 20_000  # rows looked for in later submissions
_VIN_LENGTH: Final = 17
_TO_MEND: Final = Text("待改正", "to-mend")
_LONGEST_STEM: Final = 60
_CONCERNED: Final = "status = 'refused' OR rows_rejected > 0"


@dataclass(frozen=True, slots=True)
class Requested:
    """One letter that asks for a correction, to one desk; `is_new` where it was made now."""

    submission: str
    division: str | None
    language: Language
    path: Path
    sha256: str
    is_new: bool


def concerned(store: Store) -> list[SubmissionSummary]:
    """Every submission that was refused or had rows set aside, in the order of recording."""
    return store.summaries(_CONCERNED)


def requests(
    store: Store,
    policy: Policy,
    seqs: Sequence[int],
    languages: Sequence[Language] | None = None,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
    *,
    book: RecipientBook,
    at: datetime,
) -> list[Requested]:
    """Put letters for each of these submissions into the outbox, and record all of them at once.

    They go to every desk that receives corrections, in `languages` or else in its own. What was
    made before in a language is not made again: it is given as it was recorded.
    """
    made_before: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for seq, language, name, digest in store.rows(
        "SELECT submission, language, file_name, sha256 FROM correction ORDER BY rowid"
    ):
        made_before.setdefault((seq, language), []).append((name, digest))
    wanted = set(seqs)
    chosen = [one for one in concerned(store) if one.seq in wanted]
    outcome: list[Requested] = []
    fresh: list[tuple[int, Letter]] = []
    for done, summary in enumerate(chosen, start=1):
        desks = book.of(summary.division, "correction")
        for language in languages or _read_by(desks):
            before = made_before.get((summary.seq, language))
            if before is None:
                reading = [one for one in desks if languages or language in one.languages]
                letters = _request(store, policy, summary, language, reading, book)
                fresh += [(summary.seq, letter) for letter in letters]
            named = before or [(one.name, one.delivery.sha256) for one in letters]
            outcome += [
                Requested(
                    summary.submission,
                    summary.division,
                    language,
                    place_of(store.home, name),
                    digest,
                    before is None,
                )
                for name, digest in named
            ]
        progress(done, len(chosen), summary.submission)
    _record(store, fresh, at)
    return outcome


def _read_by(desks: Sequence[Addressee]) -> list[Language]:
    return list(dict.fromkeys(language for one in desks for language in one.languages))


def _request(
    store: Store,
    policy: Policy,
    summary: SubmissionSummary,
    language: Language,
    desks: Sequence[Addressee],
    book: RecipientBook,
) -> list[Letter]:
    if not desks:
        return []
    facts = facts_of(store, policy, summary, language)
    rendered = render_correction(facts, policy, language)
    letters = [
        compose_correction(facts, rendered, language, addressee=desk, book=book) for desk in desks
    ]
    for letter in letters:
        put(store.home.outbox, letter.name, letter.message)
    return letters


def _record(store: Store, fresh: Sequence[tuple[int, Letter]], at: datetime) -> None:
    """Keep that these letters were made, and that they are to be sent: all of it or none."""
    if not fresh:
        return
    rows = [[seq, one.delivery.language, one.name, one.delivery.sha256] for seq, one in fresh]
    with store.transaction():
        store.insert("correction", rows)
        add_deliveries(store, [one.delivery for _, one in fresh], at)
        told = {"submissions": len({seq for seq, _ in fresh}), "letters": len(fresh)}
        audit.record(store, "corrections", "requests", detail=told, at=at)


def facts_of(
    store: Store, policy: Policy, summary: SubmissionSummary, language: Language
) -> CorrectionFacts:
    """What is to be said of one submission; its rows go back only to the division that sent it."""
    content = b""
    if summary.rows.rejected and summary.division is not None:
        content = mendable_csv(store, policy, summary.seq)
    is_too_large = len(content) > _LARGEST_TABLE
    findings = store.findings(summary.seq)
    return CorrectionFacts(
        summary=summary,
        findings=findings,
        tallies=store.tallies([summary.seq]),
        mended_by=_mended(store, policy, summary),
        table=Attachment(_table_name(summary, language), "text/csv; charset=utf-8", content)
        if content and not is_too_large
        else None,
        is_too_large=is_too_large,
        aside=_lines_aside(store, summary, findings),
    )


def _lines_aside(
    store: Store, summary: SubmissionSummary, findings: Sequence[Finding]
) -> frozenset[int]:
    """Those lines of the findings that were set aside."""
    wrong = {one.line for one in findings if one.severity is Severity.ERROR}
    told = {one.line for one in findings} - wrong
    path = store.home.rejected / part_name(summary.seq, summary.sha256 or "")
    aside = pl.read_parquet(path, columns=["line"])["line"] if path.exists() else ()
    return frozenset(line for line in wrong.union(told.intersection(aside)) if line is not None)


def _table_name(summary: SubmissionSummary, language: Language) -> str:
    stem = plain_file_name(PurePath(summary.file or summary.submission).stem)
    return f"{stem[:_LONGEST_STEM]}-{_TO_MEND.to(language)}.csv"


def _mended(store: Store, policy: Policy, summary: SubmissionSummary) -> str | None:
    """The later submission that settles it; None where there is none or it cannot be told."""
    if summary.division is None:
        return None
    if summary.status is Status.REFUSED:
        return sent_again(store, summary)
    divisions = policy.divisions.members(summary.division)
    return holder_of_all(store, summary, divisions, _vins_aside(store, policy, summary))


def _vins_aside(store: Store, policy: Policy, summary: SubmissionSummary) -> set[str]:
    """The VINs of the rows set aside; none where a row has no whole one, and for contracts."""
    path = store.home.rejected / part_name(summary.seq, summary.sha256 or "")
    name, headers = store.rows(
        "SELECT column_map, headers FROM submission WHERE seq = ?", [summary.seq]
    )[0]
    columns = policy.columns.get(name or summary.kind)
    if columns is None or not path.exists() or summary.rows.rejected > _MOST_COMPARED:
        return set()
    place = Layout.of(columns, tuple(json.loads(headers or "[]"))).columns.get("vin")
    if place is None:
        return set()
    written = pl.read_parquet(path, columns=[f"c{place}"]).to_series().fill_null("")
    vins = {clean_text(cell).upper() for cell in written}
    return vins if all(len(vin) == _VIN_LENGTH for vin in vins) else set()
