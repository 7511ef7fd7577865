"""The letters that golden pages are kept of: one of each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from monitor.bulletins.digest import DigestEntry, digest_letter
from monitor.bulletins.labels import verdict
from monitor.bulletins.notice import render_notice, render_operators
from monitor.bulletins.notice_facts import Kind, NoticeFacts, OperatorsFacts, Report, Told
from monitor.bulletins.notice_operators import report_text
from monitor.bulletins.parts import Tally, Tone
from monitor.bulletins.rendered import Attachment, RenderedBulletin
from monitor.bulletins.reporting_facts import Standing, State
from monitor.bulletins.words import load_words
from monitor.model import Language, Period, Text, month_end
from monitor.policy.due_dates import DueItem
from monitor.policy.policy import Policy

from .conftest import moment


def due(division: str, month: date, due_on: date, kind: str = "registration") -> DueItem:
    return DueItem("JX-monthly", kind, division, Period(month, month_end(month)), due_on)


def stands(
    owed: DueItem, state: State, covers: tuple[Period, ...] = (), last: datetime | None = None
) -> Standing:
    return Standing(owed, state, None, covers, last)


def reminder(policy: Policy, language: Language) -> RenderedBulletin:
    owed = due("360100", date(2026, 11, 1), date(2026, 12, 10))
    part = (Period(date(2026, 11, 1), date(2026, 11, 20)),)
    came = moment(date(2026, 11, 23))
    told = Told(
        "reminder",
        stands(owed, "waiting", part, came),
        next_on=date(2026, 12, 9),
        escalates_on=date(2026, 12, 24),
    )
    return render_notice(NoticeFacts("360100", date(2026, 12, 3), (told,)), policy, language)


def past_due(policy: Policy, language: Language) -> RenderedBulletin:
    """Two months of one city, across the year's end."""
    last = moment(date(2026, 11, 9))
    told = (
        Told(
            "past_due",
            stands(due("360100", date(2026, 11, 1), date(2026, 12, 10)), "missing", last=last),
        ),
        Told(
            "past_due",
            stands(due("360100", date(2026, 12, 1), date(2027, 1, 11)), "missing", last=last),
            next_on=date(2027, 1, 18),
            escalates_on=date(2027, 1, 25),
        ),
    )
    return render_notice(NoticeFacts("360100", date(2027, 1, 12), told), policy, language)


def escalation(policy: Policy, language: Language) -> RenderedBulletin:
    """Three divisions of a province, and what it is reminded of itself."""
    month, due_on = date(2026, 11, 1), date(2026, 12, 10)
    parts = (
        Period(date(2026, 11, 1), date(2026, 11, 9)),
        Period(date(2026, 11, 21), date(2026, 11, 30)),
    )
    last = moment(date(2026, 11, 9))

    def told(kind: Kind, standing: Standing) -> Told:
        return Told(kind, standing)

    facts = NoticeFacts(
        "360000",
        date(2026, 12, 24),
        (
            told("escalation", stands(due("360700", month, due_on), "partial", parts, last)),
            told("escalation", stands(due("361100", month, due_on), "missing", (), last)),
            told("escalation", stands(due("36GJXQ", month, due_on), "missing")),
            told(
                "reminder",
                stands(due("360000", month, date(2026, 12, 31), "procurement"), "waiting"),
            ),
        ),
    )
    return render_notice(facts, policy, language)


