"""Reconciliation: contracts, registrations and retirements that do not fit, counted and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.assess.reconciliation import Mismatch, Reconciliation, Unmatched
from monitor.bulletins.reconciled import mismatch_word
from monitor.bulletins.reconciled_lines import line_cells, lines_csv
from monitor.corridor.judge import hold
from monitor.corridor.reconciling import reconcile
from monitor.door.rights import Verb
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.leaves import address, leaf_of, make_leaf
from monitor.site.pages import render, text_of
from monitor.site.places import chosen_of, my_divisions
from monitor.site.routing import Way, nothing_there, page, there
from monitor.site.rows_seen import may_see_rows, note_rows_seen
from monitor.site.threads import in_thread

_ON_A_LEAF: Final = 100


@dataclass(frozen=True, slots=True)
class _Cell:
    """Vehicles of one division that do not fit: surely, and perhaps."""

    sure: int
    unsure: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A division's line of the overview."""

    division: str
    matched: int
    cells: tuple[tuple[Mismatch, _Cell], ...]


def _overview(request: Request) -> Response:
    words, policy = text_of(request), desk_of(request).policy()
    mine = my_divisions(request)
    found = _held(request).of(mine)
    return render(
        request,
        "reconciliation.html.j2",
        found=found,
        rows=_rows(found, mine),
        mismatches=[(one, mismatch_word(one, words)) for one in Mismatch],
        place_of=lambda code: words.text(policy.divisions.name(code)),
        to_come=sum(line.vehicles for line in found.open_lines),
        silent=[words.text(policy.divisions.name(code)) for code in _silent(found, mine)],
        readings=[words.text(reading.what) for reading in policy.reconciliation.readings],
    )


def _lines(request: Request) -> Response:
    division = request.path_params["division"]
    there(request, Verb.REVIEW, division)
    words, policy = text_of(request), desk_of(request).policy()
    mismatch = _mismatch_of(request)
    held = _held(request).of({division})
    items = [one for one in held.unmatched if mismatch is None or one.mismatch is mismatch]
    leaf = leaf_of(request, items, _ON_A_LEAF)
    is_shown = may_see_rows(request)
    lines = [
        line_cells(one, one.vin, policy, words) for one in _as_seen(leaf.items, is_shown=is_shown)
    ]
    if is_shown:
        note_rows_seen(request, division, "reconciliation", len(lines))
    asked = {"division": division, "mismatch": mismatch.value if mismatch else ""}
    start = (leaf.number - 1) * _ON_A_LEAF
    return render(
        request,
        "reconciliation_lines.html.j2",
        place=words.text(policy.divisions.name(division)),
        as_of=held.as_of,
        leaf=make_leaf(request, lines, start, leaf.total, _ON_A_LEAF),
        mismatch=mismatch.value if mismatch else "",
        mismatches=[
            ("", words("全部不符事项")),
            *((one.value, mismatch_word(one, words)) for one in Mismatch),
        ],
        vehicles=sum(one.vehicles for one in items),
        download=address("/reconciliation/lines.csv", asked),
        is_shown=is_shown,
    )


def _download(request: Request) -> Response:
    words, policy = text_of(request), desk_of(request).policy()
    mine = my_divisions(request)
    division, mismatch = chosen_of(request, mine), _mismatch_of(request)
    held = _held(request).of({division} if division else set(mine))
    items = [one for one in held.unmatched if mismatch is None or one.mismatch is mismatch]
    is_shown = may_see_rows(request)
    if is_shown:
        note_rows_seen(request, division or "all", "reconciliation_csv", len(items))
    told = [(one, one.vin) for one in _as_seen(items, is_shown=is_shown)]
    name = "-".join(part for part in ("reconciliation", division, str(held.as_of)) if part)
    return attachment(lines_csv(told, policy, words), f"{name}.csv")


def _held(request: Request) -> Reconciliation:
    """All that does not fit today, of all divisions: what two of them say is set side by side."""
    desk = desk_of(request)
    as_of = desk.today()
    with desk.store() as store:
        hold(store, as_of, None)
        return reconcile(store, desk.policy(), as_of)


def _as_seen(items: Sequence[Unmatched], *, is_shown: bool) -> Sequence[Unmatched]:
    """The lines without vehicles and owners for who may not see them."""
    return items if is_shown else [replace(one, vin=None, organisation=None) for one in items]


def _mismatch_of(request: Request) -> Mismatch | None:
    asked = request.query_params.get("mismatch", "")
    if asked and asked not in {one.value for one in Mismatch}:
        raise nothing_there()
    return Mismatch(asked) if asked else None


def _rows(found: Reconciliation, mine: Sequence[str]) -> list[_Row]:
    sure: Counter[tuple[str, Mismatch]] = Counter()
    unsure: Counter[tuple[str, Mismatch]] = Counter()
    for one in found.unmatched:
        is_sure = one.days is not None and not one.is_data_gap
        (sure if is_sure else unsure)[one.division, one.mismatch] += one.vehicles
    matched = dict(found.matched_by)
    named = {*matched, *found.compared, *(one.division for one in found.unmatched)}
    return [
        _Row(
            code,
            matched.get(code, 0),
            tuple((one, _Cell(sure[code, one], unsure[code, one])) for one in Mismatch),
        )
        for code in mine
        if code in named
    ]


def _silent(found: Reconciliation, mine: Sequence[str]) -> list[str]:
    """Divisions that never reported a retirement, so that replacements cannot be checked."""
    silent = {
        one.division
        for one in found.unmatched
        if one.mismatch is Mismatch.REPLACEMENT_WITHOUT_RETIREMENT and one.is_data_gap
    }
    return [code for code in mine if code in silent]


WAYS: tuple[Way, ...] = (
    page("/reconciliation", in_thread(_overview), Verb.REVIEW),
    page("/reconciliation/lines.csv", in_thread(_download), Verb.REVIEW),
    page("/reconciliation/{division}", in_thread(_lines), Verb.REVIEW),
)
