"""National mandates, which are not of the four documents: off until a file switches them on.

The switch is a file of policy, not a setting of a process: it is kept with a ruleset, so that a
figure is worked out again by the mandates that it was judged by, wherever it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.policy.codes import Strict
from monitor.policy.mandates import Document, load_documents
from monitor.policy.project import Project
from monitor.policy.yamlfile import fault, load


class NationalSwitch(Strict):
    """`data/national.yml`."""

    enabled: bool


@dataclass(frozen=True, slots=True)
class NationalFiles:
    """The files of national mandates and of their papers; none where they are off."""

    switch: tuple[Path, ...] = ()
    documents: tuple[Path, ...] = ()
    mandates: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        """Those that a ruleset is over. Where they are off it is as if they were not there."""
        return (*self.switch, *self.documents, *self.mandates)


def national_files(project: Project) -> NationalFiles:
    """What is switched on; a ruleset kept without the switch is one where they are off."""
    switch = project.files("data", "national.yml")
    if not any(load(path, NationalSwitch).enabled for path in switch):
        return NationalFiles()
    return NationalFiles(
        tuple(switch),
        tuple(project.files("data/documents/national")),
        tuple(project.files("checks/mandates/national")),
    )


def load_national_documents(files: NationalFiles) -> dict[str, Document]:
    """The national papers by key; refuses one that does not say that it is national."""
    documents = load_documents(list(files.documents))
    for path, document in zip(files.documents, documents.values(), strict=True):
        if not document.is_national:
            raise fault(
                path,
                None,
                "data/documents/national/ 中的文件须写 is_national: true",
                "a document in data/documents/national/ must say is_national: true",
            )
    return documents
