"""Which rows need an owner kind or an area, because a mandate of their place asks for it."""

from __future__ import annotations

import polars as pl

from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy

_STOCK_MEASURES = frozenset({"monotone_increase", "stock"})


def scope_needs(policy: Policy) -> list[pl.Expr]:
    """`scope_owner_lacking` and `scope_area_lacking`: a mandate concerns the row and the row
    does not say whether it is in its scope.
    """
    judged = [m for m in policy.mandates.values() if m.strength != "promote"]
    owner = [_concerns(policy, m) for m in judged if m.owners]
    area = [_concerns(policy, m) for m in judged if m.areas]
    return [
        (pl.any_horizontal(False, *owner) & pl.col("owner_kind").is_null()).alias(
            "scope_owner_lacking"
        ),
        (pl.any_horizontal(False, *area) & pl.col("area").is_null()).alias("scope_area_lacking"),
    ]


def _concerns(policy: Policy, mandate: Mandate) -> pl.Expr:
    divisions = sorted(policy.divisions.members(mandate.jurisdiction))
    categories = sorted(policy.categories_of(mandate) - set(mandate.exempt_categories))
    concerns = (
        pl.col("division").is_in(divisions)
        & pl.col("category").is_in(categories)
        & (pl.col("registered_on") <= mandate.valid_to)
        & ~pl.col("exemption").is_in(list(mandate.exemptions)).fill_null(value=False)
    )
    if mandate.measure not in _STOCK_MEASURES:
        concerns &= (pl.col("registered_on") >= mandate.valid_from) & pl.col("is_addition")
    return concerns.fill_null(value=False)
