"""The explain code in an address: read, and of a division that is the visitor's."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from monitor.assess.explain_code import ExplainCode, parse_code
from monitor.door.rights import Verb
from monitor.errors import WrongUse
from monitor.site.routing import nothing_there, there

_LONGEST: Final = 160


def code_asked(request: Request, verb: Verb) -> ExplainCode:
    """The code that `{code}` is, of a division about which the visitor may do this.

    Raises `Refused` 404 else: one that cannot be, one of nothing and one of another division are
    all the same here.
    """
    text = request.path_params["code"]
    if len(text) > _LONGEST or not text.isascii():
        raise nothing_there()
    try:
        code = parse_code(text)
    except (WrongUse, ValueError, OverflowError, OSError):  # moments that no clock can count
        raise nothing_there() from None
    there(request, verb, code.division)
    return code
