"""Deliveries: how far each letter got, and whether mail goes out at all; for reading only."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.delivery.preview import subject_of
from monitor.delivery.words import KINDS, STATES, STEPS, said
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.service.telling import shown
from monitor.site.desk import desk_of
from monitor.site.leaves import leaf_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.places import ALL
from monitor.site.routing import Way, nothing_there, page
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of
from monitor.store.deliveries import Delivery, State, deliveries
from monitor.store.delivery_events import events
from monitor.store.mail_hold import mail_hold

_EVERY = Text("全部", "all")


def _list(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    divisions = desk.policy().divisions
    asked = {name: request.query_params.get(name, "") for name in ("state", "kind", "division")}
    if asked["state"] and asked["state"] not in set(State):
        raise nothing_there()
    with desk.store() as store:
        lasting = mail_hold(store)
        held = [one for one in deliveries(store) if _is_mine(request, one)]
    found = [
        one
        for one in reversed(held)
        if (not asked["state"] or one.state == asked["state"])
        and (not asked["kind"] or one.kind == asked["kind"])
        and (not asked["division"] or one.division == asked["division"])
    ]
    with desk.door() as door:
        name_of = actor_words(door, language_of(request))
    every = ("", words.text(_EVERY))
    here = {one.division for one in held}
    return render(
        request,
        "deliveries.html.j2",
        hold=lasting,
        leaf=leaf_of(request, found),
        counts=[
            (words.text(told), sum(one.state == code for one in held))
            for code, told in STATES.items()
        ],
        asked=asked,
        states=[every, *((code, words.text(told)) for code, told in STATES.items())],
        kinds=[
            every,
            *((code, words.text(said(KINDS, code))) for code in sorted({d.kind for d in held})),
        ],
        places=[
            ("", words.text(ALL)),
            *(
                (code, words.text(divisions.name(code)))
                for code in (*divisions.provinces, *divisions.divisions)
                if code in here
            ),
        ],
        name_of=name_of,
        **_names(request),
    )


def _one(request: Request) -> Response:
    desk = desk_of(request)
    with desk.store() as store:
        found = deliveries(store, ids=[request.path_params["delivery"]])
        if not found or not _is_mine(request, found[0]):
            raise nothing_there()
        steps = events(store, [found[0].id])
    words = text_of(request)
    return render(
        request,
        "delivery.html.j2",
        one=found[0],
        subject=subject_of(desk.home, found[0]),
        steps=[(step, words.text(said(STEPS, step.event))) for step in steps],
        **_names(request),
    )


def _is_mine(request: Request, one: Delivery) -> bool:
    """Whether a letter is about what the visitor looks after; one about no division is for those
    who look after all of them.
    """
    visitor = visitor_of(request)
    if one.division is None:
        return visitor.division is None
    return may(visitor, Verb.OPERATE, one.division, desk_of(request).policy().divisions)


def _names(request: Request) -> dict[str, Any]:
    words, divisions = text_of(request), desk_of(request).policy().divisions
    return {
        "at_of": shown,
        "kind_of": lambda one: words.text(said(KINDS, one.kind)),
        "state_of": lambda one: words.text(STATES[one.state.value]),
        "tone_of": lambda one: _tone(one.state),
        "place_of": lambda code: words.text(divisions.name(code)) if code else "—",
    }


def _tone(state: State) -> str:
    if state is State.SENT:
        return "good"
    if state in {State.REFUSED, State.GIVEN_UP, State.BOUNCED}:
        return "bad"
    return "warn" if state in {State.IN_DOUBT, State.NO_ADDRESS, State.DEFERRED} else "quiet"


WAYS: tuple[Way, ...] = (
    page("/deliveries", in_thread(_list), Verb.OPERATE),
    page("/deliveries/{delivery}", in_thread(_one), Verb.OPERATE),
)
