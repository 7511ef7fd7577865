"""Whether one order of all submissions explains every answer that anybody was given.

The store promises that: who writes, writes alone, and is answered when it is there; who reads sees
all that some moment held and nothing else. So the numbers that submissions bear are the order, and
a history is explained where no answer contradicts it. The same bytes are one submission unless
something else of their sender came in between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """What `who` asked and was answered: `begun` and `ended` in seconds of one clock.

    `taken` and `again` are answered with a submission, `listed` with all that are held, `not` with
    why nothing was stored. `file` is what was handed in, after its sender: `360100-17`.
    """

    who: str
    what: str
    file: str
    answer: Any
    begun: float
    ended: float

    @property
    def sender(self) -> str:
        """Whose file it is."""
        return self.file.partition("-")[0]


def explained(acts: Sequence[Act], handed: Collection[str]) -> list[str]:
    """Every contradiction, in words; none where there is an order that gives every answer."""
    taken = [act for act in acts if act.what == "taken"]
    return [
        *(f"{act.file} was not taken: {act.answer}" for act in acts if act.what == "not"),
        *_once(taken, handed),
        *_in_order(taken),
        *_second_answers(acts, taken),
        *_looks(acts, taken),
    ]


def _number(submission: str) -> int:
    return int(submission.removeprefix("S"))


def _once(taken: Sequence[Act], handed: Collection[str]) -> Iterator[str]:
    """Each file became a submission, a second one only after another of its sender."""
    order = sorted(taken, key=lambda act: _number(act.answer))
    numbers = [_number(act.answer) for act in order]
    if numbers != list(range(1, len(taken) + 1)):
        yield f"the submissions are not 1 to {len(taken)}: {numbers[:5]}"
    latest: dict[str, str] = {}
    for act in order:
        if latest.get(act.sender) == act.file:
            yield f"{act.file} was taken as {act.answer}, with nothing of its sender in between"
        latest[act.sender] = act.file
    for file in sorted({*handed} - {act.file for act in taken}):
        yield f"{file} was never taken"


def _in_order(taken: Sequence[Act]) -> Iterator[str]:
    """What was answered before something else was asked comes before it in the order."""
    latest = 0
    ended = sorted(taken, key=lambda act: act.ended)
    place = 0
    for act in sorted(taken, key=lambda act: act.begun):
        while place < len(ended) and ended[place].ended < act.begun:
            latest = max(latest, _number(ended[place].answer))
            place += 1
        if _number(act.answer) < latest:
            yield f"{act.file} is {act.answer}, although S{latest:06} was answered before it began"


def _second_answers(acts: Sequence[Act], taken: Sequence[Act]) -> Iterator[str]:
    """Who hands in again is told one that had begun by then, and was its sender's last."""
    known = {_number(act.answer): act for act in taken}
    for act in acts:
        if act.what != "again":
            continue
        number = _number(act.answer)
        first = known.get(number)
        if first is None or first.file != act.file:
            yield f"{act.file} handed in again is told {act.answer}"
            continue
        if first.begun > act.ended:
            yield f"{act.file} was told as known before it was handed in"
        later = (n for n, one in known.items() if n > number and one.sender == act.sender)
        following = min(later, default=None)
        if following is not None and known[following].ended < act.begun:
            yield f"{act.file} is told {act.answer}, although {known[following].file} came after"


def _looks(acts: Sequence[Act], taken: Sequence[Act]) -> Iterator[str]:
    """A look sees the first so many submissions: all answered before, none not yet begun."""
    looks = sorted((act for act in acts if act.what == "listed"), key=lambda act: act.begun)
    for look in looks:
        seen = sorted(_number(one) for one in look.answer)
        if seen != list(range(1, len(seen) + 1)):
            yield f"{look.who} saw a set with gaps: {seen[-5:]}"
            continue
        known = max((_number(a.answer) for a in taken if a.ended < look.begun), default=0)
        possible = sum(act.begun < look.ended for act in taken)
        if not known <= len(seen) <= possible:
            yield f"{look.who} saw {len(seen)}, not {known} to {possible}"
    for one, other in _after(looks):
        if len(one.answer) > len(other.answer):
            yield f"{other.who} saw less than {one.who} had seen before"


def _after(looks: Sequence[Act]) -> Iterator[tuple[Act, Act]]:
    """Each look with the one that had seen the most of all that ended before it began."""
    for other in looks:
        before = [one for one in looks if one.ended < other.begun]
        if before:
            yield max(before, key=lambda one: len(one.answer)), other
