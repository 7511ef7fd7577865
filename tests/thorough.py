"""How much is drawn at random: `make nightly` draws so many times what each run draws."""

from __future__ import annotations

import os
from typing import Final

import pytest

TIMES: Final = int(os.environ.get("FLEETMON_THOROUGH", "1"))
# What takes long and has a shorter test beside it.
nightly = pytest.mark.skipif(TIMES == 1, reason="long: only with FLEETMON_THOROUGH=2 or more")
