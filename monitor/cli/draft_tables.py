"""A draft clause on the terminal: who would pass, who not, by how many vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from monitor.cli.session import Session
from monitor.corridor import documents
from monitor.model import Assessment, Text, plural

if TYPE_CHECKING:
    from monitor.assess.shortfall import Shortfall
    from monitor.corridor.policy_rehearsal import Draft, DraftRow, PeriodSummary, PolicyRehearsal
    from monitor.policy.mandates import Mandate

_OUTCOMES = {
    "pass": Text("会达到", "would pass"),
    "fail": Text("不会达到", "would not"),
    "undetermined": Text("无法判定", "undetermined"),
    "no_data": Text("未报数据", "no data"),
    "not_judged": Text("不作判定", "not judged"),
}
_TURNS = {
    "flip": Text("翻转", "flips"),
    "vanished": Text("消失", "vanishes"),
    "appeared": Text("新增", "appears"),
    "figures": Text("目标或数字有变", "target or figures"),
    "none": Text("不变", "the same"),
}


def print_rehearsal(
    session: Session,
    told: PolicyRehearsal,
    as_of: date,
    known_at: datetime | None,
    *,
    everything: bool,
) -> None:
    """One table a draft, a line for each period, and what is missing for a verdict."""
    say, out = session.say, session.out
    for draft in told.drafts:
        mine = [row for row in told.rows if row.pair.key[0] == draft.mandate.id]
        shown = [row for row in mine if everything or row.is_finding]
        if shown:
            _print_rows(session, draft, shown, _title(session, draft, as_of, known_at))
        for one in told.summaries:
            if one.mandate == draft.mandate.id:
                out.print(_summary_line(session, one, draft.mandate))
        missing = dict.fromkeys(
            text.to(session.language)
            for row in shown
            if row.pair.after is not None
            for text in (*row.pair.after.missing, *row.pair.after.notes)
        )
        for words in missing:
            out.print(say("缺：", "Missing: ") + words, style="dim")
    for note in told.notes:
        out.print(note.to(session.language), style="yellow")
    out.print(
        say(
            "这是草案的预演：没有保存，没有采用，通报不受影响。",
            "Drafts were tried: nothing is stored or accepted, and bulletins stay as they are.",
        )
    )


def _title(session: Session, draft: Draft, as_of: date, known_at: datetime | None) -> str:
    name = f"{draft.mandate.id} ({draft.file})"
    kind_zh, kind_en = (
        ("取代现行条文", "replaces the present clause") if draft.replaces else ("", "")
    )
    known = documents.moment(known_at)
    zh = [f"草案 {name}", kind_zh, f"判定日 {as_of}", f"知悉时点 {known}" if known else ""]
    en = [f"Draft {name}", kind_en, f"as of {as_of}", f"known at {known}" if known else ""]
    return session.say("，".join(filter(None, zh)), ", ".join(filter(None, en)))


def _print_rows(session: Session, draft: Draft, rows: Sequence[DraftRow], title: str) -> None:
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    has_scopes = len({row.pair.key[3] for row in rows}) > 1
    columns = [(say("地区", "division"), False), (say("年度", "year"), False)]
    if has_scopes:
        columns.append((say("车辆", "vehicles"), False))
    columns.append((say("按草案", "by the draft"), False))
    figures = (say("目标", "target"), say("计入", "counted"), say("新能源", "new-energy"))
    columns += [(name, True) for name in (*figures, say("占比", "share"), say("差", "short"))]
    if draft.replaces:
        columns += [(say("现行结论", "at present"), False), (say("变化", "change"), False)]
    lines = [_line(session, draft, row, has_scopes=has_scopes) for row in rows]
    print_table(session, title, columns, lines)


def _line(session: Session, draft: Draft, row: DraftRow, *, has_scopes: bool) -> list[str]:
    from monitor.cli.tables import number_range  # noqa: PLC0415  # rich

    _, division, period, categories, _ = row.pair.key
    line = [session.policy.divisions.name(division).to(session.language), period]
    if has_scopes:
        labels = session.policy.codes["category"]
        line.append(
            session.say("、", ", ").join(
                labels.label(code).to(session.language)
                if code in labels.entries
                else session.say("全部", "all")
                for code in categories
            )
        )
    after = row.pair.after
    if after is None:
        line += ["—"] * 6
    else:
        line += [
            _verdict(session, after),
            f"{after.target.op} {after.target.value}" if after.target else "—",
            "—" if after.denominator is None else str(after.denominator),
            number_range(after),
            after.share or "—",
            _short(row.short, draft.mandate.unit),
        ]
    if draft.replaces:
        line.append(_present(session, row.pair.before))
        line.append(_TURNS[row.pair.turn].to(session.language))
    return line


def _verdict(session: Session, row: Assessment) -> str:
    """What the verdict comes to, the verdict itself where that says more, and if it binds."""
    from monitor.corridor.policy_rehearsal import outcome_of  # noqa: PLC0415  # heavy

    outcome = _OUTCOMES[outcome_of(row.status)].to(session.language)
    word = session.status_word(row.status)
    told = outcome if row.status in {"undetermined", "no_data"} else f"{outcome} · {word}"
    return told if row.binding else told + session.say("（供参考）", " (for information)")


def _present(session: Session, row: Assessment | None) -> str:
    if row is None:
        return "—"
    asked = f" ({row.target.op} {row.target.value})" if row.target else ""
    return f"{session.status_word(row.status)}{asked}"


def _short(short: Shortfall | None, unit: str) -> str:
    if short is None:
        return "—"
    low, high = shown_number(short.low, unit), shown_number(short.high, unit)
    return str(low) if low == high else f"{low}–{high}"


def _summary_line(session: Session, one: PeriodSummary, mandate: Mandate) -> str:
    n, lacks = one.places, _short(one.short, mandate.unit)
    if not any(n.values()):  # a year of the present clause that the draft leaves out
        return session.say(
            f"{one.period} 年：草案不判定这一年，现行结论消失 {one.vanished} 个。",
            f"{one.period}: not judged by the draft; {plural(one.vanished or 0, 'verdict')} "
            "of the present clause would vanish.",
        )
    weighed = mandate.unit == "standard_vehicle"
    unit_en = "standard vehicles" if weighed else "vehicle" if lacks == "1" else "vehicles"
    zh = (
        f"{one.period} 年：{n['pass']} 个地区会达到，{n['fail']} 个不会，"
        f"{n['undetermined']} 个无法判定，{n['no_data']} 个未报数据，{n['not_judged']} 个不作判定"
    )
    en = (
        f"{one.period}: {plural(n['pass'], 'division')} would pass, {n['fail']} would not, "
        f"{n['undetermined']} undetermined, {n['no_data']} without data, "
        f"{n['not_judged']} not judged"
    )
    if one.short is not None:
        zh += f"；合计差 {lacks} {'标准车' if weighed else '辆'}"
        en += f"; {lacks} {unit_en} short in all"
    zh, en = f"{zh}。", f"{en}."
    if one.incomplete:
        zh += f"\n  其中 {one.incomplete} 个地区所报数据不全。"
        en += (
            f"\n  Of these, {plural(one.incomplete, 'division')} reported a part of the days only."
        )
    if one.flips is not None:
        zh += f"\n  与现行相比翻转 {one.flips} 个，消失 {one.vanished} 个，新增 {one.appeared} 个。"
        en += (
            f"\n  Against the present clause {one.flips} flip, {one.vanished} vanish, "
            f"{one.appeared} appear."
        )
    return session.say(zh, en)


def shown_number(number: Decimal, unit: str) -> int | str:
    """Whole vehicles; standard vehicles in words, as `assess` has them."""
    if unit != "standard_vehicle":
        return int(number)
    from monitor.assess.standard_vehicles import plain  # noqa: PLC0415  # heavy

    return plain(number)
