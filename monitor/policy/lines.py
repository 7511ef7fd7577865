"""Lines of a clause: each figure that answers it, and how it is worked out from what is reported.

What is counted is a condition over the columns of an extract kind, as in row rules; the numbers
that it is set against are the clause's targets.
"""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator

from monitor.policy.codes import BilingualText, Strict

LineMeasure = Literal[
    "share", "each", "count", "covered", "connected", "recovered", "figure", "document"
]
Span = Literal["year", "standing"]

# What somebody reports of a clause, against what is worked out from the rows of a register.
REPORTS: Final[frozenset[str]] = frozenset({"figure", "document"})
_BY_ROWS = frozenset({"share", "each", "count", "covered"})
# The rows of the platform's list that a line is about; all of them where it does not say.
_WITH_ROWS = _BY_ROWS | {"connected"}


class Line(Strict):
    """One figure of a clause.

    `measure` says how it comes about:

    - `share`: of the `rows`, those that are `hits`; those that are `unsure` make a range;
    - `each`: of the `rows`, those whose `part` reaches the target's share of their `whole`;
    - `count`: the `rows`, or the sum of `sum` over them;
    - `covered`: of the places of the dated list, those that one of the `rows` stands in;
    - `connected`: of the registered new-energy vehicles, those on the platform's list;
    - `recovered`: of the retired new-energy vehicles, those whose batteries have a destination;
    - `figure`: a value that was reported under this name, or how many enterprises passed the
      threshold of the target; `document`: something that was reported to have happened.

    The conditions may use `until` (the last day looked at) and `year_start`. A line is of what
    falls into the `year`, or of what is `standing` at its end. `target` names the item of the
    target that it answers, where that is not its own name; `first` and `last` are the years that
    it is for. Vehicles that are to be connected `everywhere` are so in every division that has any.
    `misses` is what the rows that are counted and are no hits are called.
    """

    name: BilingualText
    measure: LineMeasure
    span: Span = "standing"
    rows: str | None = None
    hits: str | None = None
    unsure: str | None = None
    part: str | None = None
    whole: str | None = None
    sum: str | None = None
    unit: str | None = None
    online_within_days: int | None = None
    everywhere: bool | None = None
    target: str | None = None
    first: int | None = None
    last: int | None = None
    misses: BilingualText | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        wanted = {
            "share": {"rows", "hits"},
            "each": {"rows", "part", "whole"},
            "count": {"rows"},
            "covered": {"rows"},
        }.get(self.measure, set())
        lacking = sorted(name for name in wanted if getattr(self, name) is None)
        if lacking:
            message = f"{self.measure} needs {', '.join(lacking)} / 缺少 {', '.join(lacking)}"
            raise ValueError(message)
        spare = [
            name
            for name, measures in _ONLY.items()
            if getattr(self, name) is not None and self.measure not in measures
        ]
        if spare:
            named = ", ".join(spare)
            message = f"{self.measure} has no {named} / {self.measure} 不用 {named}"
            raise ValueError(message)
        return self

    def is_for(self, year: int) -> bool:
        """Whether the line speaks of a year."""
        return (self.first or year) <= year <= (self.last or year)

    @property
    def by_rows(self) -> bool:
        """Whether it is worked out from the rows of the clause's own kind alone."""
        return self.measure in _BY_ROWS


_ONLY = {
    "rows": _WITH_ROWS,
    "hits": {"share"},
    "unsure": {"share", "count"},
    "part": {"each"},
    "whole": {"each"},
    "sum": {"count"},
    "online_within_days": {"connected"},
    "everywhere": {"connected"},
    "misses": {"share", "each"},
}
