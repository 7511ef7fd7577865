"""What a bulletin's follow-up section rests on, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.assess.scorecard import Scorecard
from monitor.assess.shortlist import Chosen
from monitor.store.follow_ups import FollowUp


@dataclass(frozen=True, slots=True)
class SupervisionFacts:
    """The scorecard of a place that has one, and the items that name it.

    `told_until` is what the previous issue told of; None where there was none.
    """

    scorecard: Scorecard | None
    chosen: Chosen | None
    items: tuple[FollowUp, ...]
    told_until: datetime | None
