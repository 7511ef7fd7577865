"""What a line, a form and an upload may cost: time, memory, places, room; and who sees figures."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from monitor.door.rights import Role, Verb
from monitor.service.health import ServiceState
from monitor.settings import ServiceSettings, Settings, SiteSettings
from monitor.site import arriving, front, routing
from monitor.site.app import make_app
from monitor.site.desk import Desk
from monitor.store.archive import Incoming, stored_at
from site_pages.conftest import NANCHANG, NOW, Browser, Site, running
from site_pages.sending import extract, file_of, row

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SENDS = (Verb.SEE, Verb.SUBMIT)
TOKEN = "of the bureau's own programs"  # noqa: S105  # the test's own


def line_to(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", httpx.URL(site.address).port or 0), timeout=20)


def is_closed_while(line: socket.socket, sent: bytes = b"", *, seconds: float = 10) -> bool:
    """Whether the other side closes, though something is sent every tenth of a second."""
    ends = time.monotonic() + seconds
    line.settimeout(0.1)
    while time.monotonic() < ends:
        try:
            if sent:
                line.sendall(sent)
            if not line.recv(65536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def begin(site: Site, browser: Browser | None, path: str, length: int, rest: bytes) -> Any:
    """A line on which a form is begun."""
    cookie = browser.client.cookies.get(site.desk.cookie) if browser else ""
    line = line_to(site)
    line.sendall(
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: {site.desk.cookie}={cookie}\r\nContent-Length: {length}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode()
        + rest
    )
    return closing(line)


# --- lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "dripped"),
    [
        pytest.param(b"", b"", id="silent"),
        pytest.param(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", b"a", id="slow"),
        pytest.param(
            b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /readyz HTTP/1.1\r\nX-Long: ",
            b"a",
            id="slow after an answer",
        ),
        pytest.param(
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\n\r\n",
            b"a",
            id="the rest of what is answered",
        ),
    ],
)
def test_a_line_without_a_request_is_closed(
    read_site: Site, monkeypatch: pytest.MonkeyPatch, begun: bytes, dripped: bytes
) -> None:
    monkeypatch.setattr(front, "_HEAD_SECONDS", 0.5)
    monkeypatch.setattr(front, "_REST_SECONDS", 0.5)
    with closing(line_to(read_site)) as line:
        line.sendall(begun)
        assert is_closed_while(line, dripped)


def test_a_request_under_way_is_not_closed(
    read_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "_HEAD_SECONDS", 0.3)
    with begin(read_site, None, "/sign-in", 7, b"--b") as line:
        time.sleep(1)
        line.sendall(b"--\r\n")
        assert line.recv(4000).startswith(b"HTTP/1.1 403")


# --- forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/submit", "/nil", "/sign-in"])
@pytest.mark.parametrize("how", ["STILL_SECONDS", "WHOLE_SECONDS"])
def test_a_form_that_comes_too_slowly_is_given_up(
    read_site: Site, monkeypatch: pytest.MonkeyPatch, path: str, how: str
) -> None:
    whole = "WHOLE_FILE_SECONDS" if path == "/submit" else "WHOLE_SECONDS"
    monkeypatch.setattr(routing, whole if how == "WHOLE_SECONDS" else how, 0.5)
    browser = read_site.browser("wangfang")
    with begin(read_site, browser, path, 90_000, b"--b\r\n") as line:
        answer, ends = b"", time.monotonic() + 10
        line.settimeout(0.1)
        while not answer and time.monotonic() < ends:
            try:
                if how == "WHOLE_SECONDS":
                    line.sendall(b"X-A: 1\r\n")
                answer = line.recv(65536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")
    assert read_site.desk.arriving == []


def test_a_form_that_breaks_off_is_no_fault_of_ours(read_site: Site) -> None:
    with begin(read_site, read_site.browser("wangfang"), "/submit", 90_000, b"--b\r\n"):
        wait_for(lambda: len(read_site.desk.arriving) == 1)
    wait_for(lambda: not read_site.desk.arriving)
    time.sleep(0.2)
    assert "request_failed" not in [event for event, _ in read_site.told]


def wait_for(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_forms_and_programs_share_the_places(
    read_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "_MOST_AT_ONCE", 1)
    browser, program = (
        read_site.browser("wangfang"),
        read_site.program(Role.CLERK, NANCHANG, *SENDS),
    )
    with begin(read_site, browser, "/submit", 90_000, b"--b\r\n"):
        wait_for(lambda: len(read_site.desk.arriving) == 1)
        busy = program.post("/api/v1/uploads", content=b"a")
        assert (busy.status_code, busy.json()["error"]["code"]) == (503, "busy")
        form = read_site.browser("liqiang").post("/submit", files=dict([file_of(b"a")]))
        assert (form.status_code, "同时上传的文件太多" in form.text) == (503, True)
    wait_for(lambda: not read_site.desk.arriving)
    form = browser.post("/submit", files=dict([file_of(b"a")]), headers={"Cookie": ""})
    assert form.status_code != 503


def test_a_form_is_not_taken_where_the_disk_has_no_room(
    read_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = read_site.browser("wangfang")
    read_site.desk.arriving.append(1 << 62)  # somebody announced all that there is
    try:
        full = browser.post("/submit", files=dict([file_of(b"a")]))
    finally:
        read_site.desk.arriving.clear()
    assert (full.status_code, "磁盘空间不足" in full.text) == (503, True)
    monkeypatch.setattr(arriving, "LEAST_FREE_BYTES", 1 << 62)
    browser.get("/submit")
    assert browser.post("/submit", files=dict([file_of(b"a")])).status_code == 503


def test_what_is_typed_beside_files_is_small(read_site: Site) -> None:
    browser = read_site.browser("wangfang")

    def told(**fields: str) -> int:
        browser.get("/submit")
        return browser.post("/submit", fields, files={"other": ("a", b"a")}).status_code

    assert told(reason="𠮷" * 2000) == 422  # read, and no file was chosen
    assert told(reason="a" * 17 * 1024) == 400
    assert told(**{f"f{at}": "a" for at in range(40)}) == 400
    browser.get("/nil")
    assert browser.post("/nil", {"reason": "𠮷" * 2000}).status_code == 422


# --- bytes are kept with a draft, or not --------------------------------------------------------


@pytest.fixture
def small_site(held_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site where one upload may wait, and waits for ever."""
    shutil.copytree(held_home, tmp_path / "home")
    for site in running(tmp_path / "home", Settings(site=SiteSettings(most_waiting=1))):
        monkeypatch.setattr(site.desk.workers, "check", lambda _draft: None)
        yield site


