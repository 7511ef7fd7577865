"""Great Expectations as the gates use it; importing this module is what costs seconds."""

from __future__ import annotations

import os
import sys
from importlib.util import LazyLoader, find_spec, module_from_spec

__all__ = ["great_expectations"]


def _load_when_used(name: str) -> None:
    """Have the module run at the first look into it."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    package, _, attribute = name.rpartition(".")
    setattr(sys.modules[package], attribute, module)


# Nothing is told to anybody outside.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# A third of the import, for an expectation that no suite here has.
_load_when_used("scipy.stats")

import great_expectations  # noqa: E402  # after what it reads as it is imported
