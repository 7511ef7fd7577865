"""All clauses of a place in a list: what each asks, how it is answered, what is known today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_words import ANSWERED, CLASSES
from monitor.bulletins import formats, labels
from monitor.bulletins.clause_words import evidence_word
from monitor.bulletins.figures import figures_of
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.corridor.division_page import current_rows
from monitor.model import Assessment, Text
from monitor.policy.clause_coverage import FLEET_EVIDENCE
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.site.clause_standing import LineStanding, Standing, gravest, lines_of
from monitor.site.clause_view import answer_view, clause_view
from monitor.site.mandate_view import mandate_view

FLEET: Final = "fleet"
# What stands over the clauses of a class.
HEADINGS: Final = {
    FLEET: Text("车辆", "Fleet mandates"),
    "rule": Text("规则", "Rules"),
    "indicator": Text("指标", "Indicators"),
    "system": Text("机制", "Systems"),
}
# How clauses stand, for counts of them.
STANDING_WORDS: Final[dict[Standing, Text]] = {
    "failed": Text("未达标", "not met"),
    "behind": Text("进度落后", "behind"),
    "unknown": Text("还不知道", "not known yet"),
    "met": Text("达标", "met"),
    "listed": Text("只列数字", "figures only"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known today of one figure: verdict, number, target, and of other years beside it."""

    name: str
    period: str
    verdict: Verdict
    figure: str
    target: str
    beside: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause in the list; `state` is how it stands, None where this reader is told nothing, and
    then `silence` says why.
    """

    id: str
    sort: str
    subject: str
    meaning: Text
    place: str
    strength: str
    valid_from: date
    valid_to: date
    answered: str
    standing: str
    is_in_force: bool
    is_illustrative: bool
    known: tuple[Known, ...]
    state: Standing | None
    silence: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose list it is: `answers` and `rows` are those that they may see, `places` the division
    that is shown for each jurisdiction, none where they see nothing of it.
    """

    places: dict[str, str | None]
    answers: Sequence[ClauseAnswer]
    rows: Sequence[Assessment]


def entries_of(
    policy: Policy, words: Words, today: date, chosen: Iterable[str], reader: Reader
) -> list[Entry]:
    """The chosen clauses: fleet mandates first, then by class, of each those in force first."""
    known: dict[str, list[ClauseAnswer]] = {}
    for one in reader.answers:
        known.setdefault(one.clause, []).append(one)
    fleet: dict[str, list[Assessment]] = {}
    for row in current_rows(reader.rows):
        if row.role == "finding":
            fleet.setdefault(row.mandate, []).append(row)
    found: list[Entry] = []
    for name in chosen:
        if name in policy.mandates:
            mandate = policy.mandates[name]
            place = reader.places[mandate.jurisdiction]
            rows = [row for row in fleet.get(name, ()) if row.division == place]
            found.append(_of_mandate(mandate, policy, words, today, place, rows))
        else:
            clause = policy.clauses[name]
            place = reader.places[clause.jurisdiction]
            own = [one for one in known.get(name, ()) if one.division == place]
            found.append(_of_clause(clause, policy, words, today, place, own))
    order = list(CLASSES)
    return sorted(found, key=lambda entry: (order.index(entry.sort), not entry.is_in_force))


def _of_mandate(
    mandate: Mandate,
    policy: Policy,
    words: Words,
    today: date,
    place: str | None,
    rows: Sequence[Assessment],
) -> Entry:
    view = mandate_view(mandate, policy, words, today)
    answer = "not_computable" if mandate.not_computable else "computed"
    return Entry(
        id=mandate.id,
        sort=FLEET,
        subject=view.subject,
        meaning=mandate.meaning,
        place=view.place,
        strength=view.strength,
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        answered=_answered(answer, labels.kind_word(FLEET_EVIDENCE, policy, words), words),
        standing=view.standing,
        is_in_force=view.is_in_force,
        is_illustrative=mandate.illustrative,
        known=tuple(_row(row, mandate, policy, words) for row in rows),
        state=gravest(row.status for row in rows) if rows else None,
        silence="" if rows else _unseen(mandate, place, policy, words, today),
    )


