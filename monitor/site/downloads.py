"""Files that a visitor takes away: named, never shown inside the site."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.responses import FileResponse, Response

CSV: Final = "text/csv; charset=utf-8"


def attachment(content: bytes | Path, name: str, media_type: str = CSV) -> Response:
    """A file to keep under a name of any script; a path is sent as it is read."""
    told = f"attachment; filename=\"{_plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": told}
    if isinstance(content, Path):
        return FileResponse(content, headers=headers, media_type=media_type)
    return Response(content, headers=headers, media_type=media_type)


def _plain(name: str) -> str:
    """The name for what reads no other script."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return kept.lstrip("._-") or "download"
