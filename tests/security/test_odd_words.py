"""Words made to be taken for markup, a template, a formula or a query, in every place for words.

They come in by a file (its name, a header, every cell), by forms, and by the names of divisions.
Every page, letter and download is looked at: the words may stand there, as words.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email import policy as mail_policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from drafts.conftest import vin
from site_pages.clause_files import hand_in
from site_pages.conftest import JIUJIANG, NANCHANG, NOW, Site, running
from site_pages.sending import asked, decide
from site_pages.test_api import checked
from site_pages.test_matrix import READS, examples_of
from store_operations.actors import run
from thorough import nightly

from monitor.door.accounts import account_by_name
from monitor.door.database import open_door
from monitor.door.links import password_link
from monitor.door.rights import RIGHTS, Role, Verb
from monitor.model import Text
from monitor.policy.divisions import DivisionTable
from monitor.policy.policy import load_policy
from monitor.service.log import clean
from monitor.settings import Settings
from monitor.site.desk import Desk
from monitor.site.routing import Way, path_names
from monitor.store.home import Home
from monitor.store.opening import open_store

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MARK: Final = "zq7"  # by which the words are known again
HTML: Final = f"<img src=x onerror=alert(1)>{MARK}"
BREAKING: Final = f"\"'></textarea></title></script><script>alert(1)</script>{MARK}"
TEMPLATE: Final = f"{{{{7*191}}}}{{% raw %}}${{7*191}}#{{7*191}}<%=7*191%>{MARK}"
COUNTED: Final = "1337"  # what a template would make of it
QUERY: Final = f"'); DROP TABLE submission; --{MARK}"
FORMULA: Final = f'=HYPERLINK("http://evil.example";"{MARK}")'
# What spreadsheet programs carry out, said here once more; a day or a number is none.
LIVELY: Final = re.compile(r"\s*[=+@|%＝＋－＠]|\s*-(?![\d.,]+$)|[\t\r\0]")
LINES: Final = f"a\u2028Bcc: evil@example.invalid{MARK}"
WORDS: Final = (HTML, BREAKING, TEMPLATE, QUERY, FORMULA, LINES)
NAME: Final = f"{HTML}{TEMPLATE}'; DROP TABLE submission; --.csv"

# What is somebody's: of a row that counts and of one that is set aside.
VIN: Final = vin(799)
BAD_VIN: Final = f"{VIN[:-1]}"
PLATE: Final = "赣A77797D"
OWNER: Final = "欧阳锦程"
TYPED: Final = "梅岭 夜班 充电桩 七路"  # a password, typed where there is no such account

COLUMNS: Final = (
    *("车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途", "使用性质"),
    *("号牌号码", "车辆型号", "所有人", "单位性质", "运营区域", "新增原因", "豁免情形"),
)
GOOD: Final = (
    *("LZYTGGE69L1092210", "纯电动", "2020-12-12", "360102", "公交车", "公交客运"),
    *("赣A09216D", "宇通", "公交公司", "国有企业", "中心城区", "更新", ""),
)


def _quoted(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def hostile_file() -> bytes:
    """A good row, and for each word a row that has it in each column once; and as a header."""
    lines = [_quoted([*COLUMNS, *WORDS])]
    lines.append(_quoted([*GOOD, *WORDS]))
    lines.append(_quoted([VIN, *GOOD[1:6], PLATE, "宇通", OWNER, *GOOD[9:], *WORDS]))
    lines.append(_quoted([BAD_VIN, *GOOD[1:6], PLATE, "宇通", OWNER, *GOOD[9:], *WORDS]))
    for word in WORDS:
        for at in range(len(COLUMNS)):
            cells = [vin(800 + len(lines)), *GOOD[1:], *WORDS]
            cells[at] = word
            lines.append(_quoted(cells))
    return ("\n".join(lines) + "\n").encode()


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"iframe", "object", "embed", "base", "frame"}:
            self.wrong.append(tag)
        if tag in {"script", "img"} and not self._is_ours(tag, dict(attrs)):
            self.wrong.append(f"{tag} {attrs}")
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.wrong.append(f"{tag} {name}")
            target = re.sub(r"\s", "", value or "").lower()
            if name in {"href", "src", "action", "formaction"} and not re.match(
                r"[/?#]|https?://|mailto:|cid:|data:image/|[\w.-]+$|$", target
            ):
                self.wrong.append(f"{tag} {name}={value}")
            if "evil.example" in target:
                self.wrong.append(f"{tag} {name}={value}")

    @staticmethod
    def _is_ours(tag: str, attributes: dict[str, str | None]) -> bool:
        source = attributes.get("src") or ""
        if tag == "script":
            return source.startswith("/static/")
        return (
            re.fullmatch(r"(?:/static/|/bulletins/|data:image/|cid:|[\w.-]+\.png).*", source)
            is not None
        )

    def handle_data(self, data: str) -> None:
        self.words += data


def ensure_words_are_words(page: str, where: str) -> Elements:
    seen = Elements()
    seen.feed(page)
    seen.close()
    assert seen.wrong == [], where
    assert COUNTED not in page.replace(f"{COUNTED}.", ""), where
    return seen


@dataclass
class Ground:
    """A site to which all of it was sent, and an example for each name in an address."""

    site: Site
    examples: dict[str, Any]
    upload: str
    submission: str
    rejected: str
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
def ground(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("odd")
    home = folder / "home"
    shutil.copytree(held_home, home)
    hand_in(Home(home), load_policy(None), folder, NOW, "facility")
    for site in running(home, Settings()):
        program = site.program(Role.SIGNER, NANCHANG, *(RIGHTS[Role.SIGNER] - {Verb.ENTER}))
        made = checked(program, hostile_file(), kind="registration", file_name=NAME)
        assert made["result"]["rows"]["accepted"], made
        program.post(
            f"/api/v1/uploads/{made['upload']}/explain",
            json={"code": "energy_undetermined", "reason": "verified", "words": HTML},
        )
        page = decide(site.browser("wangfang"), f"/submissions/drafts/{made['upload']}")
        assert "已确认，已生效" in page.text, page.text
        (done,) = asked(site, "SELECT id FROM submission ORDER BY seq DESC LIMIT 1")[0]
        code, _, told = run(home, "correction", done)
        assert code == 0, told
        waits = checked(program, hostile_file() + b"\n\n", kind="registration", file_name=NAME)
        rejected = program.get(f"/api/v1/submissions/{done}/rejected.csv")
        examples = examples_of(site, waits["upload"])
        secrets = _secrets_of(site, program)
        yield Ground(site, examples, waits["upload"], done, rejected.text, secrets)


def address(ground: Ground, way: Way, **given: str) -> str:
    """The way with an example for each name in it."""
    path, first = way.path, way.path.removeprefix("/api/v1").split("/")[1]
    for name in path_names(path):
        one = ground.examples.get(f"{first}:{name}") or ground.examples[name]
        path = path.replace(f"{{{name}}}", given.get(name, one.value))
    return path


@pytest.mark.parametrize(
    "name",
    ["wangfang", "chenjing", *(pytest.param(n, marks=nightly) for n in ("sunwei", "zhoulan"))],
)
def test_words_are_words_on_every_page(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Those of a file, and those of a division's name."""
    division = f"{HTML}{TEMPLATE}\"'"
    held = ground.site.desk.policy()
    renamed = replace(held, divisions=_renamed(held.divisions, division))
    monkeypatch.setattr(Desk, "policy", lambda _desk: renamed)
    client, shown, named = ground.site.browser(name).client, set(), 0
    for way in READS:
        if way.kind != "page" or "{form}" in way.path:
            continue
        answer = client.get(address(ground, way, submission=ground.submission))
        assert answer.status_code < 500, way.path
        if answer.headers.get("content-type", "").startswith("text/html"):
            words = ensure_words_are_words(answer.text, way.path).words
            named += division in words
            words = words.replace(division, "")
            shown |= {word for word in WORDS if word in words}
            bounds = answer.headers["content-security-policy"]
            assert "default-src 'none'" in bounds
            assert not re.search("script-src[^;]*unsafe", bounds)
    if name == "wangfang":
        assert {HTML, BREAKING, TEMPLATE, QUERY, FORMULA} <= shown  # else nothing is proved
    assert named > 3 or name == "zhoulan"


