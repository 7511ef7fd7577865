"""What the pictures of a bulletin show, frozen: places are per mille of the axis, worked out here.

A template that draws only sets these places on paper; it works nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.bulletins.parts import Tone, Verdict

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bullet:
    """One line of the overview: a share (or a count) against its target.

    `sure` is the end of the bar, `possible` the end of its undetermined part (equal where there is
    none), `target` the mark across it; `value` and `asked` say the same in words.
    """

    label: str
    verdict: Verdict
    value: str
    asked: str
    sure: int
    possible: int
    target: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure by week: this year's line, last year's, the target, and where it is heading.

    Points are (x, y), x over the calendar year. `possible` is the upper edge of the undetermined
    range and empty where nothing is undetermined; `forecast` is low, expected, high at the year's
    end. `end_label` stands at the last point; `note` under the title says verdict and target.
    """

    title: str
    note: str
    tone: Tone
    this_year: tuple[Place, ...]
    possible: tuple[Place, ...]
    last_year: tuple[Place, ...]
    target: int | None
    target_label: str
    forecast: tuple[int, int, int] | None
    y_labels: tuple[tuple[int, str], ...]
    x_labels: tuple[tuple[int, str], ...]
    end_label: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One member of a province as a tile: its gravest verdict, told by mark and word too."""

    name: str
    verdict: Verdict
    detail: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The tile as a line of a table of text."""
        return (self.name, self.verdict.word, self.detail)


@dataclass(frozen=True, slots=True)
class BulletPicture:
    """The overview as a picture; `alt` tells its figures to whoever does not see it."""

    title: str
    bullets: tuple[Bullet, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """Several curves side by side, on the same scale where they are shares."""

    title: str
    curves: tuple[Curve, ...]
    legend: tuple[str, str, str, str]
    alt: str
