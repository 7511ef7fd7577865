"""`readings`: every choice that the texts leave open, what we take, by whom, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.session import Session, print_json
from monitor.model import plural

if TYPE_CHECKING:
    from monitor.policy.mandates import Reading
    from monitor.policy.readings import Change, Option, RecordedReading

_LISTED = 8


@click.command()
@click.argument("ids", nargs=-1)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def readings(session: Session, /, ids: tuple[str, ...], *, as_json: bool) -> None:
    """条文未言明之处的读法；给出编号则列全各选项 / the readings taken; with an id, in full."""
    from monitor.policy.rereading import reading_named  # noqa: PLC0415  # --help needs none of it

    policy = session.policy
    chosen = [reading_named(policy, name) for name in dict.fromkeys(ids or policy.readings)]
    stated = {} if ids else _stated(session)
    if as_json:
        document = {
            "ruleset": policy.ruleset,
            "readings": [_document(one, session) for one in chosen],
        }
        if not ids:
            document["stated"] = [
                {"of": of, "what": what, "by": by, "on": on}
                for (what, by, on), of in stated.items()
            ]
        print_json(document)
    elif ids:
        for one in chosen:
            _print_one(session, one)
    else:
        _print_all(session, chosen, stated)


def _stated(session: Session) -> dict[tuple[str, str, str], list[str]]:
    """The readings that stand in single mandates and clauses, the same words once, by what and
    whose they are; the ids of their clauses.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, reading in _all_stated(session):
        said = (reading.what.to(session.language), reading.by, reading.on.isoformat())
        found.setdefault(said, []).append(name)
    return found


def _all_stated(session: Session) -> Iterator[tuple[str, Reading]]:
    from monitor.policy.mandates import Recorded  # noqa: PLC0415  # --help needs none of it

    policy = session.policy
    of = {name: one.readings for name, one in policy.mandates.items()}
    of |= {name: one.readings for name, one in policy.clauses.items()}
    for name in sorted(of):
        for reading in of[name]:
            if not isinstance(reading, Recorded):
                yield name, reading


def _document(reading: RecordedReading, session: Session) -> dict[str, Any]:
    language = session.language
    return {
        "id": reading.id,
        "question": reading.question.to(language),
        "clauses": list(reading.clauses(session.policy.mandates)),
        "aside": sorted(reading.aside),
        "taken": reading.taken,
        "by": reading.by,
        "on": reading.on.isoformat(),
        "reason": reading.reason.to(language),
        "options": [
            {
                "word": option.word,
                "words": option.words.to(language),
                "is_taken": option.word == reading.taken,
                "is_computable": option.not_computable is None,
                "not_computable": option.not_computable.to(language)
                if option.not_computable
                else None,
                "changes": [_change_document(change, session) for change in option.changes],
                "joins": {code: list(joined) for code, joined in option.joins.items()},
            }
            for option in reading.options
        ],
    }


def _change_document(change: Change, session: Session) -> dict[str, Any]:
    return {
        "mandates": list(change.chosen(session.policy.mandates)),
        "fields": {name: _plain(value) for name, value in change.fields.items()},
    }


