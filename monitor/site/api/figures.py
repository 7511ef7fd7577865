"""Figures for programs: assessments, one of them traced back, mandates, divisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.assess.assess import assess
from monitor.assess.explain_code import parse_code
from monitor.corridor import documents
from monitor.corridor.explanation import explain_figure
from monitor.corridor.judge import hold
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.policy.choosing import chosen_mandates
from monitor.site.answers import answer
from monitor.site.api import held_shapes as shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.reach import codes_in_reach
from monitor.site.api.sending import DIVISION
from monitor.site.desk import desk_of
from monitor.site.routing import nothing_there, there
from monitor.site.rows_seen import note_rows_seen
from monitor.site.visitors import language_of, visitor_of

_LONGEST_CODE: Final = 160
AS_OF: Final = Parameter("as_of", "day", Text("判定日，默认今天", "the day judged, else today"))
KNOWN_AT: Final = Parameter(
    "known_at", "moment", Text("只用此刻以前收到的", "only what had been received by then")
)
UNMASK: Final = Parameter(
    "unmask", "flag", Text("显示完整车辆识别代号（会记入审计）", "whole VINs; it is written down")
)


def _assessments(request: Request, given: Given) -> Response:
    desk, query = desk_of(request), given.query
    policy, codes = desk.policy(), codes_in_reach(request, query["division"])
    as_of = query["as_of"] or desk.today()
    mandates = chosen_mandates(policy, query["mandate"])
    with desk.store() as store:
        held = hold(store, as_of, query["known_at"])
        rows = assess(policy, held, mandates=mandates, divisions=tuple(codes))
    language = language_of(request)
    return answer(documents.judged(rows, as_of, query["known_at"], policy.ruleset, language))


def _explain(request: Request, given: Given) -> Response:
    """A code that cannot be, one of nothing and one of another division are all the same here."""
    desk, text = desk_of(request), request.path_params["code"]
    policy = desk.policy()
    if len(text) > _LONGEST_CODE or not text.isascii():
        raise nothing_there()
    try:
        code = parse_code(text)
    except (ValueError, OverflowError, OSError):  # moments that no clock can count
        raise nothing_there() from None
    there(request, Verb.SEE, code.division)
    with_rows = may(visitor_of(request), Verb.SEE_ROWS, code.division, policy.divisions)
    unmask = bool(given.query["unmask"]) and with_rows
    with desk.store() as store:
        if code.history > store.history():
            raise nothing_there()
        told = explain_figure(store, policy, text, unmask=unmask)
    document = told.as_document(language_of(request))
    if not with_rows:
        del document["rows"]
    if unmask:
        note_rows_seen(request, code.division, "api", len(told.rows))
    return answer(document)


def _mandates(request: Request, _given: Given) -> Response:
    policy, language = desk_of(request).policy(), language_of(request)
    listed = [documents.mandate(one, language) for one in policy.mandates.values()]
    return answer({"ruleset": policy.ruleset, "mandates": listed})


def _divisions(request: Request, _given: Given) -> Response:
    table = desk_of(request).policy().divisions
    return answer(documents.division_table(table, language_of(request)))


OPERATIONS: Final = (
    Operation(
        "GET",
        "/api/v1/assessments",
        Verb.SEE,
        _assessments,
        Text(
            "逐条、逐期的判定，与 fleetmon assess --json 相同",
            "Every mandate judged, period by period, as fleetmon assess --json has it",
        ),
        shapes.Judged,
        parameters=(
            AS_OF,
            KNOWN_AT,
            replace(DIVISION, about=Text("只看这些地区", "these divisions only"), is_many=True),
            Parameter("mandate", "text", Text("只看这些要求", "these mandates only"), is_many=True),
        ),
        codes=("wrong_use",),
        example="-G -d as_of=2020-12-31 -d mandate=JX-F01",
    ),
    Operation(
        "GET",
        "/api/v1/explain/{code}",
        Verb.SEE,
        _explain,
        Text(
            "由说明码追到条文、文件和行",
            "A figure by its explain code: clause, files and rows behind it",
        ),
        shapes.Explained,
        parameters=(UNMASK,),
    ),
    Operation(
        "GET",
        "/api/v1/mandates",
        Verb.ENTER,
        _mandates,
        Text(
            "各项要求，与 fleetmon mandates --json 相同", "Mandates, as fleetmon mandates has them"
        ),
        shapes.Mandates,
    ),
    Operation(
        "GET",
        "/api/v1/divisions",
        Verb.ENTER,
        _divisions,
        Text("报送单位，与 fleetmon divisions --json 相同", "Who reports, as fleetmon divisions"),
        shapes.Divisions,
    ),
)
