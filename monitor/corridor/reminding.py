"""Reminders, past-due notices and escalation: who is told what today, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from monitor.bulletins.notice import render_notice
from monitor.bulletins.notice_facts import KINDS, NoticeFacts, Told
from monitor.bulletins.notice_view import notice_text
from monitor.bulletins.reporting_facts import Standing
from monitor.corridor.lateness import standing
from monitor.corridor.noticing import Draft, Settle, Written, languages_of, lay_down, who
from monitor.corridor.reminder_steps import Step, pause_before, reached, steps_of
from monitor.model import SHANGHAI, Language
from monitor.policy.calendars import WorkCalendar
from monitor.policy.due_dates import DueItem, ReportingRules
from monitor.policy.policy import Policy
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.knowledge import Knowledge
from monitor.store.notices import Notice, last_letter_at, told_at
from monitor.store.store import Store

_DAY: Final = timedelta(days=1)
_WORKING_WEEK: Final = 5  # working days at most in seven; holidays make it fewer
_LONGEST_HOLIDAY: Final = 14  # days; how much further ahead a due date is looked for


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a run told: its letters, whom it left for another day, and what nobody is there for.

    `postponed` counts recipients who have had a letter today; `unaddressed` are divisions with
    something to be told of and no recipient for it.
    """

    letters: tuple[Written, ...]
    notices: int
    postponed: int
    unaddressed: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each, as a run's record has them."""
        return {
            "notices": self.notices,
            "letters": len(self.letters),
            "postponed": self.postponed,
            "unaddressed": len(self.unaddressed),
        }


@dataclass(slots=True)
class _Letter:
    """What one recipient is to be told, each with its key and the desk that it is told at."""

    told: list[tuple[str, Told, Addressee]] = field(default_factory=list)

    @property
    def addressee(self) -> Addressee:
        """Of one who sits at several desks, the one with the gravest to be told."""
        return min(self.told, key=lambda one: KINDS.index(one[1].kind))[2]


def remind(
    store: Store,
    policy: Policy,
    rules: ReportingRules,
    calendar: WorkCalendar,
    book: RecipientBook,
    *,
    today: date,
    at: datetime,
    languages: Sequence[Language] | None = None,
    since: date | None = None,
    settle: Settle | None = None,
) -> Reminded:
    """Tell each recipient once of every step that its items reached, in one letter a day.

    A step whose day has passed is made up for, but only the latest one, and none from before
    `since`: a new installation does not write about years gone by. What came in meanwhile is told
    of no more. After a notice made late, the next waits as many days as the rule leaves between
    the two. Letters are in the outbox before their rows are committed, all in one transaction.
    `today` decides which steps are reached, `at` dates the letters. `languages` None is what each
    recipient reads; `settle` is called with the counts last in the transaction.
    """
    first = min(since, today) if since else date.min
    items = _items(policy, rules, calendar, first, today)
    store.look(Knowledge(None, store.history()))
    desks = _Desks(book, told_at(store, KINDS), first, today, _day_of(at))
    for one in standing(store, policy, items, today):
        if not one.is_whole:
            desks.consider(one, *steps_of(one.item, rules.rule(one.item.rule), calendar))
    letters, postponed = desks.letters(last_letter_at(store, KINDS))
    drafts = [_draft(one, policy, today, at, languages) for one in letters]
    return Reminded(
        letters=lay_down(store, book, drafts, at=at, settle=settle),
        notices=sum(len(one.told) for one in letters),
        postponed=postponed,
        unaddressed=tuple(sorted(desks.unaddressed)),
    )


def notice_key(item: DueItem, step: Step, addressee: Addressee) -> str:
    """What makes a notice the same one."""
    return "|".join((step.what, item.key, str(step.days), who(addressee)))


