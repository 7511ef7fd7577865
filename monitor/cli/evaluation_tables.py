"""Scorecards and the follow-up list for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.bulletins import labels
from monitor.bulletins.scorecard_words import place_name
from monitor.bulletins.stability_words import pair_words
from monitor.bulletins.supervision import scorecard_view
from monitor.bulletins.supervision_parts import FollowUpRow, ScorecardCell, ScorecardView
from monitor.cli.session import Session
from monitor.cli.tables import number_range, print_table
from monitor.corridor.evaluating import Proposed
from monitor.model import Assessment, Text
from monitor.policy.evaluation import Evaluation
from monitor.store.follow_ups import FollowUp, FollowUpEvent

_EVENTS = {
    FollowUpEvent.ADDED: Text("列入", "entered"),
    FollowUpEvent.MOVED: Text("改期", "put off"),
    FollowUpEvent.DONE: Text("办结", "done"),
    FollowUpEvent.DROPPED: Text("不再督办", "dropped"),
    FollowUpEvent.REOPENED: Text("重新督办", "open again"),
}


def print_evaluated(session: Session, found: Proposed, *, trial: Path | None) -> None:
    """One place: its parts, the scorecard, how firm it is, who may be chosen, what may follow."""
    say, out, policy = session.say, session.out, session.policy
    scorecard, chosen = found.evaluated.scorecard, found.evaluated.chosen
    card = scorecard_view(scorecard, chosen, policy, session.words)
    place = policy.divisions.name(found.evaluated.place).to(session.language)
    out.print(f"{place}  {card.title}  {scorecard.as_of}", style="bold")
    clauses = say("、", ", ").join(scorecard.evaluation.clauses)
    if clauses:
        out.print(say(f"所据条文：{clauses}", f"called for by {clauses}"))
    if trial is not None:
        out.print(say(f"按 {trial} 试算，没有采用。", f"Tried with {trial}; nothing is adopted."))
    out.print(card.weights)
    _print_parts(session, card)
    if card.rows:
        _print_scores(session, card)
    for line in (card.method, *card.notes):
        out.print(line)
    if card.rows:
        _print_firmness(session, found, card)
    if card.shortlist is not None:
        out.print(card.shortlist.title, style="bold")
        out.print(f"  {card.shortlist.note}")
        for told in card.shortlist.lines:
            out.print(f"  {told.name}{say('：', ': ')}{told.value}")
    _print_proposals(session, found)
    _print_readings(session, scorecard.evaluation)


def _print_firmness(session: Session, found: Proposed, card: ScorecardView) -> None:
    say, out, policy = session.say, session.out, session.policy
    scorecard = found.evaluated.scorecard
    out.print(say("位次对权重的依赖", "What the order hangs on"), style="bold")
    for line in card.stability:
        out.print(f"  {line}")
    for pair in scorecard.sensitivity.pairs:
        out.print(f"  {pair_words(scorecard, pair, policy, session.words)}")


def _print_readings(session: Session, evaluation: Evaluation) -> None:
    session.out.print(session.say("口径", "Readings"), style="bold")
    for reading in evaluation.readings:
        what = reading.what.to(session.language)
        taken = session.say(f"（{reading.by}，{reading.on}）", f" ({reading.by}, {reading.on})")
        session.out.print(f"  {what}{taken}", style="dim")
    session.out.print()


def _print_parts(session: Session, card: ScorecardView) -> None:
    say = session.say
    columns = (
        (say("部分", "part"), False),
        (say("权重", "weight"), True),
        (say("怎样计", "how it counts"), False),
        (say("怎样计分", "how it scores"), False),
    )
    print_table(
        session,
        say("各部分", "Parts"),
        columns,
        [(part.name, part.weight, part.how, part.scale) for part in card.parts],
    )


def _print_scores(session: Session, card: ScorecardView) -> None:
    say = session.say
    columns = (
        (say("地区", "place"), False),
        (say("位次", "rank"), True),
        (say("总分", "total"), True),
        *((part.name, True) for part in card.parts),
        (say("单看任一部分", "by any one part"), True),
        (say("去掉任一部分", "without any one part"), True),
        (say("任意权重", "any weights"), True),
    )
    print_table(
        session,
        say("评分表：数字、得分、该部分的位次", "Scorecard: figure, points, rank in the part"),
        columns,
        [
            (
                row.place,
                row.rank,
                row.total,
                *(_cell(session, cell) for cell in row.cells),
                row.by_one,
                row.less_one,
                row.always,
            )
            for row in card.rows
        ],
    )


def _cell(session: Session, cell: ScorecardCell) -> str:
    say = session.say
    figure = f"{cell.figure}\n{cell.counted}" if cell.counted else cell.figure
    ranked = say(f"{cell.points} 分，第 {cell.rank}", f"{cell.points} points, #{cell.rank}")
    return f"{figure}\n{ranked}"


def _print_proposals(session: Session, found: Proposed) -> None:
    """Verdicts that somebody may want to follow up; nobody enters them but people."""
    if not found.proposals:
        return
    say, policy = session.say, session.policy

    def line(row: Assessment) -> tuple[str, ...]:
        return (
            place_name(found.evaluated.scorecard, row.division, policy, session.words),
            row.division,
            labels.subject_of(row, policy, session.words),
            session.status_word(row.status),
            number_range(row),
            "—" if row.denominator is None else str(row.denominator),
            str(row.short_by),
            say("、", ", ").join(policy.mandates[row.mandate].responsible) or "—",
        )

    columns = (
        (say("地区", "place"), False),
        (say("代码", "code"), False),
        (say("要求", "demand"), False),
        (say("判定", "verdict"), False),
        (say("新能源", "new-energy"), True),
        (say("计入", "counted"), True),
        (say("差", "short"), True),
        (say("条文所列责任单位", "bodies that the clause names"), False),
    )
    print_table(
        session,
        say("可列入督办的（尚未列入）", "What may be followed up (not on the list)"),
        columns,
        [line(row) for row in found.proposals],
    )
    command = f"fleetmon follow-up add --place {found.evaluated.place}"
    session.out.print(
        say(
            f"由人决定是否列入：{command} --who 单位或代码 --what 事项 --due 期限 "
            "--about 要求 --by 姓名",
            f"People decide: {command} --who WHO --what WHAT --due DAY --about DEMAND --by NAME",
        ),
        soft_wrap=True,
    )


def print_items(session: Session, rows: Sequence[FollowUpRow]) -> None:
    """The follow-up list: one line an item."""
    say = session.say
    if not rows:
        session.out.print(say("没有督办事项。", "Nothing is on the list."))
        return
    columns = (
        (say("编号", "number"), False),
        (say("名单", "list of"), False),
        (say("由谁办理", "who"), False),
        (say("事项", "what"), False),
        (say("期限", "due"), False),
        (say("状态", "state"), False),
        (say("有关条文", "clause"), False),
        (say("涉及地区", "concerns"), False),
        (say("说明", "note"), False),
    )
    divisions = session.policy.divisions
    print_table(
        session,
        say("督办事项", "Follow-up list"),
        columns,
        [
            (
                row.code,
                divisions.name(row.values.place).to(session.language),
                row.who,
                row.what,
                row.values.due_on.isoformat(),
                row.state,
                row.about or "—",
                row.concerned or "—",
                say("；", "; ").join(word for word in (row.moved, row.note) if word) or "—",
            )
            for row in rows
        ],
    )


def print_events(session: Session, item: FollowUp) -> None:
    """What happened to an item, the oldest first."""
    say = session.say
    columns = (
        (say("时间", "when"), False),
        (say("经过", "what happened"), False),
        (say("期限", "due"), False),
        (say("经办人", "by"), False),
        (say("说明", "words"), False),
    )
    print_table(
        session,
        say("经过", "What happened"),
        columns,
        [
            (
                f"{line.made_at:%Y-%m-%d %H:%M}",
                _EVENTS[line.event].to(session.language),
                line.due_on.isoformat() if line.due_on else "—",
                line.made_by,
                line.words or "—",
            )
            for line in item.lines
        ],
    )
