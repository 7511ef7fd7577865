"""A 64-bit key of any text, the same on every machine, over whole columns at once."""

from __future__ import annotations

import numpy as np
import polars as pl

from monitor.extracts.vin import mix

_WORD = 8


def text_hash(texts: pl.Series) -> pl.Series:
    """The keys of a column of texts; null for null."""
    octets = np.char.encode(texts.fill_null("").to_numpy().astype(str), "utf-8")
    width = -(-max(octets.dtype.itemsize, 1) // _WORD) * _WORD
    words = octets.astype(f"S{width}").view("<u8").reshape(len(octets), -1)
    hashed = np.zeros(len(octets), dtype=np.uint64)
    for place in range(words.shape[1]):
        # Trailing zero words must not change the key, or it would depend on the batch's width.
        mixed = mix(hashed ^ words[:, place])
        hashed = np.where(words[:, place] == 0, hashed, mixed)
    return pl.select(pl.when(texts.is_not_null()).then(pl.Series(hashed))).to_series()
