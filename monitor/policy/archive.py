"""Rulesets kept as they were: the files of a policy under their hash, and a policy from them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from monitor.errors import PolicyError
from monitor.policy.policy import Policy, load_project
from monitor.policy.project import Project

_UNCHANGEABLE = 0o444


def keep_ruleset(folder: Path, policy: Policy) -> Path:
    """Copy a policy's files into `folder`, durably and all at once; gives where they lie.

    A ruleset that is kept already is left as it is: under one hash there is one content.
    """
    final = folder / policy.ruleset
    if final.is_dir():
        return final
    folder.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder, prefix=".keeping-"))
    try:
        for path in policy.files:
            place = temporary / policy.project.relative(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            place.chmod(_UNCHANGEABLE)
        _settle(temporary)
        # A folder cannot be renamed over one that has files: another run kept the same meanwhile.
        if not final.is_dir():
            temporary.rename(final)
            _settle(folder, deep=False)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return final


def load_kept(folder: Path, ruleset: str) -> Policy | None:
    """The policy of a kept ruleset.

    None where it is not held, is not what its hash says, or today's program cannot read it.
    """
    kept = folder / ruleset
    if not ruleset or not kept.is_dir():
        return None
    try:
        policy = load_project(Project(kept, is_whole=True))
    except PolicyError:
        return None
    return policy if policy.ruleset == ruleset else None


def _settle(folder: Path, *, deep: bool = True) -> None:
    """Make files and folders survive a power cut."""
    for path in [*(sorted(folder.rglob("*")) if deep else ()), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
