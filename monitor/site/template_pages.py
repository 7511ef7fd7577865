"""Empty tables to download, one for each kind of extract, with what to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import BlankForm, blank_csv, blank_form, blank_kinds
from monitor.bulletins.blank_workbook import blank_workbook
from monitor.bulletins.forms import XLSX
from monitor.bulletins.rendered import plain_file_name
from monitor.door.rights import Verb, permitted
from monitor.policy.blank_tables import example_rows, load_blank_tables
from monitor.policy.policy import Policy
from monitor.site.desk import desk_of
from monitor.site.downloads import CSV, attachment
from monitor.site.pages import render, text_of
from monitor.site.routing import Way, nothing_there, page
from monitor.site.threads import in_thread
from monitor.site.visitors import visitor_of

_FORMS: Final = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Offered:
    """One kind's table, and the clauses of the visitor's place that ask for it; None of a kind of
    vehicles, which mandates ask for.
    """

    form: BlankForm
    clauses: tuple[str, ...] | None


def _templates(request: Request) -> Response:
    policy = desk_of(request).policy()
    place = _place(request, policy)
    forms: dict[bool, list[Offered]] = {False: [], True: []}
    for kind in blank_kinds(policy):
        declared = policy.kinds[kind].is_record
        clauses = _asking(kind, place, policy) if declared else None
        forms[declared].append(Offered(_form_of(request, policy, kind), clauses))
    return render(request, "templates.html.j2", vehicles=forms[False], others=forms[True])


def _download(request: Request) -> Response:
    policy, words = desk_of(request).policy(), text_of(request)
    kind, extension = request.path_params["kind"], request.path_params["form"]
    if kind not in blank_kinds(policy) or extension not in _FORMS:
        raise nothing_there()
    form = _form_of(request, policy, kind)
    name = plain_file_name(f"{form.title} {words('空白表')}.{extension}")
    if extension == "csv":
        return attachment(blank_csv(form), name, CSV)
    return attachment(blank_workbook(form, words), name, XLSX)


def _form_of(request: Request, policy: Policy, kind: str) -> BlankForm:
    """The table of a kind, its examples of the visitor's own place, else of the first there is."""
    desk = desk_of(request)
    table = load_blank_tables(desk.project, policy).get(kind)
    place = _place(request, policy)
    rows = example_rows(table, policy.divisions, place, desk.today()) if table and place else ()
    return blank_form(kind, policy, table, rows, text_of(request))


def _place(request: Request, policy: Policy) -> str | None:
    """Whose table it is: the first division that the visitor may see."""
    visitor = visitor_of(request)
    return next(iter(permitted(visitor, Verb.SEE, policy.divisions)), None) or visitor.division


def _asking(kind: str, place: str | None, policy: Policy) -> tuple[str, ...]:
    """The clauses that such a report answers, of the place or the province that it is in."""
    if place is None:
        return ()
    own = {place, policy.divisions.province_of(place), *policy.divisions.members(place)}
    return tuple(
        clause.id
        for clause in policy.clauses.values()
        if clause.jurisdiction in own
        and (clause.evidence.kind == kind or any(line.measure == kind for line in clause.lines))
    )


WAYS: tuple[Way, ...] = (
    page("/templates", in_thread(_templates), Verb.SUBMIT),
    page("/templates/{kind}/{form}", in_thread(_download), Verb.SUBMIT),
)
