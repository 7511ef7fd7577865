"""What the page of a draft says: how far it got, what was understood, what is to be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

from monitor.bulletins.parts import Tone
from monitor.bulletins.words import Words
from monitor.corridor.draft_confirm import CHECK_AGAIN, LOOK_AGAIN
from monitor.corridor.draft_result import DraftResult
from monitor.door.draft import Draft, DraftExplanation
from monitor.door.draft_states import (
    CHANGEABLE,
    CONFIRMABLE,
    DISCARDABLE,
    NEXT_STEPS,
    OPEN,
    STATE_WORDS,
    UNFINISHED,
    DraftState,
)
from monitor.door.rights import Verb, Visitor, may
from monitor.model import Text
from monitor.policy.policy import Policy
from monitor.site.answer_rows import AnswerRow, answer_rows
from monitor.site.declaring import Filled, Wrong
from monitor.site.figure_rows import FigureTable, elsewhere, figure_tables
from monitor.site.finding_view import AS_ASKED, ShownGroup, shown_groups
from monitor.site.threads import field_of

_TONES: Final[Mapping[DraftState, Tone]] = {
    DraftState.CHECKED: "warn",
    DraftState.AWAITING: "warn",
    DraftState.RETURNED: "warn",
    DraftState.REFUSED: "bad",
    DraftState.FAILED: "bad",
    DraftState.DUPLICATE: "unsure",
}
# Which step is the next to be done, in the order upload, check, confirm, (sign,) in force.
_STEP: Final[Mapping[DraftState, int]] = {
    DraftState.RECEIVED: 1,
    DraftState.CHECKING: 1,
    DraftState.REFUSED: 1,
    DraftState.FAILED: 1,
    DraftState.DUPLICATE: 1,
    DraftState.CHECKED: 2,
    DraftState.RETURNED: 2,
    DraftState.AWAITING: 3,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: done, the present one, or still to come."""

    words: Text
    is_done: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class ToExplain:
    """A warning that asks why it stands, and what was said so far."""

    group: ShownGroup
    reason: str
    words: str
    until: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """One page; what a visitor may do is decided here."""

    draft: Draft
    filled: Filled
    division: Text
    state: Text
    next_step: Text
    tone: Tone
    steps: tuple[Step, ...]
    told: tuple[Text, Text] | None
    result: DraftResult | None
    errors: tuple[ShownGroup, ...]
    warnings: tuple[ShownGroup, ...]
    figures: tuple[FigureTable, ...]
    answers: tuple[AnswerRow, ...]
    elsewhere: int
    to_explain: tuple[ToExplain, ...]
    explained: tuple[DraftExplanation, ...]
    is_waiting: bool
    is_of_the_file: bool
    is_decided: bool
    with_rows: bool
    can_change: bool
    can_confirm: bool
    can_discard: bool
    can_sign: bool
    signs_own: bool
    needs_second: bool
    wrongs: tuple[Wrong, ...]


def draft_view(
    draft: Draft,
    result: DraftResult | None,
    explained: Sequence[DraftExplanation],
    *,
    visitor: Visitor,
    policy: Policy,
    words: Words,
    needs_second: bool,
    wrongs: Sequence[Wrong] = (),
    typed: FormData | None = None,
) -> DraftView:
    """Everything for the page of one draft as one visitor may see it; `typed` is shown again."""

    def allowed(verb: Verb) -> bool:
        return may(visitor, verb, draft.division, policy.divisions)

    state = draft.state
    held = result if state not in UNFINISHED else None
    with_rows = allowed(Verb.SEE_ROWS)
    groups = shown_groups(held.groups if held else (), with_rows=with_rows)
    is_first = draft.confirmed_by == visitor.name
    can_confirm = state in CONFIRMABLE and allowed(Verb.CONFIRM) and held is not None
    state_words = _state_words(draft, held)
    return DraftView(
        draft=draft,
        filled=_filled(draft, typed),
        division=policy.divisions.name(draft.division),
        state=state_words[0],
        next_step=state_words[1],
        tone=_TONES.get(state, "quiet"),
        steps=_steps(state, needs_second=needs_second),
        told=_told(draft, held),
        result=held,
        errors=tuple(group for group in groups if group.is_error),
        warnings=tuple(group for group in groups if not group.is_error),
        figures=(
            figure_tables(held.figures, draft.division, visitor, policy, words) if held else ()
        ),
        answers=answer_rows(held.answers, visitor, policy, words) if held else (),
        elsewhere=elsewhere(held.figures, draft.division, visitor, policy) if held else 0,
        to_explain=_to_explain(groups, held, explained, typed) if can_confirm else (),
        explained=tuple(explained),
        is_waiting=state in UNFINISHED,
        is_of_the_file=state_words[0] == STATE_WORDS[state],
        is_decided=state in OPEN,
        with_rows=with_rows,
        can_change=state in CHANGEABLE and allowed(Verb.SUBMIT),
        can_confirm=can_confirm,
        can_discard=state in DISCARDABLE and allowed(Verb.SUBMIT),
        can_sign=state is DraftState.AWAITING and allowed(Verb.SIGN) and not is_first,
        signs_own=state is DraftState.AWAITING and allowed(Verb.SIGN) and is_first,
        needs_second=needs_second,
        wrongs=tuple(wrongs),
    )


