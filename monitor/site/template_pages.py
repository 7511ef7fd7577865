"""Empty tables to download, one for each kind of extract, with what to fill in."""

from __future__ import annotations

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


def _templates(request: Request) -> Response:
    policy = desk_of(request).policy()
    forms = [_form_of(request, policy, kind) for kind in blank_kinds(policy)]
    return render(request, "templates.html.j2", kinds=forms)


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
    visitor = visitor_of(request)
    place = next(iter(permitted(visitor, Verb.SEE, policy.divisions)), None) or visitor.division
    rows = example_rows(table, policy.divisions, place, desk.today()) if table and place else ()
    return blank_form(kind, policy, table, rows, text_of(request))


WAYS: tuple[Way, ...] = (
    page("/templates", in_thread(_templates), Verb.SUBMIT),
    page("/templates/{kind}/{form}", in_thread(_download), Verb.SUBMIT),
)
