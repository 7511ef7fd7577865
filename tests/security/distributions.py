"""What is installed beside the project: each pinned, nothing else there, its licence one to use.

    .venv/bin/python tests/security/distributions.py

prints them all. It asks nobody: known faults of a version are the business of whoever can reach a
list of them (docs/security.md).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PINS: Final = ("requirements-test.txt", "requirements-spark.txt", "requirements-audit.txt")
# Not ours to pin: the project itself, and what brings the others.
OURS: Final = frozenset({"fleetmon", "pip", "setuptools", "wheel"})
# Every one may be used in a bureau and passed on with the program, unchanged.
ALLOWED: Final = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0"),
        *("MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib", "LGPL-3.0-only"),
    }
)
# How older metadata says the same.
_WORDS: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}
_NO_LICENCE: Final = frozenset({"OSI Approved", "DFSG approved"})
# Whose metadata names none; read in the file beside it.
_READ: Final = {
    "atheris": "Apache-2.0",
    "axe-playwright-python": "MIT AND MPL-2.0",  # its own file, and axe-core
}


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution as it is there."""

    name: str
    version: str
    licence: str


def spelled(name: str) -> str:
    """A name as pins write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(files: tuple[str, ...] = PINS) -> dict[str, set[str]]:
    """The versions that may be installed, by name; only those that carry a hash."""
    found: dict[str, set[str]] = {}
    for file in files:
        text = (ROOT / file).read_text("utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            told = re.match(r"([a-z0-9-]+)==(\S+) .*--hash=sha256:[0-9a-f]{64}", line)
            if told:
                found.setdefault(told[1], set()).add(told[2])
    return found


def licence_of(one: Distribution) -> str:
    """An SPDX expression from the metadata; empty where they name none."""
    told = one.metadata
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    classified = [
        line.rpartition("::")[2].strip()
        for line in told.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    named = [_WORDS.get(word, word) for word in classified if word not in _NO_LICENCE]
    if named:
        return " AND ".join(named)
    words = str((told.get_all("License") or [""])[0]).split("\n")[0].strip()
    return _WORDS.get(words, words) or _READ.get(spelled(told["Name"]), "")


def is_allowed(expression: str) -> bool:
    """Whether every part of an expression is allowed, or one of those that one may choose."""
    return any(
        all(part.strip(" ()") in ALLOWED for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def installed() -> list[Installed]:
    """Everything that this Python can import, but the project."""
    return sorted(
        (
            Installed(spelled(one.metadata["Name"]), one.version, licence_of(one))
            for one in distributions()
            if spelled(one.metadata["Name"]) not in OURS
        ),
        key=lambda one: one.name,
    )


def faults(found: list[Installed], may: dict[str, set[str]]) -> list[str]:
    """What is amiss, a line each."""
    told = []
    for one in found:
        if one.name not in may:
            told.append(f"{one.name} {one.version}: no pin has it")
        elif one.version not in may[one.name]:
            told.append(f"{one.name} {one.version}: pinned is {' '.join(sorted(may[one.name]))}")
        if not is_allowed(one.licence):
            told.append(f"{one.name} {one.version}: licence {one.licence or 'not told'}")
    return told


def main() -> int:
    """Print every distribution with its licence, then what is amiss; 1 where something is."""
    found = installed()
    for one in found:
        sys.stdout.write(f"{one.name:34} {one.version:14} {one.licence}\n")
    told = faults(found, pinned())
    sys.stdout.write("\n".join(["", *told, f"{len(found)} distributions, {len(told)} faults", ""]))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
