"""A fleet mandate in plain words: what is asked, of whom, how strongly and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.bulletins import labels
from monitor.bulletins.figures import clause_of
from monitor.bulletins.mandate_words import asked_of, bounds_of
from monitor.bulletins.parts import Clause as Place
from monitor.bulletins.words import Words
from monitor.model import Text
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy

IN_FORCE: Final = Text("现行", "in force")
ENDED: Final = Text("已到期", "ended")
TO_COME: Final = Text("尚未开始", "to come")


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate in words; `standing` is in force, ended or to come, `bounds` narrow it."""

    mandate: Mandate
    subject: str
    place: str
    measure: str
    strength: str
    issuer: str
    issued_on: date | None
    clause: Place
    concerns: str
    targets: tuple[tuple[int, str], ...]
    standing: str
    is_in_force: bool
    bounds: tuple[tuple[str, str], ...]


def mandate_view(mandate: Mandate, policy: Policy, words: Words, today: date) -> MandateView:
    """A mandate in words, as of a day."""
    document = mandate.document
    standing = standing_of(mandate, today)
    return MandateView(
        mandate=mandate,
        subject=labels.scope_word(mandate, mandate.categories, policy, words),
        place=words.text(policy.divisions.name(mandate.jurisdiction)),
        measure=labels.measure_word(mandate.measure, words, has_target=bool(mandate.targets)),
        strength=labels.strength_word(mandate.strength, words),
        issuer=document.issuer if isinstance(document, Document) else "",
        issued_on=document.issued_on if isinstance(document, Document) else None,
        clause=clause_of(mandate, words),
        concerns=labels.binds_word(mandate, policy, words) or words("不约束任何一级，仅列趋势"),
        targets=tuple((one.period, asked_of(one, mandate, words)) for one in mandate.targets),
        standing=words.text(standing),
        is_in_force=standing is IN_FORCE,
        bounds=tuple(bounds_of(mandate, policy, words)),
    )


def standing_of(one: Mandate | Clause, today: date) -> Text:
    """Whether a clause is in force on a day, has ended or is to come."""
    if today > one.valid_to:
        return ENDED
    return TO_COME if today < one.valid_from else IN_FORCE
