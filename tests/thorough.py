"""How much is drawn at random: `make nightly` draws so many times what each run draws."""

from __future__ import annotations

import os
from typing import Final

TIMES: Final = int(os.environ.get("FLEETMON_THOROUGH", "1"))
