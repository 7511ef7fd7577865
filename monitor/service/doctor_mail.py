"""Checks of mail: who receives, the way out, the hold, letters that did not get through."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

from monitor.delivery.smtp_session import check_server
from monitor.model import Text
from monitor.service.diagnosis import NO_DATA, Look, Result, doubtful, failed, listed, well
from monitor.store.deliveries import is_reachable
from monitor.store.knowledge import stored_moment
from monitor.store.mail_hold import mail_hold

_LATELY: Final = timedelta(days=7)
_OVERDUE: Final = timedelta(days=1)
_WHERE: Final = Text(
    "请在 mail.addresses 所指的文件或环境变量中给出地址（见 data/recipients.yml）",
    "Give the addresses in the file that mail.addresses names, or in the environment (see "
    "data/recipients.yml)",
)


def recipients(look: Look) -> Result:
    """Every division has somebody whom its bulletins reach."""
    policy = look.place.policy()
    book = look.place.book()
    codes = list(policy.divisions.divisions)
    without = [
        code
        for code in codes
        if not any(is_reachable(one.address) for one in book.of(code, "bulletin"))
    ]
    if without:
        names = listed(without)
        return doubtful(
            Text(
                f"{len(without)}/{len(codes)} 个单位没有可用的收件地址：{names.zh}",
                f"{len(without)} of {len(codes)} divisions have no address: {names.en}",
            ),
            Text(
                f"{_WHERE.zh}；在此之前其信件留在发件箱",
                f"{_WHERE.en}; until then their letters stay in the outbox",
            ),
        )
    return well(
        Text(f"{len(codes)} 个单位均有收件地址", f"all {len(codes)} divisions have addresses")
    )


def operators(look: Look) -> Result:
    """Somebody is told when a job fails."""
    book = look.place.book()
    if not any(is_reachable(one.address) for one in book.operators):
        return doubtful(
            Text(
                "运维人员没有可用的地址，任务失败时无人得知",
                "no operator has an address: nobody is told of failures",
            ),
            _WHERE,
        )
    return well(Text("运维人员有收件地址", "the operators have addresses"))


def mail(look: Look) -> Result:
    """The way out works: the folder may be written to, or the server lets us in."""
    settings = look.place.settings.mail
    if settings.transport == "smtp":
        check_server(settings)
        return well(
            Text(
                f"邮件服务器 {settings.host}:{settings.port} 可用（{settings.security}）"
                "，未寄任何信件",
                f"the mail server {settings.host}:{settings.port} works ({settings.security}); "
                "nothing was sent",
            )
        )
    folder = settings.folder or look.place.home.sent
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    if not os.access(there, os.W_OK | os.X_OK):
        return failed(
            Text(
                f"信件文件夹 {folder} 不可写",
                f"the folder of letters {folder} may not be written to",
            ),
            Text("请更正权限，或改设 mail.folder", "Mend its rights, or set mail.folder"),
        )
    return well(
        Text(f"信件放入文件夹 {folder}，不经邮件服务器", f"letters go to the folder {folder}")
    )


def hold(look: Look) -> Result:
    """Mail is not on hold."""
    if not look.has_data:
        return NO_DATA
    with look.place.store(write=False) as store:
        lasting = mail_hold(store)
    if lasting is None:
        return well(Text("寄送未暂停", "mail is not on hold"))
    reason = f"：{lasting.reason}" if lasting.reason else ""
    return doubtful(
        Text(
            f"全部寄送自 {lasting.held_at:%Y-%m-%d %H:%M} 由 {lasting.held_by} 暂停{reason}",
            f"all mail is on hold since {lasting.held_at:%Y-%m-%d %H:%M} by {lasting.held_by}"
            f"{reason.replace('：', ': ')}",
        ),
        Text(
            "原因消除后请放行（fleetmon hold --release --by 姓名）",
            "Release it when the cause is gone (fleetmon hold --release --by NAME)",
        ),
    )


def letters(look: Look) -> Result:
    """No letter was lately refused, is in doubt, or waits longer than it should."""
    if not look.has_data:
        return NO_DATA
    now = look.place.now()
    with look.place.store(write=False) as store:
        refused = int(
            store.one(
                "SELECT count(*) FROM delivery WHERE settled_at > ? "
                "AND state IN ('refused', 'given_up', 'bounced')",
                [stored_moment(now - _LATELY)],
            )
        )
        doubted = int(store.one("SELECT count(*) FROM delivery WHERE state = 'in_doubt'"))
        waiting, overdue = store.rows(
            "SELECT count(*), count(*) FILTER (coalesce(next_try_at, made_at) < ?) FROM delivery "
            "WHERE state IN ('waiting', 'deferred')",
            [stored_moment(now - _OVERDUE)],
        )[0]
    what = Text(
        f"待寄 {waiting} 封（逾期一天以上 {overdue}），"
        f"近 {_LATELY.days} 天被拒 {refused}，存疑 {doubted}",
        f"{waiting} letters wait ({overdue} for over a day), {refused} refused in "
        f"{_LATELY.days} days, {doubted} in doubt",
    )
    if refused or doubted or overdue:
        return doubtful(
            what,
            Text(
                "请看 fleetmon deliveries：更正地址后重寄，存疑的核对后了结（--settle）",
                "See fleetmon deliveries: mend addresses and send again, settle those in doubt "
                "(--settle)",
            ),
        )
    return well(what)