def operators(policy: Policy, language: Language) -> RenderedBulletin:
    at = moment(date(2026, 12, 14), 9, 12)
    reports = (
        Report(
            key="run weekly_bulletins 2026-W51 2026-12-13",
            what=Text(
                "任务“每周通报”（2026-W51）失败，不再重试",
                "The job weekly bulletins (2026-W51) failed and is not tried again",
            ),
            why=Text(
                "磁盘已满，无法写入发件箱。请清理磁盘后重试。",
                "The disk is full: nothing can be written to the outbox. Make room on it.",
            ),
            since=at - timedelta(hours=1, minutes=12),
            tries=5,
            remedy=Text(
                "按上述原因处理后，用下面的命令重做；已完成的部分不会重复。",
                "Mend the cause, then do it again as below; what was done is not doubled.",
            ),
            command="fleetmon run weekly_bulletins --as-of 2026-12-13",
        ),
        Report(
            key="D4fbc0e92d1a7c35e",
            what=Text("360700 的一封通报被收件方拒收", "A bulletin of 360700 was refused"),
            why=Text(
                "对方邮件服务器答复 550：没有这个信箱。", "The server said 550: no such mailbox."
            ),
            since=at - timedelta(minutes=30),
            remedy=Text(
                "请在 recipients.yml 中改正地址后重新投递。",
                "Mend the address in recipients.yml, then send it again.",
            ),
            command="fleetmon deliveries D4fbc0e92d1a7c35e",
        ),
    )
    texts = tuple(report_text(one, policy.project) for one in reports)
    return render_operators(OperatorsFacts(at, texts), policy.project, language)


PAPER = Attachment("江西省 第 51 期.pdf", "application/pdf", b"%PDF-1.7 province")


def entries(policy: Policy, language: Language) -> list[DigestEntry]:
    words = load_words(policy.project, language)
    zh = language == "zh"

    def entry(code: str, tone: Tone, said: Text, step: Text, **counts: int) -> DigestEntry:
        return DigestEntry(
            division=code,
            name=words.text(policy.divisions.name(code)),
            is_province=code in policy.divisions.provinces,
            issue="第 51 期" if zh else "No. 51",
            headline=words.text(said),
            tone=tone,
            tallies=tuple(
                Tally(verdict(status, words), str(count)) for status, count in counts.items()
            ),
            next_step=words.text(step),
            paper=PAPER if code == "360000" else None,
            holds=(Text("有一项检查没有运行。", "A check did not run."),)
            if code == "361100"
            else (),
        )

    none = Text("", "")
    return [
        entry(
            "360100",
            "good",
            Text("南昌市两项要求均进度达标。", "Nanchang is on track for both demands."),
            none,
            on_track=2,
        ),
        entry(
            "360700",
            "warn",
            Text(
                "赣州市 1 项进度落后；最需关注：公交车新能源比例 71.42 %，要求 ≥ 75 %，差 2 辆。",
                "Ganzhou is behind with 1: buses at 71.42 % against ≥ 75 %, 2 vehicles short.",
            ),
            Text(
                "再新增 6 辆公交车须全部为新能源，比例方可达到 75 %。",
                "The next 6 buses must all be new-energy for the share to reach 75 %.",
            ),
            behind=1,
            on_track=1,
        ),
        entry(
            "361100",
            "warn",
            Text(
                "上饶市没有报送数据，所有要求均无法评判。",
                "Nothing came in from Shangrao; no demand can be judged.",
            ),
            Text("补报：2026年1月至11月。", "Send January to November 2026."),
            no_data=2,
        ),
        entry(
            "360000",
            "bad",
            Text(
                "江西省 1 项已无法达标、1 项进度达标。",
                "Of Jiangxi's demands 1 is out of reach and 1 on track.",
            ),
            Text("核对各市有无漏报。", "Check for vehicles that no city reported."),
            out_of_reach=1,
            on_track=1,
        ),
    ]


def digest(policy: Policy, language: Language) -> RenderedBulletin:
    return digest_letter(
        entries(policy, language),
        policy,
        language,
        division="360000",
        as_of=date(2026, 12, 13),
        forms=("pdf",),
    )


LETTERS: dict[str, Callable[[Policy, Language], RenderedBulletin]] = {
    "reminder": reminder,
    "past_due": past_due,
    "escalation": escalation,
    "operators": operators,
    "digest": digest,
}
