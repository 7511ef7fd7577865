"""What programs send as JSON: each field with what it is, unknown fields refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from monitor.corridor.periods import read_day, read_period
from monitor.model import Period

_LONGEST = 2000
# Which kinds there are is data: one that is not there is answered with all that are.
_KIND = "报表种类的代码，如 registration / a kind of report, such as registration"


def _printable(value: object) -> object:
    """No control characters: what is kept is shown again."""
    if isinstance(value, str) and not value.replace("\n", " ").isprintable():
        raise ValueError
    return value


def _is_period(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  # the model tells which field it is
    read_period(value)
    return value


def _is_day(value: object) -> object:
    if value is None:
        return value
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  # as above
    read_day(value)
    return value


Words = Annotated[
    str,
    BeforeValidator(_printable),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST),
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Span = Annotated[str, BeforeValidator(_is_period)]
Day = Annotated[str | None, BeforeValidator(_is_day)]
Number = Annotated[str, StringConstraints(pattern=r"^S[0-9]{6,9}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Confirm(_Body):
    """That the result of a check was looked at and is to count."""

    fingerprint: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(description="result.fingerprint"),
    ]


class GiveBack(_Body):
    """Why a confirmed upload goes back."""

    reason: Words = Field(description="理由 / why, 1–2000")


class Explain(_Body):
    """Why the findings of one code stand."""

    code: Code = Field(description="result.findings[].code, asks_why")
    reason: Code = Field(description="data/explanations.yml")
    words: str = Field(default="", max_length=_LONGEST, description="说明 / words, 0–2000")
    until: Day = Field(default=None, description="2020-12-31 | null")


class Correct(_Body):
    """What an upload is, where it was taken for something else; null is told from the file."""

    kind: Code | None = Field(default=None, description=f"{_KIND} | null")
    period: Span | None = Field(
        default=None, description="2020 | 2020-06 | 2020-01..2020-06 | null"
    )


class Nil(_Body):
    """That there is nothing of a kind to report for a period."""

    kind: Code = Field(description=_KIND)
    period: Span = Field(description="2020 | 2020-06 | 2020-01..2020-06")
    division: Code | None = Field(default=None, description="360100 | null")
    replaces: bool = Field(
        default=False, description="true: 撤下已报的行 / rows held are withdrawn"
    )
    corrects: Number | None = Field(default=None, description="S000012 | null")
    reason: Words | None = Field(default=None, description="更正理由 / why, 1–2000 | null")


class Decide(_Body):
    """What is decided of claims to an exemption: of a whole group, or of some vehicles."""

    division: Code = Field(description="360100")
    decision: Literal["approved", "refused", "withdrawn"] = Field(
        description="approved | refused | withdrawn"
    )
    reason: Words = Field(description="理由 / why, 1–2000")
    group: Code | None = Field(default=None, description="exemptions[].group | null")
    seen: int | None = Field(
        default=None, ge=0, le=10**9, description="exemptions[].vehicles | null"
    )
    vins: list[Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,30}$")]] = Field(
        default_factory=list, max_length=2000, description="VIN[]"
    )
    until: Day = Field(default=None, description="2020-12-31 | null")


def period_of(span: str | None) -> Period | None:
    """The period that a checked field names."""
    return read_period(span) if span is not None else None
