"""`assess --reading`: what another reading makes of the figures, beside the one that is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monitor.cli.session import Session
from monitor.corridor import documents
from monitor.model import Assessment, plural

if TYPE_CHECKING:
    from monitor.assess.otherwise import Pair


def differences(pairs: Sequence[Pair], *, asked: bool) -> dict[str, Any]:
    """For `--json`: each row that is another, with what it is by the reading taken; nothing where
    no other reading was asked for.
    """
    if not asked:
        return {}
    return {
        "differences": [
            {
                **documents.row_key(pair.row.key),
                "is_other_verdict": pair.is_other_verdict,
                "taken": _said(pair.before),
                "otherwise": _said(pair.after),
            }
            for pair in pairs
        ],
        "verdicts_differ": sum(pair.is_other_verdict for pair in pairs),
    }


def _said(row: Assessment | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "categories": list(row.categories),
        "denominator": row.denominator,
        "numerator": row.numerator,
        "undetermined": row.undetermined,
        "share": row.share,
        "status": row.status,
        "consequence": row.consequence,
    }


def print_judged(
    session: Session,
    title: str,
    rows: Sequence[Assessment],
    readings: Mapping[str, str],
    pairs: Sequence[Pair],
) -> None:
    """The verdict table; under another reading, what each row that is another is as taken."""
    from monitor.cli.tables import print_assessments  # noqa: PLC0415  # rich

    if not readings:
        print_assessments(session, title, rows)
        return
    say, out = session.say, session.out
    named = say("，", ", ").join(f"{name}={option}" for name, option in readings.items())
    beside = {pair.after.key: _beside(session, pair) for pair in pairs if pair.after is not None}
    print_assessments(session, f"{title}{say('，读作 ', ', read as ')}{named}", rows, beside)
    for pair in pairs:
        if pair.after is None and pair.before is not None:
            gone = pair.before
            name = session.policy.divisions.name(gone.division).to(session.language)
            word = session.status_word(gone.status)
            out.print(
                say(
                    f"≠ {gone.mandate} {name} {gone.period} 不再有此判定，按所取读法为{word}",
                    f"≠ {gone.mandate} {name} {gone.period} has no verdict of its own; as taken: "
                    f"{word}",
                )
            )
    lacking = {text: None for pair in pairs if pair.after for text in pair.after.missing}
    for text in lacking:
        out.print(say("缺：", "Missing: ") + text.to(session.language), style="dim")
    findings = [pair for pair in pairs if pair.row.role == "finding"]
    turned = sum(pair.is_other_verdict for pair in findings)
    moved = len(findings) - turned
    out.print(
        say(
            f"读作 {named}：{turned} 项判定不同（≠），另有 {moved} 项只有数字不同（·）。",
            f"Read as {named}: {_differing(turned, 'verdict')} (≠); {_differing(moved, 'figure')} "
            "where the verdict does not (·).",
        ),
        style="bold",
    )
    out.print(
        say(
            "以上没有保存，通报仍按所取读法；所涉要求的数字不带说明码，说明码只按所取读法追溯。",
            "Nothing of this is stored, and bulletins stay with the readings taken. Figures of the "
            "mandates concerned bear no explain code: codes lead back by the readings taken only.",
        )
    )


def _differing(count: int, noun: str) -> str:
    return f"{plural(count, noun)} {'differs' if count == 1 else 'differ'}"


def _beside(session: Session, pair: Pair) -> str:
    """What the row is by the reading taken; where its verdict alone follows otherwise, that too."""
    from monitor.bulletins.labels import consequence_word  # noqa: PLC0415  # imports babel
    from monitor.cli.tables import number_range  # noqa: PLC0415  # rich

    before, after = pair.before, pair.after
    if before is None or after is None:
        return session.say("≠ 没有此行", "≠ no such row")
    is_part = after.role == "breakdown" and before.status != after.status
    is_other = pair.is_other_verdict or is_part
    counted = "" if before.denominator is None else f" / {before.denominator}"
    words = [
        "≠" if is_other else "·",
        session.status_word(before.status),
        f"{number_range(before)}{counted}",
    ]
    if before.status == after.status and is_other:
        words.append(consequence_word(before.consequence, session.words))
    return " ".join(words)
