"""The front over a real socket: what it says, to whom, and that asking costs the store nothing."""

from __future__ import annotations

import http.client
import re
import shlex
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import WrongUse
from monitor.service import health
from monitor.service.health import JobState
from monitor.site import bounces
from monitor.site.answers import HEADERS
from monitor.site.app import WAYS, make_app
from monitor.site.front import take
from monitor.site.openapi import OPENAPI
from monitor.store.deliveries import NewDelivery, State, add_deliveries
from monitor.store.locking import writing
from service_web.conftest import NOON, TOKEN, Service, desk_for

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MESSAGE_ID = "<D00112233445566aa@jtt.example>"
RETURNED = {"message_id": MESSAGE_ID, "status": "5.1.1", "detail": "550 no such user"}


def send_letter(service: Service) -> None:
    letter = NewDelivery(
        id="D00112233445566aa",
        kind="bulletin",
        about="360100 2026-11-22 abc",
        division="360100",
        role="director",
        recipient="li@nc.example",
        language="zh",
        file_name="a.eml",
        sha256="0" * 64,
        message_id=MESSAGE_ID,
    )
    with service.open_store(write=True) as store:
        with store.transaction():
            add_deliveries(store, [letter], NOON)
        store.connection.execute("UPDATE delivery SET state = 'sent'")


def state_of_letter(service: Service) -> list[tuple[str]]:
    with service.open_store(write=False) as store:
        return [(row[0],) for row in store.rows("SELECT state FROM delivery")]


# --- health ------------------------------------------------------------------------------------


def test_a_service_that_is_well_says_so(service: Service) -> None:
    told = service.get("/healthz")
    assert told.status == 200
    assert told.document == {"status": "ok", "reasons": []}


def test_what_is_wrong_is_told_in_both_languages(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
    service.now = NOON + timedelta(minutes=10)
    service.state.fault = "/somewhere/赣A12345.yml is wrong"
    service.state.jobs["backup"] = JobState(gave_up=True)
    service.state.jobs["retention"] = JobState(last_outcome="failed", consecutive_failures=2)
    service.state.jobs["reminders"] = JobState(last_outcome="failed", consecutive_failures=3)
    told = service.get("/healthz")
    assert told.status == 503
    assert told.document["status"] == "degraded"
    found = {reason["code"]: reason for reason in told.document["reasons"]}
    assert found.keys() == {
        *("tick_late", "tick_failed", "job_given_up", "job_failing", "disk_low")
    }
    assert "10 分钟" in found["tick_late"]["zh"]
    assert "fleetmon run backup" in found["job_given_up"]["en"]
    assert "reminders" in found["job_failing"]["zh"]
    assert "赣A12345" not in told.body.decode()


def test_a_long_job_is_no_stopped_clock_until_it_is_too_long(service: Service) -> None:
    job = service.state.jobs["weekly_bulletins"] = JobState()
    job.begin(NOON)
    service.now = NOON + timedelta(hours=2)
    assert service.get("/healthz").status == 200
    service.now = NOON + timedelta(hours=7)
    (reason,) = service.get("/healthz").document["reasons"]
    assert reason["code"] == "job_stuck"


def test_a_home_that_is_gone_is_told(service: Service) -> None:
    service.state.home = service.home.root / "gone"
    (reason,) = service.get("/healthz").document["reasons"]
    assert reason["code"] == "home_unreachable"
    assert service.get("/metrics").status == 200


def test_it_is_ready_after_the_first_tick(service: Service) -> None:
    assert service.get("/readyz").status == 200
    service.state.last_tick_at = None
    assert service.get("/readyz").status == 503


def test_health_and_metrics_open_no_store(service: Service) -> None:
    with writing(service.home, what="cli:wangfang", waiting=lambda _words: None):
        for path in ("/healthz", "/readyz", "/metrics", "/api/openapi.json"):
            assert service.get(path).status == 200
    assert service.opened == 0


# --- metrics -----------------------------------------------------------------------------------


def test_metrics_are_figures_that_prometheus_reads(service: Service) -> None:
    state = service.state
    job = state.jobs["weekly_bulletins"] = JobState(next_at=NOON + timedelta(days=7))
    job.begin(NOON - timedelta(seconds=90))
    job.end("failed", NOON - timedelta(seconds=80))
    job.begin(NOON - timedelta(seconds=60))
    job.end("done", NOON - timedelta(seconds=20))
    state.deliveries = {"sent": 22, "bounced": 1}
    state.submissions = {"accepted": 40}
    state.inbox = {"waiting": 2, "refused": 1}
    service.home.snapshot.write_bytes(b"x")
    state.snapshot = service.home.snapshot
    told = service.get("/metrics")
    assert told.headers["Content-Type"].startswith("text/plain; version=")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told.body.decode())
        for sample in family.samples
    }
    weekly = (("job", "weekly_bulletins"),)
    assert samples["fleetmon_healthy", ()] == 1
    assert samples["fleetmon_schema_version", ()] == 3
    assert samples["fleetmon_tick_age_seconds", ()] == 0
    assert samples["fleetmon_disk_free_bytes", ()] > 0
    assert ("fleetmon_snapshot_age_seconds", ()) in samples
    assert samples["fleetmon_job_runs_total", (*weekly, ("outcome", "done"))] == 1
    assert samples["fleetmon_job_runs_total", (*weekly, ("outcome", "failed"))] == 1
    assert samples["fleetmon_job_last_duration_seconds", weekly] == 40
    assert samples["fleetmon_job_consecutive_failures", weekly] == 0
    assert samples["fleetmon_job_next_timestamp_seconds", weekly] == job.next_at.timestamp()  # type: ignore[union-attr]
    assert samples["fleetmon_job_last_success_timestamp_seconds", weekly] == (NOON.timestamp() - 20)
    assert samples["fleetmon_deliveries", (("state", "bounced"),)] == 1
    assert samples["fleetmon_submissions", (("status", "accepted"),)] == 40
    assert samples["fleetmon_inbox_files", (("state", "waiting"),)] == 2
    assert not any(name.startswith("python_") for name, _ in samples)


