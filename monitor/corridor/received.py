"""What came in for the judged year, as bulletins tell it: asked once for all divisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.model import SHANGHAI, Mode, Severity, Status, SubmissionSummary
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Data:
    """The submissions of some divisions, with their findings and checks.

    `rejected` and `warned` count rows by finding code, `to_mend` rejected ones of submissions
    that no later one of the same kind, sender and period made good.
    """

    submissions: tuple[SubmissionSummary, ...]
    rejected: dict[str, int]
    warned: dict[str, int]
    to_mend: dict[str, int]
    nil: frozenset[str]
    checks_run: int
    checks_declared: int


class Received:
    """Everything seen that bears on a year; `Store.look` must have fixed what may be seen."""

    def __init__(self, store: Store, year: int) -> None:
        """Four questions, whatever the number of divisions."""
        seen = store.summaries("seq IN (SELECT seq FROM seen)")
        self.until = max((one.received_at for one in seen), default=None)
        self._submissions = [one for one in seen if _bears_on(one, year)]
        self._settled = settled(seen)
        self._tallies: dict[int, list[tuple[str, Severity, int]]] = defaultdict(list)
        for seq, code, severity, rows in store.rows(
            "SELECT submission, code, severity, rows FROM tally "
            "WHERE submission IN (SELECT seq FROM seen) ORDER BY ALL"
        ):
            self._tallies[seq].append((code, Severity(severity), int(rows)))
        # A run that lost a check keeps nothing, so the two differ only in a damaged store.
        self._checks: dict[int, tuple[int, int]] = {
            seq: (int(ran), int(declared))
            for seq, ran, declared in store.rows(
                "SELECT run.submission, count(*), count(DISTINCT (run.id, code)) "
                "FROM check_result JOIN run ON run.id = check_result.run "
                "WHERE run.submission IN (SELECT seq FROM seen) GROUP BY ALL"
            )
        }
        # A file that a province sends for its cities, or nobody in particular, is theirs as well.
        self._places: dict[str, list[int]] = defaultdict(list)
        covered: dict[int, set[str]] = defaultdict(set)
        for seq, division in store.rows(
            "SELECT DISTINCT submission, division FROM coverage "
            "WHERE submission IN (SELECT seq FROM seen)"
        ):
            covered[seq].add(division)
        for place, one in enumerate(self._submissions):
            for code in sorted(covered[one.seq] | ({one.division} if one.division else set())):
                self._places[code].append(place)

    def of(self, divisions: Iterable[str]) -> Data:
        """What these divisions sent, and files of several senders that cover one of them."""
        places = sorted({place for code in divisions for place in self._places.get(code, ())})
        mine = [self._submissions[place] for place in places]
        counted = [one.seq for one in mine if one.status is not Status.REFUSED]
        checks = [self._checks.get(seq, (0, 0)) for seq in counted]
        return Data(
            submissions=tuple(mine),
            rejected=self._sum(counted, Severity.ERROR),
            warned=self._sum(counted, Severity.WARNING),
            to_mend=self._sum([s for s in counted if s not in self._settled], Severity.ERROR),
            nil=frozenset(
                one.division for one in mine if one.status is Status.NIL and one.division
            ),
            checks_run=sum(ran for ran, _ in checks),
            checks_declared=sum(declared for _, declared in checks),
        )

    def _sum(self, seqs: Collection[int], severity: Severity) -> dict[str, int]:
        rows: Counter[str] = Counter()
        for seq in seqs:
            for code, weighs, count in self._tallies.get(seq, ()):
                if weighs is severity:
                    rows[code] += count
        return dict(sorted(rows.items()))


def _bears_on(one: SubmissionSummary, year: int) -> bool:
    """Whether a submission is about the year; one without a period, whether it came in it."""
    if one.period is None:
        return one.received_at.astimezone(SHANGHAI).date() >= date(year, 1, 1)
    return one.period.start.year <= year <= one.period.end.year


def settled(seen: Sequence[SubmissionSummary]) -> frozenset[int]:
    """The submissions that a later one of the same kind, sender and period made good."""
    whole: dict[object, int] = {
        (one.kind, one.division, one.period): one.seq
        for one in seen
        if one.status is not Status.REFUSED
        and not one.rows.rejected
        and one.mode is not Mode.WITHDRAW
        and one.period is not None
    }
    return frozenset(
        one.seq for one in seen if whole.get((one.kind, one.division, one.period), 0) > one.seq
    )
