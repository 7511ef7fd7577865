"""What a check of the doctor works with and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Text
from monitor.service.workplace import Workplace


class State(StrEnum):
    """`warn` goes on working for now; `fail` does not, or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Result:
    """What is, and how to mend it where it is not well."""

    state: State
    what: Text
    mend: Text | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One examination of one home; `whole` spares no time."""

    place: Workplace
    whole: bool = False

    @property
    def has_data(self) -> bool:
        """Whether anything was ever stored in the home."""
        return self.place.home.database.exists()


NO_DATA = Result(State.OK, Text("还没有数据", "no data yet"))


def well(what: Text) -> Result:
    """As it should be."""
    return Result(State.OK, what)


def doubtful(what: Text, mend: Text) -> Result:
    """Works for now."""
    return Result(State.WARN, what, mend)


def failed(what: Text, mend: Text) -> Result:
    """Does not work, or is not safe."""
    return Result(State.FAIL, what, mend)


def listed(names: list[str], most: int = 5) -> Text:
    """Some names, and how many more there are."""
    more = len(names) - most
    shown = names[:most]
    zh, en = "、".join(shown), ", ".join(shown)
    return Text(f"{zh} 等 {len(names)} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)
