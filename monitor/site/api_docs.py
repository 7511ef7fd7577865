"""`/api/docs`: the API on a page of our own, from the lines that its routes are made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.model import Text
from monitor.site.api.operation import Operation
from monitor.site.api.parameters import SORTS
from monitor.site.api.refusals import REFUSALS
from monitor.site.api.table import OPERATIONS
from monitor.site.desk import desk_of
from monitor.site.pages import render
from monitor.site.routing import Way, page, path_names

_GROUPS: Final = {
    "uploads": Text("上传与确认", "Uploads and confirmation"),
    "nil": Text("零报告", "Nil returns"),
    "submissions": Text("报送记录", "Reports"),
    "assessments": Text("判定", "Verdicts"),
    "explain": Text("追溯", "Tracing a figure"),
    "mandates": Text("要求", "Mandates"),
    "divisions": Text("报送单位", "Divisions"),
    "bulletins": Text("通报", "Bulletins"),
    "exemptions": Text("豁免", "Exemptions"),
}
# What stands for a part of an address in an example.
_SAMPLES: Final = {
    "upload": "UAB3CD5EFG",
    "submission": "S000012",
    "code": "JX-F01.360100.2020.whole.20201231.12.0a1b2c3d",
    "division": "360100",
    "day": "2020-12-31",
    "issue": "1",
    "language": "zh",
    "form": "bulletin.pdf",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something with a name: a parameter, a field, a refusal."""

    name: str
    sort: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One address on the page."""

    anchor: str
    operation: Operation
    parameters: tuple[Line, ...]
    fields: tuple[Line, ...]
    refusals: tuple[tuple[int, str, Text], ...]
    answers: str | None
    curl: str


def curl_of(one: Operation, address: str) -> str:
    """A line that does it, with the token taken from `$TOKEN`."""
    path = one.path.format(**{name: _SAMPLES[name] for name in path_names(one.path)})
    words = ["curl -sS", f"{address}{path}", '-H "Authorization: Bearer $TOKEN"', one.example]
    return " ".join(word for word in words if word)


def _entry(one: Operation, address: str) -> Entry:
    anchor = f"{one.method}-{one.path}".replace("/", "-").replace("{", "").replace("}", "").lower()
    return Entry(
        anchor=anchor.replace("--", "-"),
        operation=one,
        parameters=tuple(
            Line(
                parameter.name,
                Text(" | ".join(parameter.choices), " | ".join(parameter.choices))
                if parameter.choices
                else SORTS[parameter.sort].words,
                parameter.about,
            )
            for parameter in one.parameters
        ),
        fields=_fields(one),
        refusals=tuple(
            sorted((REFUSALS[code].status, code, REFUSALS[code].words) for code in one.all_codes)
        ),
        answers=one.answers.__name__ if one.answers is not None else None,
        curl=curl_of(one, address),
    )


def _fields(one: Operation) -> tuple[Line, ...]:
    if one.body is None:
        return ()
    must, may = Text("必填", "required"), Text("可省略", "may be left out")
    return tuple(
        Line(name, must if said.is_required() else may, Text(*[said.description or ""] * 2))
        for name, said in one.body.model_fields.items()
    )


def _shapes() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The objects that answers are made of: name, what it is, its fields with their types."""
    from monitor.site.openapi import OPENAPI  # noqa: PLC0415  # heavy to make, and made once

    answers = {name for one in OPERATIONS for name in _named(one)}
    schemas = OPENAPI["components"]["schemas"]
    listed = [
        (name, said)
        for name, said in schemas.items()
        if "properties" in said and (name in answers or name not in _BODIES)
    ]
    return [
        (
            name,
            said.get("description", ""),
            [(field, _type_of(of)) for field, of in said["properties"].items()],
        )
        for name, said in listed
    ]


def _named(one: Operation) -> list[str]:
    return [one.answers.__name__] if one.answers is not None else []


_BODIES: Final = {one.body.__name__ for one in OPERATIONS if one.body is not None}


def _type_of(said: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in said:
        return str(said["$ref"]).rpartition("/")[2]
    if "anyOf" in said:
        return " | ".join(_type_of(one) for one in said["anyOf"])
    if "enum" in said:
        return " | ".join(f'"{one}"' for one in said["enum"])
    if said.get("type") == "array":
        return f"[{_type_of(said.get('items', {}))}]"
    return str(said.get("format") or said.get("type") or "any")


async def _docs(request: Request) -> Response:
    address = desk_of(request).address
    groups: dict[str, list[Entry]] = defaultdict(list)
    for one in OPERATIONS:
        groups[one.path.split("/")[3]].append(_entry(one, address))
    return render(
        request,
        "api_docs.html.j2",
        groups=[(_GROUPS[name], entries) for name, entries in groups.items()],
        shapes=_shapes(),
        address=address,
        most=desk_of(request).settings.site,
    )


# Open to everybody: what may be asked is no secret, what is answered is.
WAYS: tuple[Way, ...] = (page("/api/docs", _docs, None),)
