"""The style sheet, the script and the icon, as the install has them."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.site.desk import desk_of
from monitor.site.pages import STATIC, static_address
from monitor.site.routing import Way, nothing_there, page

_KINDS: Final = {"site.css": "text/css", "site.js": "text/javascript", "icon.svg": "image/svg+xml"}


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    project = desk_of(request).project
    if name not in _KINDS or request.url.path != static_address(project, name):
        raise nothing_there()
    return Response(
        project.file(f"{STATIC}/{name}").read_bytes(),
        media_type=_KINDS[name],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


WAYS: tuple[Way, ...] = (page("/static/{digest}/{name}", _file, None),)
