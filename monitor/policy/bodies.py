"""Who answers for clauses: every body as its document names it, with its present name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.policy.codes import BilingualText, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.yamlfile import fault, load

Level = Literal["province", "city", "other"]
Change = Literal["none", "renamed", "merged", "unsure"]
Support = Literal["stated", "seen", "unverified"]


class Body(Strict):
    """One body of one jurisdiction; `name` is the document's own writing.

    `present` is its name today, in Chinese; None where nobody here is sure of it, and then `note`
    says so. `support` is what `source` is worth: it states what is said here; it has the present
    name and the rest is general knowledge; or all of it is general knowledge.
    """

    name: str
    jurisdiction: str
    level: Level
    full_name: BilingualText
    change: Change
    present: str | None = None
    since: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    source: str
    support: Support
    note: BilingualText | None = None

    @field_validator("jurisdiction")
    @classmethod
    def _known_jurisdiction(cls, code: str, info: ValidationInfo) -> str:
        divisions: DivisionTable = (info.context or {})["divisions"]
        if not divisions.known(code):
            message = f"no such division / 区划表中没有: {code}"
            raise ValueError(message)
        return code

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.present is None) != (self.change == "unsure"):
            message = "present is left out where, and only where, change is unsure / 现名不明时不填"
            raise ValueError(message)
        if self.change == "unsure" and self.note is None:
            message = "say what is unsure in note / 现名不明时须在 note 说明"
            raise ValueError(message)
        if self.change == "none" and self.since is not None:
            message = "since without a change / 名称没有变更，不应有 since"
            raise ValueError(message)
        return self

    @property
    def now_called(self) -> str | None:
        """The present name where it is another one; None where it is not, or nobody is sure."""
        return self.present if self.change in {"renamed", "merged"} else None


class BodyFile(Strict):
    """One file of bodies."""

    bodies: tuple[Body, ...]


class BodyTable:
    """All bodies, found by who names them: a name belongs to a jurisdiction."""

    def __init__(self) -> None:
        """An empty table; files are added to it one by one."""
        self.entries: dict[tuple[str, str], Body] = {}

    def add(self, path: Path, file: BodyFile) -> None:
        """Merge a file in; a body that stands twice is refused."""
        for body in file.bodies:
            key = (body.jurisdiction, body.name)
            if key in self.entries:
                raise fault(path, None, f"{body.name} 重复", f"{body.name} stands twice")
            self.entries[key] = body

    def get(self, jurisdiction: str, name: str) -> Body | None:
        """The body that a document of this jurisdiction means by the name."""
        return self.entries.get((jurisdiction, name))


def load_bodies(paths: list[Path], divisions: DivisionTable) -> BodyTable:
    """All bodies of these files; raises `PolicyError` with file, line and reason."""
    table = BodyTable()
    for path in paths:
        table.add(path, load(path, BodyFile, divisions=divisions))
    return table
