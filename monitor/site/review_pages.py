"""Review: the submissions that a steward should look at, with the reasons, and that they did."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.labels import kind_word
from monitor.corridor.review import ToLookAt, to_look_at
from monitor.door.looks import Look, looked, mark
from monitor.door.rights import Verb
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.explanation_reasons import load_reasons
from monitor.site.desk import desk_of
from monitor.site.leaves import address, leaf_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.places import choices, chosen_of, my_divisions
from monitor.site.routing import Way, action, nothing_there, page, see_other
from monitor.site.threads import act_in_thread, field_of, in_thread
from monitor.site.visitors import language_of, visitor_of

_ON_A_LEAF: Final = 20
_LONGEST_NOTE: Final = 500
# What is shown: by the code in addresses, whether somebody looked at it (None: either).
_STATES: Final[dict[str, tuple[Text, bool | None]]] = {
    "open": (Text("待看", "to look at"), False),
    "looked": (Text("已看", "looked at"), True),
    "all": (Text("全部", "all"), None),
}


def _review(request: Request) -> Response:
    desk, language = desk_of(request), language_of(request)
    mine = my_divisions(request)
    division = chosen_of(request, mine)
    state = request.query_params.get("state", "open")
    if state not in _STATES:
        raise nothing_there()
    words, policy = text_of(request), desk.policy()
    found = _queue(request, (division,) if division else mine)
    with desk.door() as door:
        looks = looked(door)
        name_of = actor_words(door, language)
    wanted = _STATES[state][1]
    shown = [one for one in found if wanted is None or _is_looked(one, looks) is wanted]
    return render(
        request,
        "review.html.j2",
        leaf=leaf_of(request, shown, _ON_A_LEAF),
        looks=looks,
        open_total=sum(not _is_looked(one, looks) for one in found),
        division=division,
        state=state,
        choices=choices(request, mine),
        states=[(code, words.text(told)) for code, (told, _) in _STATES.items()],
        name_of=name_of,
        place_of=lambda code: words.text(policy.divisions.name(code)) if code else "",
        kind_of=lambda kind: kind_word(kind, policy, words),
        reason_of=load_reasons(desk.project).get,
        longest=_LONGEST_NOTE,
    )


def _look(request: Request, form: FormData) -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    submission, note = request.path_params["submission"], field_of(form, "note")
    if len(note) > _LONGEST_NOTE:
        raise WrongUse(
            Text(
                f"备注最多 {_LONGEST_NOTE} 个字，没有保存。请写短些。",
                f"A note has at most {_LONGEST_NOTE} characters; nothing was kept. Write less.",
            )
        )
    # Only what stands in one's own queue may be marked: what is another's is not there.
    mine = my_divisions(request)
    if submission not in {one.submission.submission for one in _queue(request, mine)}:
        raise nothing_there()
    with desk.door() as door:
        mark(door, submission, visitor.name, note, desk.now())
    back = {name: field_of(form, name) for name in ("division", "state", "page")}
    return see_other(address("/review", back))


def _queue(request: Request, divisions: tuple[str, ...]) -> tuple[ToLookAt, ...]:
    desk = desk_of(request)
    with desk.store() as store:
        return to_look_at(store, desk.policy(), divisions)


def _is_looked(one: ToLookAt, looks: dict[str, Look]) -> bool:
    return one.submission.submission in looks


WAYS: tuple[Way, ...] = (
    page("/review", in_thread(_review), Verb.REVIEW),
    action("/review/{submission}", act_in_thread(_look), Verb.REVIEW),
)
