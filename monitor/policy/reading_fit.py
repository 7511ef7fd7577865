"""Recorded readings set against the mandates that they are of, before anything rests on them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.errors import PolicyError
from monitor.policy.codes import CodeTable, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.mandates import Mandate
from monitor.policy.readings import Change, RecordedReading
from monitor.policy.yamlfile import fault, line_at


def reread(
    mandate: Mandate,
    fields: Mapping[str, Any],
    *,
    codes: Mapping[str, CodeTable],
    divisions: DivisionTable,
) -> Mandate:
    """A mandate with some fields as another reading has them; raises pydantic's `ValidationError`.

    Of `counting` what is not given stays.
    """
    given = dict(fields)
    if isinstance(given.get("counting"), dict):
        given["counting"] = _own(mandate.counting) | given["counting"]
    context = {"codes": codes, "divisions": divisions, "is_reread": True}
    return Mandate.model_validate(_own(mandate) | given, context=context)


def _own(model: Strict) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file something is said."""

    path: Path
    location: tuple[int | str, ...]

    def wrong(self, zh: str, en: str, *more: int | str) -> PolicyError:
        """The fault there."""
        location = (*self.location, *more)
        where = ".".join(map(str, location))
        line = line_at(self.path, location)
        return fault(self.path, line, f"{where}：{zh}", f"{where}: {en}")


def fit_readings(
    paths: list[Path],
    readings: Mapping[str, RecordedReading],
    *,
    mandates: Mapping[str, Mandate],
    clauses: Container[str],
    codes: Mapping[str, CodeTable],
    divisions: DivisionTable,
) -> dict[str, RecordedReading]:
    """The readings set against the mandates: those that say otherwise are put aside of each.

    Refuses a reading of a clause that is not there, fields that a mandate cannot have, and an
    option that changes nothing; raises `PolicyError` with file, line and reason.
    """
    fitted = {}
    for path in paths:
        reading = readings[path.stem]
        for number, name in enumerate(reading.concerns):
            if name not in mandates and name not in clauses:
                place = _Place(path, ("concerns", number))
                raise place.wrong(f"没有这条条文：{name}", f"no such clause: {name}")
        aside: set[str] = set()
        for place, change, is_taken in _said(path, reading):
            for name, is_so in _compared(place, change, mandates, codes, divisions):
                if is_taken and not is_so:
                    aside.add(name)
                elif is_so and not is_taken and name not in aside:
                    fields = ", ".join(change.fields)
                    raise place.wrong(
                        f"{name} 的 {fields} 本来如此，这一选项没有改动什么",
                        f"the {fields} of {name} are so already: this option changes nothing",
                        "fields",
                    )
        fitted[reading.id] = reading.model_copy(update={"aside": frozenset(aside)})
    return fitted


def _compared(
    place: _Place,
    change: Change,
    mandates: Mapping[str, Mandate],
    codes: Mapping[str, CodeTable],
    divisions: DivisionTable,
) -> Iterator[tuple[str, bool]]:
    """Each mandate that a change is about, and whether it is so already."""
    for name in change.of:
        if name not in mandates:
            raise place.wrong(f"没有这条要求：{name}", f"no such mandate: {name}", "of")
    for name in change.chosen(mandates):
        try:
            changed = reread(mandates[name], change.fields, codes=codes, divisions=divisions)
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{name} {first['msg'].removeprefix('Value error, ')}"
            raise place.wrong(reason, reason, "fields", *first["loc"]) from error
        yield name, changed == mandates[name]


def _said(path: Path, reading: RecordedReading) -> Iterator[tuple[_Place, Change, bool]]:
    for number, change in enumerate(reading.says):
        yield _Place(path, ("says", number)), change, True
    for place, option in enumerate(reading.options):
        for number, change in enumerate(option.changes):
            yield _Place(path, ("options", place, "changes", number)), change, False
