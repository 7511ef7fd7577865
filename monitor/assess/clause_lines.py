"""Each measure of a line of a clause with the way that it is worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from monitor.assess.clause_found import Asked, Found
from monitor.assess.clause_links import by_batteries, by_platform
from monitor.assess.clause_reports import by_documents, by_figures
from monitor.assess.clause_rows import by_rows
from monitor.policy.lines import LineMeasure

_WAYS: Final[dict[LineMeasure, Callable[[Asked], Found]]] = {
    "share": by_rows,
    "each": by_rows,
    "count": by_rows,
    "covered": by_rows,
    "connected": by_platform,
    "recovered": by_batteries,
    "figure": by_figures,
    "document": by_documents,
}


def work_out(asked: Asked) -> Found:
    """What is known of a line, and the verdict on it."""
    return _WAYS[asked.line.measure](asked)
