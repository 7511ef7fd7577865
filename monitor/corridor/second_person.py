"""Whose reports a second person signs, by the setting: whoever sends them, by whichever way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from monitor.corridor.draft_result import DraftResult
from monitor.door.draft import Draft
from monitor.errors import WrongUse
from monitor.model import Receipt, Status, Text
from monitor.policy.divisions import DivisionTable
from monitor.store.store import Store

ALL: Final = "all"  # in the setting, in the place of divisions


class NeedsSecondPerson(WrongUse):
    """A report that came by a way on which nobody signs it; nothing of it counts."""


def needs_second_person(
    table: DivisionTable, held: Draft, result: DraftResult | None, named: Collection[str]
) -> bool:
    """Whether an upload is signed by a second person: its sender's, or of one that it covers."""
    covered = result.covered if result is not None else ()
    return is_signed_twice(table, (held.division, *covered), named)


def is_signed_twice(table: DivisionTable, divisions: Iterable[str], named: Collection[str]) -> bool:
    """Whether one of these divisions, or one under it, is among the named."""
    asked = {code for one in divisions for code in (one, *table.members(one))}
    return ALL in named or not asked.isdisjoint(named)


def covered_by(store: Store, receipt: Receipt) -> tuple[str, ...]:
    """The divisions whose figures a submission reports; of one that counts already, none anew."""
    if receipt.submission is None or receipt.status is Status.DUPLICATE:
        return ()
    found = store.rows(
        "SELECT DISTINCT division FROM coverage WHERE submission = ? ORDER BY division",
        [int(receipt.submission[1:])],
    )
    return tuple(code for (code,) in found)


def ensure_one_signs(
    table: DivisionTable, divisions: Iterable[str], named: Collection[str]
) -> None:
    """Raise `NeedsSecondPerson` where what came without a sign-in needs a second person's."""
    if named and is_signed_twice(table, divisions, named):
        raise NeedsSecondPerson(
            Text(
                "该单位的报送须经两人复核，不能经投放文件夹生效；文件未计入，已移入 refused。"
                "请登录本系统网页上传，由一人确认、另一人复核。",
                "Reports of this division need a second person's signature, so a file in the drop "
                "folder does not count; it was moved to refused. Sign in to the site and upload "
                "it there: one person confirms it, another signs.",
            )
        )
