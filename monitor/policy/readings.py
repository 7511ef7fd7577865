"""Recorded readings: every choice that the texts leave open, what we take, and what else there is.

One file of `data/readings/` is one choice. What an option changes is data over the mandates, so
that a verdict can be had under it by the same arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.policy.codes import BilingualText, Strict
from monitor.policy.mandates import Mandate, Measure, Recorded
from monitor.policy.yamlfile import fault, line_at, load

_WORD: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# What a reading may be about; what the paper itself says is no reading.
_READ: Final = frozenset(
    {
        *("categories", "grouping", "owners", "areas", "uses", "counties", "energies"),
        *("exemptions", "exempt_categories", "judged_at", "binds", "measure", "unit"),
        *("targets", "counted_from", "counting"),
    }
)


def _word(value: str) -> str:
    if not _WORD.fullmatch(value):
        message = f"a word such as urban_core is wanted / 应为 urban_core 这样的词: {value}"
        raise ValueError(message)
    return value


class Change(Strict):
    """Fields of mandates, named by id (`of`) or all of some measures: what each is, or would be."""

    of: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    fields: dict[str, Any] = Field(min_length=1)

    @field_validator("fields")
    @classmethod
    def _readable(cls, fields: dict[str, Any]) -> dict[str, Any]:
        strange = sorted(fields.keys() - _READ)
        if strange:
            message = f"no reading changes {strange[0]} / 读法不能改动 {strange[0]}"
            raise ValueError(message)
        return fields

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.of) == bool(self.measures):
            message = "either of or measures / of 与 measures 须有且只有一个"
            raise ValueError(message)
        return self

    def chosen(self, mandates: Mapping[str, Mandate]) -> tuple[str, ...]:
        """The ids of the mandates that it is about, in their order."""
        wanted = frozenset(self.of)
        return tuple(
            name
            for name, mandate in mandates.items()
            if name in wanted or mandate.measure in self.measures
        )


class Option(Strict):
    """One way to read; it changes mandates, or whose vehicles a division's rows count too
    (`joins`), or says why nothing held can tell. The one that is taken changes nothing.
    """

    word: str
    words: BilingualText
    changes: tuple[Change, ...] = ()
    joins: dict[str, tuple[str, ...]] = {}
    not_computable: BilingualText | None = None

    _a_word = field_validator("word")(_word)

    @property
    def ways(self) -> int:
        """In how many ways it is another reading than the one taken: one, or none."""
        return bool(self.changes) + bool(self.joins) + (self.not_computable is not None)


class RecordedReading(Strict):
    """One choice: the question that the texts leave, the options, which is taken, by whom, why.

    `says` is what the mandates say by the option taken, of what the others would change. `concerns`
    are the clauses that no change names. `aside` are mandates whose own files say otherwise: the
    reading is not theirs, and nothing is claimed of them.
    """

    id: str
    question: BilingualText
    concerns: tuple[str, ...] = ()
    options: tuple[Option, ...] = Field(min_length=2)
    says: tuple[Change, ...] = ()
    taken: str
    by: str
    on: date
    reason: BilingualText
    aside: frozenset[str] = frozenset()

    _a_word = field_validator("id")(_word)

    @field_validator("aside")
    @classmethod
    def _never_in_a_file(cls, _given: frozenset[str]) -> frozenset[str]:
        message = "no file says this; it is found by comparing / 此键由程序比对得出，文件中不写"
        raise ValueError(message)

    @field_validator("options")
    @classmethod
    def _each_its_word(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        words = [option.word for option in options]
        if len(set(words)) != len(words):
            message = f"a word names two options / 一个词指两个选项: {', '.join(words)}"
            raise ValueError(message)
        return options

    @field_validator("taken")
    @classmethod
    def _is_an_option(cls, taken: str, info: ValidationInfo) -> str:
        if taken not in {option.word for option in info.data.get("options", ())}:
            message = f"no option is called {taken} / 选项中没有 {taken}"
            raise ValueError(message)
        return taken

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for option in self.options:
            if option.ways != (option.word != self.taken):
                message = (
                    f"{option.word}: the option taken changes nothing, any other has changes, "
                    f"joins or not_computable, one of them / 所取选项不作改动，"
                    f"其余选项须有 changes、joins、not_computable 之一"
                )
                raise ValueError(message)
        return self

    def option(self, word: str) -> Option:
        """The option of this word; raises `KeyError` where there is none."""
        return {option.word: option for option in self.options}[word]

    @property
    def taken_option(self) -> Option:
        """The one that every figure of ours rests on."""
        return self.option(self.taken)

    @property
    def others(self) -> tuple[Option, ...]:
        """The options that are not taken."""
        return tuple(option for option in self.options if option.word != self.taken)

    def clauses(self, mandates: Mapping[str, Mandate]) -> tuple[str, ...]:
        """The ids of all clauses that it is about, in the order of their ids."""
        changes = (*self.says, *(change for one in self.options for change in one.changes))
        named = {name for change in changes for name in change.chosen(mandates)}
        return tuple(sorted((named | set(self.concerns)) - self.aside))


def load_readings(paths: list[Path]) -> dict[str, RecordedReading]:
    """The recorded readings by id, which is the name of the file, before `reading_fit`."""
    found: dict[str, RecordedReading] = {}
    for path in paths:
        reading = load(path, RecordedReading)
        if reading.id != path.stem:
            line = line_at(path, ("id",))
            raise fault(path, line, f"id 应与文件名相同：{path.stem}", f"id must be {path.stem}")
        found[reading.id] = reading
    return found


def with_recorded(
    mandates: Mapping[str, Mandate], readings: Mapping[str, RecordedReading]
) -> dict[str, Mandate]:
    """The mandates, each with the recorded readings that it is concerned by after its own."""
    added: dict[str, list[Recorded]] = {}
    for one in readings.values():
        told = Recorded(what=one.taken_option.words, by=one.by, on=one.on, recorded=one.id)
        for name in one.clauses(mandates):
            added.setdefault(name, []).append(told)
    return {
        name: mandate.model_copy(update={"readings": (*mandate.readings, *added.get(name, ()))})
        for name, mandate in mandates.items()
    }
