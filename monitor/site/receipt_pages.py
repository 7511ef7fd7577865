"""A receipt to print and keep, and the page where one can be verified."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.labels import kind_word
from monitor.corridor.sent import counting, sent_one
from monitor.corridor.verifying import verify_receipt
from monitor.door.rights import Verb, scope_of
from monitor.site.desk import desk_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, page
from monitor.site.submission_pages import MODE_WORDS, STATUS_WORDS, submission_here
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of
from monitor.store.confirmations import confirmation_of

_LONGEST = 60  # characters of a code, with what people put between them


def _receipt(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    with desk.store() as store:
        summary = submission_here(request, store)
        now = counting(store, summary.seq)
        confirmation = confirmation_of(store, summary.seq)
    with desk.door() as door:
        actor = actor_words(door, language_of(request))
    return render(
        request,
        "receipt.html.j2",
        s=summary,
        now=now,
        at=desk.now(),
        confirmation=confirmation,
        actor=actor,
        kind=kind_word(summary.kind, policy, words),
        division=policy.divisions.name(summary.division) if summary.division else None,
        status_word=STATUS_WORDS[summary.status],
        mode=MODE_WORDS[summary.mode],
        address=desk.address,
    )


def _verify(request: Request) -> Response:
    """Whether a receipt is genuine; what it is of only for who may see that."""
    desk, visitor, words = desk_of(request), visitor_of(request), text_of(request)
    policy = desk.policy()
    code = request.query_params.get("code", "").strip()[:_LONGEST]
    found, summary, now = None, None, None
    if code:
        with desk.store() as store:
            found = verify_receipt(store, code)
            if found.submission is not None and visitor.has(Verb.SEE):
                scope = scope_of(visitor, policy.divisions)
                summary = sent_one(store, scope, found.submission.submission)
            now = counting(store, summary.seq) if summary else None
    return render(
        request,
        "verify.html.j2",
        code=code,
        found=found,
        s=summary,
        now=now,
        kind_of=lambda kind: kind_word(kind, policy, words),
        place_of=policy.divisions.name,
    )


WAYS: tuple[Way, ...] = (
    page("/submissions/{submission}/receipt", in_thread(_receipt), Verb.SEE),
    page("/verify", in_thread(_verify), Verb.ENTER),
)
