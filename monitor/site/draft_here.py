"""The draft that an address names."""

from __future__ import annotations

from starlette.requests import Request

from monitor.door.draft import Draft
from monitor.door.drafts import draft as held_or_none
from monitor.door.rights import Verb
from monitor.site.desk import desk_of
from monitor.site.routing import nothing_there, there


def draft_here(request: Request, verb: Verb, name: str = "draft") -> Draft:
    """The draft whose number stands in the address under a name, for who may do this to it.

    Raises `Refused` 404. Blocking.
    """
    with desk_of(request).door() as door:
        found = held_or_none(door, request.path_params[name])
    if found is None:
        raise nothing_there()
    there(request, verb, found.division)
    return found
