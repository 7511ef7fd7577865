"""When the files of policy last changed, so that a long-lived process reads them anew."""

from __future__ import annotations

from typing import Final

from monitor.policy.project import Project

_FOLDERS: Final = (
    *("checks", "checks/mandates", "data", "data/divisions", "data/codes", "data/columns"),
    *("checks/mandates/national", "data/documents/national"),
    *("data/calendars", "data/baselines", "data/documents", "data/readings"),
)

Stamp = tuple[tuple[str, int, int], ...]


def rules_stamp(project: Project) -> Stamp:
    """Names, moments and sizes of the files: one that came, went or changed changes it."""
    found = []
    for folder in _FOLDERS:
        for path in project.files(folder):
            held = path.stat()
            found.append((str(path), held.st_mtime_ns, held.st_size))
    return tuple(found)
