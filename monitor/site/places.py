"""The divisions that a visitor chooses among, and the one that was chosen."""

from __future__ import annotations

from starlette.requests import Request

from monitor.door.rights import visible
from monitor.model import Text
from monitor.site.desk import desk_of
from monitor.site.routing import nothing_there
from monitor.site.visitors import language_of, visitor_of

Choice = tuple[str, str]
ALL = Text("全部地区", "All divisions")


def my_divisions(request: Request) -> tuple[str, ...]:
    """The divisions that report and that the visitor may see, in the order of the table."""
    return visible(visitor_of(request), desk_of(request).policy().divisions)


def chosen_of(request: Request, mine: tuple[str, ...]) -> str:
    """The division that the address asks for, empty for all of the visitor's.

    Raises `Refused` 404 for one that is not theirs.
    """
    asked = request.query_params.get("division", "")
    if asked and asked not in mine:
        raise nothing_there()
    return asked


def choices(request: Request, mine: tuple[str, ...]) -> list[Choice]:
    """What a field to choose a division offers: all of them, and each."""
    table, language = desk_of(request).policy().divisions, language_of(request)
    return [("", ALL.to(language)), *((code, table.name(code).to(language)) for code in mine)]
