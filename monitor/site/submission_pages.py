"""What came in: drafts that wait, the history with filters, one submission and its downloads."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import blank_kinds
from monitor.bulletins.labels import kind_word
from monitor.corridor.columns_read import columns_of
from monitor.corridor.draft_check import finding_groups
from monitor.corridor.inbox_receipt import receipt_of
from monitor.corridor.mending import mendable_csv
from monitor.corridor.sent import Wanted, count_sent, counting, sent, sent_one, years_sent
from monitor.door.draft_states import LIVE, NEXT_STEPS, STATE_WORDS, UNFINISHED
from monitor.door.drafts import drafts
from monitor.door.rights import Verb, may, scope_of
from monitor.model import Mode, Status, SubmissionSummary, Text
from monitor.policy.divisions import DivisionTable
from monitor.policy.explanation_reasons import load_reasons
from monitor.site.answers import Refused, answer
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.draft_pages import stem_of
from monitor.site.finding_view import findings_csv, rows_shown, shown_groups
from monitor.site.leaves import LEAF, make_leaf, start_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, nothing_there, page
from monitor.site.rows_seen import may_see_rows, note_rows_seen
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of
from monitor.store.confirmations import confirmation_of, corrections_of
from monitor.store.explanations import explanations_of
from monitor.store.parts import part_name
from monitor.store.retention import REJECTED_ROWS, removed
from monitor.store.store import Store

_MOST_DRAFTS: Final = 50
STATUS_WORDS: Final = MappingProxyType(
    {
        Status.ACCEPTED: Text("已生效", "In force"),
        Status.WITH_FINDINGS: Text("已生效，有退回或提示", "In force, with findings"),
        Status.NIL: Text("已生效（零报告）", "In force (nil return)"),
        Status.REFUSED: Text("无法读取，未生效", "Cannot be read, not in force"),
    }
)
MODE_WORDS: Final = MappingProxyType(
    {
        Mode.ADD: Text("补充和更正", "adds and corrects"),
        Mode.REPLACE: Text("替换这一期间", "replaces the period"),
        Mode.NIL: Text("零报告", "nil return"),
        Mode.WITHDRAW: Text("逐车撤回", "withdraws single vehicles"),
    }
)
_DONE: Final = MappingProxyType(
    {
        "discarded": Text("已放弃，没有生效。", "Discarded; it is not in force."),
        "confirmed": Text(
            "已确认，已生效。请保存回执。", "Confirmed and in force. Keep the receipt."
        ),
    }
)


def submission_here(request: Request, store: Store) -> SubmissionSummary:
    """The submission of the address, where the visitor sees all of its senders; else 404."""
    scope = scope_of(visitor_of(request), desk_of(request).policy().divisions)
    found = sent_one(store, scope, request.path_params["submission"])
    if found is None:
        raise nothing_there()
    return found


def _list(request: Request) -> Response:
    desk, visitor, words = desk_of(request), visitor_of(request), text_of(request)
    policy = desk.policy()
    scope = scope_of(visitor, policy.divisions)
    wanted = _wanted(request, scope, policy.divisions)
    with desk.store() as store:
        start = start_of(request, count_sent(store, scope, wanted))
        found, total = sent(store, scope, wanted, first=start, most=LEAF)
        years = years_sent(store, scope)
    with desk.door() as door:
        open_drafts = drafts(door, divisions=scope, states=LIVE, limit=_MOST_DRAFTS)
    codes = (
        scope if scope is not None else (*policy.divisions.provinces, *policy.divisions.divisions)
    )
    return render(
        request,
        "submissions.html.j2",
        done=_DONE.get(request.query_params.get("done", "")),
        drafts=open_drafts,
        waits=sum(one.state in UNFINISHED for one in open_drafts),
        states=STATE_WORDS,
        next_steps=NEXT_STEPS,
        leaf=make_leaf(request, found, start, total),
        wanted=wanted,
        is_filtered=wanted != Wanted(),
        divisions=[(one, f"{words.text(policy.divisions.name(one))} {one}") for one in codes],
        kinds=[(one, kind_word(one, policy, words)) for one in blank_kinds(policy)],
        kind_of=lambda kind: kind_word(kind, policy, words),
        years=[(str(year), str(year)) for year in years],
        statuses=[(one.value, words.text(said)) for one, said in STATUS_WORDS.items()],
        status_words=STATUS_WORDS,
        place_of=policy.divisions.name,
        can_submit=visitor.has(Verb.SUBMIT),
    )


def _wanted(request: Request, scope: tuple[str, ...] | None, table: DivisionTable) -> Wanted:
    """What the address asks for; a division that is not the visitor's is not there."""
    asked = request.query_params
    division = asked.get("division") or None
    if division is not None and (
        not table.known(division) or (scope is not None and division not in scope)
    ):
        raise nothing_there()
    year, status = asked.get("year", ""), asked.get("status", "")
    return Wanted(
        division=division,
        kind=asked.get("kind") or None,
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,  # noqa: PLR2004  # digits of a year
        status=Status(status) if status in {one.value for one in Status} else None,
    )


