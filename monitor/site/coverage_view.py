"""What each clause needs to be answered, what is lacking, and who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from monitor.assess.clause_words import ANSWERED, CLASSES, body_words
from monitor.bulletins import labels
from monitor.bulletins.clause_words import evidence_word
from monitor.bulletins.words import Words
from monitor.policy.bodies import Body
from monitor.policy.clause_coverage import Coverage, Now, coverage_of
from monitor.policy.clause_coverage import bodies_of as bodies_held
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.site.clause_list import Reader


@dataclass(frozen=True, slots=True)
class BodyView:
    """Who answers: as the document has it, in full, and what it is called today by what source."""

    name: str
    full_name: str
    now: str
    since: str
    remark: str
    source: str


@dataclass(frozen=True, slots=True)
class CoverageView:
    """One clause: how it is answered now, what that needs, what is lacking, who answers for it.

    `lacks` is what did not come, or what stays unknown; `kind` the report, `kind_code` its code.
    """

    id: str
    sort: str
    place: str
    years: str
    strength: str
    kind: str
    kind_code: str
    now: str
    is_open: bool
    needs: str
    lacks: tuple[str, ...]
    bodies: tuple[str, ...]


def coverage_views(
    policy: Policy, words: Words, chosen: Collection[str], reader: Reader
) -> tuple[CoverageView, ...]:
    """The chosen clauses in the order of their ids."""
    statuses: dict[tuple[str, str | None], set[str]] = {}
    for one in reader.answers:
        statuses.setdefault((one.clause, one.division), set()).add(one.status)
    for row in reader.rows:
        statuses.setdefault((row.mandate, row.division), set()).add(row.status)
    return tuple(
        _view(row, statuses.get((row.id, reader.places[row.jurisdiction]), set()), policy, words)
        for row in coverage_of(policy)
        if row.id in chosen
    )


def counts_of(rows: Sequence[CoverageView]) -> list[tuple[str, int]]:
    """How many clauses are answered how, in the order of the words for it."""
    told = [row.now for row in rows]
    return [(word, told.count(word)) for word in dict.fromkeys(told)]


def _view(row: Coverage, statuses: Collection[str], policy: Policy, words: Words) -> CoverageView:
    kind = evidence_word(row.evidence, policy, words)
    lacks = []
    if statuses == {"no_data"}:
        lacks.append(words("尚未收到：%(kind)s", kind=kind))
    if row.limits is not None:
        lacks.append(words.text(row.limits))
    return CoverageView(
        id=row.id,
        sort=words.text(CLASSES[row.clause_class]),
        place=words.text(policy.divisions.name(row.jurisdiction)),
        years=_years(row.years),
        strength=labels.strength_word(row.strength, words),
        kind=kind,
        kind_code=row.evidence,
        now=words.text(ANSWERED[row.now]),
        is_open=row.now in _OPEN,
        needs=words.text(row.needs) if row.needs else "",
        lacks=tuple(lacks),
        bodies=tuple(
            words.text(body_words(written, body))
            for written, body in bodies_held(policy, row).items()
        ),
    )


_OPEN: frozenset[Now] = frozenset({"not_computable", "needs_extract"})


def _years(years: range) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def bodies_of(policy: Policy, of: Mandate | Clause, words: Words) -> tuple[BodyView, ...]:
    """Who answers for a clause, in the order of the document."""
    return tuple(_body(written, body, words) for written, body in bodies_held(policy, of).items())


def _body(written: str, body: Body | None, words: Words) -> BodyView:
    if body is None:
        return BodyView(written, "", "", "", "", "")
    now = body.now_called or ""
    if body.present is None:
        now = words("不明")
    return BodyView(
        name=written,
        full_name=words.text(body.full_name),
        now=now,
        since=body.since or "",
        remark=words.text(body.note) if body.note else "",
        source=body.source,
    )
