"""What a check of the doctor works with and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.service.workplace import Workplace


class State(StrEnum):
    """`warn` goes on working for now; `fail` does not, or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Result:
    """What is, and how to mend it where it is not well; `items` are all that it is about."""

    state: State
    what: Text
    mend: Text | None = None
    items: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One examination of one home; `whole` spares no time."""

    place: Workplace
    whole: bool = False

    @property
    def has_data(self) -> bool:
        """Whether anything was ever stored in the home."""
        home = self.place.home
        return home.database.exists() or home.snapshot.exists()


NO_DATA = Result(State.OK, Text("还没有数据", "no data yet"))


def well(what: Text) -> Result:
    """As it should be."""
    return Result(State.OK, what)


def doubtful(what: Text, mend: Text) -> Result:
    """Works for now."""
    return Result(State.WARN, what, mend)


def named(what: Text, mend: Text, items: Sequence[Text]) -> Result:
    """As `doubtful`, each thing that it is about on a line of its own."""
    return Result(State.WARN, what, mend, tuple(items))


def failed(what: Text, mend: Text) -> Result:
    """Does not work, or is not safe."""
    return Result(State.FAIL, what, mend)


def fault_words(error: FleetmonError | OSError) -> Text:
    """What cannot be read and why, in words."""
    if isinstance(error, FleetmonError):
        return error.text
    where = f"{error.filename}: " if error.filename else ""
    why = error.strerror or type(error).__name__
    return Text(f"无法读取：{where}{why}", f"cannot be read: {where}{why}")


def listed(names: list[str], most: int = 5) -> Text:
    """Some names, and how many more there are."""
    more = len(names) - most
    shown = names[:most]
    zh, en = "、".join(shown), ", ".join(shown)
    return Text(f"{zh} 等 {len(names)} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)
