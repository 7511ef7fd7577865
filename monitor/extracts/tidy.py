"""What a cell holds once its dress is taken off."""

from __future__ import annotations

import unicodedata

import polars as pl

# White space that polars' own notion lacks: zero-width characters and the byte order mark, left
# by web pages and by files put together from several.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_EDGES = "".join(
    [chr(code) for code in range(0x3001) if chr(code).isspace()] + list(_INVISIBLE),
)
APOSTROPHES = "'＇’‘"

# Such a cell may differ from its clean form; CJK ideographs and printable ASCII never do.
_DRESSED = rf"^[\s{APOSTROPHES}]|\s$|[^\x20-\x7E\x{{4E00}}-\x{{9FA5}}]"

# Written where there is nothing to write (seen in real extracts and in procurement notices).
BLANK_WORDS = frozenset(
    {
        "/", "//", "\\", "-", "--", "---", "_", "—", "——", "–", "*", "无", "暂无", "空", "未填",
        "不详", "N/A", "NA", "#N/A", "#VALUE!", "#REF!", "NULL", "NONE", "NAN", "NIL",
        "详见附件", "详见公告正文", "见附件",
    }
)  # fmt: skip
# In bytes of UTF-8: longer cells need not be compared with any of them.
LONGEST_BLANK_WORD = max(len(word.encode()) for word in BLANK_WORDS)


def clean(raw: pl.Series) -> pl.Series:
    """Clean text: NFKC, no white space around, without one leading apostrophe; empty is null.

    One value in, one value out. White space is Unicode's, with zero-width characters.
    """
    dressed = raw.str.contains(_DRESSED).fill_null(value=False)
    if not dressed.any():
        return raw.replace("", None) if (raw == "").any() else raw
    bare = _undress(raw.filter(dressed))
    # scatter changes the series that it is asked of, and the sender's cells must stay.
    return raw.clone().scatter(dressed.arg_true(), bare).replace("", None)


def _undress(raw: pl.Series) -> pl.Series:
    bare = raw.str.normalize("NFKC").str.strip_chars(_EDGES)
    bare = bare.str.replace(rf"^[{APOSTROPHES}]", "")
    return bare.str.strip_chars(_EDGES)


def clean_text(written: str) -> str:
    """One cell as `clean` gives it, but empty text where that gives null."""
    bare = unicodedata.normalize("NFKC", written).strip(_EDGES)
    return bare[bare[:1] in APOSTROPHES and 1 :].strip(_EDGES) if bare else bare


def is_blank_word(cleaned: str) -> bool:
    """Whether a cleaned cell says in words that it is empty."""
    return cleaned.upper() in BLANK_WORDS
