"""The check of a draft: what it would do, worked out over a scratch copy; nothing of it counts."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from monitor.assess.answer_words import NOTHING, figure_of
from monitor.corridor.answers_moved import Moved
from monitor.corridor.declared import Declared
from monitor.corridor.draft_result import (
    SHOWN,
    DraftResult,
    Figure,
    FindingGroup,
    MovedAnswer,
    ShownFinding,
    write_result,
)
from monitor.corridor.mending import mendable_csv
from monitor.corridor.rehearsal import Rehearsed, rehearse
from monitor.corridor.second_person import covered_by
from monitor.door.draft import Draft
from monitor.errors import StoreError, WrongUse
from monitor.model import SHANGHAI, Assessment, Finding, Receipt, Severity, Status, Text
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule
from monitor.store.archive import Kept, stored_at
from monitor.store.home import Home
from monitor.store.locking import Waiting
from monitor.store.store import Store

# The place of the sender's cell in a rule's words, with the marks around it.
_CELL: Final = re.compile(r"\s*[“\"]?\{value\}[”\"]?")


def declared_of(draft: Draft, received_at: datetime, most_rows: int | None = None) -> Declared:
    """What the sender said of a draft; the same for its check and its confirmation.

    `most_rows` is for a check alone: what passed it is not counted once more.
    """
    asked = draft.asked
    return Declared(
        received_at=received_at,
        kind=asked.kind,
        division=draft.division,
        period=asked.period,
        mode=asked.mode,
        columns=asked.columns,
        force=asked.force,
        nil_replaces=asked.nil_replaces,
        file_name=draft.file_name,
        follows=True,
        most_rows=most_rows,
    )


def kept_of(home: Home, draft: Draft) -> Kept | None:
    """A draft's bytes in the archive; None of a nil return; raises `StoreError` where they are
    gone.
    """
    if draft.sha256 is None:
        return None
    path = stored_at(home, draft.sha256)
    if not path.is_file():
        raise StoreError(
            Text(
                f"归档中没有 {draft.id} 的文件。请从备份恢复，或请报送单位重新上传。",
                f"The file of {draft.id} is not in the archive. Restore it from a backup or have "
                "it uploaded again.",
            )
        )
    return Kept(draft.sha256, path, draft.size or 0, draft.file_name or draft.id)


def check_draft(
    home: Home,
    policy: Policy,
    draft: Draft,
    *,
    now: datetime,
    waiting: Waiting,
    most_rows: int | None = None,
) -> DraftResult:
    """Work out what a draft would do if it were confirmed now, and keep that beside it.

    A file of more than `most_rows` is refused as soon as that is seen.

    Raises `WrongUse` where what was asked cannot be meant, in words for its sender.
    """
    started = time.monotonic()
    rejected: list[bytes] = []
    decisions: list[int] = []
    covered: list[str] = []

    def inspect(store: Store, receipt: Receipt) -> None:
        ensure_corrects(store, draft, receipt.kind)
        decisions.append(last_decision(store))
        covered.extend(covered_by(store, receipt))
        if receipt.rows.rejected and receipt.status is Status.WITH_FINDINGS:
            rejected.append(mendable_csv(store, policy, int((receipt.submission or "S0")[1:])))

    found = rehearse(
        home,
        policy,
        [kept_of(home, draft)],
        declared_of(draft, now, most_rows),
        now=now,
        waiting=waiting,
        inspect=inspect,
    )
    receipt, figures = found.receipts[0], tuple(_figures(policy, draft.division, found))
    answers = tuple(_moved(policy, one) for one in found.answers)
    result = DraftResult(
        status=receipt.status,
        kind=receipt.kind,
        division=draft.division,
        covered=tuple(covered),
        period=receipt.period,
        checked_on=now.astimezone(SHANGHAI).date(),
        rows=receipt.rows,
        changes=receipt.changes,
        columns=receipt.columns,
        interpretations=receipt.interpretations,
        groups=finding_groups(policy, receipt),
        figures=figures,
        answers=answers,
        to_mend=receipt.rows.rejected if rejected else 0,
        first=receipt.first,
        fingerprint=_fingerprint(policy, receipt, covered, figures, answers),
        seen_history=found.history,
        seen_decisions=decisions[0],
        ruleset=policy.ruleset,
        elapsed_seconds=round(time.monotonic() - started, 3),
    )
    write_result(home, draft.id, result, rejected[0] if rejected else b"")
    return result


def last_decision(store: Store) -> int:
    """The number of the last decision over an exemption."""
    return int(store.one("SELECT coalesce(max(seq), 0) FROM exemption_decision"))


def ensure_corrects(store: Store, draft: Draft, kind: str | None) -> None:
    """Raise `WrongUse` where a draft is to mend what is not its sender's, or of another kind."""
    corrects = draft.asked.corrects
    if corrects is None:
        return
    found = store.rows("SELECT division, kind FROM submission WHERE id = ?", [corrects])
    if found != [(draft.division, kind)] and kind != "unknown":
        raise WrongUse(
            Text(
                f"所更正的报送 {corrects} 不是本单位的同类报送。请在报送记录中选择要更正的那一份。",
                f"{corrects}, which this is to correct, is no report of this division and kind. "
                "Choose the one to correct from the list of reports.",
            )
        )


