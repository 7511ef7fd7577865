"""The rows behind a figure, with the part that each plays in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.store.knowledge import sql_list

if TYPE_CHECKING:
    import duckdb


def _list(column: str, values: tuple[str, ...] | list[str] | None) -> str:
    return f"{column} IN ({sql_list(tuple(values or ()))})"


def live_rows(
    connection: duckdb.DuckDBPyConnection,
    divisions: tuple[str, ...],
    categories: list[str],
    years: tuple[int, int],
    *,
    held_only: bool,
    owners: tuple[str, ...] | None,
    areas: tuple[str, ...] | None,
    exemptions: tuple[str, ...],
    exempt_categories: tuple[str, ...],
    counties: tuple[str, ...] | None,
    uses: tuple[str, ...] | None,
    new: list[str],
    open_energies: list[str],
    none: list[str],
) -> list[tuple[Any, ...]]:
    """Rows of `live` (see `question.prepare`) that a figure looked at, in the order of receipt.

    The exemption is the one claimed; the last column says whether the claim is refused.
    The classification is the one of `assess.evidence`; a test sets the two against each other.
    """
    outside = [
        f"NOT {_list(column, codes)}"
        for column, codes in (("f.owner_kind", owners), ("f.area", areas))
        if codes is not None
    ]
    unknown = [
        f"{column} IS NULL"
        for column, codes in (("f.owner_kind", owners), ("f.area", areas))
        if codes is not None
    ]
    narrowed = []
    if counties:
        narrowed.append(f"({_list('f.county', counties)} OR {_list('f.division', counties)})")
    if uses:
        narrowed.append(_list("f.use", uses))
    chosen = (
        f"NOT r.loses_holding AND NOT r.is_spent AND (r.retired_on IS NULL OR "
        f"year(r.retired_on) > {years[1]})"
        if held_only
        else "f.is_addition AND NOT f.is_deregistration AND NOT r.loses_addition"
    )
    where = [
        chosen,
        _list("f.division", divisions),
        _list("f.category", categories),
        f"NOT {_list('f.energy', none)}",
        f"year(r.registered_on) BETWEEN {years[0]} AND {years[1]}",
        *narrowed,
    ]
    return connection.execute(
        f"""
        SELECT s.id, s.file_name, s.sha256, r.line, r.vin, r.registered_on, r.retired_on,
               f.energy, f.category, f.owner_kind, f.area, c.exemption,
               CASE WHEN {" OR ".join(outside) or "false"} THEN 'out_of_scope'
                    WHEN {_list("f.exemption", exemptions)}
                      OR {_list("f.category", exempt_categories)} THEN 'exempt'
                    WHEN {" OR ".join(unknown) or "false"} THEN 'scope_unknown'
                    WHEN {_list("f.energy", new)} THEN 'new_energy'
                    WHEN {_list("f.energy", open_energies)} THEN 'undetermined'
                    ELSE 'other_energy' END AS counts_as, r.facet < 0 AS is_refused
        FROM live AS r JOIN live_facet AS f ON f.id = r.facet JOIN facet AS c ON c.id = abs(r.facet)
        JOIN submission AS s ON s.seq = r.submission
        WHERE {" AND ".join(where)}
        ORDER BY r.submission, r.line
        """
    ).fetchall()
