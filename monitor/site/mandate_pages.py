"""What is asked, of whom, how strongly and until when, in plain words and verbatim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins import labels
from monitor.bulletins.figures import clause_of
from monitor.bulletins.mandate_words import asked_of, bounds_of
from monitor.bulletins.parts import Clause
from monitor.bulletins.words import Words
from monitor.door.rights import Verb
from monitor.model import Text
from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy
from monitor.site.desk import desk_of
from monitor.site.pages import render, text_of
from monitor.site.places import ALL
from monitor.site.routing import Way, nothing_there, page
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of

_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate in words; `standing` is in force, ended or to come, `bounds` narrow it."""

    mandate: Mandate
    subject: str
    place: str
    measure: str
    strength: str
    issuer: str
    issued_on: date | None
    clause: Clause
    concerns: str
    targets: tuple[tuple[int, str], ...]
    standing: str
    is_in_force: bool
    bounds: tuple[tuple[str, str], ...]


def _mandates(request: Request) -> Response:
    desk, words = desk_of(request), text_of(request)
    policy, today = desk.policy(), desk.today()
    table = policy.divisions
    places = list(dict.fromkeys(_province(one, policy) for one in policy.mandates.values()))
    own = visitor_of(request).division
    usual = table.province_of(own) if own else _ALL
    chosen = request.query_params.get("place", usual if usual in places else _ALL)
    if chosen not in {_ALL, *places}:
        raise nothing_there()
    views = [
        mandate_view(one, policy, words, today)
        for one in policy.mandates.values()
        if chosen in {_ALL, _province(one, policy)}
    ]
    return render(
        request,
        "mandates.html.j2",
        groups=_groups(views),
        chosen=chosen,
        places=[
            (_ALL, ALL.to(language_of(request))),
            *((code, words.text(table.name(code))) for code in places),
        ],
    )


def _mandate(request: Request) -> Response:
    desk = desk_of(request)
    policy, today = desk.policy(), desk.today()
    found = policy.mandates.get(request.path_params["id"])
    if found is None:
        raise nothing_there()
    return render(
        request, "mandate.html.j2", one=mandate_view(found, policy, text_of(request), today)
    )


def mandate_view(mandate: Mandate, policy: Policy, words: Words, today: date) -> MandateView:
    """A mandate in words, as of a day."""
    document = mandate.document
    standing, is_in_force = _standing(mandate, today)
    return MandateView(
        mandate=mandate,
        subject=labels.scope_word(mandate, mandate.categories, policy, words),
        place=words.text(policy.divisions.name(mandate.jurisdiction)),
        measure=labels.measure_word(mandate.measure, words, has_target=bool(mandate.targets)),
        strength=labels.strength_word(mandate.strength, words),
        issuer=document.issuer if isinstance(document, Document) else "",
        issued_on=document.issued_on if isinstance(document, Document) else None,
        clause=clause_of(mandate, words),
        concerns=labels.binds_word(mandate, policy, words) or words("不约束任何一级，仅列趋势"),
        targets=tuple((one.period, asked_of(one, mandate, words)) for one in mandate.targets),
        standing=words.text(standing),
        is_in_force=is_in_force,
        bounds=tuple(bounds_of(mandate, policy, words)),
    )


def _standing(mandate: Mandate, today: date) -> tuple[Text, bool]:
    if today > mandate.valid_to:
        return Text("已到期", "ended"), False
    if today < mandate.valid_from:
        return Text("尚未开始", "to come"), False
    return Text("现行", "in force"), True


def _groups(views: list[MandateView]) -> list[tuple[str, list[MandateView]]]:
    """Those in force first, then those that are not, each under what it is."""
    groups: dict[str, list[MandateView]] = {}
    for view in sorted(views, key=lambda view: (not view.is_in_force, view.standing)):
        groups.setdefault(view.standing, []).append(view)
    return list(groups.items())


def _province(mandate: Mandate, policy: Policy) -> str:
    return policy.divisions.province_of(mandate.jurisdiction)


WAYS: tuple[Way, ...] = (
    page("/mandates", in_thread(_mandates), Verb.ENTER),
    page("/mandates/{id}", in_thread(_mandate), Verb.ENTER),
)