def essentials(receipt: Receipt) -> list[object]:
    """What a submission does to what is held, for telling whether two do the same."""
    changes = list(receipt.changes or ())
    return [
        receipt.status.value,
        receipt.kind,
        list(receipt.rows),
        changes,
        sorted(receipt.tallies),
    ]


def _fingerprint(
    policy: Policy,
    receipt: Receipt,
    covered: Sequence[str],
    figures: Sequence[Figure],
    answers: Sequence[MovedAnswer],
) -> str:
    """Of what becomes of the rows, whose figures they are, and of the verdicts that then stand.

    Not of the counts behind a verdict: the files of one city are uploaded together and confirmed
    one after the other, and each moves the counts of all.
    """
    verdicts = [
        (one.after.key, one.after.status, one.after.consequence)
        for one in figures
        if one.is_own and one.after is not None
    ]
    moved = [(one.clause, one.division, one.period, one.after_status) for one in answers]
    content = [policy.ruleset, essentials(receipt), str(receipt.period), covered, verdicts, moved]
    text = json.dumps(content, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _moved(policy: Policy, one: Moved) -> MovedAnswer:
    shown = one.after or one.before
    if shown is None:
        raise AssertionError
    return MovedAnswer(
        clause=shown.clause,
        division=shown.division,
        period=shown.period,
        name=shown.name,
        before=figure_of(one.before, policy) if one.before else NOTHING,
        before_status=one.before.status if one.before else None,
        after=figure_of(one.after, policy) if one.after else NOTHING,
        after_status=one.after.status if one.after else None,
    )


def _figures(policy: Policy, division: str, found: Rehearsed) -> Iterator[Figure]:
    """Figures that the file turns, and all of who sends it and of its province."""
    table = policy.divisions
    own = {division, *table.members(division)}
    above = table.province_of(division)
    before = {row.key: row for row in found.before}
    after = {row.key: row for row in found.after}
    for key in dict.fromkeys((*after, *before)):
        figure = Figure(_plain(before.get(key)), _plain(after.get(key)), key[1] in own)
        if figure.is_own or key[1] == above or figure.differs:
            yield figure


def _plain(row: Assessment | None) -> Assessment | None:
    """A figure of a scratch copy cannot be explained: its code would lead nowhere."""
    return replace(row, explain="") if row is not None else None


def finding_groups(policy: Policy, receipt: Receipt) -> tuple[FindingGroup, ...]:
    """What a receipt says, by code: errors first, in the order of the rules."""
    suite = policy.rules.get(receipt.kind or "")
    rules = suite.by_code() if suite else {}
    by_code: dict[str, list[Finding]] = {}
    for finding in receipt.findings:
        by_code.setdefault(finding.code, []).append(finding)
    tallies = dict(receipt.tallies)
    codes = [*by_code, *(code for code in tallies if code not in by_code)]
    places = {code: place for place, code in enumerate(rules)}
    groups = [
        _group(code, rules.get(code), tallies.get(code, 0), by_code.get(code, [])) for code in codes
    ]
    return tuple(
        sorted(groups, key=lambda g: (g.severity is not Severity.ERROR, places.get(g.code, -1)))
    )


def _group(code: str, rule: Rule | None, rows: int, found: Sequence[Finding]) -> FindingGroup:
    severity = rule.severity if rule else found[0].severity if found else Severity.WARNING
    said = None
    if rule and found and found[0].line is None:  # of the whole file: a figure, nobody's cell
        said = Text(*(words.replace("{value}", found[0].value or "") for words in rule.message))
    elif rule:
        said = Text(*(_CELL.sub("", words) for words in rule.message))
    return FindingGroup(
        code=code,
        severity=severity,
        rows=rows or len(found),
        column=next((one.column for one in found if one.column), None),
        what=said or (found[0].message if found else Text(code, code)),
        because=rule.because if rule else None,
        mend=rule.mend if rule else None,
        asks_why=rule.asks_why if rule else False,
        shown=tuple(
            ShownFinding(one.line, one.column, one.value, one.message) for one in found[:SHOWN]
        ),
    )
