"""The rows behind an answer to a clause, those against it first, for who may see rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.assess.clause_words import COUNTS_AS
from monitor.bulletins.parts import Tone, Verdict
from monitor.bulletins.words import Words
from monitor.corridor.clause_explanation import (
    AnsweringRow,
    ClauseExplanation,
    explain_answer,
)
from monitor.door.rights import Verb
from monitor.errors import WrongUse
from monitor.extracts.lively_cells import spreadsheet_csv
from monitor.policy.policy import Policy
from monitor.site.clause_view import answer_view
from monitor.site.code_asked import code_asked
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.leaves import address, leaf_of
from monitor.site.pages import render, text_of
from monitor.site.routing import Way, nothing_there, page
from monitor.site.threads import in_thread

_ON_A_LEAF: Final = 100
# Of reports by clause each row says what the page says already.
_SAID: Final = frozenset({"clause", "item"})
_MARKS: Final[MappingProxyType[str, tuple[str, Tone]]] = MappingProxyType(
    {
        "against": ("✕", "bad"),
        "undetermined": ("?", "unsure"),
        "counted": ("✓", "good"),
        "reported": ("–", "quiet"),
    }
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row under `_heads`."""

    counts_as: Verdict
    cells: tuple[str, ...]
    submission: str
    file: str
    line: int


def _rows(request: Request) -> Response:
    told, words = _told(request), text_of(request)
    policy = desk_of(request).policy()
    chosen = _chosen(request)
    found = [row for row in told.rows if chosen in {"", row.counts_as}]
    heads = _heads(told, policy)
    counted = Counter(row.counts_as for row in told.rows)
    leaf = leaf_of(request, [_row(row, heads, words) for row in found], _ON_A_LEAF)
    return render(
        request,
        "clause_rows.html.j2",
        clause=told.clause,
        name=words.text(told.answer.name),
        one=answer_view(told.answer, policy, words, with_rows=False),
        is_by_these_rules=told.same_ruleset,
        heads=heads.words,
        leaf=leaf,
        chosen=chosen,
        choices=[
            ("", words("全部")),
            *(
                (one, words("%(what)s（%(count)s 行）", what=words.text(word), count=counted[one]))
                for one, word in COUNTS_AS.items()
                if counted[one]
            ),
        ],
        is_masked=heads.is_masked,
        download=address(f"{request.url.path}/lines.csv", {"counts_as": chosen}),
    )


def _download(request: Request) -> Response:
    told, words, chosen = _told(request), text_of(request), _chosen(request)
    heads = _heads(told, desk_of(request).policy())
    lines = [
        (row.counts_as.word, *row.cells, row.submission, row.file, str(row.line))
        for row in (_row(one, heads, words) for one in told.rows if chosen in {"", one.counts_as})
    ]
    above = [words("计作"), *heads.words, words("批次"), words("文件"), words("行号")]
    name = "-".join(part for part in (told.clause.id, told.code.division, chosen) if part)
    return attachment(spreadsheet_csv([above, *lines]), f"{name}-{told.code.year}.csv")


def _told(request: Request) -> ClauseExplanation:
    """What is behind the code of the address; raises `Refused` 404 where there is nothing."""
    code, text = code_asked(request, Verb.SEE_ROWS), request.path_params["code"]
    desk = desk_of(request)
    policy = desk.policy()
    if code.mandate not in policy.clauses:
        raise nothing_there()
    with desk.store() as store:
        if code.history > store.history():
            raise nothing_there()
        try:
            return explain_answer(store, policy, text, unmask=False)
        except WrongUse:
            raise nothing_there() from None


def _chosen(request: Request) -> str:
    asked = request.query_params.get("counts_as", "")
    if asked not in {"", *COUNTS_AS}:
        raise nothing_there()
    return asked


@dataclass(frozen=True, slots=True)
class _Heads:
    """Which parts of a row's key are shown, and what they are called in the sender's table; the
    day stands beside them where it is no part of the key.
    """

    places: tuple[int, ...]
    words: tuple[str, ...]
    with_day: bool
    is_masked: bool


def _heads(told: ClauseExplanation, policy: Policy) -> _Heads:
    kind = told.answer.evidence
    declared, layout = policy.kinds[kind], policy.columns[kind]
    shown = [place for place, name in enumerate(declared.key) if name not in _SAID]
    names = [declared.key[place] for place in shown]
    with_day = declared.day not in declared.key
    if with_day:
        names.append(declared.day)
    return _Heads(
        tuple(shown),
        tuple(layout.header_of(name) for name in names),
        with_day,
        is_masked=any(declared.columns[name].nature == "vin" for name in names),
    )


def _row(row: AnsweringRow, heads: _Heads, words: Words) -> _Row:
    day = (row.dated_on.isoformat(),) if heads.with_day else ()
    return _Row(
        counts_as=_verdict(row.counts_as, words),
        cells=(*(row.known_by[place] for place in heads.places), *day),
        submission=row.submission,
        file=row.file or "",
        line=row.line,
    )


def _verdict(counts_as: str, words: Words) -> Verdict:
    mark, tone = _MARKS[counts_as]
    return Verdict(counts_as, words.text(COUNTS_AS[counts_as]), mark, tone)


_PATH: Final = "/mandates/rows/{code}"
WAYS: tuple[Way, ...] = (
    page(_PATH, in_thread(_rows), Verb.SEE_ROWS),
    page(f"{_PATH}/lines.csv", in_thread(_download), Verb.SEE_ROWS),
)
