"""How a division stands today: what is judged of it, what it owes, what it sent and was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.figures import blocks_of, past_rows
from monitor.bulletins.parts import Figures, MandateBlock
from monitor.bulletins.reporting import period_words
from monitor.bulletins.reporting_facts import Standing, State
from monitor.bulletins.words import Words
from monitor.corridor.judged import Judged, judge_day
from monitor.model import Assessment, Language, SubmissionSummary
from monitor.policy.policy import Policy
from monitor.store.store import Store

_LAST: Final = 10


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something that a division owes, or owed: overdue, or what it has to send next.

    `what` is the kind, `period` and `due` the days in words; `covers` what of it came in.
    """

    standing: Standing
    what: str
    period: str
    due: str
    state: State
    days_late: int
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastBulletin:
    """The last issue that was made for a division; `folders` hold its forms, by language."""

    division: str
    as_of: date
    issue_number: int
    folders: tuple[tuple[Language, Path], ...]

    def forms(self, language: Language) -> tuple[Path, ...]:
        """The files in one language, else in the first that there is."""
        by_language = dict(self.folders)
        folder = by_language.get(language) or next(iter(by_language.values()))
        return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


@dataclass(frozen=True, slots=True)
class DivisionToday:
    """What the page of a division says.

    `rows` are all its judged rows; `blocks` those of the judged year, or of the last year of a
    mandate that has ended, `earlier` the years before, the newest first, both in words. `due` is
    overdue first, the longest late first, then what is to be sent next. `submissions` are the last
    ones of the division, the newest first.
    """

    division: str
    name: str
    as_of: date
    is_province: bool
    rows: tuple[Assessment, ...]
    blocks: tuple[MandateBlock, ...]
    earlier: tuple[Figures, ...]
    due: tuple[DueLine, ...]
    submissions: tuple[SubmissionSummary, ...]
    bulletin: LastBulletin | None


def division_today(
    store: Store,
    policy: Policy,
    words: Words,
    code: str,
    as_of: date,
    *,
    judged: Judged | None = None,
) -> DivisionToday:
    """Everything for the page of one division or province, from what is held now.

    `judged` spares the work where the day was judged already, of more divisions than these.
    """
    members = policy.divisions.members(code)
    mine = tuple(dict.fromkeys((code, *members)))
    judged = judged or judge_day(store, policy, as_of, mine)
    rows = judged.rows_of(mine)
    current = current_rows(rows)
    shown = {row.key for row in current}
    earlier = [row for row in rows if row.division == code and row.key not in shown]
    return DivisionToday(
        division=code,
        name=words.text(policy.divisions.name(code)),
        as_of=as_of,
        is_province=code in policy.divisions.provinces,
        rows=rows,
        blocks=blocks_of(current, code, policy, words),
        earlier=tuple(
            sorted(past_rows(earlier, policy, words), key=lambda row: row.period, reverse=True)
        ),
        due=due_lines(judged.reporting_of(mine), as_of, policy, words),
        submissions=last_submissions(store, mine),
        bulletin=last_bulletin(store, code),
    )


def current_rows(rows: Iterable[Assessment]) -> list[Assessment]:
    """Of each mandate, the rows of the last period that is judged."""
    listed = list(rows)
    last: dict[str, str] = {}
    for row in listed:
        last[row.mandate] = max(row.period, last.get(row.mandate, ""))
    return [row for row in listed if row.period == last[row.mandate]]


def due_lines(
    standings: Iterable[Standing], as_of: date, policy: Policy, words: Words
) -> tuple[DueLine, ...]:
    """What is overdue, the longest late first, then what is to be sent next, in words.

    What was due long ago stays: nothing but the report itself takes it off the list.
    """
    wanted = [one for one in standings if one.is_overdue or one.state == "waiting"]
    wanted.sort(key=lambda one: (not one.is_overdue, one.item.due_on, one.item.kind))
    return tuple(
        DueLine(
            standing=one,
            what=labels.kind_word(one.item.kind, policy, words),
            period=period_words(one.item.period, words),
            due=formats.day(one.item.due_on, words),
            state=one.state,
            days_late=one.days_late(as_of),
            covers=tuple(formats.span(span, words) for span in one.covers),
        )
        for one in wanted
    )


def last_submissions(
    store: Store, divisions: Sequence[str], most: int = _LAST
) -> tuple[SubmissionSummary, ...]:
    """The last submissions that these divisions sent or that cover them, the newest first."""
    found = store.summaries(
        "seq IN (SELECT seq FROM submission WHERE list_contains(?::VARCHAR[], division) "
        "OR seq IN (SELECT submission FROM coverage "
        "WHERE list_contains(?::VARCHAR[], division)) ORDER BY seq DESC LIMIT ?)",
        [list(divisions), list(divisions), most],
    )
    return tuple(reversed(found))


def last_bulletin(store: Store, division: str) -> LastBulletin | None:
    """The last issue of a division, all its languages; None where there is none."""
    found = store.rows(
        "SELECT as_of, issue_number, language, arg_max(file_name, run) FROM bulletin "
        "WHERE division = ? GROUP BY ALL ORDER BY as_of DESC, issue_number DESC, language DESC",
        [division],
    )
    if not found:
        return None
    as_of, number = found[0][:2]
    folders = tuple(
        # version 0.1 noted the name of the letter that it made of the folder
        (language, store.home.bulletins / name.removesuffix(".eml"))
        for day, issue, language, name in found
        if (day, issue) == (as_of, number)
    )
    return LastBulletin(division, as_of, number, folders)
