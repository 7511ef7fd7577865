"""Help on one page: how to submit, what states, findings, verdicts and words mean, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import blank_kinds
from monitor.bulletins.dictionary import COLUMNS
from monitor.bulletins.handbook.kinds import Told, example_of, headers_of
from monitor.bulletins.headings import headings_of
from monitor.bulletins.labels import STATUS_ORDER, kind_word, verdict
from monitor.bulletins.meanings import STATUS_MEANINGS
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.door.draft_states import NEXT_STEPS, STATE_WORDS
from monitor.door.rights import Verb, visible
from monitor.errors import FleetmonError
from monitor.model import Severity
from monitor.policy.blank_tables import marks_of
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule
from monitor.site.desk import Desk, desk_of
from monitor.site.pages import render, text_of
from monitor.site.routing import Way, page
from monitor.site.threads import in_thread
from monitor.site.visitors import visitor_of

_NOWHERE: Final = ".invalid"  # the domain of addresses at which nobody is reached


@dataclass(frozen=True, slots=True)
class Findings:
    """The rules of one kind, those that set a row aside and those that let it count, each with
    what breaks it.
    """

    kind: str
    name: str
    errors: tuple[tuple[Rule, str], ...]
    warnings: tuple[tuple[Rule, str], ...]


def _help(request: Request) -> Response:
    desk, words, visitor = desk_of(request), text_of(request), visitor_of(request)
    policy = desk.policy()
    mine = visible(visitor, policy.divisions)
    place = next(iter((*mine, *policy.divisions.divisions)))
    marks = marks_of(policy.divisions, place, desk.today())
    return render(
        request,
        "help.html.j2",
        states=[(STATE_WORDS[state], NEXT_STEPS[state]) for state in STATE_WORDS],
        findings=_findings_by_group(policy, marks, words),
        verdicts=_verdicts(words),
        glossary=_glossary(words),
        contact=_contact(desk),
        folder=mine[0] if len(mine) == 1 else None,
        most_megabytes=desk.settings.site.most_megabytes,
        most_files=desk.settings.site.most_files,
        most_rows=desk.settings.site.most_rows,
        draft_days=desk.settings.site.draft_days,
        may_submit=visitor.has(Verb.SUBMIT),
    )


def _findings_by_group(
    policy: Policy, marks: Mapping[str, str], words: Words
) -> list[tuple[str, list[Findings]]]:
    """Those on vehicles, and those of what other clauses ask for."""
    groups: dict[bool, list[Findings]] = {False: [], True: []}
    for kind in blank_kinds(policy):
        groups[policy.kinds[kind].is_record].append(_findings(kind, policy, marks, words))
    return [(words("车辆"), groups[False]), (words("其他条文所需的报表"), groups[True])]


def _findings(kind: str, policy: Policy, marks: Mapping[str, str], words: Words) -> Findings:
    told = Told(headers_of(kind, policy), marks)
    rules = [(rule, example_of(rule, told, words)) for rule in policy.rules[kind].rules]
    return Findings(
        kind,
        kind_word(kind, policy, words),
        tuple(one for one in rules if one[0].severity is Severity.ERROR),
        tuple(one for one in rules if one[0].severity is not Severity.ERROR),
    )


def _verdicts(words: Words) -> list[tuple[Verdict, str]]:
    return [
        (verdict(status, words), words.text(STATUS_MEANINGS[status])) for status in STATUS_ORDER
    ]


def _glossary(words: Words) -> list[tuple[str, str]]:
    """The words over the columns of figures, as the workbook of each bulletin explains them."""
    heads = headings_of(words)
    return [(heads[column], heads[f"meaning.{column}"]) for column in COLUMNS]


def _contact(desk: Desk) -> str | None:
    """Where questions are answered: what letters name for replies; None where nothing is set."""
    try:
        address = desk.place.book().reply_to
    except FleetmonError:  # a fault in the recipients' file is told to those who send letters
        return None
    return address if address and not address.endswith(_NOWHERE) else None


WAYS: tuple[Way, ...] = (page("/help", in_thread(_help), Verb.ENTER),)
