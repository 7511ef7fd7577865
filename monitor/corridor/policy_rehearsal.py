"""A draft clause tried on what is held: who would pass, who not, by how many vehicles."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from monitor.assess.assess import Held, assess, concerned
from monitor.assess.shortfall import Shortfall, Shortfalls
from monitor.corridor.rule_change import RowRehearsal, paired
from monitor.errors import FleetmonError, PolicyError, WrongUse
from monitor.model import Text
from monitor.policy.mandates import Document, Mandate, load_documents, load_mandates
from monitor.policy.policy import Policy
from monitor.policy.yamlfile import fault

Outcome = Literal["pass", "fail", "undetermined", "no_data", "not_judged"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "fail", "undetermined", "no_data", "not_judged")
_OUTCOME: Final[dict[str, Outcome]] = {
    "met": "pass",
    "on_track": "pass",
    "not_met": "fail",
    "out_of_reach": "fail",
    "behind": "fail",
    "undetermined": "undetermined",
    "no_data": "no_data",
}
# What a division is told that has several findings: the first of these that one of them has.
_WORST_FIRST: Final[tuple[Outcome, ...]] = ("fail", "undetermined", "no_data", "not_judged", "pass")
_NO_SUCH_DAY: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def outcome_of(status: str) -> Outcome:
    """What a verdict comes to; a trend, or nothing added, is not judged."""
    return _OUTCOME.get(status, "not_judged")


@dataclass(frozen=True, slots=True)
class Draft:
    """A clause of a file that is no part of the rules; `replaces` the present one of its id."""

    file: str
    sha256: str
    mandate: Mandate
    replaces: bool


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row by the draft and, where it replaces a clause, by the present one."""

    pair: RowRehearsal
    short: Shortfall | None

    @property
    def is_finding(self) -> bool:
        """Whether it is a verdict, not a part shown beside one."""
        return self.pair.key[4] == "finding"


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """A period of a draft over the smallest places that it judges, each counted once.

    `short` is None where no place has a verdict. `flips`, `vanished` and `appeared` are places too,
    None where the draft replaces nothing.
    """

    mandate: str
    period: str
    places: dict[Outcome, int]
    short: Shortfall | None
    incomplete: int
    flips: int | None
    vanished: int | None
    appeared: int | None


@dataclass(frozen=True, slots=True)
class PolicyRehearsal:
    """What drafts make of what is held; `notes` say of which there is nothing to judge, and why."""

    drafts: tuple[Draft, ...]
    rows: tuple[DraftRow, ...]
    summaries: tuple[PeriodSummary, ...]
    notes: tuple[Text, ...]