def _renamed(table: DivisionTable, word: str) -> DivisionTable:
    made = DivisionTable()
    made.__dict__.update(table.__dict__)
    made.divisions = dict(table.divisions)
    for code in (NANCHANG, JIUJIANG):
        made.divisions[code] = replace(table.divisions[code], name=Text(word, word))
    return made


def test_letters_hold_them_as_words_and_gain_no_header(ground: Ground) -> None:
    fixed = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
    letters = [*ground.site.home.outbox.glob("*.eml")]
    assert letters
    told = 0
    for path in letters:
        parsed = message_from_bytes(path.read_bytes(), policy=mail_policy.default)
        assert not parsed.defects
        assert fixed <= {name.lower() for name in parsed}
        assert not {"bcc", "cc", "reply-to"} & {name.lower() for name in parsed}
        for part in parsed.walk():
            if part.get_content_type() == "text/html":
                ensure_words_are_words(part.get_content(), path.name)
            elif part.get_content_type() == "text/plain":
                told += MARK in part.get_content()
                assert COUNTED not in part.get_content()
    assert told  # a request for corrections names the file


def test_what_is_given_back_starts_nothing_in_a_spreadsheet(ground: Ground) -> None:
    assert FORMULA.replace('"', '""') in ground.rejected
    for line in ground.rejected.splitlines():
        for cell in re.findall(r'"((?:[^"]|"")*)"|([^,"]+)', line):
            text = (cell[0] or cell[1]).replace('""', '"')
            assert not LIVELY.match(text), line


