"""`rehearse`: what changed rules, or a draft, would say of what is held, and the word to go on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import FILE, DayType, MomentType
from monitor.cli.session import Session, print_json
from monitor.corridor import documents
from monitor.errors import WrongUse
from monitor.model import Assessment, Text, plural

if TYPE_CHECKING:
    from monitor.corridor.rule_change import RowRehearsal, RuleRehearsal
    from monitor.policy.comparing import RuleChange
    from monitor.store.rulesets import AcceptedRuleset

_TURNS = {
    "flip": Text("结论翻转", "flips"),
    "vanished": Text("不再判定", "vanishes"),
    "appeared": Text("新增判定", "appears"),
    "figures": Text("目标或数字有变", "target or figures"),
    "none": Text("不变", "the same"),
}
_CHANGES = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "changed": Text("修改", "changed"),
}


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option("--as-of", type=DayType(), help="判定日（默认今天）/ the day judged")
@click.option(
    "--known-at",
    type=MomentType(),
    help="草案：只用此刻以前收到的 / draft: only what had come by then",
)
@click.option("--division", "divisions", multiple=True, help="草案：地区代码 / draft: division")
@click.option("--year", type=int, help="草案：只看这一年度 / draft: this year only")
@click.option(
    "--strict",
    is_flag=True,
    help="草案：强制性要求未达标则退出码为 1 / draft: exit 1 on a breach",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="不变的行、草案的分项也列出 / list unchanged rows, parts of a draft's rows too",
)
@click.option("--accept", "accepts", is_flag=True, help="采用现行规则 / accept the present rules")
@click.option("--by", help="由谁采用 / who accepts")
@click.option("--note", help="采用的理由 / why")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def rehearse(
    session: Session,
    /,
    *,
    files: tuple[Path, ...],
    as_of: date | None,
    everything: bool,
    accepts: bool,
    by: str | None,
    note: str | None,
    as_json: bool,
    **drafted: Any,
) -> None:
    """预演规则变更或草案（FILE）的结论 / what changed rules, or a draft FILE, would turn.

    FILE 的写法同 checks/mandates：谁会达到，谁不会，差多少辆；不保存，不采用。
    A FILE is a draft clause written as in checks/mandates: who would pass, who not, by how many
    vehicles. Nothing of it is stored or accepted.
    """
    from monitor.corridor.rule_change import accept  # noqa: PLC0415  # heavy
    from monitor.corridor.rule_change import rehearse as rehearse_rules  # noqa: PLC0415  # heavy

    by = (by or "").strip() or None
    day = as_of or session.now().date()
    if files:
        _refuse_acceptance(accepts=accepts, by=by, note=note)
        from monitor.cli.rehearse_draft import try_drafts  # noqa: PLC0415  # only for drafts

        try_drafts(session, files, day, everything=everything, as_json=as_json, **drafted)
        return
    if any(drafted.values()):
        raise WrongUse(
            Text(
                "--known-at、--division、--year 与 --strict 只与草案文件同用："
                "fleetmon rehearse FILE。",
                "--known-at, --division, --year and --strict go with a draft only: "
                "fleetmon rehearse FILE.",
            )
        )
    if accepts and by is None:
        raise WrongUse(Text("--accept 须用 --by 写明是谁。", "--accept needs --by NAME."))
    if not accepts and (by or note):
        raise WrongUse(
            Text("--by 与 --note 只与 --accept 同用。", "--by and --note go with --accept only.")
        )
    accepted = None
    with session.store(write=accepts) as store:
        rehearsed = rehearse_rules(store, session.policy, day)
        if accepts and by and not rehearsed.is_present:
            accepted = accept(store, session.policy, at=session.now(), by=by, note=note)
    if as_json:
        print_json(_document(session, rehearsed, accepted))
        return
    _print(session, rehearsed, everything=everything)
    if accepted is not None:
        said = f"{accepted.accepted_by}，{accepted.ruleset}"
        session.out.print(session.say(f"已采用：{said}", f"Accepted: {said}"))


def _refuse_acceptance(*, accepts: bool, by: str | None, note: str | None) -> None:
    if accepts or by or note:
        raise WrongUse(
            Text(
                "草案不能采用：--accept、--by 与 --note 不与文件同用。要采用，先把草案放进"
                " checks/mandates/（或 --config 文件夹的同名位置），再运行 fleetmon rehearse。",
                "A draft cannot be accepted: --accept, --by and --note do not go with a file. Put "
                "it into checks/mandates/ (or there in the --config folder) first, then run "
                "fleetmon rehearse.",
            )
        )


def _document(
    session: Session, rehearsed: RuleRehearsal, accepted: AcceptedRuleset | None
) -> dict[str, Any]:
    last = accepted or rehearsed.accepted
    return {
        "as_of": rehearsed.as_of.isoformat(),
        "ruleset": rehearsed.ruleset,
        "accepted_ruleset": last.ruleset if last else None,
        "accepted_at": last.accepted_at.isoformat() if last else None,
        "accepted_by": last.accepted_by if last else None,
        "state": "accepted" if accepted else rehearsed.state,
        "note": rehearsed.note.to(session.language) if rehearsed.note else None,
        "rule_changes": [_change(change) for change in rehearsed.changes],
        "rehearsals": [_row(row) for row in rehearsed.rows],
    }


def _change(change: RuleChange) -> dict[str, Any]:
    return {
        "file": change.file,
        "change": change.change,
        "mandate": change.mandate,
        "fields": [
            {"field": one.field, "before": one.before, "after": one.after} for one in change.fields
        ],
    }


def _row(row: RowRehearsal) -> dict[str, Any]:
    return {
        **documents.row_key(row.key),
        "change": row.turn,
        "before": said_of(row.before),
        "after": said_of(row.after),
    }


def said_of(row: Assessment | None) -> dict[str, Any] | None:
    """A verdict with its figures, as either side of a comparison has it."""
    if row is None:
        return None
    return {
        "status": row.status,
        "target": {"op": row.target.op, "value": row.target.value} if row.target else None,
        "denominator": row.denominator,
        "numerator": row.numerator,
        "undetermined": row.undetermined,
        "share": row.share,
        "short_by": row.short_by,
        "consequence": row.consequence,
    }


def _print(session: Session, rehearsed: RuleRehearsal, *, everything: bool) -> None:
    say, out = session.say, session.out
    if rehearsed.note is not None:
        out.print(rehearsed.note.to(session.language), style="yellow")
    if rehearsed.is_present and rehearsed.accepted is not None:
        last = rehearsed.accepted
        since = f"{last.accepted_at:%Y-%m-%d %H:%M}"
        out.print(
            say(
                f"没有待采用的规则：现行规则集 {last.ruleset} "
                f"已由 {last.accepted_by} 于 {since} 采用。",
                f"Nothing to accept: {last.accepted_by} accepted the present ruleset "
                f"{last.ruleset} on {since}.",
            )
        )
        return
    if rehearsed.state == "first":
        out.print(
            say(
                f"尚无已采用的规则集；{rehearsed.ruleset} 将在首次通报时自动采用。",
                f"No ruleset was accepted yet; {rehearsed.ruleset} will be by the first bulletin.",
            )
        )
        return
    _print_changes(session, rehearsed)
    _print_rows(session, rehearsed, everything=everything)
    _print_outcome(session, rehearsed)


def _print_changes(session: Session, rehearsed: RuleRehearsal) -> None:
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    lines = []
    for change in rehearsed.changes:
        kind = _CHANGES[change.change].to(session.language)
        lines.append((change.file, kind, "", "", ""))
        lines += [("", "", one.field, one.before or "—", one.after or "—") for one in change.fields]
    if lines:
        headings = (say("文件", "file"), say("变化", "change"), say("字段", "field"))
        columns = [(name, False) for name in (*headings, say("原为", "was"), say("现为", "is"))]
        print_table(session, say("规则的变化", "What changed in the rules"), columns, lines)


def _print_rows(session: Session, rehearsed: RuleRehearsal, *, everything: bool) -> None:
    """One table a province: what turns, the flips first."""
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say, table = session.say, session.policy.divisions
    order = list(_TURNS)
    shown = [row for row in rehearsed.rows if everything or row.turn != "none"]
    shown.sort(key=lambda row: order.index(row.turn))
    names = (say("地区", "division"), say("要求", "mandate"), say("年度", "year"))
    figures = (say("原结论", "old verdict"), say("新结论", "new verdict"), say("变化", "change"))
    columns = [(name, False) for name in (*names, say("车辆", "vehicles"), *figures)]
    for province in dict.fromkeys(table.province_of(row.key[1]) for row in shown):
        mine = [row for row in shown if table.province_of(row.key[1]) == province]
        title = table.name(province).to(session.language)
        print_table(session, title, columns, [_line(session, row) for row in mine])


def _line(session: Session, row: RowRehearsal) -> tuple[str, ...]:
    mandate, division, period, categories, _ = row.key
    labels = session.policy.codes["category"]
    return (
        session.policy.divisions.name(division).to(session.language),
        mandate,
        period,
        session.say("、", ", ").join(
            labels.label(code).to(session.language)
            if code in labels.entries
            else session.say("全部", "all")
            for code in categories
        ),
        _verdict(session, row.before),
        _verdict(session, row.after),
        _TURNS[row.turn].to(session.language),
    )


def _verdict(session: Session, row: Assessment | None) -> str:
    if row is None:
        return "—"
    words = session.status_word(row.status)
    asked = f" ({row.target.op} {row.target.value})" if row.target else ""
    if row.denominator is None:
        return f"{words} {row.numerator}{asked}"
    return f"{words} {row.numerator}/{row.denominator} {row.share or '—'}{asked}"


def _print_outcome(session: Session, rehearsed: RuleRehearsal) -> None:
    say, out = session.say, session.out
    numbers = {turn: len(rehearsed.turned(turn)) for turn in ("flip", "vanished", "appeared")}
    same = len(rehearsed.turned("none"))
    out.print(
        say(
            f"翻转 {numbers['flip']} 行，消失 {numbers['vanished']} 行，"
            f"新增 {numbers['appeared']} 行，不变 {same} 行。",
            f"{plural(numbers['flip'], 'row')} flipped, {numbers['vanished']} vanished, "
            f"{numbers['appeared']} appeared, {same} as before.",
        )
    )
    out.print(
        say(
            "通报暂缓发出，直到运行 fleetmon rehearse --accept --by 姓名。",
            "Bulletins are held until fleetmon rehearse --accept --by NAME.",
        )
        if rehearsed.state == "held"
        else say(
            "没有结论翻转或消失，下次通报时自动采用。",
            "No verdict flips or vanishes: the next bulletin accepts the rules by itself.",
        )
    )
