"""Exemptions claimed: in groups, one group with its vehicles, and what they make of the shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.labels import subject_of
from monitor.corridor.exemption_effect import ExemptionEffect, with_and_without
from monitor.corridor.exemptions import Claim, ClaimGroup, ClaimState, claims
from monitor.door.rights import Verb, may
from monitor.model import Text
from monitor.site.desk import desk_of
from monitor.site.leaves import leaf_of
from monitor.site.pages import render, text_of
from monitor.site.people import actor_words
from monitor.site.places import choices, chosen_of, my_divisions
from monitor.site.routing import nothing_there, there
from monitor.site.rows_seen import may_see_rows, note_rows_seen
from monitor.site.visitors import language_of, visitor_of

STATES: Final[dict[ClaimState, Text]] = {
    ClaimState.UNDECIDED: Text("未审定", "undecided"),
    ClaimState.APPROVED: Text("同意", "approved"),
    ClaimState.REFUSED: Text("不同意", "refused"),
    ClaimState.EXPIRED: Text("同意已过期", "approval ended"),
}
_SHOWN: Final[dict[str, Text]] = {
    "": Text("全部", "all"),
    "open": Text("待审定", "to decide"),
    "unrecognised": Text("情形不在代码表中", "in no table"),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of some vehicles of a group, as one line."""

    state: ClaimState
    vehicles: int
    until: date | None
    reason: str | None
    made_by: str | None
    made_at: datetime | None


def list_page(request: Request) -> Response:
    """All claims that the visitor may see, those left to decide first."""
    desk, words = desk_of(request), text_of(request)
    mine = my_divisions(request)
    division, shown = chosen_of(request, mine), request.query_params.get("show", "")
    if shown not in _SHOWN:
        raise nothing_there()
    chosen = (division,) if division else mine
    as_of = desk.today()
    with desk.store() as store:
        groups = claims(store, desk.policy(), chosen, as_of)
        claiming = [code for code in chosen if any(one.division == code for one in groups)]
        effects = with_and_without(store, desk.policy(), claiming, as_of) if claiming else ()
    is_one = len(chosen) == 1
    return render(
        request,
        "exemptions.html.j2",
        leaf=leaf_of(request, [one for one in groups if _is_shown(one, shown)]),
        open_vehicles=sum(one.states[ClaimState.UNDECIDED] for one in groups if one.is_open),
        effects=[
            one
            for one in effects
            if is_one or (one.matters and one.decided.period >= str(as_of.year - 1))
        ],
        is_one=is_one,
        is_any=bool(groups),
        division=division,
        shown=shown,
        choices=choices(request, mine),
        shows=[(code, words.text(told)) for code, told in _SHOWN.items()],
        state_of=lambda state: words.text(STATES[state]),
        **_names(request),
    )


def group_page(
    request: Request,
    *,
    wrong: tuple[str, Text] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    """One group with its vehicles, what was decided, the evidence, and the forms to go on.

    `wrong` is a field and why what was sent did not do, `given` what had been typed.
    """
    desk, words, division = desk_of(request), text_of(request), request.path_params["division"]
    there(request, Verb.SEE, division)
    visitor, policy, as_of = visitor_of(request), desk.policy(), desk.today()
    with desk.store() as store:
        group = find_group(claims(store, policy, [division], as_of), request.path_params["group"])
        found = with_and_without(store, policy, [division], as_of)
    with desk.door() as door:
        name_of = actor_words(door, language_of(request))
    leaf = leaf_of(request, group.claims)
    is_shown = may_see_rows(request)
    if is_shown:
        note_rows_seen(request, division, f"exemptions/{group.key}", len(leaf.items))
    return render(
        request,
        "exemption.html.j2",
        status=422 if wrong else 200,
        group=group,
        leaf=leaf,
        is_shown=is_shown,
        decided=_decided(group.claims),
        effects=[one for one in found if one.decided.mandate in group.mandates],
        may_decide=may(visitor, Verb.REVIEW, division, policy.divisions),
        may_argue=may(visitor, Verb.SUBMIT, division, policy.divisions),
        wrong=wrong,
        given=given or {},
        state_of=lambda state: words.text(STATES[state]),
        name_of=name_of,
        **_names(request),
    )


def find_group(groups: Sequence[ClaimGroup], key: str) -> ClaimGroup:
    """The group of a key; raises `Refused` 404 where there is none, or none any more."""
    found = next((one for one in groups if one.key == key), None)
    if found is None:
        raise nothing_there()
    return found


def _is_shown(group: ClaimGroup, shown: str) -> bool:
    if shown == "open":
        return group.is_open
    return not (shown == "unrecognised" and group.is_recognised)


def _decided(found: Sequence[Claim]) -> list[Decided]:
    """Decisions of one moment and one content told once, the newest first."""
    told = Counter(
        (one.state, one.until, one.reason, one.made_by, one.made_at)
        for one in found
        if one.made_at is not None
    )
    lines = [
        Decided(state, vehicles, until, reason, made_by, made_at)
        for (state, until, reason, made_by, made_at), vehicles in told.items()
    ]
    return sorted(lines, key=lambda one: str(one.made_at), reverse=True)


def _names(request: Request) -> dict[str, Any]:
    """What both pages call things."""
    policy, words = desk_of(request).policy(), text_of(request)
    owners, categories = policy.codes["owner_kind"], policy.codes["category"]

    def subject(one: ExemptionEffect) -> str:
        return subject_of(one.decided, policy, words)

    return {
        "place_of": lambda code: words.text(policy.divisions.name(code)),
        "owner_of": lambda code: words.text(owners.label(code)) if code else "",
        "category_of": lambda code: words.text(categories.label(code)),
        "energy_of": lambda code: words.text(policy.codes["energy"].label(code)),
        "subject_of": subject,
    }
