"""Whose name may be kept: an organisation's, never a person's."""

from __future__ import annotations

import polars as pl

from monitor.extracts.values import clean, drop_blank_words
from monitor.policy.policy import Policy

PERSON = "person"
PRIVATE = "private"
# GB 11643: a citizen's number, with the date of birth in its middle, as some write it for a code.
_IDENTITY_NUMBER = r"^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]$"


def is_personal(policy: Policy, category: str) -> pl.Expr:
    """Whether a row's owner or buyer is a person, or a sole trader who may bear a person's name.

    Over `owner_kind`, `credit_code` and the column `category`; a row that tells nothing is none.
    """
    code = pl.col("credit_code")
    return pl.any_horizontal(
        pl.col("owner_kind") == PERSON,
        pl.col(category) == PRIVATE,
        code.str.contains(_IDENTITY_NUMBER),
        *(code.str.starts_with(p) for p in policy.reconciliation.person_credit_prefixes),
    ).fill_null(value=False)


def organisation_names(owner: pl.Series, table: pl.DataFrame, policy: Policy) -> pl.Series:
    """The owners' tidied names where they are surely organisations; null elsewhere.

    That is where 单位性质 says so, or a credit code holds that is no sole trader's. `table` has
    `owner_kind` as written, `category_code`, `credit_code` and `credit_code_holds`, a row a row.
    """
    personal = is_personal(policy, "category_code")
    told = pl.col("owner_kind").is_not_null() | pl.col("credit_code_holds").fill_null(value=False)
    keep = table.select(told & ~personal).to_series()
    names = drop_blank_words(clean(owner.filter(keep)))[0]
    nothing = pl.repeat(None, len(owner), dtype=pl.String, eager=True)
    return nothing.scatter(keep.arg_true(), names).alias("owner")