def _state_words(draft: Draft, result: DraftResult | None) -> tuple[Text, Text]:
    """What a state is called, and what is next: not every refusal is of a file's making."""
    codes = {group.code for group in result.errors} if result else set()
    if draft.state is not DraftState.REFUSED or (codes and not codes & AS_ASKED):
        return STATE_WORDS[draft.state], NEXT_STEPS[draft.state]
    return (
        Text("不能这样报送，未生效", "Cannot be reported like this, not in force"),
        Text(
            "请看原因：更改认出的内容后重新校验，或放弃。",
            "See why: change what was understood and check it again, or discard it.",
        ),
    )


def _steps(state: DraftState, *, needs_second: bool) -> tuple[Step, ...]:
    names = [Text("上传", "Upload"), Text("校验", "Check"), Text("确认", "Confirm")]
    if needs_second or state is DraftState.AWAITING:
        names.append(Text("复核", "Second person"))
    names.append(Text("生效", "In force"))
    here = _STEP.get(state, len(names) - 1)
    if state is DraftState.CONFIRMED:
        here = len(names)
    return tuple(Step(name, at < here, at == here) for at, name in enumerate(names))


def _told(draft: Draft, result: DraftResult | None) -> tuple[Text, Text] | None:
    """What has to be said of a draft beside its state: a heading and words."""
    words = draft.words
    if words is None:
        return None
    if draft.state is DraftState.RETURNED:
        return Text("退回的理由", "Why it was given back"), words
    if words in {LOOK_AGAIN, CHECK_AGAIN}:
        return Text("请重新核对", "Look at it again"), words
    if draft.state is DraftState.CHECKED:
        return Text("上次确认没有完成", "The last confirmation did not succeed"), words
    if any(group.what == words for group in (result.groups if result else ())):
        return None  # it stands among the findings
    return Text("原因", "Why"), words


def _filled(draft: Draft, typed: FormData | None) -> Filled:
    """What the form to change a draft holds."""
    if typed is None or "period" not in typed:
        return Filled.again(draft.division, draft.asked)
    return Filled.of(typed).from_division(draft.division)


def _to_explain(
    groups: Sequence[ShownGroup],
    result: DraftResult | None,
    explained: Sequence[DraftExplanation],
    typed: FormData | None,
) -> tuple[ToExplain, ...]:
    asking = {group.code for group in result.to_explain} if result else set()
    said = {one.code: one for one in explained}
    found = []
    for group in (group for group in groups if group.code in asking):
        one, code = said.get(group.code), group.code
        if typed is not None and f"reason-{code}" in typed:
            names = ("reason", "words", "until")
            found.append(ToExplain(group, *(field_of(typed, f"{name}-{code}") for name in names)))
        elif one is not None:
            until = one.until.isoformat() if one.until else ""
            found.append(ToExplain(group, one.reason, one.words, until))
        else:
            found.append(ToExplain(group, "", "", ""))
    return tuple(found)
