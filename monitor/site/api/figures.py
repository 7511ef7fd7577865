"""Figures for programs: assessments, one of them traced back, mandates, divisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.assess.assess import assess
from monitor.corridor import clause_documents as told
from monitor.corridor import documents
from monitor.corridor.answering import answer as answer_clauses
from monitor.corridor.clause_explanation import explain_answer
from monitor.corridor.explanation import explain_figure
from monitor.corridor.judge import hold
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.policy.choosing import chosen_of_both
from monitor.policy.clause_coverage import coverage_of
from monitor.site.answers import answer
from monitor.site.api import held_shapes as shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.reach import codes_in_reach
from monitor.site.api.sending import DIVISIONS
from monitor.site.clause_reach import seen_checks
from monitor.site.code_asked import code_asked
from monitor.site.desk import desk_of
from monitor.site.routing import nothing_there
from monitor.site.rows_seen import note_rows_seen
from monitor.site.visitors import language_of, visitor_of

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
    as_of, known_at = query["as_of"] or desk.today(), query["known_at"]
    mandates, clauses = chosen_of_both(policy, query["mandate"])
    with desk.store() as store:
        held = hold(store, as_of, known_at)
        rows = assess(policy, held, mandates=mandates, divisions=tuple(codes))
        answers = answer_clauses(
            store,
            policy,
            as_of,
            known_at,
            history=held.history,
            decisions=held.decisions,
            clauses=clauses,
            divisions=codes,
        )
    seen = replace(answers, consistency=tuple(seen_checks(request, answers)))
    language = language_of(request)
    return answer(documents.judged(rows, as_of, known_at, policy.ruleset, language, seen))


def _explain(request: Request, given: Given) -> Response:
    """A code that cannot be, one of nothing and one of another division are all the same here."""
    code, text = code_asked(request, Verb.SEE), request.path_params["code"]
    desk = desk_of(request)
    policy = desk.policy()
    with_rows = may(visitor_of(request), Verb.SEE_ROWS, code.division, policy.divisions)
    unmask = bool(given.query["unmask"]) and with_rows
    explain = explain_answer if code.mandate in policy.clauses else explain_figure
    with desk.store() as store:
        if code.history > store.history():
            raise nothing_there()
        found = explain(store, policy, text, unmask=unmask)
    document = found.as_document(language_of(request))
    if not with_rows:
        del document["rows"]
    if unmask:
        note_rows_seen(request, code.division, "api", len(found.rows))
    return answer(document)


def _mandates(request: Request, _given: Given) -> Response:
    policy, language = desk_of(request).policy(), language_of(request)
    return answer(
        {
            "ruleset": policy.ruleset,
            "mandates": [
                told.mandate_document(policy, m, language) for m in policy.mandates.values()
            ],
            "clauses": [told.clause_document(policy, c, language) for c in policy.clauses.values()],
            "coverage": [told.coverage_document(policy, r, language) for r in coverage_of(policy)],
        }
    )


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
            "逐条、逐期的判定和其他条文的回答，与 fleetmon assess --json 相同",
            "Every mandate judged and every other clause answered, year by year, as fleetmon "
            "assess --json has it",
        ),
        shapes.Judged,
        parameters=(
            AS_OF,
            KNOWN_AT,
            DIVISIONS,
            Parameter(
                "mandate",
                "name",
                Text("只看这些条文的编号", "these mandates and other clauses only, by id"),
                is_many=True,
            ),
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
            "由说明码追到条文、文件和行，车辆要求和其他条文的数字都可以",
            "A figure by its explain code, of a mandate or of another clause: clause, files, rows",
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
            "全部条文：车辆要求、其他条文，各由什么回答、由谁负责，与 fleetmon mandates 相同",
            "Every clause: fleet mandates, the others, what answers each and who answers for it, "
            "as fleetmon mandates has them",
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
