"""Passwords: argon2id as RFC 9106 has it, and rules that ask for length and nothing clever."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from monitor.door import passwords
from monitor.door.passwords import (
    LONGEST,
    SHORTEST,
    fault_of,
    hash_password,
    is_outdated,
    verify,
)

from .conftest import PASSWORD


def test_a_hash_is_argon2id_with_the_second_choice_of_rfc_9106() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    found = extract_parameters(kept)
    assert (found.hash_len, found.salt_len) == (32, 16)
    assert verify(kept, PASSWORD)
    assert not verify(kept, PASSWORD + "。")
    assert not is_outdated(kept)
    assert hash_password(PASSWORD) != kept


def test_where_there_is_no_account_the_same_work_is_done() -> None:
    assert extract_parameters(passwords._NOBODYS) == extract_parameters(hash_password("x"))
    tried = []

    class Watched:
        def verify(self, kept: str, password: bytes) -> bool:
            tried.append((kept, password))
            return True

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", Watched())
        assert not verify(None, "whatever it is")  # even where it fits
    assert tried == [(passwords._NOBODYS, b"whatever it is")]


def test_a_spoiled_hash_lets_nobody_in() -> None:
    for kept in ("", "x", "$argon2id$v=19$m=65536,t=3,p=4$", "$2b$12$abcdefghijklmnopqrstuv"):
        assert not verify(kept, PASSWORD)


def test_older_parameters_are_noticed() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))


def test_a_password_is_the_same_in_any_width_and_composition() -> None:
    kept = hash_password("ｆｌｅｅｔ　１２３　café")
    assert verify(kept, "fleet 123 cafe\u0301")
    assert not verify(kept, "Fleet 123 café")
    assert verify(hash_password("\ud800 lone surrogate"), "\ud800 lone surrogate")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery",
        "aB3$xY9kQ2mn",
        "            周一的早班车",
        "雨" * 3 + "abcdefxyz",
    ],
)
def test_what_is_long_and_uncommon_will_do(password: str) -> None:
    assert fault_of(password, ("wangfang", "王芳", None)) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "只有 0 个字符"),
        ("十一个字十一个字十一个", "只有 11 个字符"),
        ("ab12" * 51, "最多 200 个"),
        ("e\u0301" * 101 + "abcdef", "最多 200 个"),  # 107 once composed, 208 as typed
        ("wangfang-nanchang", "不能与用户名"),
        ("Wangfang-NanChang", "不能与用户名"),
        ("password1234", "太常见"),
        ("Password1234", "太常见"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "太常见"),
        ("aaaaaaaaaaaa", "太常见"),
        ("abababababab", "太常见"),
        ("123412341234", "太常见"),
        ("345678901234", "太常见"),
        ("210987654321", "太常见"),
        ("abcdefghijklm", "太常见"),
        ("poiuytrewqmnbv", "太常见"),
        ("qwertyuiopas", "太常见"),
    ],
)
def test_what_will_not_do_is_told_with_how_to_mend_it(password: str, words: str) -> None:
    fault = fault_of(password, ("wangfang-nanchang", "王芳", None))
    assert fault is not None
    assert words in fault.zh
    assert fault.en.endswith(".")
    assert password.casefold() not in fault.zh + fault.en or not password


def test_no_entry_of_the_list_is_refused_for_its_length_anyway() -> None:
    assert len(passwords._COMMONEST) >= 60
    for word in passwords._COMMONEST:
        assert word == word.casefold()
        assert SHORTEST <= len(word) <= LONGEST
    assert len(set(passwords._COMMONEST)) == len(passwords._COMMONEST)


@given(st.text(max_size=250), st.text(max_size=20))
def test_whatever_is_typed_gets_an_answer(password: str, name: str) -> None:
    fault = fault_of(password, (name,))
    if fault is None:
        assert len(password) * 18 >= SHORTEST  # one sign may stand for eighteen
        assert len(password) <= LONGEST
