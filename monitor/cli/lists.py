"""`mandates`, `submissions` and `divisions`: what is in force, what came in, who reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.clause_tables import (
    STRENGTHS,
    answering_words,
    print_clause,
    print_place,
    print_readings,
    show_coverage,
)
from monitor.cli.options import FILE
from monitor.cli.session import Session, print_json, write_file
from monitor.corridor import documents
from monitor.errors import WrongUse
from monitor.extracts.lively_cells import spreadsheet_csv
from monitor.model import SubmissionSummary, Text, plural

if TYPE_CHECKING:
    from monitor.policy.mandates import Mandate
    from monitor.store.store import Store


@click.command()
@click.argument("ids", nargs=-1)
@click.option(
    "--coverage",
    is_flag=True,
    help="四份文件的全部条文：如何回答、现在能否回答、为什么 / every clause and what answers it",
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def mandates(session: Session, /, ids: tuple[str, ...], *, coverage: bool, as_json: bool) -> None:
    """现有要求；给出编号则逐条说明 / what is in force; with an id, in plain words."""
    from monitor.policy.choosing import ensure_clauses  # noqa: PLC0415  # --help needs none of it
    from monitor.policy.clause_coverage import coverage_of  # noqa: PLC0415  # --help needs none

    policy = session.policy
    ensure_clauses(policy, ids)
    wanted = dict.fromkeys(ids or policy.mandates)
    if coverage:
        rows = [row for row in coverage_of(policy) if not ids or row.id in wanted]
        show_coverage(session, rows, as_json=as_json)
    elif as_json:
        print_json({"ruleset": policy.ruleset, "mandates": [_told(one, session) for one in wanted]})
    elif ids:
        for one in wanted:
            if one in policy.mandates:
                _print_mandate(session, policy.mandates[one])
            else:
                print_clause(session, policy.clauses[one])
    else:
        _print_mandates(session, [policy.mandates[one] for one in wanted])


def _told(name: str, session: Session) -> dict[str, Any]:
    from monitor.corridor.clause_documents import (  # noqa: PLC0415  # --help needs none of it
        clause_document,
        mandate_document,
    )

    policy, language = session.policy, session.language
    if name in policy.mandates:
        return mandate_document(policy, policy.mandates[name], language)
    return clause_document(policy, policy.clauses[name], language)


def _targets(mandate: Mandate) -> str:
    return "  ".join(
        f"{t.period} {t.op} {t.value if t.value is not None else t.compare_to}"
        for t in mandate.targets
    )


def _print_mandates(session: Session, chosen: list[Mandate]) -> None:
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    print_table(
        session,
        say(f"{len(chosen)} 条要求", plural(len(chosen), "mandate")),
        (
            (say("编号", "id"), False),
            (say("地区", "place"), False),
            (say("年度", "years"), False),
            (say("强度", "strength"), False),
            (say("目标", "targets"), False),
            (say("内容", "content"), False),
        ),
        [
            (
                m.id,
                session.policy.divisions.name(m.jurisdiction).to(session.language),
                f"{m.valid_from.year}–{m.valid_to.year}",
                STRENGTHS[m.strength].to(session.language),
                _targets(m) or "—",
                m.meaning.to(session.language),
            )
            for m in chosen
        ],
    )


def _print_mandate(session: Session, mandate: Mandate) -> None:
    say, out, language = session.say, session.out, session.language
    policy = session.policy
    out.print(f"{mandate.id}  {mandate.meaning.to(language)}", style="bold")
    print_place(session, mandate)
    comma = say("、", ", ")
    if mandate.targets:
        out.print("  " + say("目标：", "Targets: ") + _targets(mandate))
    labels = policy.codes["category"]
    names = [
        say("全部", "all") if c == "all" else labels.label(c).to(language)
        for c in mandate.categories
    ]
    out.print("  " + say("车辆：", "Vehicles: ") + comma.join(names))
    for heading, codes, table in (
        (say("单位：", "Owners: "), mandate.owners, "owner_kind"),
        (say("区域：", "Areas: "), mandate.areas, "area"),
        (say("豁免：", "Exempt: "), mandate.exemptions or None, "exemption"),
    ):
        if codes:
            shown = [policy.codes[table].label(code).to(language) for code in codes]
            out.print("  " + heading + comma.join(shown))
    if mandate.responsible:
        out.print("  " + say("责任单位：", "Answers for it: ") + answering_words(mandate, session))
    print_readings(session, mandate)
    for text in mandate.missing:
        out.print("  " + say("尚缺：", "Lacking: ") + text.to(language))
    out.print("  " + say("核对于 ", "Reviewed on ") + mandate.reviewed_on.isoformat())


@click.command()
@click.argument("submission", required=False)
@click.option("--rejected", type=FILE, help="将退回的行写成可改正的 CSV / rows set aside, as CSV")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def submissions(
    session: Session, /, submission: str | None, rejected: Path | None, *, as_json: bool
) -> None:
    """收到的报表；给出编号则详列 / what came in; with an id, all about one."""
    from monitor.corridor.mending import rejected_rows  # noqa: PLC0415  # heavy

    if rejected is not None and submission is None:
        raise WrongUse(
            Text("--rejected 须给出批次编号。", "--rejected needs the id of a submission.")
        )
    with session.store(write=False) as store:
        found = store.summaries("id = ?", [submission]) if submission else store.summaries()
        if submission and not found:
            raise WrongUse(
                Text(f"没有批次 {submission}。", f"There is no submission {submission}.")
            )
        findings = store.findings(found[0].seq) if submission else ()
        told = store.interpretations(found[0].seq) if submission else ()
        tallies = (
            {code: n for (code, _), n in store.tallies([found[0].seq]).items()}
            if submission
            else {}
        )
        if rejected is not None:
            _ensure_kept(store, found[0])
            header, rows = rejected_rows(store, session.policy, found[0].seq)
            write_file(rejected, spreadsheet_csv([header, *rows], are_harmless=True))
    if as_json:
        listed = [documents.submission(s) for s in found]
        if submission:
            listed[0]["findings"] = [documents.finding(f, session.language) for f in findings]
            listed[0]["interpretations"] = [
                documents.interpretation(i, session.language) for i in told
            ]
        print_json({"submissions": listed})
        return
    from monitor.cli.tables import print_findings, print_table  # noqa: PLC0415  # rich

    say = session.say
    print_table(
        session,
        say("报表", "Submissions"),
        (
            (say("批次", "id"), False),
            (say("种类", "kind"), False),
            (say("单位", "division"), False),
            (say("期间", "period"), False),
            (say("收到", "received"), False),
            (say("状态", "status"), False),
            (say("读入", "read"), True),
            (say("计入", "accepted"), True),
            (say("退回", "set aside"), True),
            (say("文件", "file"), False),
        ),
        [
            (
                s.submission,
                s.kind,
                s.division or "—",
                f"{s.period.start}–{s.period.end}" if s.period else "—",
                f"{s.received_at:%Y-%m-%d %H:%M}",
                s.status.value,
                str(s.rows.read),
                str(s.rows.accepted),
                str(s.rows.rejected),
                s.file or "—",
            )
            for s in found
        ],
    )
    if submission:
        for one in told:
            session.out.print("  · " + one.message.to(session.language), style="dim")
        print_findings(session, findings, tallies)
    if rejected is not None:
        session.out.print(say(f"退回的行已写入 {rejected}", f"Rows set aside are in {rejected}"))


def _ensure_kept(store: Store, submission: SubmissionSummary) -> None:
    """Raise `WrongUse` where the rows set aside went by a rule of retention."""
    from monitor.store.parts import part_name  # noqa: PLC0415  # heavy
    from monitor.store.retention import REJECTED_ROWS, removed  # noqa: PLC0415  # heavy

    gone = removed(store, REJECTED_ROWS, part_name(submission.seq, submission.sha256 or ""))
    if gone is not None:
        zh, en = f"批次 {submission.submission} 的退回行", "The rows set aside of "
        raise WrongUse(
            Text(f"{zh}{gone.words.zh}", f"{en}{submission.submission}: {gone.words.en}")
        )


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def divisions(session: Session, /, *, as_json: bool) -> None:
    """报送单位 / who reports."""
    table = session.policy.divisions
    if as_json:
        print_json(documents.division_table(table, session.language))
        return
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    print_table(
        session,
        say("报送单位", "Reporting divisions"),
        (
            (say("代码", "code"), False),
            (say("名称", "name"), False),
            (say("省", "province"), False),
            (say("号牌", "plates"), False),
            (say("县区", "counties"), True),
        ),
        [
            (
                d.code,
                d.name.to(session.language),
                table.name(d.province).to(session.language),
                " ".join(d.plates),
                str(len(d.counties)),
            )
            for d in table.divisions.values()
        ],
    )
