"""Who receives what: desks of each division, the operators, and under which name letters leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, RootModel

from monitor.errors import PolicyError
from monitor.model import Language, Text
from monitor.policy.divisions import DivisionTable
from monitor.policy.recipient_file import (
    OCCASIONS,
    REFERENCE,
    Entry,
    RecipientFile,
    is_address,
    is_name,
)
from monitor.policy.yamlfile import fault, load

Lookup = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Addressee:
    """One desk of a division; `address` is None where it is not known yet.

    `languages` and `forms` (attachments) are those of letters that nobody asked for by hand.
    """

    division: str
    role: str
    name: Text
    address: str | None
    languages: tuple[Language, ...]
    forms: tuple[str, ...]
    is_digest: bool
    receives: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecipientBook:
    """All desks, and the sender of every letter.

    `desks` are by the code of their division or province, `above` has the province of each.
    """

    sender_name: Text
    sender_address: str
    reply_to: str | None
    unsubscribe: str | None
    desks: Mapping[str, tuple[Addressee, ...]]
    above: Mapping[str, str]
    unknown_sender: tuple[Addressee, ...] = ()
    operators: tuple[Addressee, ...] = ()

    def of(self, division: str | None, what: str) -> tuple[Addressee, ...]:
        """Who receives `what` of a division, each address once; None is a sender not known.

        An escalation goes to the division's province as well. Raises ValueError for an occasion
        that there is none of: a slip there would lose letters in silence.
        """
        if what not in OCCASIONS:
            raise ValueError(what)
        if what == "operators":
            return self.operators
        if division is None:
            found = self.unknown_sender
        else:
            found = self.desks.get(division, ())
            if what == "escalation":
                found += self.desks.get(self.above.get(division, division), ())
        receiving: dict[object, Addressee] = {}
        for one in found:
            if what in one.receives:
                receiving.setdefault((one.address or "").lower() or (one.division, one.role), one)
        return tuple(receiving.values())


def load_recipients(path: Path, divisions: DivisionTable, lookup: Lookup) -> RecipientBook:
    """The book of one file; `lookup` gives the address of `env:NAME` or `file:KEY`, else None.

    Raises `PolicyError` with file, line and reason; an address that was looked up is never shown.
    """
    file = load(path, RecipientFile, divisions=divisions)
    maker = _Maker(path, file, divisions, lookup)
    codes = [
        code
        for province in divisions.provinces.values()
        for code in (province.code, *province.divisions)
    ]
    sender = maker.address(file.sender.address, "")
    if sender is None:
        raise fault(
            path,
            None,
            f"sender.address：没有找到 {file.sender.address}",
            f"sender.address: nothing is held for {file.sender.address}",
        )
    return RecipientBook(
        sender_name=file.sender.name,
        sender_address=sender,
        reply_to=maker.address(file.sender.reply_to, "") if file.sender.reply_to else None,
        unsubscribe=file.sender.unsubscribe,
        desks={code: maker.desks(code) for code in codes},
        above={code: divisions.province_of(code) for code in codes},
        unknown_sender=tuple(maker.desk(one, "") for one in file.everyone.unknown_sender),
        operators=tuple(maker.desk(one, "") for one in file.operators),
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes desks of entries."""

    path: Path
    file: RecipientFile
    divisions: DivisionTable
    lookup: Lookup

    def desks(self, code: str) -> tuple[Addressee, ...]:
        """The desks of one division or province."""
        everyone = self.file.everyone
        is_province = code in self.divisions.provinces
        usual = everyone.provinces if is_province else everyone.divisions
        return tuple(self.desk(one, code) for one in self.file.divisions.get(code, usual))

    def desk(self, entry: Entry, code: str) -> Addressee:
        """One desk, with what its role has where its entry says nothing."""
        role = self.file.roles[entry.role]
        return Addressee(
            division=code,
            role=entry.role,
            name=self._named(entry.name, code),
            address=self.address(entry.address, code),
            languages=entry.languages or role.languages,
            forms=role.forms if entry.forms is None else entry.forms,
            is_digest=role.digest if entry.digest is None else entry.digest,
            receives=frozenset(role.receives if entry.receives is None else entry.receives),
        )

    def _named(self, name: Text, code: str) -> Text:
        of = self.divisions.name(code)
        zh, en = (
            " ".join(words.replace("{name}", called).split())
            for words, called in zip(name, of, strict=True)
        )
        for words in (zh, en):
            if not is_name(words):
                raise fault(
                    self.path,
                    None,
                    f"{code} 的名称不是一行文字：{words!a}",
                    f"the name of {code} is not a name of one line: {words!a}",
                )
        return Text(zh, en)

    def address(self, source: str, code: str) -> str | None:
        """The address itself; raises `PolicyError` where what was looked up is none."""
        written = source.replace("{division}", code.lower())
        found = self.lookup(written) if REFERENCE.fullmatch(written) else written
        if found and not is_address(found):
            raise fault(
                self.path,
                None,
                f"{written} 不是单个邮箱地址",
                f"what {written} stands for is not one plain address",
            )
        return found or None


def _plain(address: str) -> str:
    if not is_address(address):
        raise ValueError("not one plain address / 不是单个邮箱地址")
    return address


class _Addresses(RootModel[dict[str, Annotated[str, AfterValidator(_plain)]]]):
    """Addresses by their keys."""


def load_addresses(path: Path) -> dict[str, str]:
    """The addresses that are kept outside the tree, by their keys.

    Raises `PolicyError`; addresses are never shown in it.
    """
    try:
        return load(path, _Addresses).root
    except OSError as error:
        raise PolicyError(
            Text(
                f"无法读取地址文件 {path}：{error.strerror}。请检查设置 mail.addresses 与权限。",
                f"Cannot read the addresses in {path}: {error.strerror}. "
                "Check mail.addresses and the rights.",
            )
        ) from error
