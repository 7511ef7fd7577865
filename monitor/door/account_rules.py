"""What an account may be called, and which division goes with which role."""

from __future__ import annotations

import re
from typing import Final

from monitor.door.rights import OF_A_DIVISION, Role
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.divisions import DivisionTable
from monitor.policy.recipient_file import is_address, is_name

# A name stands in acts and in addresses of pages: one writing of it, and no mark that parts words.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
_LONGEST_SHOWN: Final = 60


def is_account_name(text: str) -> bool:
    """Whether an account may be called so."""
    return _NAME.fullmatch(text) is not None


def check_name(name: str) -> None:
    """Raise `WrongUse` for what is no user name."""
    if not is_account_name(name):
        raise WrongUse(
            Text(
                f"用户名 {name!a} 不可用：应为 2 到 40 个英文字母、数字、点、横线或下划线，"
                "以字母或数字开头，例如 wangfang。",
                f"The user name {name!a} cannot be used: 2 to 40 letters, digits, dots, hyphens or "
                "underscores, beginning with a letter or digit, such as wangfang.",
            )
        )


def check_words(shown_name: str, email: str | None) -> None:
    """Raise `WrongUse` where a shown name is none, or an address is not one plain address."""
    if not is_name(shown_name) or len(shown_name) > _LONGEST_SHOWN:
        raise WrongUse(
            Text(
                f"显示的姓名 {shown_name!a} 不可用：应为一行文字，最多 {_LONGEST_SHOWN} 个字，"
                "不含尖括号、引号、反斜线和 @。",
                f"The name {shown_name!a} cannot be shown: one line of at most {_LONGEST_SHOWN} "
                "characters, without angle brackets, quotes, backslashes and @.",
            )
        )
    if email is not None and not is_address(email):
        raise WrongUse(
            Text(
                f"邮箱地址 {email!a} 不可用：应为一个地址，例如 wangfang@example.gov.cn。",
                f"The address {email!a} cannot be used: it is one address, such as "
                "wangfang@example.gov.cn.",
            )
        )


def check_place(role: Role, division: str | None, table: DivisionTable) -> None:
    """Raise `WrongUse` where a role does not go with a division.

    Clerks and signers are of a division that reports, or of a province; the others of a province,
    or of the whole installation (None). For accounts and tokens alike.
    """
    if role in OF_A_DIVISION:
        if division is not None and table.known(division):
            return
        given = Text("未填地区代码", "no division is given")
        if division is not None:
            given = Text(f"没有代码为 {division!a} 的地区", f"there is no division {division!a}")
        raise WrongUse(
            Text(
                f"{given.zh}；{role.value} 必须属于一个地区。地区代码见 fleetmon divisions。",
                f"A {role.value} is of a division: {given.en}. See fleetmon divisions.",
            )
        )
    if division is not None and division not in table.provinces:
        raise WrongUse(
            Text(
                f"{role.value} 只能属于一个省（省代码）或全部地区（不填）；收到 {division!a}。",
                f"A {role.value} is of a province, by its code, or of everything, by none; "
                f"got {division!a}.",
            )
        )
