"""All that a bulletin says, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.assess.answer import ClauseAnswer
from monitor.assess.attribution import Attribution
from monitor.assess.consistency import Consistency
from monitor.assess.forecast import Forecast
from monitor.assess.otherwise import OtherVerdicts
from monitor.assess.reconciliation import Reconciliation
from monitor.assess.weekly import Weekly
from monitor.bulletins.reporting_facts import Standing
from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.model import Assessment, Period, SubmissionSummary


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """The facts of one bulletin; `division` may be a province.

    `assessments` are those of the division (a province: its own and its divisions'), `peers` the
    judged year's shares of a city's province and its other divisions. `submissions` bear
    on the judged year; of their rows `rejected` and `warned` count those by finding code, `to_mend`
    the rejected ones that were not made good since. `silent` are divisions without any submission,
    `nil` those that reported that there is nothing, `uncovered` the spans of the judged year, per
    division, that no submission covers. `weekly`, `forecasts` and `attributions` belong to
    assessments by their key; `reconciliation` is of the division and its members.
    `received_until` is when the last submission that is known of came in, whoever sent it.
    `otherwise` is what other readings make of the rows that the bulletin shows, option by option.
    `reporting` is how the division and its members stand with what was due by `as_of`, and what
    each of them has to send next of each kind. `answers` are those of the division to the clauses
    that are no fleet mandates, `consistency` what was compared among them. `supervision` is how its
    members compare and what is to be done.
    """

    division: str
    is_province: bool
    as_of: date
    known_at: datetime | None
    issue_number: int
    ruleset: str
    version: str
    history: int
    assessments: tuple[Assessment, ...]
    previous_as_of: date | None
    submissions: tuple[SubmissionSummary, ...]
    rejected: dict[str, int]
    warned: dict[str, int]
    silent: tuple[str, ...]
    nil: tuple[str, ...]
    uncovered: dict[str, tuple[Period, ...]]
    checks_run: int
    checks_declared: int
    peers: tuple[Assessment, ...] = ()
    weekly: tuple[Weekly, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    reconciliation: Reconciliation | None = None
    to_mend: dict[str, int] = field(default_factory=dict)
    received_until: datetime | None = None
    reporting: tuple[Standing, ...] = ()
    answers: tuple[ClauseAnswer, ...] = ()
    consistency: tuple[Consistency, ...] = ()
    supervision: SupervisionFacts | None = None
    otherwise: tuple[OtherVerdicts, ...] = ()
