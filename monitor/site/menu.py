"""The menu: what a visitor may do, in the order of their day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.door.rights import Role, Verb, Visitor
from monitor.model import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    path: str
    words: Text
    is_here: bool


_ENTRIES: Final = (
    ("/", Verb.SEE, Text("今日", "Today")),
    ("/submit", Verb.SUBMIT, Text("报送", "Submit")),
    ("/submissions", Verb.SEE, Text("报送记录", "Submissions")),
    ("/bulletins", Verb.SEE, Text("通报", "Bulletins")),
    ("/review", Verb.REVIEW, Text("审看", "Review")),
    ("/exemptions", Verb.SEE, Text("豁免", "Exemptions")),
    ("/reconciliation", Verb.REVIEW, Text("核对", "Reconciliation")),
    ("/runs", Verb.OPERATE, Text("运行", "Runs")),
    ("/deliveries", Verb.OPERATE, Text("寄送", "Deliveries")),
    ("/accounts", Verb.ADMINISTER, Text("账户", "Accounts")),
    ("/tokens", Verb.ADMINISTER, Text("令牌", "Tokens")),
    ("/audit", Verb.AUDIT, Text("审计", "Audit")),
    ("/mandates", Verb.ENTER, Text("要求", "Mandates")),
    ("/templates", Verb.SUBMIT, Text("模板", "Templates")),
    ("/help", Verb.ENTER, Text("帮助", "Help")),
)
# What a person of the bureau opens first is not what a city's clerk does.
_FIRST_PAGE: Final = {Role.ADMINISTRATOR: "/accounts"}


def first_page(visitor: Visitor) -> str:
    """Where a visitor lands after sign-in."""
    return _FIRST_PAGE.get(visitor.role, "/") if visitor.role else "/"


def menu_of(visitor: Visitor, path: str) -> tuple[Entry, ...]:
    """The entries that a visitor may open; the one that `path` belongs to is marked."""
    return tuple(
        Entry(address, words, _is_under(path, address))
        for address, verb, words in _ENTRIES
        if visitor.has(verb)
    )


def _is_under(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(f"{address}/"))