def is_kept(site: Site, content: bytes) -> bool:
    return stored_at(site.home, hashlib.sha256(content).hexdigest()).exists()


def test_a_refused_upload_leaves_no_bytes(small_site: Site) -> None:
    site = small_site
    contents = [extract(row(number)) for number in range(700, 704)]
    program = site.program(Role.CLERK, NANCHANG, *SENDS)

    def sent(content: bytes, key: str) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return program.post("/api/v1/uploads", content=content, headers=headers)

    first = sent(contents[0], "one")
    assert (first.status_code, is_kept(site, contents[0])) == (202, True)
    assert sent(contents[1], "one").json()["error"]["code"] == "key_taken"
    assert sent(contents[2], "two").json()["error"]["code"] == "too_many_waiting"
    browser = site.browser("wangfang")
    browser.get("/submit")
    page = browser.post("/submit", {"token": "t"}, files=[file_of(contents[3])])
    assert (page.status_code, "这份没有保存" in page.text) == (422, True)
    assert [is_kept(site, one) for one in contents] == [True, False, False, False]
    assert not list(site.home.work.glob("keep-*"))
    again = sent(contents[0], "one")
    assert (again.status_code, again.json()["upload"]) == (200, first.json()["upload"])


def test_no_draft_is_without_its_bytes(small_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Incoming, "keep", full)
    browser = small_site.browser("wangfang")
    browser.get("/submit")
    failed = browser.post("/submit", {"token": "t"}, files=[file_of(extract(row(710)))])
    assert failed.status_code == 500
    with small_site.desk.door() as door:
        assert door.row("SELECT count(*) FROM draft") == (0,)


# --- https, and figures for who watches ---------------------------------------------------------


def asked_from(
    site: Site, address: str, path: str, *, client: str = "127.0.0.1", **headers: str
) -> httpx.Response:
    """What a site at an address answers to somebody at another."""
    place = site.desk.place
    settings = Settings(service=ServiceSettings(token=SecretStr(TOKEN)))
    with_token = type(place)(**{**place.__dict__, "settings": settings})
    state = ServiceState(started_at=NOW, home=site.home.root, last_tick_at=NOW)
    app = make_app(Desk(with_token, state, site.desk.workers, address))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 4711), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=address) as asking:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await asking.get(path, headers=named)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/sign-in", "/readyz", "/nowhere"])
def test_browsers_stay_with_https_where_it_is_served(read_site: Site, path: str) -> None:
    name = "strict-transport-security"
    assert "max-age=31536000" in asked_from(read_site, "https://nev.example.cn", path).headers[name]
    assert name not in asked_from(read_site, "http://127.0.0.1:8000", path).headers


def test_figures_are_for_this_machine_and_the_token(read_site: Site) -> None:
    def status(path: str = "/metrics", **given: str) -> int:
        return asked_from(read_site, "http://127.0.0.1:8000", path, **given).status_code

    assert status() == 200
    assert status(client="::ffff:127.0.0.1") == 200
    assert status(client="10.1.2.3") == 401
    assert status(X_Forwarded_For="10.1.2.3") == 401
    assert status(client="10.1.2.3", Authorization="Bearer wrong") == 401
    assert status(client="10.1.2.3", Authorization=f"Bearer {TOKEN}") == 200
    assert status("/readyz", client="10.1.2.3") == 200
    assert "version" not in asked_from(read_site, "http://127.0.0.1:8000", "/healthz").text