def _waiting(request: Request) -> Response:
    """Whether any of the visitor's uploads is still at work."""
    desk = desk_of(request)
    scope = scope_of(visitor_of(request), desk.policy().divisions)
    with desk.door() as door:
        waiting = len(drafts(door, divisions=scope, states=UNFINISHED))
    said = Text(f"{waiting} 份正在处理。", f"{waiting} at work.")
    return answer({"is_done": not waiting, "words": text_of(request).text(said)})


def _one(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    with desk.store() as store:
        summary = submission_here(request, store)
        receipt = replace(
            receipt_of(store, summary.seq), columns=columns_of(store, policy, summary.seq)
        )
        groups = shown_groups(finding_groups(policy, receipt), with_rows=may_see_rows(request))
        confirmation = confirmation_of(store, summary.seq)
        now = counting(store, summary.seq)
        explanations = explanations_of(store, [summary.seq])
        corrections = corrections_of(store, summary.submission)
    with desk.door() as door:
        actor = actor_words(door, language_of(request))
    note_rows_seen(request, summary.submission, "submission", rows_shown(groups))
    return render(
        request,
        "submission.html.j2",
        s=summary,
        receipt=receipt,
        now=now,
        explanations=explanations,
        corrections=corrections,
        done=_DONE.get(request.query_params.get("done", "")),
        errors=tuple(one for one in groups if one.is_error),
        warnings=tuple(one for one in groups if not one.is_error),
        with_rows=may_see_rows(request),
        confirmation=confirmation,
        reasons=load_reasons(desk.project),
        actor=actor,
        kind=kind_word(summary.kind, policy, words),
        division=policy.divisions.name(summary.division) if summary.division else None,
        status_word=STATUS_WORDS[summary.status],
        mode=MODE_WORDS[summary.mode],
        can_submit=summary.division is not None
        and may(visitor_of(request), Verb.SUBMIT, summary.division, policy.divisions),
    )


def _rejected(request: Request) -> Response:
    desk = desk_of(request)
    with desk.store() as store:
        summary = submission_here(request, store)
        gone = removed(store, REJECTED_ROWS, part_name(summary.seq, summary.sha256 or ""))
        if gone is not None:
            raise Refused(410, "removed", gone.words)
        content = mendable_csv(store, desk.policy(), summary.seq)
    if not content:
        raise nothing_there()
    note_rows_seen(request, summary.submission, "rejected", summary.rows.rejected)
    stem = stem_of(summary.file, summary.submission)
    return attachment(content, text_of(request)("%(file)s-待改正.csv", file=stem))


def _findings(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    with desk.store() as store:
        summary = submission_here(request, store)
        found = store.findings(summary.seq)
        tallies = {code: rows for (code, _), rows in store.tallies([summary.seq]).items()}
    note_rows_seen(
        request, summary.submission, "findings", sum(one.value is not None for one in found)
    )
    stem = stem_of(summary.file, summary.submission)
    return attachment(
        findings_csv(found, tallies, words), words("%(file)s-校验结果.csv", file=stem)
    )


WAYS: tuple[Way, ...] = (
    page("/submissions", in_thread(_list), Verb.SEE),
    page("/submissions/progress", in_thread(_waiting), Verb.SEE),
    page("/submissions/{submission}", in_thread(_one), Verb.SEE),
    page("/submissions/{submission}/rejected.csv", in_thread(_rejected), Verb.SEE_ROWS),
    page("/submissions/{submission}/findings.csv", in_thread(_findings), Verb.SEE_ROWS),
)