def _plain(value: Any) -> Any:
    """As JSON has it: days as text."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _print_all(
    session: Session,
    chosen: Sequence[RecordedReading],
    stated: dict[tuple[str, str, str], list[str]],
) -> None:
    from rich.table import Table  # noqa: PLC0415  # --json needs none of it

    say, out = session.say, session.out
    table = Table(
        title=say(
            f"{len(chosen)} 处条文未言明而有几种读法，● 为所取",
            f"{plural(len(chosen), 'question')} that the texts leave open; ● is what is taken",
        ),
        title_justify="left",
        header_style="bold",
        show_lines=True,
        expand=True,
    )
    for heading, ratio in (
        (say("编号、条文", "id, clauses"), 6),
        (say("未言明之处", "what is open"), 8),
        (say("读法", "readings"), 13),
        (say("由谁、何时、为什么", "by whom, when, why"), 9),
    ):
        table.add_column(heading, ratio=ratio, overflow="fold")
    for one in chosen:
        table.add_row(
            "\n".join((one.id, " ".join(one.clauses(session.policy.mandates)))),
            one.question.to(session.language),
            "\n".join(_option_line(session, one, option) for option in one.options),
            f"{_signed(session, one.by, one.on.isoformat())}\n{one.reason.to(session.language)}",
        )
    out.print(table)
    other = one_other(chosen)
    if other is not None:
        out.print(
            say(
                f"按另一种读法判定：fleetmon assess --reading {other}；"
                f"各选项改动什么：fleetmon readings {other.partition('=')[0]}。",
                f"To judge by another reading: fleetmon assess --reading {other}; what the options "
                f"change: fleetmon readings {other.partition('=')[0]}.",
            )
        )
    _print_stated(session, stated)


def one_other(readings: Sequence[RecordedReading]) -> str | None:
    """An option that is not taken and can be worked out, as one types it: for examples."""
    for one in readings:
        for option in one.others:
            if option.not_computable is None:
                return f"{one.id}={option.word}"
    return None


def _print_stated(session: Session, stated: dict[tuple[str, str, str], list[str]]) -> None:
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    comma = say("、", ", ")
    print_table(
        session,
        say(
            f"另有 {len(stated)} 条读法写在单条条文里，没有记录别的选项",
            f"{plural(len(stated), 'reading')} more, of single clauses, with no other option",
        ),
        (
            (say("条文", "clauses"), False),
            (say("读法", "reading"), False),
            (say("由谁、何时", "by whom, when"), False),
        ),
        [(comma.join(of), what, _signed(session, by, on)) for (what, by, on), of in stated.items()],
    )


def _signed(session: Session, by: str, on: str) -> str:
    return session.say(f"{by}，{on}", f"{by}, {on}")


def _clauses(session: Session, reading: RecordedReading) -> str:
    return session.say("、", ", ").join(reading.clauses(session.policy.mandates))


def _option_line(session: Session, reading: RecordedReading, option: Option) -> str:
    mark = "●" if option.word == reading.taken else "○"
    told = f"{mark} {option.word}\n  {option.words.to(session.language)}"
    if option.not_computable is not None:
        told += session.say("（现有数据算不出）", " (cannot be worked out)")
    return told


def _print_one(session: Session, reading: RecordedReading) -> None:
    say, out, language = session.say, session.out, session.language
    out.print(f"{reading.id}  {reading.question.to(language)}", style="bold")
    out.print("  " + say("条文：", "Clauses: ") + _clauses(session, reading))
    if reading.aside:
        names = say("、", ", ").join(sorted(reading.aside))
        out.print(
            "  "
            + say(
                f"不适用：{names}，其文件另有写法",
                f"Not of: {names}, whose own files say otherwise",
            )
        )
    for option in reading.options:
        is_taken = option.word == reading.taken
        out.print(("● " if is_taken else "○ ") + option.word, style="green" if is_taken else None)
        out.print("    " + option.words.to(language))
        if is_taken:
            out.print(
                "    "
                + say("所取：", "Taken: ")
                + _signed(session, reading.by, reading.on.isoformat())
            )
            out.print("    " + say("理由：", "Why: ") + reading.reason.to(language))
        for line in _what_it_changes(session, option):
            out.print("    " + line, style="dim")
        if option.not_computable is None and not is_taken:
            out.print(f"    fleetmon assess --reading {reading.id}={option.word}", style="dim")


def _what_it_changes(session: Session, option: Option) -> Iterator[str]:
    say, policy, language = session.say, session.policy, session.language
    comma = say("、", ", ")
    if option.not_computable is not None:
        yield say("现有数据算不出：", "Nothing held can tell: ") + option.not_computable.to(
            language
        )
    for change in option.changes:
        names = comma.join(change.chosen(policy.mandates))
        for field, value in _flat(change.fields):
            yield say("改动：", "Changes: ") + f"{names}  {field} = {_shown(value, session)}"
    for code, joined in option.joins.items():
        whole, parts = (
            comma.join(policy.divisions.name(one).to(language) for one in codes)
            for codes in ((code,), joined)
        )
        yield say(f"改动：{whole}也计{parts}的车辆", f"Changes: {whole} counts {parts} too")


def _flat(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", said) for inner, said in value.items())
        else:
            yield name, value


def _shown(value: Any, session: Session) -> str:
    if value is None:
        return session.say("不限", "any")
    if isinstance(value, list):
        more = session.say(f"…共 {len(value)} 项", f"… {len(value)} in all")
        listed = [str(one) for one in value[:_LISTED]] + [more] * (len(value) > _LISTED)
        return ", ".join(listed) or session.say("无", "none")
    return str(value)
