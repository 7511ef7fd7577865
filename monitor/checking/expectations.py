"""Great Expectations as the gates use it; importing this module is what costs seconds."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType

__all__ = ["great_expectations"]


class _Later(ModuleType):
    """Stands for a module until somebody looks into it.

    `importlib.util.LazyLoader` loads a module as soon as it is imported by a name without a dot.
    """

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def _load_when_used(name: str) -> None:
    """Have the module run at the first look into it."""
    if name in sys.modules:
        return
    package, _, attribute = name.rpartition(".")
    later = sys.modules[name] = _Later(name)
    if package:
        setattr(import_module(package), attribute, later)


# Nothing is told to anybody outside.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# Half of the import, for an expectation that no suite here has.
for _heavy in ("scipy.stats", "altair"):
    _load_when_used(_heavy)

import great_expectations  # noqa: E402  # after what it reads as it is imported
