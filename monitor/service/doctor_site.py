"""Checks of the cities' door: its file and accounts, and the address that people type."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from monitor.door.accounts import accounts as held_accounts
from monitor.door.database import open_door
from monitor.door.draft_states import UNFINISHED, DraftState
from monitor.door.drafts import drafts
from monitor.door.rights import Role
from monitor.errors import Cause, StoreError
from monitor.model import Text, plural
from monitor.service.diagnosis import Look, Result, doubtful, failed, well

_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SET_UP: Final = Text(
    "请运行 fleetmon users add 用户名 --role administrator，用给出的链接设定密码",
    "Run fleetmon users add NAME --role administrator, and set the password by the link given",
)


def door(look: Look) -> Result:
    """Accounts and uploads can be read whole, and somebody can administer them."""
    if not look.place.home.door.exists():
        return well(
            Text("还没有账户文件：服务启动时建立", "no accounts yet: the service makes them")
        )
    with open_door(look.place.home) as opened:
        faults = [told for (told,) in opened.rows("PRAGMA quick_check(5)") if told != "ok"]
        if faults:
            raise StoreError(
                Text(
                    f"账户文件 {look.place.home.door} 已损坏：{faults[0]}。请从备份恢复。",
                    f"The accounts file {look.place.home.door} is damaged: {faults[0]}. Restore a "
                    "backup.",
                ),
                Cause.ACCOUNTS_DAMAGED,
            )
        able = [one for one in held_accounts(opened) if not one.is_disabled]
        waiting = len(drafts(opened, states=UNFINISHED))
        broken = len(drafts(opened, states=[DraftState.FAILED]))
    what = Text(
        f"可用账户 {len(able)} 个，正在处理的上传 {waiting} 份",
        f"{plural(len(able), 'account')} in use, {plural(waiting, 'upload')} at work",
    )
    if not any(one.role is Role.ADMINISTRATOR for one in able):
        none = Text(f"{what.zh}；没有管理员", f"{what.en}; no administrator")
        return doubtful(none, _SET_UP)
    if broken:
        return doubtful(
            Text(
                f"{what.zh}；因我方出错未能校验的 {broken} 份",
                f"{what.en}; {broken} not checked by a fault of ours",
            ),
            Text(
                "日志中的 worker_died、draft_unsettled 有原因；处理后请报送人重新校验",
                "The log's worker_died and draft_unsettled say why; then their senders check again",
            ),
        )
    return well(what)


def address(look: Look) -> Result:
    """Passwords do not cross a network in the clear."""
    service, site = look.place.settings.service, look.place.settings.site
    shown = site.address or f"{'https' if site.certificate else 'http'}://{service.host}"
    missing = [
        path for path in (site.certificate, site.certificate_key) if path and not path.is_file()
    ]
    if missing:
        return failed(
            Text(f"找不到证书文件 {missing[0]}", f"there is no certificate file {missing[0]}"),
            Text(
                "请检查 [site] certificate 与 certificate_key",
                "Check certificate and certificate_key in [site]",
            ),
        )
    if urlsplit(shown).scheme != "https" and urlsplit(shown).hostname not in _HERE:
        return failed(
            Text(
                f"网站地址 {shown} 不加密，密码会明文经过网络",
                f"{shown} is not encrypted: passwords cross the network in the clear",
            ),
            Text(
                "请设 [site] certificate 与 certificate_key，或只监听 127.0.0.1、"
                "由前置代理提供 https（docs/operations.md）",
                "Set certificate and certificate_key in [site], or serve to 127.0.0.1 behind a "
                "proxy with https (docs/operations.md)",
            ),
        )
    if not site.certificate and service.host not in _HERE and not site.trusted_proxies:
        return doubtful(
            Text(
                f"网站地址是 {shown}，但 {service.host} 上是明文 http",
                f"people type {shown}, and {service.host} answers plain http",
            ),
            Text(
                "若前面有代理，请在 [site] trusted_proxies 中写明其地址",
                "Name the proxy before it in trusted_proxies of [site]",
            ),
        )
    return well(Text(f"网站地址 {shown}", f"the site is at {shown}"))
