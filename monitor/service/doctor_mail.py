"""Checks of mail: who receives, the way out, the hold, letters that did not get through."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from monitor.delivery.smtp_session import check_server
from monitor.model import Text, plural
from monitor.policy.divisions import DivisionTable
from monitor.policy.recipients import Addressee
from monitor.service.diagnosis import (
    NO_DATA,
    Look,
    Result,
    doubtful,
    failed,
    listed,
    named,
    well,
)
from monitor.store.deliveries import is_reachable, unclaimed
from monitor.store.home import Home
from monitor.store.knowledge import stored_moment
from monitor.store.locking import reading
from monitor.store.mail_hold import mail_hold

_LATELY: Final = timedelta(days=7)
_OVERDUE: Final = timedelta(days=1)
_WHERE: Final = Text(
    "请在 mail.addresses 所指的文件或环境变量中给出地址（见 data/recipients.yml）",
    "Give the addresses in the file that mail.addresses names, or in the environment (see "
    "data/recipients.yml)",
)


def recipients(look: Look) -> Result:
    """Every desk that receives something can be reached, and every division's bulletin by one."""
    divisions, book = look.place.divisions(), look.place.book()
    desks = [
        *(one for each in book.desks.values() for one in each if one.receives),
        *(one for one in book.unknown_sender if one.receives),
    ]
    without = [one for one in desks if not is_reachable(one.address)]
    unread = [code for code in divisions.divisions if not book.of(code, "bulletin")]
    count = Text(f"{len(desks)} 个收件岗位", plural(len(desks), "desk"))
    if not (without or unread):
        return well(Text(f"{count.zh}均有地址", f"all {count.en} have addresses"))
    in_vain = (
        Text("在此之前其信件只放入信件文件夹", "until then their letters go to the folder only")
        if look.place.settings.mail.transport == "folder"
        else Text("在此之前其信件留在发件箱", "until then their letters stay in the outbox")
    )
    return named(
        Text(
            f"{len(without)}/{len(desks)} 个收件岗位没有可用的地址，"
            f"{len(unread)} 个单位没有岗位接收通报",
            f"{len(without)} of {plural(len(desks), 'desk')} without an address that reaches it; "
            f"{plural(len(unread), 'division')} without a desk that receives bulletins",
        ),
        Text(f"{_WHERE.zh}；{in_vain.zh}", f"{_WHERE.en}; {in_vain.en}"),
        [
            *(_desk(divisions, one) for one in without),
            *(_unread(divisions.name(code), code) for code in unread),
        ],
    )


def _desk(divisions: DivisionTable, one: Addressee) -> Text:
    """A desk by its division, and what it lacks; no address is shown."""
    of = divisions.name(one.division)
    whose = Text(f"{of.zh}（{one.division}）", f"{of.en} ({one.division})")
    if not one.division:
        whose = Text("单位不明的报送", "files of no known sender")
    why = (
        Text("没有给出地址", "no address is held")
        if one.address is None
        else Text("地址以 .invalid 结尾，无人可收", "its address ends in .invalid")
    )
    return Text(
        f"{whose.zh}：{one.role}（{one.name.zh}），{why.zh}",
        f"{whose.en}: {one.role} ({one.name.en}), {why.en}",
    )


def _unread(name: Text, code: str) -> Text:
    return Text(
        f"{name.zh}（{code}）：没有岗位接收通报", f"{name.en} ({code}): no desk receives bulletins"
    )


def operators(look: Look) -> Result:
    """Somebody is told when a job fails."""
    book = look.place.book()
    without = [one for one in book.operators if not is_reachable(one.address)]
    if len(without) == len(book.operators):
        return doubtful(
            Text(
                "运维人员没有可用的地址，任务失败时无人得知",
                "no operator has an address: nobody is told of failures",
            ),
            _WHERE,
        )
    if without:
        names = listed([one.name.zh for one in without]), listed([one.name.en for one in without])
        return doubtful(
            Text(f"运维人员没有可用的地址：{names[0].zh}", f"no address: {names[1].en}"), _WHERE
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


def outbox(look: Look) -> Result:
    """The outbox holds no letter that is never sent because no delivery names it."""
    home = look.place.home
    if not look.has_data:
        return NO_DATA
    names = [one.name for one in _letters_in(home)]  # first: what comes later is not meant
    with reading(home, waiting=None) as is_quiet:
        pass
    with look.place.store(write=False) as store:
        known = {name for (name,) in store.rows("SELECT file_name FROM delivery")}
        nobodys = set(unclaimed(store, names))
    older = [name for name in names if name not in known | nobodys]
    # Beside a writer they may be its own: it lays letters down before it names them.
    loose = [name for name in names if name in nobodys and is_quiet]
    if not (older or loose):
        return well(Text("发件箱中的信件都有寄送记录", "every letter of the outbox has a delivery"))
    return named(
        Text(
            f"发件箱中有 {len(older) + len(loose)} 封信没有寄送记录，不会寄出"
            f"（较早版本所写 {len(older)}，无人认领 {len(loose)}）",
            f"{plural(len(older) + len(loose), 'letter')} of the outbox without a delivery, never "
            f"sent ({len(older)} of an earlier version, {len(loose)} of nobody)",
        ),
        Text(
            "较早版本的通报如仍需寄出，用 fleetmon bulletin --as-of 日期 --division 代码 重做，"
            f"更正通知请人工转发；然后把旧信移到 {home.sent}。无人认领的在下次生成通报时清除，"
            "需要的请先移走",
            "If a bulletin of an earlier version is still to go out, make it anew (fleetmon "
            "bulletin --as-of DAY --division CODE); pass a request for corrections on by hand; "
            f"then move the old letter to {home.sent}. Those of nobody go when bulletins are made "
            "next: move away what you need",
        ),
        [
            *(
                Text(f"outbox/{name}（较早版本）", f"outbox/{name} (earlier version)")
                for name in older
            ),
            *(Text(f"outbox/{name}（无人认领）", f"outbox/{name} (of nobody)") for name in loose),
        ],
    )


def _letters_in(home: Home) -> list[Path]:
    """Files of the outbox, those still being written left out."""
    if not home.outbox.is_dir():
        return []
    return [
        one
        for one in sorted(home.outbox.iterdir())
        if one.is_file() and not one.name.startswith(".")
    ]
