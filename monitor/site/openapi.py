"""What the API offers, as an OpenAPI document: made of the operations, in the site's two languages.

The few addresses for operators and mail systems are described by hand; a test compares all of it
with what is served.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from monitor import __version__
from monitor.model import Text
from monitor.site.api.operation import JSON, Operation
from monitor.site.api.refusals import REFUSALS
from monitor.site.api.table import OPERATIONS
from monitor.site.openapi_operators import PATHS, SCHEMAS, error_answer, json_answer
from monitor.site.routing import path_names

_REFS: Final = "#/components/schemas/{model}"
_UPLOAD_BODY: Final = {
    "required": True,
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
    },
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "一次提交的标记 / the mark of one act",
}


def _both(words: Text) -> str:
    return f"{words.zh} / {words.en}"


def _paths() -> dict[str, Any]:
    found: dict[str, Any] = defaultdict(dict)
    for one in OPERATIONS:
        found[one.path][one.method.lower()] = _operation(one)
    return dict(found)


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _name(one),
        "summary": _both(one.about),
        "security": [{"token": []}],
        "x-scope": one.verb.value,
        "parameters": list(_parameters(one)),
        "responses": dict(_responses(one)),
    }
    if one.more is not None:
        told["description"] = _both(one.more)
    if one.takes_file:
        told["requestBody"] = _UPLOAD_BODY
    elif one.body is not None:
        schema = {"$ref": _REFS.format(model=one.body.__name__)}
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return told


def _name(one: Operation) -> str:
    words = one.path.removeprefix("/api/v1/").replace("{", "").replace("}", "").replace(".", "_")
    return f"{one.method.lower()}_{words.replace('/', '_')}"


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name in path_names(one.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for parameter in one.parameters:
        yield {
            "name": parameter.name,
            "in": "query",
            "schema": parameter.schema,
            "description": _both(parameter.about),
        }
    if "wrong_key" in one.codes:
        yield _KEY


def _responses(one: Operation) -> Iterator[tuple[str, Any]]:
    if one.answers is not None:
        told = json_answer("OK", {"$ref": _REFS.format(model=one.answers.__name__)})
    else:
        told = {"description": "OK", "content": {one.media_type: {"schema": {"type": "string"}}}}
    yield str(one.status), told
    if one.status != 200:  # noqa: PLR2004  # the same said once more, or done already
        yield "200", told
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in one.all_codes:
        by_status[REFUSALS[code].status].append(code)
    for status, codes in sorted(by_status.items()):
        words = "\n".join(f"`{code}` {_both(REFUSALS[code].words)}" for code in codes)
        yield str(status), error_answer(words) | {"x-codes": codes}


def _schemas() -> Mapping[str, Any]:
    models = [model for one in OPERATIONS for model in (one.body, one.answers) if model is not None]
    _, told = TypeAdapter.json_schemas(
        [(model, "validation", TypeAdapter(model)) for model in dict.fromkeys(models)],
        ref_template=_REFS,
    )
    made: Mapping[str, Any] = told["$defs"]
    return made


OPENAPI: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "fleetmon",
        "version": __version__,
        "description": _both(
            Text(
                "与命令行相同的动作，供程序使用。令牌由管理员发放，放在请求头 "
                "Authorization: Bearer 中；一个单位的令牌只看得到这个单位。",
                "The verbs of the command line, for programs. Administrators issue tokens; show "
                "one as Authorization: Bearer. A division's token sees that division only.",
            )
        ),
    },
    "paths": PATHS | _paths(),
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": SCHEMAS | dict(_schemas()),
    },
}
