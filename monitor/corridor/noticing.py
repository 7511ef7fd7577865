"""Letters about notices laid down with their rows, and what the operators are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.bulletins.notice import render_operators
from monitor.bulletins.notice_facts import OperatorsFacts, Report
from monitor.bulletins.notice_operators import report_text
from monitor.bulletins.rendered import RenderedBulletin
from monitor.delivery.compose import address_letter
from monitor.delivery.outbox import put
from monitor.model import SHANGHAI, Language
from monitor.policy.policy import Policy
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import NewDelivery, add_deliveries
from monitor.store.knowledge import stored_moment
from monitor.store.notices import (
    Notice,
    add_notices,
    desk_of,
    last_letter_at,
    mark_told,
    told_at,
    untold,
)
from monitor.store.store import Store

_OPERATORS: Final = "operators"
# A bad hour must not become a storm: what comes within it waits for the next letter.
_OPERATORS_PAUSE: Final = timedelta(hours=1)


# What a job does last within the transaction of its work, given its counts.
Settle = Callable[[Store, Mapping[str, int]], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """One letter to one recipient, in each of its languages, with the notices that it tells.

    `notices` are new; `waiting` are keys of those kept before, which no letter told yet.
    """

    kind: str
    about: str
    addressee: Addressee
    letters: tuple[tuple[Language, RenderedBulletin], ...]
    notices: tuple[Notice, ...]
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """One letter in the outbox."""

    delivery: str
    kind: str
    division: str
    role: str
    language: Language
    path: Path


def who(addressee: Addressee) -> str:
    """What one recipient is known by: the address, else the desk."""
    return desk_of(addressee.address, addressee.role, addressee.division)


def languages_of(
    addressee: Addressee, languages: Sequence[Language] | None
) -> tuple[Language, ...]:
    """The languages that a recipient reads, of `languages` where they are given; one at least."""
    both = tuple(one for one in addressee.languages if languages is None or one in languages)
    return both or addressee.languages[:1]


def lay_down(
    store: Store,
    book: RecipientBook,
    drafts: Sequence[Draft],
    *,
    at: datetime,
    kept: Sequence[Notice] = (),
    settle: Settle | None = None,
) -> tuple[Written, ...]:
    """Put the letters into the outbox, then keep all their rows in one transaction.

    `kept` are notices that no letter tells yet; `settle` is called last in the transaction with
    the counts. Where it ends between the two, the letters have no rows: they are swept, and the
    next run makes them again.
    """
    made = [
        [_put(store, book, draft, language, rendered, at) for language, rendered in draft.letters]
        for draft in drafts
    ]
    # A notice names the first of its letters: the others say the same in another language.
    new = [
        replace(notice, delivery=letters[0][1].id)
        for draft, letters in zip(drafts, made, strict=True)
        for notice in draft.notices
    ]
    written = tuple(one for letters in made for one, _ in letters)
    counts = {"notices": len(new) + len(kept), "letters": len(written)}
    with store.transaction():
        add_notices(store, [*new, *kept])
        add_deliveries(store, [row for letters in made for _, row in letters], at)
        for draft, letters in zip(drafts, made, strict=True):
            mark_told(store, draft.waiting, letters[0][1].id)
        if any(counts.values()):
            audit.record(store, "notices", f"{at:%Y-%m-%d}", detail=counts, at=at)
        if settle is not None:
            settle(store, counts)
    return written


def _put(
    store: Store,
    book: RecipientBook,
    draft: Draft,
    language: Language,
    rendered: RenderedBulletin,
    at: datetime,
) -> tuple[Written, NewDelivery]:
    """Lay one letter into the outbox; gives it with the row that it needs."""
    to = draft.addressee
    local = at.astimezone(SHANGHAI)
    letter = address_letter(
        rendered,
        language,
        addressee=to,
        book=book,
        kind=draft.kind,
        about=draft.about,
        division=to.division or None,
        day=local.date(),
        date=local,
        headers={"X-Fleetmon-Division": to.division} if to.division else {},
        whose=f"{to.division or 'system'}_{draft.kind}",
    )
    path = put(store.home.outbox, letter.name, letter.message)
    row = letter.delivery
    return Written(row.id, draft.kind, to.division, to.role, language, path), row


def tell_operators(
    store: Store,
    policy: Policy,
    book: RecipientBook,
    reports: Sequence[Report],
    *,
    at: datetime,
) -> tuple[Written, ...]:
    """Tell each operator once of each report, in one letter an hour at most.

    What comes within the hour is kept and goes with the next letter: call it again, with no
    reports too. Without an operator in the book there is nobody to tell and nothing is kept.
    """
    known = told_at(store, (_OPERATORS,))
    last = last_letter_at(store, (_OPERATORS,))
    waiting: dict[str, list[Notice]] = {}
    for one in untold(store, _OPERATORS):
        waiting.setdefault(one.desk, []).append(one)
    drafts: list[Draft] = []
    kept: list[Notice] = []
    for addressee in book.operators:
        desk = who(addressee)
        new = [
            notice
            for notice in (_report(one, addressee, policy, at) for one in reports)
            if notice.key not in known
        ]
        unique = tuple({one.key: one for one in new}.values())
        before = waiting.get(desk, [])
        if desk in last and _is_too_soon(last[desk], at):
            kept += unique
        elif unique or before:
            drafts.append(_operators_draft(addressee, unique, before, policy, at))
    if not drafts and not kept:
        return ()
    return lay_down(store, book, drafts, at=at, kept=kept)


def operators_wait(store: Store, at: datetime) -> bool:
    """Whether something was kept for the operators that a letter may tell by now."""
    last = last_letter_at(store, (_OPERATORS,))
    return any(
        one.desk not in last or not _is_too_soon(last[one.desk], at)
        for one in untold(store, _OPERATORS)
    )


def _is_too_soon(last: datetime, at: datetime) -> bool:
    """Whether the pause since the last letter is not over; one from the future is no reason."""
    return timedelta() <= at - last < _OPERATORS_PAUSE


def _report(report: Report, addressee: Addressee, policy: Policy, at: datetime) -> Notice:
    return Notice(
        key="|".join((_OPERATORS, report.key, who(addressee))),
        kind=_OPERATORS,
        division=addressee.division,
        role=addressee.role,
        recipient=addressee.address,
        about=report.key,
        made_at=at,
        text=report_text(report, policy.project),
        delivery=None,
    )


def _operators_draft(
    addressee: Addressee,
    new: tuple[Notice, ...],
    before: Sequence[Notice],
    policy: Policy,
    at: datetime,
) -> Draft:
    facts = OperatorsFacts(at, tuple(one.text for one in (*before, *new)))
    return Draft(
        kind=_OPERATORS,
        about=f"{_OPERATORS} {stored_moment(at).isoformat()}",
        addressee=addressee,
        letters=tuple(
            (language, render_operators(facts, policy.project, language))
            for language in addressee.languages
        ),
        notices=new,
        waiting=tuple(one.key for one in before),
    )
