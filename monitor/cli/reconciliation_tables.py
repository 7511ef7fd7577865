"""What does not fit between contracts, registrations and retirements, for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.assess.reconciliation import Mismatch, Reconciliation, Unmatched
from monitor.bulletins.reconciled import mismatch_word
from monitor.bulletins.reconciled_lines import line_cells, lines_csv
from monitor.cli.session import Session
from monitor.cli.tables import print_table
from monitor.model import Text, plural
from monitor.policy.policy import Policy

Vins = dict[str | None, str | None]
_MOST_PRINTED = 300


def _cells(session: Session, one: Unmatched, vins: Vins) -> tuple[str, ...]:
    return line_cells(one, vins[one.vin], session.policy, session.words)


def as_csv(session: Session, items: Sequence[Unmatched], vins: Vins) -> bytes:
    """All lines as a spreadsheet opens them, no cell of which is carried out."""
    return lines_csv(((one, vins[one.vin]) for one in items), session.policy, session.words)


def print_list(session: Session, items: Sequence[Unmatched], vins: Vins) -> None:
    """A table for each mismatch, line by line; the longest lists are cut."""
    say = session.say
    for mismatch in Mismatch:
        found = [one for one in items if one.mismatch is mismatch]
        if not found:
            continue
        title = f"{mismatch_word(mismatch, session.words)}  {sum(one.vehicles for one in found)}"
        print_table(
            session,
            title,
            (
                (say("地区", "division"), False),
                (say("车辆", "vehicles"), False),
                (say("辆数", "count"), True),
                (say("起算日", "since"), False),
                (say("天数", "days"), True),
                (say("单位", "organisation"), False),
                (say("合同", "contract"), False),
                (say("车型、识别代号", "model, VIN"), False),
                (say("文件、行", "file, line"), False),
            ),
            [_line(_cells(session, one, vins)) for one in found[:_MOST_PRINTED]],
        )
        if len(found) > _MOST_PRINTED:
            more = len(found) - _MOST_PRINTED
            session.out.print(
                say(f"另有 {more} 条，--csv 写出全部。", f"{more} more; --csv writes all of them.")
            )


def _line(cells: tuple[str, ...]) -> tuple[str, ...]:
    _, place, category, energy, other, count, since, days, gap, contract, who, model, *rest = cells
    vin, _, file, line = rest
    against = f" / {other}" if other else ""
    return (
        place,
        f"{category} {energy}{against}",
        count,
        since,
        f"{days or '—'}{'?' if gap else ''}",
        who,
        contract,
        f"{model} {vin}".strip(),
        f"{file}:{line}",
    )


def print_counts(session: Session, found: Reconciliation, items: Sequence[Unmatched]) -> None:
    """Divisions down, mismatches across; in parentheses what no conclusion can be drawn from."""
    say, language = session.say, session.language
    sure: Counter[tuple[str, Mismatch]] = Counter()
    unsure: Counter[tuple[str, Mismatch]] = Counter()
    for one in items:
        counted = sure if one.days is not None and not one.is_data_gap else unsure
        counted[one.division, one.mismatch] += one.vehicles
    matched = dict(found.matched_by)
    named = {*matched, *found.compared, *(one.division for one in items)}
    order = [code for code in session.policy.divisions.divisions if code in named]

    claimed = {one.vin for one in items if one.mismatch is Mismatch.CLAIMED_TWICE}

    def cell(codes: Sequence[str], mismatch: Mismatch) -> str:
        if mismatch is Mismatch.CLAIMED_TWICE and len(codes) > 1:
            return str(len(claimed))  # one vehicle stands under each of its divisions
        certain = sum(sure[code, mismatch] for code in codes)
        rest = sum(unsure[code, mismatch] for code in codes)
        return f"{certain} (+{rest})" if rest else str(certain)

    def row(name: str, codes: Sequence[str]) -> tuple[str, ...]:
        count = str(sum(matched.get(code, 0) for code in codes))
        return (name, count, *(cell(codes, mismatch) for mismatch in Mismatch))

    rows = [row(session.policy.divisions.name(code).to(language), [code]) for code in order]
    if len(order) > 1:
        rows.append(row(say("合计", "total"), order))
    print_table(
        session,
        say(f"合同、登记、注销核对，截至 {found.as_of}", f"Reconciled as of {found.as_of}"),
        (
            (say("地区", "division"), False),
            (say("已对上", "matched"), True),
            *((mismatch_word(mismatch, session.words), True) for mismatch in Mismatch),
        ),
        rows,
    )


def print_notes(session: Session, found: Reconciliation, items: Sequence[Unmatched]) -> None:
    """What the counts rest on."""
    say, out = session.say, session.out
    rules = session.policy.reconciliation
    to_come = sum(line.vehicles for line in found.open_lines)
    notes = [
        say(
            "括号内为尚未到期，或所需数据没有收到、不能下结论的辆数（清单中天数后带问号）。",
            "In parentheses: vehicles still in time, or for which the data that would tell is not "
            "held (a question mark in lists).",
        ),
        say(
            f"合同在手尚未登记 {to_come} 辆；计划交付到登记通常相隔 {found.usual_delay_days} 天。",
            f"Under contract and not registered: {plural(to_come, 'vehicle')}; from planned "
            f"delivery to registration it usually takes {plural(found.usual_delay_days, 'day')}.",
        ),
    ]
    if not found.compared:
        notes.append(
            say(
                "没有收到采购合同，无从核对有无合同。",
                "No contracts are held, so none can be missed.",
            )
        )
    silent = _without_retirements(session.policy, items)
    if silent:
        names = say("、", ", ").join(code.to(session.language) for code in silent)
        notes.append(
            say(
                f"从未报过注销，更新车辆无从核对：{names}。",
                f"No retirement was ever reported, so replacements cannot be checked: {names}.",
            )
        )
    notes += [
        say("口径：", "Reading: ") + reading.what.to(session.language) for reading in rules.readings
    ]
    for note in notes:
        out.print("  · " + note, style="dim", soft_wrap=True)


def _without_retirements(policy: Policy, items: Sequence[Unmatched]) -> list[Text]:
    silent = {
        one.division
        for one in items
        if one.mismatch is Mismatch.REPLACEMENT_WITHOUT_RETIREMENT and one.is_data_gap
    }
    return [policy.divisions.name(code) for code in policy.divisions.divisions if code in silent]
