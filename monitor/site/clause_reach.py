"""What a visitor sees of the answers to clauses: those of the divisions that are theirs to see."""

from __future__ import annotations

from starlette.requests import Request

from monitor.assess.answer import ClauseAnswer
from monitor.assess.consistency import Consistency
from monitor.corridor.answering import Answers
from monitor.door.rights import Verb, may
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.site.desk import desk_of
from monitor.site.visitors import visitor_of


def all_clauses(policy: Policy) -> list[Mandate | Clause]:
    """Every clause, fleet mandates first."""
    return [*policy.mandates.values(), *policy.clauses.values()]


def seen_answers(request: Request, answers: Answers) -> list[ClauseAnswer]:
    """The answers of the divisions that the visitor may see."""
    visitor, table = visitor_of(request), desk_of(request).policy().divisions
    return [one for one in answers.rows if may(visitor, Verb.SEE, one.division, table)]


def seen_checks(request: Request, answers: Answers) -> list[Consistency]:
    """What was compared; a check tells figures of every clause in it, so all must be theirs."""
    visitor, policy = visitor_of(request), desk_of(request).policy()
    return [
        one
        for one in answers.consistency
        if all(
            may(visitor, Verb.SEE, policy.clauses[name].jurisdiction, policy.divisions)
            for name in one.clauses
        )
    ]


def shown_places(request: Request, policy: Policy) -> dict[str, str | None]:
    """For each place that a clause speaks of, the division whose figures the visitor is shown: its
    own, else the visitor's own that is part of it; None where there is nothing for them.
    """
    visitor, table = visitor_of(request), policy.divisions
    places = {one.jurisdiction for one in all_clauses(policy)}

    def shown(place: str) -> str | None:
        if may(visitor, Verb.SEE, place, table):
            return place
        own = visitor.division
        is_part = own is not None and own in table.members(place)
        return own if is_part and may(visitor, Verb.SEE, own, table) else None

    return {place: shown(place) for place in places}
