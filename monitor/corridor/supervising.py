"""What the bulletins of one run say of how places stand and of what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.assess.assess import Held
from monitor.bulletins.reporting_facts import Standing
from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.corridor.evaluating import Evaluated, evaluate
from monitor.policy.policy import Policy
from monitor.store.follow_ups import FollowUp, follow_ups, told_by
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class RunSupervision:
    """The scorecards by place, every item as it was known, and until when each run told of them."""

    evaluated: Mapping[str, Evaluated]
    items: tuple[FollowUp, ...]
    told: Mapping[int, datetime]

    def of(self, division: str, earlier: int | None) -> SupervisionFacts:
        """What the bulletin of a division says; `earlier` is the run of its previous issue."""
        found = self.evaluated.get(division)
        return SupervisionFacts(
            scorecard=found.scorecard if found else None,
            chosen=found.chosen if found else None,
            items=tuple(item for item in self.items if item.names(division)),
            told_until=self.told[earlier] if earlier is not None else None,
        )


def supervise(
    store: Store,
    policy: Policy,
    held: Held,
    divisions: Sequence[str],
    *,
    earlier: Iterable[int],
    reporting: Sequence[Standing],
) -> RunSupervision:
    """Evaluate the places among these divisions; `held` must be what was asked last."""
    return RunSupervision(
        evaluated={
            place: evaluate(store, policy, held, evaluation, reporting=reporting)
            for place, evaluation in policy.evaluations.items()
            if place in divisions
        },
        items=follow_ups(store, held.known_at),
        told={run: told_by(store, run) for run in earlier},
    )
