"""Taking out of a text what no log and no notice may carry: vehicles, people, addresses, secrets.

A sieve for what slips through, not a licence: texts of ours name lines and codes, never values.
"""

from __future__ import annotations

import re

# As in the reading of plates, which this must not load: looking into a folder is to be cheap.
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# Full-width letters and digits read as the plain ones: a VIN is one in either dress.
_WIDE = [chr(code) for code in range(0xFF01, 0xFF5F)]
_PLAIN = {ord(sign): ord(sign) - 0xFEE0 for sign in _WIDE if sign.isalnum() or sign in "＠．－＿＋"}
# What a reader does not see, or what starts a new line: C0, C1, the line separators, direction
# marks (a name can be made to read backwards), joiners, the byte order mark, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff]"
)
_SHORTEST_MIXED = 8
_FEWEST_DIGITS = 2  # of a plate
_OURS = re.compile(r"D[0-9a-f]{16}")  # a delivery's number has as many characters as a VIN
_EDGE = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_SIEVES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("[address]", re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[secret]", re.compile(r"(?i)\b(bearer|basic|password|passwd|token)([\s:=]+)[^\s,;]{6,}")),
    ("[id]", re.compile(rf"{_EDGE}[0-9]{{17}}[0-9Xx]{_END}")),
    ("[vin]", re.compile(rf"{_EDGE}[A-HJ-NPR-Za-hj-npr-z0-9]{{17}}{_END}")),
    ("[phone]", re.compile(rf"{_EDGE}1[3-9][0-9]{{9}}{_END}")),
    (
        "[plate]",
        re.compile(
            rf"[{PROVINCES}使领][\s·•.-]?[A-HJ-NP-Za-hj-np-z](?:[\s·•.-]?[A-HJ-NP-Za-hj-np-z0-9])"
            r"{4,6}[挂学警领港澳试超使应急]{0,2}"
        ),
    ),
    ("[plate]", re.compile(rf"{_EDGE}[A-HJ-NP-Z][·•][A-HJ-NP-Z0-9]{{5,6}}{_END}")),
    ("[token]", re.compile(r"[A-Za-z0-9+/_=-]{32,}")),
)


def mask(text: str) -> str:
    """The text on one line, with a word in brackets for all that looks personal or secret."""
    plain = _UNSEEN.sub(" ", text.translate(_PLAIN))
    for word, sieve in _SIEVES:
        plain = sieve.sub(lambda found, word=word: _kept(found, word), plain)  # type: ignore[misc]
    return plain


def _kept(found: re.Match[str], word: str) -> str:
    if _OURS.fullmatch(found[0]):
        return found[0]
    # A name of words and numbers is no secret, however long; a secret mixes them.
    pieces = re.split(r"[-_/+=]", found[0])
    if word == "[token]" and not any(_is_mixed(piece) for piece in pieces):
        return found[0]
    if word == "[plate]" and sum(letter.isdigit() for letter in found[0]) < _FEWEST_DIGITS:
        return found[0]  # 重新 fleetmon: a word after a syllable that is a province's
    if word == "[secret]":
        return f"{found[1]}{found[2]}[secret]"
    return word


def _is_mixed(piece: str) -> bool:
    return len(piece) >= _SHORTEST_MIXED and not piece.isalpha() and not piece.isdigit()
