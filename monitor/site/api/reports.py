"""Reports that came in, for programs: the list, one of them, its findings, rows and receipt."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor import documents
from monitor.corridor.columns_read import columns_of
from monitor.corridor.mending import mendable_csv
from monitor.corridor.sent import Wanted, counting, sent, sent_one
from monitor.corridor.verifying import verify_receipt
from monitor.door.rights import Verb
from monitor.model import Status, SubmissionSummary, Text
from monitor.site.answers import answer
from monitor.site.api import held_shapes as shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.reach import scope
from monitor.site.api.refusals import refused
from monitor.site.api.sending import DIVISION
from monitor.site.api.upload_document import both, explanation_document
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.routing import nothing_there, there
from monitor.site.rows_seen import note_rows_seen
from monitor.site.visitors import language_of
from monitor.store.confirmations import Confirmation, confirmation_of, corrections_of
from monitor.store.explanations import explanations_of
from monitor.store.parts import part_name
from monitor.store.retention import REJECTED_ROWS, removed
from monitor.store.store import Store

_ONE: Final = "/api/v1/submissions/{submission}"
_LISTED: Final = 100
_MOST: Final = 1000


def _here(request: Request, store: Store) -> SubmissionSummary:
    """The report of the address, where it is in reach; raises `Refused` 404."""
    found = sent_one(store, scope(request), request.path_params["submission"])
    if found is None:
        raise nothing_there()
    return found


def _list(request: Request, given: Given) -> Response:
    query = given.query
    if query["division"] is not None:
        there(request, Verb.SEE, query["division"])
    wanted = Wanted(
        division=query["division"],
        kind=query["kind"],
        year=query["year"],
        status=Status(query["status"]) if query["status"] else None,
    )
    most = min(query["most"] or _LISTED, _MOST)
    with desk_of(request).store() as store:
        found, total = sent(store, scope(request), wanted, first=query["first"] or 0, most=most)
    return answer({"submissions": [documents.submission(one) for one in found], "total": total})


def _one(request: Request, _given: Given) -> Response:
    language, policy = language_of(request), desk_of(request).policy()
    with desk_of(request).store() as store:
        found = _here(request, store)
        said = explanations_of(store, [found.seq])
        confirmed = confirmation_of(store, found.seq)
        counted = counting(store, found.seq)
        mended_by = corrections_of(store, found.submission)
        return answer(
            {
                "submission": documents.submission(found),
                "counting": {"rows": counted.rows, "taken_over": dict(counted.taken_over)},
                "tallies": {code: n for (code, _), n in store.tallies([found.seq]).items()},
                "columns": [one._asdict() for one in columns_of(store, policy, found.seq)],
                "interpretations": [
                    documents.interpretation(one, language)
                    for one in store.interpretations(found.seq)
                ],
                "explanations": [explanation_document(one) for one in said],
                "confirmation": _confirmation(confirmed) if confirmed else None,
                "corrected_by": [f"S{one.submission:06d}" for one in mended_by],
            }
        )


def _confirmation(one: Confirmation) -> dict[str, str | None]:
    return {
        "draft": one.draft,
        "made_by": one.made_by,
        "confirmed_by": one.confirmed_by,
        "signed_by": one.signed_by,
        "corrects": one.corrects,
        "reason": one.reason,
    }


def _findings(request: Request, _given: Given) -> Response:
    language = language_of(request)
    with desk_of(request).store() as store:
        found = _here(request, store)
        listed = store.findings(found.seq)
    shown = sum(one.value is not None for one in listed)
    note_rows_seen(request, found.submission, "api", shown)
    return answer(
        {
            "submission": found.submission,
            "findings": [documents.finding(one, language) for one in listed],
            "findings_total": found.errors + found.warnings,
        }
    )


def _rejected(request: Request, _given: Given) -> Response:
    with desk_of(request).store() as store:
        found = _here(request, store)
        gone = removed(store, REJECTED_ROWS, part_name(found.seq, found.sha256 or ""))
        has_rows = found.rows.rejected and found.status is Status.WITH_FINDINGS and gone is None
        content = mendable_csv(store, desk_of(request).policy(), found.seq) if has_rows else b""
    if not content:
        raise refused("nothing_set_aside")
    note_rows_seen(request, found.submission, "api", found.rows.rejected)
    return attachment(content, f"{found.submission}-rejected.csv")


def _receipt(request: Request, _given: Given) -> Response:
    with desk_of(request).store() as store:
        found = _here(request, store)
        verified = verify_receipt(store, found.receipt)
    told = documents.submission(found)
    names = ("submission", "receipt", "sha256", "file", "kind", "division", "period")
    return answer(
        {name: told[name] for name in (*names, "received_at", "status", "rows")}
        | {"outcome": verified.outcome, "words": both(verified.words)}
    )


OPERATIONS: Final = (
    Operation(
        "GET",
        "/api/v1/submissions",
        Verb.SEE,
        _list,
        Text("报送记录，新的在前", "Reports, the newest first"),
        shapes.Submissions,
        parameters=(
            DIVISION,
            Parameter("kind", "text", Text("报表种类", "the kind")),
            Parameter("year", "count", Text("所属年份", "the year that it is about")),
            Parameter(
                "status", "text", Text("状态", "the status"), choices=tuple(s.value for s in Status)
            ),
            Parameter("first", "count", Text("跳过前面多少份", "how many to leave out first")),
            Parameter("most", "count", Text(f"最多多少份（{_MOST} 以内）", f"at most {_MOST}")),
        ),
        example="-G -d year=2020",
    ),
    Operation(
        "GET",
        _ONE,
        Verb.SEE,
        _one,
        Text(
            "一份报送：读出的列、各类问题的行数、说明、确认人、现计入多少行",
            "One report: columns, rows by finding, explanations, who confirmed it, what counts now",
        ),
        shapes.OneSubmission,
    ),
    Operation(
        "GET",
        f"{_ONE}/findings",
        Verb.SEE_ROWS,
        _findings,
        Text("逐行的问题", "The findings, line by line"),
        shapes.Findings,
    ),
    Operation(
        "GET",
        f"{_ONE}/rejected.csv",
        Verb.SEE_ROWS,
        _rejected,
        Text("退回的行，改正后可再次上传", "The rows set aside, to mend and hand in again"),
        None,
        media_type="text/csv",
        codes=("nothing_set_aside",),
        example="-o rejected.csv",
    ),
    Operation(
        "GET",
        f"{_ONE}/receipt",
        Verb.SEE,
        _receipt,
        Text("回执，并核验其真伪与所存内容", "The receipt, and whether it still holds"),
        shapes.Receipt,
    ),
)
