"""All addresses of the API, in the order of the documentation."""

from __future__ import annotations

from typing import Final

from monitor.site.api import bulletins, deciding, exemptions, figures, reports, sending, uploads
from monitor.site.api.operation import Operation
from monitor.site.routing import Way

OPERATIONS: Final[tuple[Operation, ...]] = (
    *sending.OPERATIONS,
    *uploads.OPERATIONS,
    *deciding.OPERATIONS,
    *reports.OPERATIONS,
    *figures.OPERATIONS,
    *bulletins.OPERATIONS,
    *exemptions.OPERATIONS,
)
WAYS: Final[tuple[Way, ...]] = tuple(one.way() for one in OPERATIONS)