def test_no_workbook_has_a_formula_or_a_link(ground: Ground) -> None:
    client, looked = ground.site.browser("wangfang").client, 0
    for way in READS:
        if not way.path.endswith(("/{form}", ".xlsx", ".csv")):
            continue
        answer = client.get(address(ground, way, form="xlsx", submission=ground.submission))
        if not answer.content.startswith(b"PK"):
            continue
        looked += 1
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            for part in book.namelist():
                if part.startswith("xl/worksheets/sheet"):
                    assert not re.search(rb"<f[ >/]|<hyperlink", book.read(part)), way.path
    assert looked


def test_headers_and_values_are_no_part_of_a_query(ground: Ground) -> None:
    with open_store(ground.site.home, write=False, waiting=lambda _words: None) as store:
        assert store.one("SELECT count(*) FROM submission WHERE id = ?", [ground.submission]) == 1
        tables = {name for (name,) in store.rows("SELECT table_name FROM duckdb_tables()")}
        columns = {name for (name,) in store.rows("SELECT column_name FROM duckdb_columns()")}
    assert "submission" in tables
    assert not [name for name in tables | columns if MARK in name]


# --- what is somebody's -------------------------------------------------------------------------


def _secrets_of(site: Site, program: httpx.Client) -> tuple[str, ...]:
    """What lets somebody in, each used once; and a password typed where nobody has it."""
    with open_door(site.home) as door:
        account = account_by_name(door, "wangfang")
        assert account is not None
        link = password_link(door, account, actor="cli:test", now=NOW)
    browser = site.browser("liqiang")
    session = browser.client.cookies.get(site.desk.cookie) or ""
    browser.client.get(f"/link/{link}")
    stranger = site.browser()
    stranger.get("/sign-in")
    stranger.post("/sign-in", {"name": TYPED, "password": TYPED})
    token = program.headers["Authorization"].removeprefix("Bearer ")
    _form, _number, secret = token.split("_", 2)  # a secret may have this letter itself
    return (secret, session, link, TYPED)


