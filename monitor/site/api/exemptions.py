"""Exemptions for programs: what is claimed and what it makes of the figures; and decided."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.deciding import decide
from monitor.corridor.exemption_documents import claimed
from monitor.corridor.exemption_effect import claims_and_effects
from monitor.corridor.periods import read_day
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.site.answers import answer
from monitor.site.api import bodies
from monitor.site.api import held_shapes as shapes
from monitor.site.api.figures import AS_OF, KNOWN_AT, UNMASK
from monitor.site.api.operation import Given, Operation
from monitor.site.api.reach import codes_in_reach
from monitor.site.api.sending import DIVISIONS
from monitor.site.desk import desk_of
from monitor.site.routing import there
from monitor.site.rows_seen import note_rows_seen
from monitor.site.visitors import language_of, visitor_of
from monitor.site.writing import writing
from monitor.store.exemptions import Decision


def _list(request: Request, given: Given) -> Response:
    desk, query = desk_of(request), given.query
    policy, codes = desk.policy(), codes_in_reach(request, query["division"])
    as_of = query["as_of"] or desk.today()
    visitor, table = visitor_of(request), policy.divisions
    unmask = bool(query["unmask"]) and all(
        may(visitor, Verb.SEE_ROWS, code, table) for code in codes
    )
    with desk.store() as store:
        groups, effects = claims_and_effects(store, policy, codes, as_of, query["known_at"])
    if not visitor.has(Verb.SEE_ROWS):
        unmask = False
    if unmask:
        note_rows_seen(
            request, visitor.division or "all", "api", sum(one.vehicles for one in groups)
        )
    document = claimed(
        *(groups, effects, as_of, query["known_at"], policy.ruleset),
        language=language_of(request),
        unmask=unmask,
    )
    if not visitor.has(Verb.SEE_ROWS):
        for group in document["exemptions"]:
            group["claims"] = []
    return answer(document)


def _decide(request: Request, given: Given) -> Response:
    said: bodies.Decide = given.body
    there(request, Verb.REVIEW, said.division)
    desk = desk_of(request)
    with writing(request) as store:
        vehicles = decide(
            store,
            desk.policy(),
            said.division,
            vins=said.vins,
            group=said.group,
            seen=said.seen,
            decision=Decision(said.decision),
            until=read_day(said.until) if said.until else None,
            reason=said.reason,
            by=visitor_of(request).name,
            at=desk.now(),
        )
    return answer({"vehicles": vehicles})


OPERATIONS: Final = (
    Operation(
        "GET",
        "/api/v1/exemptions",
        Verb.SEE,
        _list,
        Text(
            "申报的豁免，及其对数字的影响（计与不计）",
            "Exemptions claimed, and the figures with and without them",
        ),
        shapes.Exemptions,
        parameters=(
            AS_OF,
            KNOWN_AT,
            DIVISIONS,
            UNMASK,
        ),
    ),
    Operation(
        "POST",
        "/api/v1/exemptions/decisions",
        Verb.REVIEW,
        _decide,
        Text(
            "审定豁免：一组（group 与 seen），或若干车辆（vins）",
            "Decide claims: a whole group (group and seen), or some vehicles (vins)",
        ),
        shapes.Decided,
        body=bodies.Decide,
        codes=("wrong_use",),
        example=(
            '--json \'{"division": "360100", "group": "GROUP", "seen": 3, "decision": "approved", '
            '"until": "2020-12-31", "reason": "省厅函已核"}\''
        ),
    ),
)
