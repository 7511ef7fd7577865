"""What is asked, of whom, how strongly and until when, in plain words and verbatim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins import formats, labels
from monitor.bulletins.figures import clause_of
from monitor.bulletins.parts import Clause
from monitor.bulletins.words import Words
from monitor.door.rights import Verb
from monitor.model import Target, Text
from monitor.policy.mandates import Document, Mandate, PeriodTarget
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
        targets=tuple((one.period, _asked(one, mandate, words)) for one in mandate.targets),
        standing=words.text(standing),
        is_in_force=is_in_force,
        bounds=tuple(_bounds(mandate, policy, words)),
    )


def _standing(mandate: Mandate, today: date) -> tuple[Text, bool]:
    if today > mandate.valid_to:
        return Text("已到期", "ended"), False
    if today < mandate.valid_from:
        return Text("尚未开始", "to come"), False
    return Text("现行", "in force"), True


def _asked(one: PeriodTarget, mandate: Mandate, words: Words) -> str:
    if one.value is None:
        return words("> %(year)s 年末", year=one.compare_to)
    said = formats.target_sign(Target(one.op, one.value, mandate.unit))
    return said if mandate.unit == "share" else f"{said} {labels.unit_word(mandate.unit, words)}"


def _bounds(mandate: Mandate, policy: Policy, words: Words) -> Iterable[tuple[str, str]]:
    """What narrows a mandate, by heading; what does not is left out."""

    def listed(codes: Iterable[str], table: str) -> str:
        return words.listed([words.text(policy.codes[table].label(code)) for code in codes])

    yield words("车辆"), labels.categories_word(mandate.categories, policy, words)
    for heading, codes, table in (
        (words("单位"), mandate.owners, "owner_kind"),
        (words("区域"), mandate.areas, "area"),
        (words("使用性质"), mandate.uses, "use"),
        (words("能源"), mandate.energies, "energy"),
        (words("可豁免"), mandate.exemptions, "exemption"),
        (words("不计入的车辆"), mandate.exempt_categories, "category"),
    ):
        if codes:
            yield heading, listed(codes, table)
    if mandate.counties:
        yield words("县区"), words.listed(_counties(mandate.counties, policy))
    if mandate.counted_from:
        yield words("自何日起计"), formats.day(mandate.counted_from, words)


def _counties(codes: Iterable[str], policy: Policy) -> list[str]:
    named = {
        code: name
        for division in policy.divisions.divisions.values()
        for code, name in division.counties.items()
    }
    return [named.get(code, code) for code in codes]


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
