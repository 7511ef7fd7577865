"""Bulletins for programs: the issues, and each of their forms as a file."""

from __future__ import annotations

from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.bulletin_shelf import FORMS, Issue, issue_file, issues
from monitor.door.rights import Verb
from monitor.model import Text
from monitor.site.answers import answer
from monitor.site.api import held_shapes as shapes
from monitor.site.api.operation import Given, Operation
from monitor.site.api.parameters import Parameter
from monitor.site.api.reach import codes_in_reach
from monitor.site.api.sending import DIVISIONS
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.routing import nothing_there, there

_ADDRESS: Final = "/api/v1/bulletins"
_DIGITS: Final = 6


def _list(request: Request, given: Given) -> Response:
    codes = codes_in_reach(request, given.query["division"])
    with desk_of(request).store() as store:
        found = issues(store, codes, given.query["as_of"])
    return answer({"bulletins": [_issue(one) for one in found]})


def _issue(one: Issue) -> dict[str, object]:
    place = f"{_ADDRESS}/{one.division}/{one.as_of}/{one.number}"
    return {
        "division": one.division,
        "as_of": one.as_of.isoformat(),
        "issue": one.number,
        "forms": [
            {
                "language": language,
                "name": name,
                "media_type": FORMS[name],
                "address": f"{place}/{language}/{name}",
            }
            for language, names in one.forms
            for name in names
        ],
    }


def _form(request: Request, _given: Given) -> Response:
    """One file; the parts of the address are looked up, never joined to a path."""
    asked = request.path_params
    division, name = asked["division"], asked["form"]
    there(request, Verb.SEE, division)
    try:
        as_of = date.fromisoformat(asked["day"])
        number = int(asked["issue"]) if len(asked["issue"]) <= _DIGITS else -1
    except ValueError:
        raise nothing_there() from None
    with desk_of(request).store() as store:
        found = issue_file(store, division, as_of, number, asked["language"], name)
    if found is None:
        raise nothing_there()
    path, media_type = found
    return attachment(path, f"{division}-{as_of}-{asked['language']}{path.suffix}", media_type)


OPERATIONS: Final = (
    Operation(
        "GET",
        _ADDRESS,
        Verb.SEE,
        _list,
        Text("已印发的通报，新的在前，各有哪些文件", "Issues, the newest first, with their files"),
        shapes.Issues,
        parameters=(
            DIVISIONS,
            Parameter("as_of", "day", Text("只看截至这一天的", "of this day only")),
        ),
    ),
    Operation(
        "GET",
        f"{_ADDRESS}/{{division}}/{{day}}/{{issue}}/{{language}}/{{form}}",
        Verb.SEE,
        _form,
        Text("通报的一个文件，如 bulletin.pdf", "One file of an issue, such as bulletin.pdf"),
        None,
        media_type="application/octet-stream",
        example="-O",
    ),
)
