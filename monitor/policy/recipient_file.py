"""What `data/recipients.yml` may hold, and what an address may look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import MessageError
from email.headerregistry import Address
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from monitor.model import Language, Text
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.divisions import DivisionTable

Occasion = Literal["bulletin", "correction", "reminder", "past_due", "escalation", "operators"]
OCCASIONS: Final = frozenset(get_args(Occasion))

# One address and nothing else: no quotes, comments, lists, routes (a%b@c, a!b@c) or other scripts,
# which mail servers read in different ways. RFC 5321, 4.5.3.1.3 has the length.
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9_+&='-]+(\.[A-Za-z0-9_+&='-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_LONGEST: Final = 254
REFERENCE: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[A-Za-z0-9_.{}-]+")
_MARKS: Final = re.compile(r'=\?|[<>"\\@]')
_ANYWHERE: Final = re.compile(r"(?:https://|mailto:)[!-;=?-~]+")  # RFC 8058, 2369; no brackets


def is_address(text: str) -> bool:
    """Whether `text` is exactly one plain address."""
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return False
    try:
        return Address(addr_spec=text).addr_spec == text
    except (MessageError, ValueError, IndexError):
        return False


def _source(text: str) -> str:
    """Accept an address or where it is to be looked up; `{division}` may stand in both."""
    if not REFERENCE.fullmatch(text) and not is_address(text.replace("{division}", "0")):
        message = (
            f"neither one plain address nor env:NAME nor file:KEY / "
            f"既不是单个邮箱地址，也不是 env:NAME 或 file:KEY：{text!a}"
        )
        raise ValueError(message)
    return text


def is_name(text: str) -> bool:
    """Whether `text` may stand before an address: one line, without marks that mail gives a sense.

    `=?` opens an encoded word (RFC 2047), which some programs decode before they look for the
    address; the other marks end a name.
    """
    return bool(text.strip()) and text.isprintable() and not _MARKS.search(text)


def _one_line(text: Text) -> Text:
    for words in text:
        if not is_name(words) or "{" in words.replace("{name}", ""):
            message = f"not a name of one line / 名称应为一行文字：{words!a}"
            raise ValueError(message)
    return text


def _link(text: str) -> str:
    if not _ANYWHERE.fullmatch(text):
        message = f"neither https: nor mailto: / 应为 https: 或 mailto: 地址：{text!a}"
        raise ValueError(message)
    return text


_Source = Annotated[str, AfterValidator(_source)]
_Name = Annotated[BilingualText, AfterValidator(_one_line)]
_Link = Annotated[str, AfterValidator(_link)]
_Languages = Annotated[tuple[Language, ...], Field(min_length=1)]
_Forms = tuple[Literal["pdf", "xlsx"], ...]


class Role(Strict):
    """What those of a role receive, unless their own entry says otherwise."""

    receives: tuple[Occasion, ...]
    forms: _Forms
    digest: bool
    languages: _Languages


class Entry(Strict):
    """One desk; what is left out is as its role has it.

    `{name}` stands for the division's name, `{division}` for its code in small letters.
    """

    role: str
    name: _Name
    address: _Source
    receives: tuple[Occasion, ...] | None = None
    forms: _Forms | None = None
    digest: bool | None = None
    languages: _Languages | None = None


class Sender(Strict):
    """Under which name and address letters leave, and how one unsubscribes."""

    name: _Name
    address: _Source
    reply_to: _Source | None = None
    unsubscribe: _Link | None = None


class Everyone(Strict):
    """Who stands for each division, each province and a sender not known, without own entries."""

    divisions: tuple[Entry, ...]
    provinces: tuple[Entry, ...]
    unknown_sender: tuple[Entry, ...] = ()


class RecipientFile(Strict):
    """One file of recipients; `divisions` holds own entries in place of those for everyone."""

    sender: Sender
    roles: dict[str, Role]
    everyone: Everyone
    divisions: dict[str, tuple[Entry, ...]] = {}
    operators: tuple[Entry, ...] = ()

    @field_validator("everyone", "operators")
    @classmethod
    def _known_roles(
        cls, given: Everyone | tuple[Entry, ...], info: ValidationInfo
    ) -> Everyone | tuple[Entry, ...]:
        if isinstance(given, Everyone):
            _check_roles((*given.divisions, *given.provinces, *given.unknown_sender), info)
        else:
            _check_roles(given, info)
        return given

    @field_validator("divisions")
    @classmethod
    def _known_divisions(
        cls, given: dict[str, tuple[Entry, ...]], info: ValidationInfo
    ) -> dict[str, tuple[Entry, ...]]:
        divisions: DivisionTable = (info.context or {})["divisions"]
        for code, entries in given.items():
            if not divisions.known(code):
                message = f"no such division / 没有这个区划: {code}"
                raise ValueError(message)
            _check_roles(entries, info)
        return given


def _check_roles(entries: Iterable[Entry], info: ValidationInfo) -> None:
    # Where `roles` itself is wrong, that is what is told.
    for entry in entries if "roles" in info.data else ():
        if entry.role not in info.data["roles"]:
            message = f"no such role / 没有这个角色: {entry.role}"
            raise ValueError(message)
