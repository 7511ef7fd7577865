"""A long list cut into leaves, with the addresses of the one before and the one after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

T = TypeVar("T")

LEAF: Final = 50
_NAME: Final = "page"
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """One leaf of a list: what stands on it, and where the others are."""

    items: Sequence[T]
    number: int
    leaves: int
    total: int
    before: str | None
    after: str | None


def start_of(request: Request, total: int, size: int = LEAF) -> int:
    """The place of the first item on the leaf that is asked for; what is no leaf is a near one."""
    asked = request.query_params.get(_NAME, "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else 1
    last = max(1, -(-total // size))
    return (min(max(number, 1), last) - 1) * size


def leaf_of(request: Request, found: Sequence[T], size: int = LEAF) -> Leaf[T]:
    """The leaf of a list that a request asks for."""
    start = start_of(request, len(found), size)
    return make_leaf(request, found[start : start + size], start, len(found), size)


def make_leaf(
    request: Request, items: Sequence[T], start: int, total: int, size: int = LEAF
) -> Leaf[T]:
    """A leaf whose items were fetched already, `start` being the place of the first."""
    number, leaves = start // size + 1, max(1, -(-total // size))
    return Leaf(
        items=items,
        number=number,
        leaves=leaves,
        total=total,
        before=_address(request, number - 1) if number > 1 else None,
        after=_address(request, number + 1) if number < leaves else None,
    )


def address(path: str, asked: Mapping[str, str]) -> str:
    """An address with what it asks for; empty values are left out."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path


def _address(request: Request, number: int) -> str:
    asked = dict(request.query_params) | {_NAME: "" if number == 1 else str(number)}
    return address(request.url.path, asked)
