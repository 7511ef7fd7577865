"""One address of the API: what is asked, what is answered, and its line in the documentation.

Route and documentation are made of the same line, so neither can say what the other does not.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from monitor.door.rights import Verb
from monitor.errors import FleetmonError, WrongUse
from monitor.model import Text
from monitor.site.api.parameters import Parameter, read_query
from monitor.site.api.refusals import refused
from monitor.site.routing import Way, api

JSON: Final = "application/json"
MOST_BODY_BYTES: Final = 64 * 1024
_PATIENCE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a request, read and checked: parameters by name, and the body."""

    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


Do = Callable[[Request, Given], Response] | Callable[[Request, Given], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb at an address. `do` blocks, unless it is async; `answers` is the shape of success.

    `answers` is None for a file; `codes` are the refusals beside those that follow from the rest;
    `example` is what follows the address in a line of curl.
    """

    method: str
    path: str
    verb: Verb
    do: Do
    about: Text
    answers: type[BaseModel] | None
    status: int = 200
    media_type: str = JSON
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    codes: tuple[str, ...] = ()
    takes_file: bool = False
    example: str = ""
    more: Text | None = None

    def way(self) -> Way:
        """Its line in the table of addresses."""
        return api(self.path, self.method, self._answer, self.verb, takes_files=self.takes_file)

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code that it may refuse with, but those of any address."""
        found = ["no_token", "not_found"]
        if self.parameters or not self.takes_file:
            found.append("wrong_query")
        if self.body is not None:
            found += ["not_json", "not_called_json", "wrong_fields"]
            found += ["too_large", "too_slow", "cut_off"]
        found += ["store_unavailable", *self.codes]
        return tuple(dict.fromkeys(found))

    async def _answer(self, request: Request) -> Response:
        query = read_query(request, self.parameters)
        body = await read_model(request, self.body) if self.body is not None else None
        given = Given(query, body)
        try:
            if inspect.iscoroutinefunction(self.do):
                made: Response = await self.do(request, given)
            else:
                made = await run_in_threadpool(self.do, request, given)  # type: ignore[arg-type]
        except WrongUse as wrong:
            code = "wrong_use" if "wrong_use" in self.codes else "not_found"
            raise refused(code, wrong.text if code == "wrong_use" else None) from wrong
        except FleetmonError as error:
            request.app.state.desk.place.tell("api_failed", path=self.path, error=error)
            raise refused("store_unavailable") from error
        return made


async def read_model(request: Request, model: type[BaseModel]) -> BaseModel:
    """The body of a JSON request as its model; raises `Refused` that names the field."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise refused("not_called_json")
    try:
        body = await asyncio.wait_for(_read(request), _PATIENCE_SECONDS)
    except TimeoutError:
        raise refused("too_slow") from None
    except ClientDisconnect:
        raise refused("cut_off") from None
    try:
        said = json.loads(body.decode("utf-8"), parse_constant=_never)
    except (ValueError, RecursionError):
        raise refused("not_json") from None
    if not isinstance(said, dict):
        raise refused("not_json")
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise refused("wrong_fields", _fault(error, model)) from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise refused("too_large")
    return bytes(body)


def _never(constant: str) -> Any:
    raise ValueError(constant)


def _fault(error: ValidationError, model: type[BaseModel]) -> Text:
    """Which field is wrong and what it should be; nothing of what was sent."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in model.model_fields:
        listed = ", ".join(model.model_fields)
        return Text(
            f"有不认识的字段。可用的字段：{listed}。",
            f"There is an unknown field. Known: {listed}.",
        )
    about = model.model_fields[name].description or ""
    if first["type"] == "missing":
        return Text(f"缺少字段 {name}（{about}）。", f"The field {name} is missing ({about}).")
    return Text(f"字段 {name} 不对：应为{about}。", f"The field {name} is wrong: {about}.")
