"""Passwords: argon2id hashes, and what a new one must be.

Parameters are the second choice of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes. A new password
must be long and no common one, and nothing more is asked of it (NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.model import Text

SHORTEST: Final = 12
LONGEST: Final = 200
_FEWEST_DIFFERENT: Final = 5
_HASHER: Final = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)
# Each takes 64 MiB: whoever knocks often waits, and the machine keeps its memory.
_AT_ONCE: Final = BoundedSemaphore(4)
# Of 32 random bytes that nobody kept: where there is no account, as much work is done.
_NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$HKqIM5FPB2w8kl0bFIqApQ"
    "$cRzavY6ORSQ2+oGKsqRkrGD7mASvrWdy/A28rMIu3ZU"
)
# What lists of leaked passwords begin with, of those that are long enough; in lower case.
_COMMONEST: Final = (
    *("password1234", "password12345", "password123456", "passwordpassword", "passw0rd1234"),
    *("p@ssw0rd1234", "p@ssword1234", "qwerty123456", "qwerty1234567", "qwertyuiop12"),
    *("qwertyuiop123", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv"),
    *("1qaz@wsx3edc", "zaq12wsxcde3", "qwe123qwe123", "qweasdzxc123", "qazwsxedcrfv"),
    *("abc123456789", "abcd12345678", "a12345678910", "a123456789012", "aa1234567890"),
    *("admin1234567", "admin12345678", "admin@123456", "adminadmin123", "administrator"),
    *("administrator1", "administrator123", "root12345678", "rootroot1234", "welcome12345"),
    *("welcome123456", "letmein12345", "letmein123456", "iloveyou1234", "iloveyou12345"),
    *("woaini123456", "woaini1314520", "woaini5201314", "woaini520131", "5201314520131"),
    *("wodemima1234", "nihao1234567", "zhongguo1234", "zhongguo12345", "woaizhongguo"),
    *("beijing12345", "nanchang1234", "nanchang12345", "jiangxi12345", "jiangxi123456"),
    *("fujian123456", "fuzhou123456", "xiamen123456", "fleetmon1234", "fleetmon12345"),
    *("xinnengyuan1", "xinnengyuan123", "xinnengyuanche", "changeme1234", "changeme12345"),
    *("default12345", "default123456", "test12345678", "testtest1234", "guest1234567"),
    *("system123456", "master123456", "monkey123456", "dragon123456", "football1234"),
    *("baseball1234", "sunshine1234", "princess1234", "superman1234", "huawei@12345"),
)
_RUNS: Final = tuple(
    run * LONGEST
    for row in ("1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
    for run in (row, row[::-1])
)


def hash_password(password: str) -> str:
    """The hash to keep of a password; takes a quarter of a second of work."""
    with _AT_ONCE:
        return _HASHER.hash(_written(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether this is the password of a kept hash; as much work where there is none (None)."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, _written(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def fault_of(password: str, own_words: Iterable[str | None] = ()) -> Text | None:
    """What is wrong with a new password, and how to mend it; None where nothing is.

    `own_words` are the account's name, shown name and address.
    """
    text = unicodedata.normalize("NFKC", password)
    folded = text.casefold()
    if len(text) < SHORTEST:
        return Text(
            f"密码只有 {len(text)} 个字符，至少要 {SHORTEST} 个。可以用几个互不相干的词连起来。",
            f"The password has {len(text)} characters and needs at least {SHORTEST}. Several words "
            "that have nothing to do with each other are a good one.",
        )
    if (longest := max(len(text), len(password))) > LONGEST:
        return Text(
            f"密码有 {longest} 个字符，最多 {LONGEST} 个。请缩短。",
            f"The password has {longest} characters; {LONGEST} is the most. Shorten it.",
        )
    if folded in {word.strip().casefold() for word in own_words if word}:
        return Text(
            "密码不能与用户名、姓名或邮箱相同。请另选一个。",
            "The password may not be your user name, your name or your address. Choose another.",
        )
    if (
        folded in _COMMONEST
        or len(set(folded)) < _FEWEST_DIFFERENT
        or any(folded in run for run in _RUNS)
    ):
        return Text(
            "这个密码太常见，容易被猜到。请另选一个，例如几个互不相干的词连起来。",
            "This password is a common one and easily guessed. Choose another: several words that "
            "have nothing to do with each other, for example.",
        )
    return None


def _written(password: str) -> bytes:
    """The same bytes whichever keyboard or width it was typed with; any text has some."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
