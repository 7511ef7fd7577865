"""What only a province's bulletin shows: its cities side by side, and what it needs in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from monitor.assess.attribution import Attribution
from monitor.assess.forecast import Forecast
from monitor.assess.weekly import Weekly
from monitor.bulletins import formats, labels
from monitor.bulletins.actions import laggards_of
from monitor.bulletins.bulletin_view import Cell, Matrix, Provincial
from monitor.bulletins.curves import curve_of, picture_of
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.figures import has_yardstick, is_share
from monitor.bulletins.overview import value_of
from monitor.bulletins.parts import Line, Verdict
from monitor.bulletins.picture_parts import CurvePicture, Tile
from monitor.bulletins.quality import names_of
from monitor.bulletins.words import Words
from monitor.model import Assessment, RowKey
from monitor.policy.policy import Policy

_SHOWN_ON_TILE: Final = 2
Subject = tuple[str, tuple[str, ...]]


def provincial_of(
    judged: Sequence[Assessment],
    facts: BulletinFacts,
    weekly: Mapping[RowKey, Weekly],
    forecasts: Mapping[RowKey, Forecast],
    policy: Policy,
    words: Words,
) -> Provincial:
    """`judged` are all rows of the judged year, the province's own and its members'."""
    members = [
        row
        for row in judged
        if row.division != facts.division and row.role == "finding" and has_yardstick(row, policy)
    ]
    own = [row for row in judged if row.division == facts.division and row.role == "finding"]
    return Provincial(
        matrix=_matrix(members, facts, policy, words),
        tiles=_tiles(members, facts, policy, words),
        cities=_cities(members, facts, weekly, forecasts, policy, words),
        laggards=laggards_of(judged, facts.division, policy, words),
        needs=_needs(own, policy, words),
        silent=_silent(members, facts, policy, words),
        turned=_turned(facts.attributions, policy, words),
    )


def _subjects(rows: Sequence[Assessment]) -> list[Subject]:
    return list(dict.fromkeys((row.mandate, row.categories) for row in rows))


def _by_division(rows: Sequence[Assessment]) -> dict[str, dict[Subject, Assessment]]:
    found: dict[str, dict[Subject, Assessment]] = {}
    for row in rows:
        found.setdefault(row.division, {})[row.mandate, row.categories] = row
    return found


def _matrix(
    rows: Sequence[Assessment], facts: BulletinFacts, policy: Policy, words: Words
) -> Matrix:
    subjects = _subjects(rows)
    cities = _by_division(rows)

    def cell(row: Assessment | None) -> Cell | None:
        if row is None:
            return None
        return Cell(_short_value(row, policy, words), labels.verdict(row.status, words))

    return Matrix(
        columns=tuple(
            (mandate, labels.scope_word(policy.mandates[mandate], categories, policy, words))
            for mandate, categories in subjects
        ),
        rows=tuple(
            (
                words.text(policy.divisions.name(code)),
                tuple(cell(cities.get(code, {}).get(subject)) for subject in subjects),
            )
            for code in policy.divisions.members(facts.division)
            if code in cities
        ),
    )


def _short_value(row: Assessment, policy: Policy, words: Words) -> str:
    return formats.NOTHING if row.status == "no_data" else value_of(row, policy, words)


def _gravity(row: Assessment) -> tuple[int, bool]:
    return (labels.STATUS_ORDER.index(row.status), row.strength != "mandatory")


def _tiles(
    rows: Sequence[Assessment], facts: BulletinFacts, policy: Policy, words: Words
) -> tuple[Tile, ...]:
    """One tile a member: its gravest verdict, and how often each of the gravest ones stands."""
    tiles = []
    for code, found in _by_division(rows).items():
        verdict = _gravest(list(found.values()), words)
        counts = Counter(row.status for row in found.values())
        stands = [status for status in labels.STATUS_ORDER if counts[status]]
        told = [
            words("%(word)s %(count)s", word=labels.status_word(one, words), count=counts[one])
            for one in stands[:_SHOWN_ON_TILE]
        ]
        rest = sum(counts[status] for status in stands[_SHOWN_ON_TILE:])
        if rest:
            told.append(words.plural("其余 %(num)s 项", rest))
        tiles.append((code, verdict, words.listed(told)))
    order = {code: place for place, code in enumerate(policy.divisions.members(facts.division))}
    return tuple(
        Tile(words.text(policy.divisions.name(code)), verdict, detail)
        for code, verdict, detail in sorted(tiles, key=lambda tile: order.get(tile[0], len(order)))
    )


def _gravest(rows: Sequence[Assessment], words: Words) -> Verdict:
    if all(row.status == "no_data" for row in rows):
        return labels.verdict("no_data", words)
    return labels.verdict(min(rows, key=_gravity).status, words)


def _cities(
    rows: Sequence[Assessment],
    facts: BulletinFacts,
    weekly: Mapping[RowKey, Weekly],
    forecasts: Mapping[RowKey, Forecast],
    policy: Policy,
    words: Words,
) -> CurvePicture | None:
    """Every member's weeks under one demand: the one that most of them fall short of, else the
    strongest.
    """
    shares = [row for row in rows if is_share(row) and row.key in weekly]
    if not shares:
        return None
    subject = min(_subjects(shares), key=lambda one: (-_short(one, shares), _weight(one, shares)))
    chosen = {row.division: row for row in shares if (row.mandate, row.categories) == subject}
    drawn = [
        curve_of(
            chosen[code],
            weekly[chosen[code].key],
            forecasts.get(chosen[code].key),
            title=words.text(policy.divisions.name(code)),
            policy=policy,
            words=words,
        )
        for code in policy.divisions.members(facts.division)
        if code in chosen and chosen[code].key in weekly and chosen[code].status != "no_data"
    ]
    title = words(
        "%(subject)s：各市逐周累计",
        subject=labels.subject_of(next(iter(chosen.values())), policy, words),
    )
    return picture_of(title, drawn, words)


def _short(subject: Subject, rows: Sequence[Assessment]) -> int:
    """How many members fall short."""
    return sum(
        row.status in labels.SHORT for row in rows if (row.mandate, row.categories) == subject
    )


def _weight(subject: Subject, rows: Sequence[Assessment]) -> tuple[int, str]:
    order = ("mandatory", "declared", "in_principle", "floor_encouraged")
    strength = next(row.strength for row in rows if (row.mandate, row.categories) == subject)
    return (order.index(strength) if strength in order else len(order), subject[0])


def _silent(
    members: Sequence[Assessment], facts: BulletinFacts, policy: Policy, words: Words
) -> str:
    """Who sent nothing for the judged year; who sent only a part is named with the data."""
    cities = _by_division(members)
    codes = policy.divisions.members(facts.division)
    silent = [
        code
        for code in codes
        if code in facts.silent
        or (code in cities and all(row.status == "no_data" for row in cities[code].values()))
    ]
    if silent and len(silent) == len(codes):
        return words("各市都没有报送本年度的数据。")
    if silent:
        return words("%(names)s。", names=words.listed(names_of(tuple(silent), policy, words)))
    if any(row.incomplete_data for row in members):
        return words("各市都有报送，尚有未涵盖的时段，见“数据质量”。")
    return words("各市都已报送。")


def _needs(own: Sequence[Assessment], policy: Policy, words: Words) -> tuple[Line, ...]:
    """What the province as a whole lacks, demand by demand."""
    lines = []
    for row in own:
        if row.status not in labels.SHORT or formats.is_zero(row.short_by):
            continue
        unit = policy.mandates[row.mandate].unit
        said = [words("尚差 %(short)s", short=labels.quantity(row.short_by, unit, words))]
        if row.needed_next is None:
            said.append(words("已无法补足"))
        elif is_share(row) and not row.complete and Decimal(row.needed_next):
            said.append(words.plural("再新增 %(num)s 辆全部为新能源方可达到", int(row.needed_next)))
        lines.append(Line(labels.subject_of(row, policy, words), words("，").join(said), "warn"))
    return tuple(lines)


def _turned(attributions: Sequence[Attribution], policy: Policy, words: Words) -> tuple[str, ...]:
    """The verdicts that a correction or an exemption turned."""
    told = []
    for one in attributions:
        row = one.after or one.before
        if row is None or row.role != "finding":
            continue
        for part in one.parts:
            if part.cause not in {"correction", "exemption", "decision"} or (
                part.status_before == part.status_after
            ):
                continue
            if part.status_before is None or part.status_after is None:
                continue
            told.append(
                words(
                    "%(name)s %(subject)s %(year)s 年度：%(before)s 改为 %(after)s",
                    name=words.text(policy.divisions.name(row.division)),
                    subject=labels.subject_of(row, policy, words),
                    year=row.period,
                    before=labels.status_word(part.status_before, words),
                    after=labels.status_word(part.status_after, words),
                )
            )
    return tuple(told)