def canaries(ground: Ground) -> tuple[str, ...]:
    return (VIN, BAD_VIN, PLATE, OWNER, *ground.secrets)


def found_in(text: str, ground: Ground) -> list[str]:
    return [one for one in canaries(ground) if one in text or one.lower() in text]


def test_the_canaries_are_where_they_belong(ground: Ground) -> None:
    """Else the others prove nothing."""
    assert BAD_VIN in ground.rejected
    with open_store(ground.site.home, write=False, waiting=lambda _words: None) as store:
        parts = f"read_parquet('{ground.site.home.facts}/*.parquet', union_by_name = true)"
        held = store.rows(f"SELECT count(*) FROM {parts} WHERE vin = ?", [VIN])  # noqa: S608  # our own
    assert held == [(1,)]


def test_nothing_that_is_somebodys_is_in_logs_letters_and_the_audit(ground: Ground) -> None:
    site = ground.site
    told = "\n".join(
        json.dumps(clean(None, "", {**fields}), default=str) for _, fields in site.told
    )
    assert found_in(told, ground) == []
    for path in site.home.audit.glob("*.jsonl"):
        assert found_in(path.read_text("utf-8"), ground) == [], path.name
    with open_door(site.home) as door:
        acts = str(door.rows("SELECT * FROM act")) + str(door.rows("SELECT * FROM attempt"))
        kept = str(door.rows("SELECT * FROM token") + door.rows("SELECT * FROM session"))
    assert found_in(acts + kept, ground) == []
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        for table in ("audit", "delivery", "submission", "run"):
            assert found_in(str(store.rows(f'SELECT * FROM "{table}"')), ground) == [], table  # noqa: S608  # our own
    for path in site.home.outbox.glob("*.eml"):
        parsed = message_from_bytes(path.read_bytes(), policy=mail_policy.default)
        body = parsed.get_body(("plain",)), parsed.get_body(("html",))
        told = str(parsed.items()) + "".join(part.get_content() for part in body if part)
        assert found_in(told, ground) == [], path.name


@pytest.mark.parametrize("who", ["zhoulan", "program", "nobody"])
def test_who_may_not_see_rows_sees_nothing_that_is_somebodys(ground: Ground, who: str) -> None:
    """Pages, downloads, figures for who watches, and every refusal."""
    site = ground.site
    client = (
        site.program(Role.CLERK, NANCHANG, Verb.SEE)
        if who == "program"
        else site.browser(None if who == "nobody" else who).client
    )
    for way in READS:
        if way.path.startswith("/handbook"):
            continue
        answer = client.get(address(ground, way, submission=ground.submission))
        assert found_in(answer.text, ground) == [], way.path


def test_a_fault_of_ours_tells_nothing_that_is_somebodys(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> Any:
        raise RuntimeError(f"row 41: {VIN} {PLATE} {OWNER}")

    browser, before = ground.site.browser("wangfang"), len(ground.site.told)
    browser.client.headers["Connection"] = "close"
    monkeypatch.setattr(Desk, "store", broken)
    page = browser.client.get("/submissions")
    program = ground.site.program(Role.CLERK, NANCHANG, Verb.SEE)
    program.headers["Connection"] = "close"
    answer = program.get("/api/v1/submissions")
    monkeypatch.setattr(Desk, "words", broken)
    page_of_link = browser.client.get(f"/link/{ground.secrets[2]}")
    assert (page.status_code, answer.status_code, page_of_link.status_code) == (500, 500, 500)
    assert found_in(page.text + answer.text + page_of_link.text, ground) == []
    events = ground.site.told[before:]
    assert [event for event, _ in events].count("request_failed") == 3
    logged = "".join(json.dumps(clean(None, "", {**fields}), default=str) for _, fields in events)
    assert found_in(logged, ground) == []
    assert "RuntimeError" in logged
