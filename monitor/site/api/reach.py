"""How far a token reaches: the divisions that it may see, as lists are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from monitor.door.rights import Verb, scope_of
from monitor.site.desk import desk_of
from monitor.site.routing import there
from monitor.site.visitors import visitor_of


def scope(request: Request) -> tuple[str, ...] | None:
    """The scope of who asks."""
    return scope_of(visitor_of(request), desk_of(request).policy().divisions)


def codes_in_reach(request: Request, asked: Sequence[str], verb: Verb = Verb.SEE) -> list[str]:
    """The divisions asked for, each of them theirs; all that are, where none is named.

    Raises `Refused` 404 for one that is not.
    """
    for code in asked:
        there(request, verb, code)
    if asked:
        return list(asked)
    found = scope(request)
    if found is not None:
        return list(found)
    return list(desk_of(request).policy().divisions.codes)