def test_two_services_of_one_process_have_their_own_figures(service: Service) -> None:
    make_app(desk_for(service))
    assert service.get("/metrics").status == 200


# --- bounces -----------------------------------------------------------------------------------


def test_a_returned_letter_is_noted_once(service: Service) -> None:
    send_letter(service)
    told = service.post(RETURNED)
    assert told.status == 200
    assert told.document == {
        "delivery": "D00112233445566aa",
        "state": "bounced",
        "is_new": True,
    }
    assert service.post(RETURNED).document["is_new"] is False
    assert state_of_letter(service) == [(State.BOUNCED.value,)]
    assert [event for event, _ in service.told] == ["bounce_recorded"] * 2
    assert "550" not in str(service.told)


def test_the_line_on_the_page_for_operators_works(service: Service) -> None:
    """The curl line as it stands there, but for the address, the token and the letter."""
    send_letter(service)
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    (line,) = re.findall(
        r"^curl -sS (http://127\.0\.0\.1:8000/api/(?:.|\\\n)*?\})'$", page, re.MULTILINE
    )
    address, *words = shlex.split(line.replace("\\\n", "") + "'")
    given = list(zip(words[::2], words[1::2], strict=True))
    headers = [value.split(": ", 1) for name, value in given if name == "-H"]
    (body,) = (value for name, value in given if name == "-d")
    told = re.sub("<d[0-9a-f]{16}@[a-z.]+>", MESSAGE_ID, body)
    assert told != body
    path = address.removeprefix("http://127.0.0.1:8000")
    request = service.request(path, data=told.encode(), method="POST")
    for name, value in headers:
        request.add_header(name, value.replace("$TOKEN", TOKEN))
    answer = service.send(request)
    assert (answer.status, answer.document["state"]) == (200, "bounced")


def test_a_delay_changes_nothing(service: Service) -> None:
    send_letter(service)
    assert service.post(RETURNED | {"status": "4.4.1"}).document["state"] == "sent"


def test_a_letter_that_was_never_sent_is_not_known(service: Service) -> None:
    told = service.post(RETURNED)
    assert (told.status, told.error) == (404, "unknown_message")


def test_without_a_token_set_nobody_may(closed_service: Service) -> None:
    told = closed_service.post(RETURNED)
    assert (told.status, told.error) == (403, "no_token_set")
    assert closed_service.opened == 0


@pytest.mark.parametrize("token", [None, "", TOKEN[:-1], TOKEN + "x", "令牌"])
def test_a_wrong_token_gets_nowhere(service: Service, token: str | None) -> None:
    shown = token.encode().decode("latin-1") if token else token
    told = service.post(RETURNED, token=shown)
    assert (told.status, told.error) == (401, "wrong_token")
    assert told.headers["WWW-Authenticate"] == "Bearer"
    assert service.opened == 0
    assert TOKEN not in str(service.told)