class _Desks:
    """Sorts what is to be told by whom it is to be told to."""

    def __init__(
        self,
        book: RecipientBook,
        told: Mapping[str, datetime],
        since: date,
        today: date,
        day: date,
    ) -> None:
        """`since` and `today` decide which steps count, `day` is when letters are made."""
        self._book = book
        self._told = told
        self._since = since
        self._today = today
        self._day = day
        self._letters: dict[str, _Letter] = {}
        self._known: dict[tuple[str, str], tuple[Addressee, ...]] = {}
        self.unaddressed: set[str] = set()

    def consider(self, one: Standing, own: Sequence[Step], above: Sequence[Step]) -> None:
        """Sort in what one item that is not whole has reached: its sender's steps, those above."""
        later = [step.on for step in above if step.on > self._today]
        has_above = bool(later and self._addressees(one.item.division, "escalation"))
        for its in (own, above):
            place = reached(its, one.item.due_on, self._today)
            if place is None or its[place].on < self._since:
                continue
            step = its[place]
            # On the due day itself there is time yet, whatever a rule says.
            if step.what != "reminder" and not one.is_overdue:
                continue
            addressees = self._addressees(one.item.division, step.what)
            if not addressees:
                self.unaddressed.add(one.item.division)
            for addressee in addressees:
                if self._is_to_tell(one.item, its, place, addressee):
                    next_on = self._next_on(its, place, addressee)
                    told = Told(step.what, one, next_on, later[0] if has_above else None)
                    letter = self._letters.setdefault(who(addressee), _Letter())
                    letter.told.append((notice_key(one.item, step, addressee), told, addressee))

    def letters(self, last: Mapping[str, datetime]) -> tuple[list[_Letter], int]:
        """Who is written to now, and how many have had their letter of the day."""
        ready = [
            letter
            for name, letter in sorted(self._letters.items())
            if name not in last or _day_of(last[name]) != self._day
        ]
        return ready, len(self._letters) - len(ready)

    def _addressees(self, division: str, what: str) -> tuple[Addressee, ...]:
        if (division, what) not in self._known:
            self._known[division, what] = self._book.of(division, what)
        return self._known[division, what]

    def _is_to_tell(
        self, item: DueItem, steps: Sequence[Step], place: int, addressee: Addressee
    ) -> bool:
        """Whether neither this nor a later step was told, and the pause is over."""
        if any(notice_key(item, one, addressee) in self._told for one in steps[place:]):
            return False
        earlier = [
            _day_of(self._told[key])
            for one in steps[:place]
            if one.what == steps[place].what
            and (key := notice_key(item, one, addressee)) in self._told
        ]
        return not earlier or (self._day - max(earlier)).days >= pause_before(steps, place)

    def _next_on(self, steps: Sequence[Step], place: int, addressee: Addressee) -> date | None:
        """When the same recipient is told again, pauses kept; None where that is not foreseen."""
        after = place + 1
        if after == len(steps) or steps[after].what not in addressee.receives:
            return None
        return max(steps[after].on, self._day + pause_before(steps, after) * _DAY)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _items(
    policy: Policy, rules: ReportingRules, calendar: WorkCalendar, since: date, today: date
) -> tuple[DueItem, ...]:
    """What may have a step from `since` to `today`; a little more is no harm."""
    ahead = max((days for rule in rules.rules for days in rule.remind_before_days), default=0)
    end = today + (ahead * 7 // _WORKING_WEEK + _LONGEST_HOLIDAY) * _DAY
    behind = max(
        (
            days
            for rule in rules.rules
            for days in (*rule.remind_after_days, *rule.escalate_after_days)
        ),
        default=0,
    )
    start = since - behind * _DAY if since > date.min + behind * _DAY else date.min
    return rules.items(policy.divisions, calendar, start, end)


def _draft(
    letter: _Letter, policy: Policy, today: date, at: datetime, languages: Sequence[Language] | None
) -> Draft:
    """One letter in each of its recipient's languages, with the notices that it tells."""
    addressee = letter.addressee
    facts = NoticeFacts(addressee.division, today, _shown(letter, policy, today))
    return Draft(
        kind=facts.kind,
        about=f"{addressee.division} {_day_of(at)}",
        addressee=addressee,
        letters=tuple(
            (language, render_notice(facts, policy, language))
            for language in languages_of(addressee, languages)
        ),
        notices=tuple(
            Notice(
                key=key,
                kind=told.kind,
                division=at_desk.division,
                role=at_desk.role,
                recipient=at_desk.address,
                about=told.standing.item.key,
                made_at=at,
                text=notice_text(told, today, policy),
                delivery=None,
            )
            for key, told, at_desk in letter.told
        ),
    )


def _shown(letter: _Letter, policy: Policy, today: date) -> tuple[Told, ...]:
    """Each item once, by its gravest kind: the longest overdue, then the soonest due, first."""
    places = {code: place for place, code in enumerate(policy.divisions.divisions)}
    gravest: dict[DueItem, Told] = {}
    for kind in reversed(KINDS):
        gravest |= {one.standing.item: one for _, one, _ in letter.told if one.kind == kind}
    return tuple(
        sorted(
            gravest.values(),
            key=lambda one: (
                KINDS.index(one.kind),
                -one.standing.days_late(today),
                one.standing.item.due_on,
                places.get(one.standing.item.division, len(places)),
                one.standing.item.rule,
            ),
        )
    )
