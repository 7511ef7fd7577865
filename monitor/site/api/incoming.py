"""A file on its way in: to the disk as it comes, never whole in memory, gone if it breaks off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from monitor.model import Text
from monitor.site.api.refusals import refused
from monitor.site.arriving import room_for_files, said_length
from monitor.site.desk import desk_of
from monitor.store.archive import Incoming

_GATHERED_BYTES: Final = 1 << 20  # so much is written at once
_MOST_PART_BYTES: Final = 16 * 1024  # of a field that is no file
_FORM: Final = "multipart/form-data"


@asynccontextmanager
async def incoming(request: Request) -> AsyncIterator[tuple[Incoming, str | None]]:
    """The file of a request, read to its end and not kept yet; and the name that a form gives it.

    Raises `Refused` where it is too large, too slow, cut off, empty or more than one.
    """
    desk = desk_of(request)
    most = desk.settings.site.most_megabytes << 20
    if (said_length(request) or 0) > most + _GATHERED_BYTES:
        raise _too_large(most)
    with room_for_files(request):
        await run_in_threadpool(desk.home.create)
        with Incoming(desk.home) as coming:
            try:
                name = await _take(request, coming, most)
            except ClientDisconnect:
                raise refused("cut_off") from None
            if not coming.size:
                raise refused("no_content")
            yield coming, name


async def _take(request: Request, coming: Incoming, most: int) -> str | None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return await _take_form(request, coming, most)
    gathered = bytearray()
    async for piece in request.stream():
        gathered += piece
        if coming.size + len(gathered) > most:
            raise _too_large(most)
        if len(gathered) >= _GATHERED_BYTES:
            await run_in_threadpool(coming.write, bytes(gathered))
            gathered.clear()
    await run_in_threadpool(coming.write, bytes(gathered))
    return None


async def _take_form(request: Request, coming: Incoming, most: int) -> str | None:
    """The one file of a form; the framework lays it on the disk as it comes, too."""
    try:
        async with request.form(max_files=1, max_fields=1, max_part_size=_MOST_PART_BYTES) as form:
            files = [one for one in form.values() if isinstance(one, UploadFile)]
            if len(files) != 1:
                raise refused("no_content")
            while piece := await files[0].read(_GATHERED_BYTES):
                if coming.size + len(piece) > most:
                    raise _too_large(most)
                await run_in_threadpool(coming.write, piece)
            return files[0].filename
    except HTTPException as error:
        if error.status_code == refused("too_large").status:
            raise _too_large(most) from error
        raise refused("wrong_form") from error


def _too_large(most: int) -> Exception:
    megabytes = most >> 20
    return refused(
        "too_large",
        Text(
            f"文件超过允许的 {megabytes} MB，没有接收。请拆分后分次报送，或联系管理员调整上限"
            "（site.most_megabytes）。",
            f"The file is larger than the {megabytes} MB allowed and was not taken. Split it, or "
            "ask the administrator for a higher limit (site.most_megabytes).",
        ),
    )