def _row(row: Assessment, mandate: Mandate, policy: Policy, words: Words) -> Known:
    figures = figures_of(row, "", policy, words)
    several = mandate.grouping == "each" and len(mandate.categories) > 1
    nothing = formats.NOTHING
    said = figures.new_energy
    if figures.counted != nothing:
        said = words("%(part)s / %(whole)s", part=figures.new_energy, whole=figures.counted)
    if figures.share != nothing:
        said = words("%(counted)s，%(share)s", counted=said, share=figures.share)
    return Known(
        name=labels.categories_word(row.categories, policy, words) if several else "",
        period=row.period,
        verdict=figures.verdict,
        figure=said,
        target=figures.target,
        beside="",
    )


def _of_clause(
    clause: Clause,
    policy: Policy,
    words: Words,
    today: date,
    place: str | None,
    own: Sequence[ClauseAnswer],
) -> Entry:
    view = clause_view(clause, policy, words, today)
    lines = lines_of(own)
    is_seen = place == clause.jurisdiction and clause.valid_from <= today
    # Of a clause of which nothing came at all, one line says so.
    is_silent = all(line.deciding.status == "no_data" for line in lines)
    shown = lines[:1] if is_silent else lines
    return Entry(
        id=clause.id,
        sort=clause.clause_class,
        subject=view.subject,
        meaning=clause.meaning,
        place=view.place,
        strength=view.strength,
        valid_from=clause.valid_from,
        valid_to=clause.valid_to,
        answered=_answered(clause.evidence.answer, view.kind, words),
        standing=view.standing,
        is_in_force=view.is_in_force,
        is_illustrative=clause.illustrative,
        known=tuple(_line(line, policy, words, is_one=len(shown) == 1) for line in shown),
        state=gravest(line.deciding.status for line in lines) if lines or is_seen else None,
        silence="" if own else silence_of(clause, place, policy, words, today),
    )


def silence_of(clause: Clause, place: str | None, policy: Policy, words: Words, today: date) -> str:
    """Why a reader is told nothing of a clause: not begun, not theirs to see, not sent, not due."""
    if today < clause.valid_from:
        return ""
    if place is not None and clause.evidence.answer == "computed":
        kind = evidence_word(clause.evidence.kind, policy, words)
        return words("没有收到本地区的报表：%(kind)s。", kind=kind)
    if place == clause.jurisdiction:
        return words("目标年度未到，还没有报送。")
    return _unseen(clause, place, policy, words, today)


def _unseen(
    one: Mandate | Clause, place: str | None, policy: Policy, words: Words, today: date
) -> str:
    """That the figures are those of a place which the reader does not see."""
    if today < one.valid_from or place == one.jurisdiction:
        return ""
    whose = words.text(policy.divisions.name(one.jurisdiction))
    return words("由%(place)s回答，您的账户看不到它的数字。", place=whose)


def _line(line: LineStanding, policy: Policy, words: Words, *, is_one: bool) -> Known:
    view = answer_view(line.deciding, policy, words, with_rows=False)
    others = [one for one in (line.before, line.after) if one is not None]
    beside = [
        words(
            "%(year)s 年%(status)s",
            year=one.period,
            status=labels.status_word(one.status, words),
        )
        for one in others
    ]
    if line.failed_before:
        beside.append(words.plural("此前另有 %(num)s 年未达标", line.failed_before))
    return Known(
        name="" if is_one else words.text(line.deciding.name),
        period=view.period,
        verdict=view.verdict,
        figure=view.figure,
        target=view.target if line.deciding.status != "no_data" else formats.NOTHING,
        beside=words.listed(beside),
    )


def _answered(answer: str, kind: str, words: Words) -> str:
    told = words.text(ANSWERED[answer])
    if answer == "not_computable":
        return told
    return words("%(how)s：%(report)s", how=told, report=kind)
