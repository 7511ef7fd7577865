"""The API asked all sorts of things: it may say no in its one way, and never breaks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.door.rights import RIGHTS, Role, Verb
from monitor.settings import Settings
from monitor.site.api.operation import Operation
from monitor.site.api.refusals import REFUSALS
from monitor.site.api.table import OPERATIONS
from monitor.site.routing import path_names
from site_pages.conftest import NANCHANG, Site, running
from site_pages.test_api import FILE, checked

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ELSEWHERE = {"not_found", "wrong_method"}  # an address that became another one
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("", "0", "-1", "9" * 30, "null", "true", "NaN", "1e400", "２０２０", "2020-02-30"),
            *("../../etc/passwd", "%00", "a\r\nb", "'; DROP TABLE submission; --", "=1+1"),
            *("S000001", NANCHANG, "registration", "2020", "2020-12-31", "9999-12-31"),
            *("\u202e360100", "😀", "赣A12345", "x" * 3000, "2020-12-31T00:00:00+23:59"),
            "JX-F01.360100.2020.whole.20201231.12.0a1b2c3d",
            "JX-F01.360100.2020.whole.20201231.99999999999999999999.0a1b2c3d",
            "JX-F01.360100.2020.whole.20201231.1.k99999999999999999999.0a1b2c3d",
            "JX-F01.360100.2020.whole.20201231.1.d99999999999999999999.0a1b2c3d",
            "JX-F01.360100.0000.whole.20201231.1.0a1b2c3d",
            "JX-F01.360100.2020.nothing.00010101.1.0a1b2c3d",
        ]
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def odd_site(held_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("odd") / "home"
    shutil.copytree(held_home, home)
    yield from running(home, Settings())


@pytest.fixture(scope="module")
def programs(odd_site: Site) -> tuple[httpx.Client, str, str]:
    """One who may nearly everything, an upload that is there, and its fingerprint."""
    verbs = RIGHTS[Role.STEWARD] - {Verb.ENTER}
    program = odd_site.program(Role.STEWARD, None, *verbs)
    made = checked(program, kind="registration", division=NANCHANG)
    return program, made["upload"], made["result"]["fingerprint"]


def ensure_stable(answer: httpx.Response, one: Operation) -> None:
    """Either what the documentation promises, or a refusal in its one shape."""
    assert answer.status_code < 500, (one.path, answer.text)
    if answer.status_code < 400:
        return
    said = answer.json()
    assert said.keys() == {"error"}
    assert said["error"].keys() == {"code", "zh", "en"}
    code = said["error"]["code"]
    assert code in {*one.all_codes, *ELSEWHERE}, (one.path, said)
    if code in REFUSALS:
        assert answer.status_code == REFUSALS[code].status


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_it_never_breaks(
    odd_site: Site, programs: tuple[httpx.Client, str, str], data: st.DataObject
) -> None:
    program, upload, fingerprint = programs
    one = data.draw(st.sampled_from(OPERATIONS))
    path = one.path
    for name in path_names(path):
        part = data.draw(st.one_of(TEXT, st.sampled_from([upload, "S000001", NANCHANG])))
        path = path.replace(f"{{{name}}}", quote(part or "-", safe="", errors="replace"))
    names = [parameter.name for parameter in one.parameters] or ["x"]
    query = data.draw(st.lists(st.tuples(st.sampled_from([*names, "x"]), TEXT), max_size=3))
    given: dict[str, Any] = {"params": query}
    if one.takes_file:
        given["content"] = data.draw(st.sampled_from([FILE, b"", b"\x00" * 50, b"PK\x03\x04"]))
        given["headers"] = {"Idempotency-Key": data.draw(st.sampled_from(["x", " ", "x" * 300]))}
    elif one.body is not None:
        fields = [*one.body.model_fields, "x"]
        body = data.draw(st.dictionaries(st.sampled_from(fields), VALUES, max_size=6))
        if data.draw(st.booleans()):
            body |= {"fingerprint": fingerprint[::-1]}
        given["content"] = json.dumps(body).encode()
        given["headers"] = {"Content-Type": "application/json"}
    answer = program.request(one.method, path, **given)
    ensure_stable(answer, one)
    broken = [
        fields for event, fields in odd_site.told if event in {"request_failed", "api_failed"}
    ]
    assert not broken


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "application/json", "not_json"),
        (b"[]", "application/json", "not_json"),
        (b"\xff", "application/json", "not_json"),
        (b"[" * 60_000, "application/json", "not_json"),
        (b'{"fingerprint": NaN}', "application/json", "not_json"),
        (b"{}", "text/plain", "not_called_json"),
        (b"{}", "application/json", "wrong_fields"),
        (b'{"fingerprint": 7}', "application/json", "wrong_fields"),
        (b'{"seen": "x"}', "application/json", "wrong_fields"),
        (b" " * (64 * 1024 + 1), "application/json", "too_large"),
        (b" " * (300 * 1024), "application/json", "too_large"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_is_none_is_told(
    programs: tuple[httpx.Client, str, str], body: bytes, kind: str, code: str
) -> None:
    program, upload, _ = programs
    answer = program.post(
        f"/api/v1/uploads/{upload}/confirm", content=body, headers={"Content-Type": kind}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (REFUSALS[code].status, code)


@pytest.mark.parametrize("shown", ["Bearer x", "Basic eDp5", "Bearer", "bearer fm_0_0", "x"])
def test_a_token_that_is_none_is_nobodys(odd_site: Site, shown: str) -> None:
    answer = httpx.get(f"{odd_site.address}/api/v1/mandates", headers={"Authorization": shown})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "no_token"
