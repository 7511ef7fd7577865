"""The policy under another reading: the same mandates with what an option changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.policy import Policy
from monitor.policy.reading_fit import reread
from monitor.policy.readings import Option, RecordedReading

_Given = dict[tuple[str, str], tuple[str, Any]]


def chosen_readings(policy: Policy, words: Sequence[str]) -> dict[str, str]:
    """What a user writes as X=Y: readings with the option wanted of each.

    Raises `WrongUse`, naming what there is, for a reading or an option that is not there, and for
    one reading with two options.
    """
    found: dict[str, str] = {}
    for written in words:
        name, equals, option = written.partition("=")
        reading = reading_named(policy, name)
        there = [one.word for one in reading.options]
        if not equals or option not in there:
            raise WrongUse(
                Text(
                    f"--reading {written}：{name} 的选项有 {'、'.join(there)}，"
                    f"现取 {reading.taken}。请写 --reading {name}={reading.others[0].word}。",
                    f"--reading {written}: {name} has the options {', '.join(there)}; "
                    f"{reading.taken} is taken. Write --reading {name}={reading.others[0].word}.",
                )
            )
        if found.setdefault(name, option) != option:
            raise WrongUse(
                Text(
                    f"--reading {name} 给了两次：{found[name]} 与 {option}。一次只能按一种读。",
                    f"--reading {name} is given twice: {found[name]} and {option}. Take one.",
                )
            )
    return found


def reading_named(policy: Policy, name: str) -> RecordedReading:
    """A recorded reading; raises `WrongUse`, naming what there is."""
    if name not in policy.readings:
        there = ", ".join(policy.readings)
        raise WrongUse(
            Text(
                f"没有这条读法：{name}。已记录的有 {there}；见 fleetmon readings。",
                f"No such reading: {name}. There are {there}; see fleetmon readings.",
            )
        )
    return policy.readings[name]


def read_otherwise(policy: Policy, chosen: Mapping[str, str]) -> Policy:
    """The policy with these readings' options instead of those taken.

    `reread` of it names the mandates whose figures are not those of the official rules. Raises
    `WrongUse` where two readings want the same thing otherwise, `KeyError` for one not there.
    """
    given: _Given = {}
    joins: dict[str, tuple[str, ...]] = {}
    touched: set[str] = set()
    for name, word in chosen.items():
        reading = policy.readings[name]
        option = reading.option(word)
        for mandate, fields in _changes(policy, reading, option):
            touched.add(mandate)
            for field, value in fields.items():
                _give(given, (mandate, field), f"{name}={word}", value)
        joins |= option.joins
        touched |= _joined(policy, option)
    mandates = dict(policy.mandates)
    for name, fields in _by_mandate(given).items():
        mandates[name] = reread(
            mandates[name], fields, codes=policy.codes, divisions=policy.divisions
        )
    return replace(
        policy,
        mandates=mandates,
        divisions=policy.divisions.joining(joins) if joins else policy.divisions,
        reread=policy.reread | touched,
    )


def _changes(
    policy: Policy, reading: RecordedReading, option: Option
) -> list[tuple[str, dict[str, Any]]]:
    """Each mandate with the fields that the option gives it, those of its counting by a dot."""
    if option.not_computable is not None:
        lacking = {"counting.lacking": (option.not_computable,)}
        concerned = reading.clauses(policy.mandates)
        return [(name, lacking) for name in concerned if name in policy.mandates]
    return [
        (name, _flat(change.fields))
        for change in option.changes
        for name in change.chosen(policy.mandates)
        if name not in reading.aside
    ]


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "counting":
            flat |= {f"counting.{inner}": said for inner, said in value.items()}
        else:
            flat[name] = value
    return flat


def _by_mandate(given: _Given) -> dict[str, dict[str, Any]]:
    """The fields of each mandate together, so that they are checked as one."""
    found: dict[str, dict[str, Any]] = {}
    for (mandate, field), (_, value) in given.items():
        own = found.setdefault(mandate, {})
        outer, dot, inner = field.partition(".")
        if dot:
            own.setdefault(outer, {})[inner] = value
        else:
            own[outer] = value
    return found


def _give(given: _Given, place: tuple[str, str], by: str, value: Any) -> None:
    earlier, said = given.setdefault(place, (by, value))
    if said != value:
        mandate, field = place
        raise WrongUse(
            Text(
                f"{earlier} 与 {by} 都改动 {mandate} 的 {field}，不能同时采用；请分别判定。",
                f"{earlier} and {by} both change the {field} of {mandate}: judge them apart.",
            )
        )


def _joined(policy: Policy, option: Option) -> set[str]:
    """The mandates that have a row for a division whose rows count more under the option."""
    places = {
        code
        for joining in option.joins
        for code in (joining, policy.divisions.province_of(joining))
    }
    return {name for name, one in policy.mandates.items() if one.jurisdiction in places}
