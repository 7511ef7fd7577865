"""Answers to clauses for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from monitor.assess.answer import ClauseAnswer
from monitor.assess.answer_choice import telling
from monitor.assess.answer_words import figure_of, target_of
from monitor.assess.consistency import Consistency
from monitor.cli.session import Session
from monitor.cli.tables import STYLES, print_table
from monitor.corridor.answers_moved import Moved
from monitor.model import plural


def print_answers(
    session: Session, title: str, answers: Sequence[ClauseAnswer], *, is_asked: bool
) -> None:
    """The table of what is known, the latest year of each line; those without any data in a line.

    Where single clauses were asked for, every year and what stands beside each figure as well.
    """
    shown = answers if is_asked else telling([one for one in answers if one.binding])
    known = [one for one in shown if is_asked or one.status != "no_data"]
    if known:
        session.out.print(_table(session, title, known), markup=True)
    if is_asked:
        for one in known:
            _print_beside(session, one)
    silent = len({one.clause for one in shown} - {one.clause for one in known})
    if silent:
        session.out.print(
            session.say(
                f"另有 {silent} 条条文没有收到报送，所需材料见 fleetmon mandates --coverage。",
                f"Of {plural(silent, 'further clause')} nothing was reported; what would answer "
                "them: fleetmon mandates --coverage.",
            )
        )


def print_moved(session: Session, title: str, moved: Sequence[Moved]) -> None:
    """Answers that a file would change, each with what is known now and what would be."""
    if not moved:
        return
    say, language, policy = session.say, session.language, session.policy
    rows = []
    for one in moved:
        shown = one.after or one.before
        if shown is None:
            continue
        rows.append(
            (
                shown.clause,
                policy.divisions.name(shown.division).to(language),
                shown.period,
                shown.name.to(language),
                *_known(session, one.before),
                *_known(session, one.after),
            )
        )
    print_table(
        session,
        title,
        (
            (say("条文", "clause"), False),
            (say("地区", "division"), False),
            (say("年度", "year"), False),
            (say("事项", "what"), False),
            (say("现在", "now"), True),
            (say("判定", "verdict"), False),
            (say("计入后", "then"), True),
            (say("判定", "verdict"), False),
        ),
        rows,
    )


def _known(session: Session, one: ClauseAnswer | None) -> tuple[str, str]:
    if one is None:
        return "—", "—"
    figure = figure_of(one, session.policy).to(session.language)
    return figure, session.status_word(one.status)


def print_consistency(session: Session, found: Sequence[Consistency]) -> None:
    """Where reports that belong together agree, and where they do not."""
    for one in found:
        style = "bold red" if one.holds is False else None
        session.out.print(one.message.to(session.language), style=style, markup=False)


def _table(session: Session, title: str, answers: Sequence[ClauseAnswer]) -> Table:
    say, language, policy = session.say, session.language, session.policy
    table = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for heading, is_number in (
        (say("条文", "clause"), False),
        (say("地区", "division"), False),
        (say("年度", "year"), False),
        (say("事项", "what"), False),
        (say("目标", "target"), True),
        (say("已知", "known"), True),
        (say("判定", "verdict"), False),
    ):
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for one in answers:
        words, style = session.status_word(one.status), STYLES.get(one.status)
        table.add_row(
            one.clause,
            policy.divisions.name(one.division).to(language),
            one.period,
            one.name.to(language),
            target_of(one.target, policy).to(language),
            figure_of(one, policy).to(language),
            f"[{style}]{words}[/]" if style else words,
        )
    return table


def _print_beside(session: Session, one: ClauseAnswer) -> None:
    say, language = session.say, session.language
    place = session.policy.divisions.name(one.division).to(language)
    told = [
        *(f"{fact.what.to(language)} {fact.value}" for fact in one.facts),
        *(text.to(language) for text in one.notes),
        *(say("出处：", "Source: ") + text.to(language) for text in one.sources),
        *(say("缺少：", "Lacking: ") + text.to(language) for text in one.missing),
    ]
    if one.misses and one.missed is not None:
        told.append(
            f"{one.missed.to(language)} {one.misses}"
            + say("，逐行清单：", ", row by row: ")
            + f"fleetmon explain {one.explain}"
        )
    if told:
        session.out.print(f"{one.clause} {place} {one.period} {one.name.to(language)}")
        for words in told:
            session.out.print(f"  · {words}", markup=False)
