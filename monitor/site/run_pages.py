"""Runs: what the schedules do and did, and every attempt of one job."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.door.rights import Verb
from monitor.policy.schedules import timing_words
from monitor.service.telling import OUTCOMES, explain, shown
from monitor.service.timetable import read_timetable
from monitor.service.words import counted
from monitor.site.desk import desk_of
from monitor.site.leaves import leaf_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.routing import Way, nothing_there, page
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of
from monitor.store.ledger import Outcome, attempts

# A mark beside the word: the colour alone says nothing.
_TONES: Final[dict[Outcome, tuple[str, str]]] = {
    "running": ("…", "quiet"),
    "done": ("✓", "good"),
    "failed": ("✗", "bad"),
    "given_up": ("✗", "bad"),
    "interrupted": ("–", "warn"),
    "killed": ("✗", "warn"),
}


def _runs(request: Request) -> Response:
    table, words = read_timetable(desk_of(request).place), text_of(request)
    return render(
        request,
        "runs.html.j2",
        jobs=[
            (
                job,
                schedule.title,
                words.text(timing_words(schedule)),
                table.last(job),
                table.next_at(job),
            )
            for job, schedule in table.schedules.items()
        ],
        now=table.now,
        **_names(request),
    )


def _run(request: Request) -> Response:
    desk, job = desk_of(request), request.path_params["job"]
    table, words = read_timetable(desk.place), text_of(request)
    if job not in table.schedules:
        raise nothing_there()
    with desk.store() as store:
        made = attempts(store, job)
    with desk.door() as door:
        name_of = actor_words(door, language_of(request))
    return render(
        request,
        "run.html.j2",
        title=table.schedules[job].title,
        job=job,
        told=[words.text(one) for one in explain(table, job)],
        leaf=leaf_of(request, made[::-1]),
        name_of=name_of,
        counts_of=lambda one: counted(one.counts, words.language),
        **_names(request),
    )


def _names(request: Request) -> dict[str, Any]:
    words = text_of(request)
    return {
        "at_of": shown,
        "seconds_of": lambda one: (
            f"{(one.ended_at - one.started_at).total_seconds():,.1f}" if one.ended_at else "—"
        ),
        "outcome_of": lambda one: (*_TONES[one.outcome], words.text(OUTCOMES[one.outcome])),
    }


WAYS: tuple[Way, ...] = (
    page("/runs", in_thread(_runs), Verb.OPERATE),
    page("/runs/{job}", in_thread(_run), Verb.OPERATE),
)
