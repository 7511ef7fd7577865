"""What is held of a sender, for judging what comes next."""

from __future__ import annotations

from monitor.model import Period
from monitor.store.knowledge import Knowledge
from monitor.store.schema import date_column
from monitor.store.store import Store


def is_held(store: Store, kind: str) -> bool:
    """Whether any row of a kind was ever taken in; what is declared may never have come."""
    return bool(store.one("SELECT count(*) FROM part WHERE kind = ?", [kind]))


def held_rows(store: Store, kind: str, divisions: tuple[str, ...], period: Period) -> int:
    """How many current rows of a kind and sender are dated in a period."""
    if not is_held(store, kind):
        return 0
    store.look(Knowledge(None, store.history()))
    day = date_column(kind)
    marks = ", ".join("?" * len(divisions))
    return int(
        store.one(
            f"SELECT count(*) FROM held_{kind} AS r ANTI JOIN ended USING (submission, line) "
            f"JOIN facet ON facet.id = r.facet WHERE division IN ({marks}) "
            f"AND r.{day} BETWEEN ? AND ?",
            [*divisions, *period],
        )
    )


def previous_rows(store: Store, kind: str, sender: str, span: Period) -> int | None:
    """Rows accepted in the sender's latest earlier submission of the kind, of like length."""
    found = store.rows(
        "SELECT rows_accepted, period_start, period_end FROM submission WHERE kind = ? "
        "AND division = ? AND status IN ('accepted', 'accepted_with_findings') "
        "AND period_end < ? ORDER BY period_end DESC, seq DESC LIMIT 1",
        [kind, sender, span.start],
    )
    if not found:
        return None
    rows, start, end = found[0]
    like = Period(start, end).whole_months()
    mine = span.whole_months()
    return int(rows) if _months(like) == _months(mine) else None


def _months(whole: Period) -> int:
    """How many calendar months a period of whole months has."""
    return (whole.end.year - whole.start.year) * 12 + whole.end.month - whole.start.month + 1