def test_the_token_is_no_password_of_basic_login(service: Service) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    connection.request("POST", "/api/bounces", b"{}", {"Authorization": f"Basic {TOKEN}"})
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[" * 40_000, 400, "not_json"),
        (b'{"message_id": NaN, "status": "5.1.1"}', 400, "not_json"),
        (b'{"status": "5.1.1", "status": "4.1.1", "message_id": "<a@b>"}', 400, "not_json"),
        ([], 422, "wrong_fields"),
        ({"status": "5.1.1"}, 422, "wrong_fields"),
        (RETURNED | {"to": "x"}, 422, "wrong_fields"),
        (RETURNED | {"message_id": "D00112233445566aa"}, 422, "wrong_message_id"),
        (RETURNED | {"message_id": f"<{'a' * 300}@b>"}, 422, "wrong_message_id"),
        (RETURNED | {"message_id": "<a@b>\r\nX: y"}, 422, "wrong_message_id"),
        (RETURNED | {"message_id": 7}, 422, "wrong_message_id"),
        (RETURNED | {"status": "2.0.0"}, 422, "wrong_status"),
        (RETURNED | {"status": "550"}, 422, "wrong_status"),
        (RETURNED | {"status": 5.1}, 422, "wrong_status"),
        (RETURNED | {"status": "5.1.1'; DROP TABLE delivery"}, 422, "wrong_status"),
        (RETURNED | {"detail": "x" * 2001}, 422, "wrong_detail"),
        (RETURNED | {"detail": ["x"]}, 422, "wrong_detail"),
        (b" " * (64 * 1024 + 1), 413, "too_large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_as_it_should_be_is_refused(
    service: Service, body: object, status: int, code: str
) -> None:
    told = service.post(body)
    assert (told.status, told.error) == (status, code)
    assert service.opened == 0


def test_a_body_that_is_not_called_json_is_not_read(service: Service) -> None:
    told = service.post(RETURNED, kind="application/x-www-form-urlencoded")
    assert (told.status, told.error) == (415, "not_json")
    assert told.headers["Accept"] == "application/json"
    for language in ("zh", "en"):
        assert "Content-Type: application/json" in told.document["error"][language]


def test_broken_json_is_told_as_that(service: Service) -> None:
    told = service.post(b'{"message_id": "<a@b>", "status": "5.1.1"')
    assert (told.status, told.error) == (400, "not_json")
    assert "brackets" in told.document["error"]["en"]
    assert "Content-Type" not in told.document["error"]["en"]


def test_a_body_without_an_end_is_cut_off_at_its_limit(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as line:
        line.sendall(
            b"POST /api/bounces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {TOKEN}\r\n".encode()
            + b"Transfer-Encoding: chunked\r\n\r\n"
        )
        piece = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
        for _ in range(5):
            line.sendall(piece)
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_come_is_not_waited_for(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounces, "_PATIENCE_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as line:
        line.sendall(
            b"POST /api/bounces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n\r\n".encode()
        )
        assert line.recv(100).startswith(b"HTTP/1.1 408")


def test_while_the_store_is_busy_others_are_not_kept_waiting(service: Service) -> None:
    send_letter(service)
    answers: list[int] = []
    with writing(service.home, what="job:weekly_bulletins", waiting=lambda _words: None):
        first = threading.Thread(target=lambda: answers.append(service.post(RETURNED).status))
        first.start()
        while service.opened < 2:
            time.sleep(0.01)
        assert service.post(RETURNED).error == "busy"
        assert service.get("/healthz").status == 200
    first.join(20)
    assert answers == [200]


# --- the rest ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/healthz/", "/api/../etc/passwd"])
def test_there_is_nothing_else(service: Service, path: str) -> None:
    told = service.get(path)
    assert (told.status, told.error) == (404, "not_found")


def test_a_wrong_method_is_told(service: Service) -> None:
    told = service.get("/api/bounces")
    assert (told.status, told.error) == (405, "wrong_method")
    assert service.post({}, path="/healthz").status == 405


def test_every_answer_carries_the_headers(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_state: object) -> object:
        raise RuntimeError("车牌 赣A12345")

    answers = [service.get(path) for path in ("/healthz", "/metrics", "/api/nothing")]
    monkeypatch.setattr(health, "_disk_reasons", breaks)
    broken = service.get("/healthz")
    assert (broken.status, broken.error) == (500, "failed")
    assert "赣A12345" not in broken.body.decode()
    for told in (*answers, broken):
        assert {name: told.headers.get(name) for name in HEADERS} == dict(HEADERS)
        assert "Server" not in told.headers


def test_the_document_names_every_route_and_every_code(service: Service) -> None:
    assert service.get("/api/openapi.json").document == OPENAPI
    served = {(way.path, way.method.lower()) for way in WAYS if way.kind == "api"}
    written = {(path, method) for path, said in OPENAPI["paths"].items() for method in said}
    assert served == written
    raised = set(re.findall(r"Refused\((\d{3})", Path(bounces.__file__).read_text("utf-8")))
    assert raised | {"200"} == OPENAPI["paths"]["/api/bounces"]["post"]["responses"].keys()


def test_an_address_that_is_taken_is_told(service: Service) -> None:
    with pytest.raises(WrongUse, match="--port"):
        take("127.0.0.1", service.port, service.settings.site)
