"""The API over a real socket: a file to its receipt by a program, and every way to be refused."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from monitor.door.database import open_door
from monitor.door.draft_states import DraftState
from monitor.door.rights import Role, Verb
from monitor.settings import Settings, SiteSettings
from monitor.site import arriving, routing
from monitor.site.api import held_shapes, shapes
from monitor.site.api.refusals import REFUSALS
from monitor.store import archive
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, NANCHANG, Site, running

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HEADER = "车辆识别代号,燃料种类,初次登记日期,车辆用途,号牌号码,单位性质,新增原因\n"
GOOD = "LZYTGGE69L1092210,纯电动,2020-12-12,公交车,赣A09216D,国有企业,更新\n"
BAD = "LZYTGGE69L109221,纯电动,2020-12-13,公交车,赣A09217D,国有企业,更新\n"
FILE = (HEADER + GOOD + BAD).encode()
CLERK = (Verb.SEE, Verb.SEE_ROWS, Verb.SUBMIT, Verb.CONFIRM)


def told(answer: httpx.Response, status: int, shape: type[BaseModel]) -> dict[str, Any]:
    """What was answered, held to its shape."""
    assert answer.status_code == status, answer.text
    shape.model_validate(answer.json())
    return dict(answer.json())


def error_of(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert said.keys() == {"error"}
    assert said["error"].keys() == {"code", "zh", "en"}
    return answer.status_code, said["error"]["code"]


def handed_in(
    program: httpx.Client, content: bytes = FILE, key: str | None = None, **query: str
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return program.post("/api/v1/uploads", content=content, params=query, headers=headers)


def checked(program: httpx.Client, content: bytes = FILE, **query: str) -> dict[str, Any]:
    number = told(handed_in(program, content, **query), 202, shapes.Upload)["upload"]
    return settled(program, number)


def settled(program: httpx.Client, number: str) -> dict[str, Any]:
    for _ in range(4):
        found = program.get(f"/api/v1/uploads/{number}", params={"wait": 30})
        document = told(found, 200, shapes.Upload)
        if document["state"] not in {"received", "checking", "confirming"}:
            return document
    raise AssertionError(document["state"])


def submissions_held(site: Site) -> int:
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        return int(store.one("SELECT count(*) FROM submission"))


def clerk(site: Site) -> httpx.Client:
    return site.program(Role.CLERK, NANCHANG, *CLERK)


# --- a file to its receipt ----------------------------------------------------------------------


def test_a_program_takes_a_file_to_its_receipt(site: Site) -> None:
    program, held = clerk(site), submissions_held(site)
    made = handed_in(program, kind="registration", period="2020-12", file_name="一月.csv")
    number = told(made, 202, shapes.Upload)["upload"]
    assert made.headers["location"] == f"/api/v1/uploads/{number}"
    document = settled(program, number)
    assert (document["state"], document["file"]) == ("checked", "一月.csv")
    assert document["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert "尚未生效" in document["state_words"]["zh"]
    assert "not in force" in document["state_words"]["en"]
    result = document["result"]
    assert result["rows"] == {"read": 2, "accepted": 1, "rejected": 1, "ignored": 0}
    groups = {group["code"]: group for group in result["findings"]}
    assert groups["vin_malformed"]["shown"][0]["line"] == 3
    after = result["assessments"]["after"]
    assert {row["division"] for row in after} == {NANCHANG}
    assert any(row["period"] == "2020" for row in after)
    rejected = program.get(f"/api/v1/uploads/{number}/rejected.csv")
    assert rejected.status_code == 200
    assert "LZYTGGE69L109221," in rejected.content.decode("utf-8-sig")
    assert submissions_held(site) == held

    seen = {"fingerprint": result["fingerprint"]}
    confirmed = program.post(f"/api/v1/uploads/{number}/confirm", json=seen)
    told(confirmed, 202, shapes.Upload)
    again = program.post(f"/api/v1/uploads/{number}/confirm", json=seen)
    assert again.status_code in {200, 202}
    document = settled(program, number)
    assert document["state"] == "confirmed"
    assert submissions_held(site) == held + 1

    one = f"/api/v1/submissions/{document['submission']}"
    found = told(program.get(one), 200, held_shapes.OneSubmission)
    assert found["confirmation"]["draft"] == number
    assert found["counting"] == {"rows": 1, "taken_over": {}}
    receipt = told(program.get(f"{one}/receipt"), 200, held_shapes.Receipt)
    assert receipt["outcome"] == "genuine"
    findings = told(program.get(f"{one}/findings"), 200, held_shapes.Findings)
    assert findings["findings"][0]["code"] == "vin_malformed"
    assert program.get(f"{one}/rejected.csv").content == rejected.content
    listed = told(program.get("/api/v1/submissions"), 200, held_shapes.Submissions)
    assert listed["submissions"][0]["submission"] == document["submission"]
    uploads = told(program.get("/api/v1/uploads"), 200, shapes.Uploads)["uploads"]
    assert [one["upload"] for one in uploads] == [number]


def test_the_same_key_is_one_upload(site: Site) -> None:
    program = clerk(site)
    first = told(handed_in(program, key="2021-01/1"), 202, shapes.Upload)
    again = told(handed_in(program, key="2021-01/1"), 200, shapes.Upload)
    assert again["upload"] == first["upload"]
    other = handed_in(program, content=FILE + GOOD.encode(), key="2021-01/1")
    assert error_of(other) == (409, "key_taken")
    assert error_of(handed_in(program, key="2021-01/1", mode="add", kind="procurement")) == (
        409,
        "key_taken",
    )
    assert told(handed_in(program, key="2021-01/2"), 202, shapes.Upload) != first
    assert error_of(handed_in(program, key="x" * 201)) == (422, "wrong_key")


def test_a_form_with_one_file_is_the_same(site: Site) -> None:
    program = clerk(site)
    sent = program.post("/api/v1/uploads", files={"file": ("一月.csv", FILE, "text/csv")})
    document = told(sent, 202, shapes.Upload)
    assert document["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert document["file"] == "一月.csv"
    two = [("file", ("a.csv", FILE)), ("file", ("b.csv", FILE))]
    assert error_of(program.post("/api/v1/uploads", files=two)) == (400, "wrong_form")
    words = program.post("/api/v1/uploads", files={"note": (None, "无文件")})
    assert error_of(words) == (400, "no_content")
    broken = program.post(
        "/api/v1/uploads", content=FILE, headers={"Content-Type": "multipart/form-data"}
    )
    assert error_of(broken) == (400, "wrong_form")


def test_what_was_taken_for_something_else_is_asked_anew(site: Site) -> None:
    program = clerk(site)
    refused = checked(program, kind="procurement")
    assert refused["state"] == "refused"
    assert refused["words"]["zh"]
    path = f"/api/v1/uploads/{refused['upload']}/correct"
    made = told(program.post(path, json={"kind": "registration"}), 202, shapes.Upload)
    assert made["asked"]["kind"] == "registration"
    assert settled(program, made["upload"])["state"] == "checked"
    assert settled(program, refused["upload"])["state"] == "discarded"
    assert error_of(program.post(path, json={"kind": None})) == (409, "wrong_state")
    path = f"/api/v1/uploads/{made['upload']}/correct"
    assert error_of(program.post(path, json={"kind": "bananas"})) == (422, "wrong_fields")


def test_a_nil_return(site: Site) -> None:
    program = clerk(site)
    body = {"kind": "procurement", "period": "2021-01"}
    made = program.post("/api/v1/nil", json=body, headers={"Idempotency-Key": "nil"})
    number = told(made, 202, shapes.Upload)["upload"]
    document = settled(program, number)
    assert (document["state"], document["sha256"]) == ("checked", None)
    seen = {"fingerprint": document["result"]["fingerprint"]}
    program.post(f"/api/v1/uploads/{number}/confirm", json=seen)
    assert settled(program, number)["state"] == "confirmed"
    for wrong in ({"kind": "procurement"}, body | {"period": "2021-13"}, body | {"kind": "x"}):
        assert error_of(program.post("/api/v1/nil", json=wrong)) == (422, "wrong_fields")


def test_what_is_confirmed_is_what_was_looked_at(site: Site) -> None:
    program = clerk(site)
    document = checked(program, kind="registration")
    path = f"/api/v1/uploads/{document['upload']}"
    wrong = program.post(f"{path}/confirm", json={"fingerprint": "0" * 64})
    assert error_of(wrong) == (409, "result_moved")
    gone = told(program.post(f"{path}/discard"), 200, shapes.Upload)
    assert gone["state"] == "discarded"
    seen = {"fingerprint": document["result"]["fingerprint"]}
    assert error_of(program.post(f"{path}/confirm", json=seen)) == (409, "wrong_state")
    assert error_of(program.post(f"{path}/return", json={"reason": "x"})) == (404, "not_found")


def test_an_explanation_needs_a_warning_and_a_reason(site: Site) -> None:
    program = clerk(site)
    document = checked(program, kind="registration")
    path = f"/api/v1/uploads/{document['upload']}/explanations"
    asking = [one["code"] for one in document["result"]["findings"] if one["asks_why"]]
    body = {"code": "vin_malformed", "reason": "verified", "words": ""}
    assert error_of(program.post(path, json=body)) == (422, "wrong_fields")
    for code in asking:
        said = program.post(path, json=body | {"code": code, "until": "2021-12-31"})
        assert told(said, 200, shapes.Upload)["explanations"][0]["code"] == code
        other = program.post(path, json=body | {"code": code, "reason": "other"})
        assert error_of(other) == (422, "wrong_fields")


@pytest.fixture
def signing_site(held_home: Any, tmp_path: Any) -> Iterator[Site]:
    import shutil  # noqa: PLC0415  # this fixture alone

    home = tmp_path / "signing"
    shutil.copytree(held_home, home)
    yield from running(home, Settings(site=SiteSettings(second_person=(NANCHANG,))))


def test_a_second_person_signs_or_gives_back(signing_site: Site) -> None:
    program = clerk(signing_site)
    signer = signing_site.program(Role.SIGNER, NANCHANG, *CLERK, Verb.SIGN)
    document = checked(program, kind="registration")
    assert document["needs_second_person"]
    path = f"/api/v1/uploads/{document['upload']}"
    seen = {"fingerprint": document["result"]["fingerprint"]}
    assert told(program.post(f"{path}/confirm", json=seen), 200, shapes.Upload)["state"] == (
        "awaiting"
    )
    back = signer.post(f"{path}/return", json={"reason": "少报一批公交车"})
    assert told(back, 200, shapes.Upload)["words"]["zh"] == "少报一批公交车"
    program.post(f"{path}/confirm", json=seen)
    wrong = signer.post(f"{path}/sign", json={"fingerprint": "0" * 64})
    assert error_of(wrong) == (409, "result_moved")
    told(signer.post(f"{path}/sign", json=seen), 202, shapes.Upload)
    document = settled(program, document["upload"])
    assert document["state"] == "confirmed"
    assert document["signed_by"] != document["confirmed_by"]


# --- what is held -------------------------------------------------------------------------------


def test_figures_are_those_of_the_command_line(read_site: Site) -> None:
    program = clerk(read_site)
    found = program.get("/api/v1/assessments", params={"as_of": "2020-12-31"})
    document = told(found, 200, held_shapes.Judged)
    assert {row["division"] for row in document["assessments"]} == {NANCHANG}
    row = next(one for one in document["assessments"] if one["explain"] and one["numerator"])
    explained = told(program.get(f"/api/v1/explain/{row['explain']}"), 200, held_shapes.Explained)
    assert explained["figure"]["numerator"] == row["numerator"]
    assert "*" in explained["rows"][0]["vin"]
    whole = program.get(f"/api/v1/explain/{row['explain']}", params={"unmask": "true"})
    assert "*" not in whole.json()["rows"][0]["vin"]
    blind = read_site.program(Role.CLERK, NANCHANG, Verb.SEE)
    unseen = blind.get(f"/api/v1/explain/{row['explain']}", params={"unmask": "true"})
    assert "rows" not in unseen.json()
    unknown = program.get("/api/v1/assessments", params={"mandate": "XX-F99"})
    assert error_of(unknown) == (422, "wrong_use")


def test_policy_bulletins_and_exemptions(read_site: Site) -> None:
    program = clerk(read_site)
    told(program.get("/api/v1/mandates"), 200, held_shapes.Mandates)
    told(program.get("/api/v1/divisions"), 200, held_shapes.Divisions)
    asked = {"as_of": "2020-12-31"}
    told(program.get("/api/v1/exemptions", params=asked), 200, held_shapes.Exemptions)
    found = told(program.get("/api/v1/bulletins", params=asked), 200, held_shapes.Issues)
    assert {one["division"] for one in found["bulletins"]} == {NANCHANG}
    (issue,) = found["bulletins"]
    for form in issue["forms"]:
        file = program.get(form["address"])
        assert (file.status_code, bool(file.content)) == (200, True)
        assert file.headers["content-type"] == form["media_type"]
        foreign = form["address"].replace(NANCHANG, JIUJIANG)
        assert error_of(program.get(foreign)) == (404, "not_found")


def test_a_steward_decides_exemptions(site: Site) -> None:
    steward = site.program(Role.STEWARD, None, Verb.SEE, Verb.SEE_ROWS, Verb.REVIEW)
    document = steward.get("/api/v1/exemptions", params={"as_of": "2021-02-01"}).json()
    body = {"division": NANCHANG, "decision": "refused", "reason": "未见批文"}
    neither = steward.post("/api/v1/exemptions/decisions", json=body)
    assert error_of(neither) == (422, "wrong_use")
    stale = steward.post("/api/v1/exemptions/decisions", json=body | {"group": "0" * 12, "seen": 1})
    assert error_of(stale) == (422, "wrong_use")
    for group in document["exemptions"][:1]:
        said = body | {key: group[key] for key in ("division", "group")}
        done = steward.post("/api/v1/exemptions/decisions", json=said | {"seen": group["vehicles"]})
        assert told(done, 200, held_shapes.Decided) == {"vehicles": group["vehicles"]}


# --- limits -------------------------------------------------------------------------------------


def left_over(site: Site) -> list[str]:
    return [path.name for path in site.home.work.glob("keep-*")]


def drafts_held(site: Site) -> int:
    with open_door(site.home) as door:
        row = door.row("SELECT count(*) FROM draft")
    return int(row[0]) if row else 0


@pytest.fixture
def small_site(held_home: Any, tmp_path: Any) -> Iterator[Site]:
    import shutil  # noqa: PLC0415  # this fixture alone

    home = tmp_path / "small"
    shutil.copytree(held_home, home)
    yield from running(home, Settings(site=SiteSettings(most_megabytes=1, most_waiting=2)))


def test_limits_are_told_and_leave_nothing(
    small_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = clerk(small_site)

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (64 * 1024)

    large = program.post("/api/v1/uploads", content=b"x" * (1 << 20) + b"x")
    assert error_of(large) == (413, "too_large")
    assert "1 MB" in large.json()["error"]["zh"]
    try:
        endless = program.post("/api/v1/uploads", content=pieces())
    except httpx.HTTPError:
        endless = None  # it was cut off while it still wrote
    assert endless is None or error_of(endless) == (413, "too_large")
    far = program.post("/api/v1/uploads", content=b"x" * (3 << 20))
    assert error_of(far) == (413, "too_large")
    form = program.post("/api/v1/uploads", files={"file": ("a.csv", b"x" * (1 << 20) + b"x")})
    assert error_of(form) == (413, "too_large")
    assert error_of(program.post("/api/v1/uploads", content=b"")) == (400, "no_content")
    assert (left_over(small_site), drafts_held(small_site)) == ([], 0)

    monkeypatch.setattr(small_site.desk.workers, "check", lambda _draft: None)
    assert handed_in(program).status_code == 202
    assert handed_in(program).status_code == 202
    many = handed_in(program)
    assert error_of(many) == (429, "too_many_waiting")
    assert int(many.headers["retry-after"]) > 0
    assert error_of(handed_in(program, key="third")) == (429, "too_many_waiting")
    monkeypatch.setattr(arriving, "_MOST_AT_ONCE", 0)
    busy = handed_in(program, key="fourth")
    assert error_of(busy) == (503, "busy")
    assert int(busy.headers["retry-after"]) > 0
    monkeypatch.setattr(arriving, "LEAST_FREE_BYTES", 1 << 62)
    assert error_of(handed_in(program, key="fifth")) == (503, "no_room")
    assert (left_over(small_site), drafts_held(small_site)) == ([], 2)


def _begun(site: Site, length: int) -> socket.socket:
    token = clerk(site).headers["authorization"]
    line = socket.create_connection(("127.0.0.1", httpx.URL(site.address).port or 0), timeout=20)
    line.sendall(
        b"POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        + f"Authorization: {token}\r\nContent-Length: {length}\r\n\r\n".encode()
        + FILE
    )
    return line


def _wait_until_gone(site: Site) -> None:
    """The answer may be read before the server has swept up behind it."""
    deadline = time.monotonic() + 20
    while left_over(site) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_body_that_stops_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "STILL_SECONDS", 0.3)
    # Head and body need not come in one piece.
    with _begun(site, len(FILE) + 100) as line, line.makefile("rb") as whole:
        answer = whole.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in answer
    _wait_until_gone(site)
    assert (left_over(site), drafts_held(site)) == ([], 0)


def test_a_body_that_is_cut_off_leaves_nothing(site: Site) -> None:
    _begun(site, len(FILE) + 100).close()
    _wait_until_gone(site)
    time.sleep(0.2)
    assert (left_over(site), drafts_held(site)) == ([], 0)
    assert not (site.home.archive / hashlib.sha256(FILE).hexdigest()[:2]).exists()
    assert "request_failed" not in [event for event, _ in site.told]


def test_a_large_body_is_never_whole_in_memory(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    largest = 0
    write = archive.Incoming.write

    def noted(self: Any, chunk: bytes) -> None:
        nonlocal largest
        largest = max(largest, len(chunk))
        write(self, chunk)

    monkeypatch.setattr(archive.Incoming, "write", noted)
    content = HEADER.encode() + GOOD.encode() * 60_000
    sent = handed_in(clerk(site), content)
    assert told(sent, 202, shapes.Upload)["size"] == len(content)
    assert largest <= 2 << 20 < len(content)


# --- who may ------------------------------------------------------------------------------------


def test_another_city_sees_nothing(site: Site) -> None:
    program, stranger = clerk(site), site.program(Role.CLERK, JIUJIANG, *CLERK)
    document = checked(program, kind="registration")
    path = f"/api/v1/uploads/{document['upload']}"
    absent = stranger.get("/api/v1/uploads/UAAAAAAAAAA")
    assert error_of(absent) == (404, "not_found")
    assert stranger.get(path).content == absent.content
    seen = {"fingerprint": document["result"]["fingerprint"]}
    assert stranger.post(f"{path}/confirm", json=seen).content == absent.content
    assert stranger.post(f"{path}/discard").content == absent.content
    assert error_of(handed_in(stranger, division=NANCHANG)) == (404, "not_found")
    foreign = stranger.get("/api/v1/assessments", params={"division": NANCHANG})
    assert error_of(foreign) == (404, "not_found")
    assert stranger.get("/api/v1/uploads").json() == {"uploads": []}
    with open_door(site.home) as door:
        state = door.row("SELECT state FROM draft")
    assert state == (DraftState.CHECKED,)


def test_a_token_does_what_it_was_made_for(site: Site) -> None:
    reader = site.program(Role.CLERK, NANCHANG, Verb.SEE)
    assert error_of(handed_in(reader)) == (404, "not_found")
    document = checked(clerk(site), kind="registration")
    path = f"/api/v1/uploads/{document['upload']}"
    shown = told(reader.get(path), 200, shapes.Upload)["result"]["findings"]
    assert shown
    assert all(group["shown"] == [] for group in shown)
    assert "LZYTGGE69L109221" not in reader.get(path).text
    assert error_of(reader.get(f"{path}/rejected.csv")) == (404, "not_found")
    refused = site.client().get(path)
    assert error_of(refused) == (401, "no_token")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_neither_acts_by_the_other_ones_key(site: Site) -> None:
    browser = site.browser("wangfang")
    by_cookie = browser.client.post("/api/v1/uploads", content=FILE)
    assert error_of(by_cookie) == (401, "no_token")
    program = clerk(site)
    headers = {"Sec-Fetch-Site": "same-origin"}
    form = program.post("/nil", data={"kind": "procurement", "period": "2021"}, headers=headers)
    assert form.status_code == 404
    assert drafts_held(site) == 0


def test_a_steward_says_for_whom(site: Site) -> None:
    steward = site.program(Role.STEWARD, None, *CLERK)
    assert error_of(handed_in(steward)) == (422, "wrong_query")
    made = told(handed_in(steward, division=NANCHANG), 202, shapes.Upload)
    assert made["division"] == NANCHANG
    assert error_of(handed_in(steward, division="999999")) == (404, "not_found")


@pytest.mark.parametrize(
    "query",
    [
        {"mod": "replace"},
        {"mode": "nil"},
        {"mode": "replace"},
        {"period": "2021-13"},
        {"period": "9999"},
        {"force": "yes"},
        {"kind": "bananas"},
        {"columns": "../../x"},
        {"corrects": "S000001"},
        {"reason": "x" * 2001},
        {"file_name": "a\x00b"},
    ],
    ids=str,
)
def test_a_wrong_question_is_told(read_site: Site, query: dict[str, str]) -> None:
    assert error_of(handed_in(clerk(read_site), FILE, None, **query)) == (422, "wrong_query")


@pytest.mark.parametrize("many", [["3" * 41], ["360100"] * 101], ids=["long", "many"])
def test_what_is_asked_for_fits_a_line(read_site: Site, many: list[str]) -> None:
    for path in ("bulletins", "assessments", "exemptions", "uploads"):
        answer = clerk(read_site).get(f"/api/v1/{path}", params={"division": many})
        assert error_of(answer) == (422, "wrong_query"), path


def test_every_refusal_has_words() -> None:
    for code, (status, words) in REFUSALS.items():
        assert 400 <= status < 600, code
        assert words.zh.endswith("。"), code
        assert words.en.endswith("."), code