def read_drafts(policy: Policy, files: Sequence[Path]) -> tuple[Draft, ...]:
    """The draft clauses, read as strictly as those of checks/mandates.

    Raises `WrongUse` for a file that cannot be opened, `PolicyError` for one that is wrong.
    """
    contents = [_content(path) for path in files]
    folders = ("data/documents", "data/documents/national")  # the latter also while they are off
    documents = load_documents([file for one in folders for file in policy.project.files(one)])
    papers = [mandate.document for mandate in policy.mandates.values()]
    papers += [clause.document for clause in policy.clauses.values()]
    documents |= {paper.key: paper for paper in papers if isinstance(paper, Document)}
    mandates = [
        _read(policy, path, content, documents)
        for path, content in zip(files, contents, strict=True)
    ]
    seen: set[str] = set()
    for path, content, mandate in zip(files, contents, mandates, strict=True):
        if mandate.id in seen or mandate.id in policy.clauses:
            raise _mendable(_taken(path, content, mandate.id, twice=mandate.id in seen))
        seen.add(mandate.id)
    return tuple(
        Draft(path.name, hashlib.sha256(content).hexdigest(), one, one.id in policy.mandates)
        for path, content, one in zip(files, contents, mandates, strict=True)
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUse(
            Text(
                f"无法打开草案文件 {path}：{error.strerror}。请检查路径；应为一个 YAML 文件。",
                f"Cannot open the draft {path}: {error.strerror}. Check the path; it should be a "
                "YAML file.",
            )
        ) from error


def _read(policy: Policy, path: Path, content: bytes, documents: dict[str, Document]) -> Mandate:
    try:
        (mandate,) = load_mandates(
            [path],
            codes=policy.codes,
            divisions=policy.divisions,
            documents=documents,
        ).values()
    except FleetmonError as error:
        raise _mendable(error) from error
    except Exception as error:  # whatever a stranger's file does to the reader is the file's fault
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else _line_of_no_day(content)
        told = fault(path, line, f"读不懂：{error}", f"cannot be read: {error}")
        raise _mendable(told) from error
    return mandate


def _line_of_no_day(content: bytes) -> int | None:
    """The line of the first day that is in no calendar, such as 2023-02-30."""
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        for found in _NO_SUCH_DAY.findall(line):
            try:
                date(*map(int, found.split("-")))
            except ValueError:
                return number
    return None


def _taken(path: Path, content: bytes, name: str, *, twice: bool) -> PolicyError:
    lines = content.decode("utf-8", "replace").splitlines()
    line = next((n for n, text in enumerate(lines, 1) if text.startswith("id:")), None)
    if twice:
        return fault(path, line, f"id：{name} 重复", f"id: {name} stands in two files")
    return fault(
        path,
        line,
        f"id：{name} 是一条不属车辆要求的条文（checks/clauses/），请另取编号",
        f"id: {name} is a clause that is no fleet mandate (checks/clauses/); take another id",
    )


def _mendable(error: FleetmonError) -> PolicyError:
    zh, en = error.text
    return PolicyError(
        Text(
            f"{zh}\n请改好草案再试；写法可照抄 checks/mandates/ 中同一种 measure 的文件。"
            "没有判定，也没有改动任何规则。",
            f"{en}\nMend the draft and try again; a file of checks/mandates/ with the same measure "
            "shows how it is written. Nothing was judged and no rule was touched.",
        )
    )


def rehearse_drafts(
    policy: Policy,
    held: Held,
    drafts: Sequence[Draft],
    *,
    divisions: tuple[str, ...] | None = None,
    year: int | None = None,
) -> PolicyRehearsal:
    """Judge what is held by the drafts, and by the clauses that they would replace."""
    trial = replace(policy, mandates=policy.mandates | {d.mandate.id: d.mandate for d in drafts})
    shortfalls = Shortfalls(trial, held)
    rows: list[DraftRow] = []
    summaries: list[PeriodSummary] = []
    notes: list[Text] = []
    for draft in drafts:
        now, then = (
            assess(rules, held, mandates=(draft.mandate.id,), divisions=divisions, only_year=year)
            if draft.replaces or rules is trial
            else ()
            for rules in (policy, trial)
        )
        pairs = paired(now, then)
        mine = [DraftRow(pair, shortfalls.of(pair.after) if pair.after else None) for pair in pairs]
        places = {code: n for n, (code, _) in enumerate(concerned(trial, draft.mandate))}
        mine.sort(key=lambda row: (places.get(row.pair.key[1], len(places)), row.pair.key[2]))
        if all(row.pair.after is None for row in mine):
            notes.append(_nothing(trial, draft.mandate, held.as_of, divisions, year))
        rows += mine
        summaries += _summaries(policy, draft, mine)
    return PolicyRehearsal(tuple(drafts), tuple(rows), tuple(summaries), tuple(notes))


def _nothing(
    policy: Policy,
    mandate: Mandate,
    as_of: date,
    divisions: tuple[str, ...] | None,
    year: int | None,
) -> Text:
    """Why a draft has no row."""
    life_zh = f"{mandate.id} 的有效期为 {mandate.valid_from} 至 {mandate.valid_to}"
    life_en = f"{mandate.id} is in force from {mandate.valid_from} to {mandate.valid_to}"
    if year is not None and year not in mandate.years:
        return Text(
            f"{life_zh}，{year} 年不在其内，没有可判定的。",
            f"{life_en}; {year} lies outside, so there is nothing to judge.",
        )
    if divisions is not None and not set(divisions) & {c for c, _ in concerned(policy, mandate)}:
        return Text(
            f"{mandate.id} 不判定所选的地区，没有可判定的。",
            f"{mandate.id} does not judge the chosen divisions: there is nothing to judge.",
        )
    return Text(
        f"{life_zh}，到判定日 {as_of} 还没有开始的年度，没有可判定的。",
        f"{life_en}; by the day judged, {as_of}, no year of it has begun: nothing to judge.",
    )


def _summaries(policy: Policy, draft: Draft, rows: list[DraftRow]) -> list[PeriodSummary]:
    findings = sorted((row for row in rows if row.is_finding), key=lambda row: row.pair.key[2])
    return [
        _summary(policy, draft, period, list(found))
        for period, found in groupby(findings, key=lambda row: row.pair.key[2])
    ]


def _summary(policy: Policy, draft: Draft, period: str, rows: list[DraftRow]) -> PeriodSummary:
    by_place: dict[str, list[DraftRow]] = {}
    for row in rows:
        by_place.setdefault(row.pair.key[1], []).append(row)
    members = {code: frozenset(policy.divisions.members(code)) for code in by_place}
    larger = {code for code, own in members.items() if own != {code}}
    smallest = {
        code: found
        for code, found in by_place.items()
        if code not in larger or not any(members[other] < members[code] for other in members)
    }
    outcomes: Counter[Outcome] = Counter()
    turns: Counter[str] = Counter()
    short: Shortfall | None = None
    incomplete = 0
    for found in smallest.values():
        after = [row.pair.after for row in found if row.pair.after is not None]
        if after:
            outcomes[_worst([row.status for row in after])] += 1
            incomplete += any(row.incomplete_data and row.status != "no_data" for row in after)
        for row in found:
            short = short + row.short if short and row.short else short or row.short
        for turn in {row.pair.turn for row in found}:
            turns[turn] += 1
    flips, vanished, appeared = (
        turns[turn] if draft.replaces else None for turn in ("flip", "vanished", "appeared")
    )
    return PeriodSummary(
        mandate=draft.mandate.id,
        period=period,
        places={outcome: outcomes[outcome] for outcome in OUTCOMES},
        short=short,
        incomplete=incomplete,
        flips=flips,
        vanished=vanished,
        appeared=appeared,
    )


def _worst(statuses: list[str]) -> Outcome:
    """The outcome of a place; where nothing was added beside what was, that says nothing."""
    told = {outcome_of(status) for status in statuses if status != "no_additions"}
    return next((outcome for outcome in _WORST_FIRST if outcome in told), "not_judged")
