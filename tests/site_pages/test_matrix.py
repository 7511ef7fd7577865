"""Who may come where: every way of the site and the API with every kind of visitor.

The table of ways is the source: a way that is added is proved here without a word. Only a new name
in an address needs an example, and the test says so.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple

import httpx
import pytest
from thorough import TIMES

from monitor.corridor.bulletin_shelf import issues
from monitor.corridor.exemptions import claims
from monitor.door.accounts import account_by_name, add_account, disable
from monitor.door.database import open_door
from monitor.door.rights import RIGHTS, Role, Verb, Visitor, may
from monitor.door.sessions import open_session
from monitor.policy.policy import load_policy
from monitor.settings import Settings
from monitor.site.api.table import OPERATIONS
from monitor.site.app import WAYS
from monitor.site.routing import Way, path_names
from monitor.store.home import Home
from monitor.store.opening import open_store
from site_pages.clause_files import hand_in
from site_pages.conftest import JIUJIANG, JUDGED, NANCHANG, NOW, PEOPLE, Site, running
from site_pages.test_api import BAD, CLERK, FILE, checked, settled

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FUJIAN = "350000"

# Ten thousand at night.
REQUESTS = int(os.environ.get("FLEETMON_REQUESTS", 400 if TIMES == 1 else 1000 * TIMES))
NOBODIES = ("nobody", "disabled", "expired")


class Example(NamedTuple):
    """What stands for a name in an address: something of 南昌 (or of nobody in particular), and
    something that does not exist.
    """

    value: str
    absent: str
    is_nanchangs: bool = True


common = partial(Example, is_nanchangs=False)


@dataclass
class Ground:
    """A running site, an example for every name, and a client for every kind of visitor."""

    site: Site
    examples: dict[str, Example]
    vins: frozenset[str]
    ids: frozenset[str]
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    visitors: dict[str, Visitor | None] = field(default_factory=dict)

    def example(self, path: str, name: str) -> Example:
        """By the first word of the address and the name, else by the name."""
        first = path.removeprefix("/api/v1").split("/")[1]
        found = self.examples.get(f"{first}:{name}") or self.examples.get(name)
        if found is None:
            pytest.fail(
                f"{path}: nothing is known to stand for {{{name}}}. Add an example of it, with "
                "one that does not exist, to `examples_of` in tests/site_pages/test_matrix.py."
            )
        return found

    def address(self, way: Way, *, absent: bool = False) -> str:
        """The way with an example for each name; what is 南昌's replaced where `absent`."""
        path = way.path
        for name in path_names(path):
            one = self.example(way.path, name)
            value = one.absent if absent and one.is_nanchangs else one.value
            path = path.replace(f"{{{name}}}", value)
        return path

    def is_nanchangs(self, way: Way) -> bool:
        """Whether the way is to something of 南昌."""
        return any(self.example(way.path, name).is_nanchangs for name in path_names(way.path))


# --- the ground ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ground(held_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A site with an upload of 南昌 that is checked, and everybody at its door."""
    folder = tmp_path_factory.mktemp("matrix")
    home = folder / "home"
    shutil.copytree(held_home, home)
    hand_in(Home(home), load_policy(None), folder, NOW, "facility")
    for site in running(home, Settings()):
        program = site.program(Role.CLERK, NANCHANG, *CLERK)
        first = checked(program, kind="registration")
        seen = {"fingerprint": first["result"]["fingerprint"]}
        program.post(f"/api/v1/uploads/{first['upload']}/confirm", json=seen)
        assert settled(program, first["upload"])["state"] == "confirmed"
        made = checked(program, FILE + BAD.encode(), kind="registration")["upload"]
        examples = examples_of(site, made)
        made_ground = Ground(site, examples, *_nanchangs(site, examples))
        _invite(made_ground)
        yield made_ground


def examples_of(site: Site, upload: str) -> dict[str, Example]:
    """Something for every name in an address; `first-word:name` where the name alone is not it."""
    table = site.desk.policy()
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        (issue,) = issues(store, [NANCHANG], JUDGED)
        groups = claims(store, table, [NANCHANG], NOW.date())
        sent = store.rows(
            "SELECT id FROM submission WHERE division = ? AND rows_rejected > 0 ORDER BY seq",
            [NANCHANG],
        )
        letters = store.rows("SELECT id FROM delivery WHERE division = ?", [NANCHANG])
    program = site.program(Role.CLERK, NANCHANG, *CLERK)
    found = program.get("/api/v1/assessments", params={"as_of": JUDGED.isoformat()}).json()
    code = next(row["explain"] for row in found["assessments"] if row["explain"])
    answered = next(row["explain"] for row in found["clauses"] if row["explain"])
    with open_door(site.home) as door:
        token = (door.row("SELECT id FROM token") or ("",))[0]
    language, forms = issue.forms[0]
    nowhere = "999999"
    return {
        "draft": Example(upload, "UAAAAAAAAAA"),
        "upload": Example(upload, "UAAAAAAAAAA"),
        "submission": Example(sent[0][0], "S099999"),
        "division": Example(NANCHANG, nowhere),
        "divisions:code": Example(NANCHANG, nowhere),
        "explain:code": Example(code, code.replace(NANCHANG, nowhere)),
        "mandates:code": Example(answered, answered.replace(NANCHANG, nowhere)),
        "group": Example(groups[0].key if groups else "0" * 12, "f" * 12),
        "evidence": Example("E00000000", "E00000001"),
        "day": common(JUDGED.isoformat(), "1999-12-31"),
        "issue": common(str(issue.number), "999"),
        "language": common(language, "fr"),
        "bulletins:form": common(forms[0], "x.exe"),
        "public:form": common(forms[0], "x.exe"),
        "delivery": Example(letters[0][0], "D0000000000000000"),
        "kind": common("registration", "bananas"),
        "templates:form": common("csv", "exe"),
        "job": common("weekly_bulletins", "nothing"),
        "mandates:id": common("JX-F01", "XX-F99"),
        "accounts:name": Example("wangfang", "nobody"),
        "token": Example(token, "0" * 10),
        "secret": common("x" * 43, "y" * 43),
        "digest": common("0" * 12, "0" * 12),
        "static:name": common("site.css", "x.css"),
    }


def _nanchangs(site: Site, examples: dict[str, Example]) -> tuple[frozenset[str], frozenset[str]]:
    """The vehicles and the numbers of reports that are 南昌's and not 九江's."""
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:

        def of(sql: str) -> dict[str, set[str]]:
            return {
                division: {str(one) for (one,) in store.rows(sql, [division])}
                for division in (NANCHANG, JIUJIANG)
            }

        parts = f"read_parquet('{site.home.facts}/*.parquet', union_by_name = true)"
        vins = of(
            f"SELECT DISTINCT vin FROM {parts} AS p JOIN submission AS s ON s.seq = p.submission "  # noqa: S608  # our own
            "WHERE s.division = ? AND vin IS NOT NULL"
        )
        sent = of("SELECT id FROM submission WHERE division = ?")
        letters = of("SELECT id FROM delivery WHERE division = ?")
    ids = {
        *(sent[NANCHANG] - sent[JIUJIANG]),
        *(letters[NANCHANG] - letters[JIUJIANG]),
        examples["draft"].value,
    }
    assert len(vins[NANCHANG]) > 100  # else nothing is proved
    return frozenset(vins[NANCHANG] - vins[JIUJIANG]), frozenset(ids)


def _invite(ground: Ground) -> None:
    site = ground.site
    ground.clients["nobody"] = site.browser().client
    for name, (role, division, _) in PEOPLE.items():
        ground.clients[name] = site.browser(name).client
        ground.visitors[name] = Visitor(name, role, division, account=1)
    for verb in sorted(RIGHTS[Role.SIGNER] - {Verb.ENTER}):
        name = f"token:{NANCHANG}:{verb}"
        ground.clients[name] = site.program(Role.SIGNER, NANCHANG, verb)
        ground.visitors[name] = Visitor(
            name, Role.SIGNER, NANCHANG, verbs=frozenset({verb, Verb.ENTER})
        )
    name = f"token:{JIUJIANG}"
    ground.clients[name] = site.program(Role.CLERK, JIUJIANG, *CLERK)
    ground.visitors[name] = Visitor(
        name, Role.CLERK, JIUJIANG, verbs=frozenset({*CLERK, Verb.ENTER})
    )
    _foreigners(ground)
    ground.clients["disabled"] = _late(site, "zhaomin2", is_disabled=True)
    ground.clients["expired"] = _late(site, "wangfang", is_disabled=False)
    for name in NOBODIES:
        ground.visitors[name] = None


def _foreigners(ground: Ground) -> None:
    """For every verb somebody who has it, and not over 南昌: of 九江, or of another province."""
    site, table = ground.site, ground.site.desk.policy().divisions
    for role, division in (
        (Role.SIGNER, JIUJIANG),
        *((role, FUJIAN) for role in (Role.STEWARD, Role.AUDITOR, Role.ADMINISTRATOR)),
    ):
        name = f"foreign-{role}"
        with open_door(site.home) as door:
            add_account(
                *(door, table),
                name=name,
                role=role,
                division=division,
                shown_name=name,
                email=None,
                actor="cli:test",
                at=NOW,
            )
        program = f"token:{name}"
        ground.clients[name] = site.browser(name).client
        verbs = RIGHTS[role] - {Verb.ENTER}
        ground.clients[program] = site.program(role, division, *verbs)
        ground.visitors[name] = Visitor(name, role, division, account=1)
        ground.visitors[program] = Visitor(program, role, division, verbs=RIGHTS[role])


def foreigner(verb: Verb) -> str:
    """Who has the verb elsewhere."""
    roles = (Role.SIGNER, Role.STEWARD, Role.AUDITOR, Role.ADMINISTRATOR)
    return f"foreign-{next(role for role in roles if verb in RIGHTS[role])}"


def _late(site: Site, name: str, *, is_disabled: bool) -> httpx.Client:
    """The browser of somebody whose account, or session, is no more."""
    client = site.browser().client
    with open_door(site.home) as door:
        if is_disabled:
            add_account(
                *(door, site.desk.policy().divisions),
                name=name,
                role=Role.SIGNER,
                division=NANCHANG,
                shown_name="赵敏",
                email=None,
                actor="cli:test",
                at=NOW,
            )
        account = account_by_name(door, name)
        assert account is not None
        at = NOW if is_disabled else NOW - timedelta(days=2)
        if is_disabled:
            disable(door, account, actor="cli:test", at=NOW)
        secret = open_session(door, account, at, site.desk.settings.site).secret
    client.cookies.set(site.desk.cookie, secret, domain="127.0.0.1")
    return client


def counts(site: Site) -> dict[str, int]:
    """How many rows each table of the door and of the store has."""
    with open_door(site.home) as door:
        tables = door.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {
            f"door.{name}": int((door.row(f"SELECT count(*) FROM {name}") or (0,))[0])  # noqa: S608  # its own names
            for (name,) in tables
            if not name.startswith("sqlite_")
        }
    held = site.home.database.stat()
    return found | _store_counts(site.home, held.st_mtime_ns, held.st_size)


@lru_cache(maxsize=1)
def _store_counts(home: Home, _written_at: int, _size: int) -> dict[str, int]:
    """Counted anew when somebody wrote since."""
    with open_store(home, write=False, waiting=lambda _words: None) as store:
        tables = store.rows("SELECT table_name FROM information_schema.tables")
        return {
            f"store.{name}": int(store.one(f'SELECT count(*) FROM "{name}"'))  # noqa: S608  # its own names
            for (name,) in tables
            if name != "audit"  # acts of before are folded into it whenever somebody writes
        }


def named(way: Way) -> str:
    return f"{way.method} {way.path}"


READS = [way for way in WAYS if way.method == "GET"]
FORMS = [way for way in WAYS if way.kind in {"action", "upload"}]
CALLS = [way for way in WAYS if way.kind == "api" and way.method != "GET"]
# Where the thing that is in the example may not be there, though its place is the visitor's.
MAY_LACK = {"/exemptions/{division}/{group}", "/exemptions/{division}/evidence/{evidence}"}


# --- who may come -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", READS, ids=named)
def test_the_table_decides_who_may_read(ground: Ground, way: Way) -> None:
    path = ground.address(way)
    table = ground.site.desk.policy().divisions
    for name, visitor in ground.visitors.items():
        answer = ground.clients[name].get(path)
        told = (name, answer.status_code, answer.text[:300])
        assert answer.status_code < 500, told
        if way.verb is None:
            continue
        if visitor is None:
            assert _is_sent_to_sign_in(way, answer), told
            continue
        is_theirs = not ground.is_nanchangs(way) or may(visitor, way.verb, NANCHANG, table)
        is_at_a_page = way.kind == "page" and visitor.verbs is not None
        if not visitor.has(way.verb) or is_at_a_page or not is_theirs:
            assert answer.status_code == 404, told
        elif way.path not in MAY_LACK:
            assert answer.status_code in {200, 303}, told
            assert "/sign-in" not in answer.headers.get("location", ""), told


@pytest.mark.parametrize("way", [*FORMS, *CALLS], ids=named)
def test_the_table_decides_who_may_act(ground: Ground, way: Way) -> None:
    """Nobody who may not gets past the door, whatever is sent; and nothing changes."""
    path, before = ground.address(way), counts(ground.site)
    for name, visitor in ground.visitors.items():
        if way.verb is None or (visitor is not None and visitor.has(way.verb)):
            continue
        given = {"json": {}} if way.kind == "api" else {"data": {"csrf": "x"}}
        answer = ground.clients[name].post(path, **given)  # type: ignore[arg-type]
        told = (name, answer.status_code, answer.text[:300])
        if visitor is None:
            assert _is_sent_to_sign_in(way, answer), told
        else:
            assert answer.status_code == 404, told
    assert counts(ground.site) == before


def _is_sent_to_sign_in(way: Way, answer: httpx.Response) -> bool:
    if way.kind == "api":
        return answer.status_code == 401 and answer.json()["error"]["code"] == "no_token"
    return answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")


# --- what is another city's ---------------------------------------------------------------------

_BODIES: dict[str, dict[str, Any]] = {
    "Confirm": {"fingerprint": "0" * 64},
    "GiveBack": {"reason": "少报一批"},
    "Explain": {"code": "vin_check_digit", "reason": "verified", "words": ""},
    "Correct": {"kind": "registration", "period": None},
    "Nil": {"division": NANCHANG, "kind": "procurement", "period": "2021-01"},
    "Decide": {
        "division": NANCHANG,
        "decision": "refused",
        "reason": "未见批文",
        "group": "0" * 12,
        "seen": 1,
    },
}


def body_for(way: Way) -> dict[str, Any]:
    operation = next(one for one in OPERATIONS if (one.method, one.path) == (way.method, way.path))
    if operation.body is None:
        return {}
    name = operation.body.__name__
    assert name in _BODIES, (
        f"Add an example of {name} to _BODIES in tests/site_pages/test_matrix.py"
    )
    return _BODIES[name]


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_what_is_another_citys_is_not_there(ground: Ground, way: Way) -> None:
    if way.verb is None or not ground.is_nanchangs(way):
        return
    before = counts(ground.site)
    foreign, absent = ground.address(way), ground.address(way, absent=True)
    if way.kind == "api":
        client = ground.clients[f"token:{foreigner(way.verb)}"]
        given: dict[str, Any] = {} if way.method == "GET" else {"json": body_for(way)}
    else:
        browser = ground.site.browser(foreigner(way.verb))
        client = browser.client
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/me").text)
        assert csrf is not None
        given = {} if way.method == "GET" else {"data": {"csrf": csrf[1], "seen": "0" * 64}}
        before = counts(ground.site)
    ground.site.told.clear()
    theirs = client.request(way.method, foreign, **given)
    assert ("not_shown", foreign) in [(event, of.get("path")) for event, of in ground.site.told]
    nobodys = client.request(way.method, absent, **given)
    assert (theirs.status_code, nobodys.status_code) == (404, 404), theirs.text[:500]
    assert theirs.text.replace(foreign, "") == nobodys.text.replace(absent, "")
    assert counts(ground.site) == before


@pytest.mark.parametrize("way", [*FORMS, *CALLS], ids=named)
def test_nobody_acts_for_another_city(ground: Ground, way: Way) -> None:
    """Addresses that name no thing take it from the form: 九江 sends in the name of 南昌."""
    if path_names(way.path) or way.verb is None:
        return
    fields = {
        "division": NANCHANG,
        "kind": "procurement",
        "period": "2021-01",
        "mode": "add",
        "token": "x",
        "role": "clerk",
        "label": "x",
        "name": "x",
        "shown_name": "x",
    }
    if way.kind == "api":
        client = ground.clients[f"token:{JIUJIANG}"]
        given: dict[str, Any] = {"json": body_for(way)}
        if way.takes_files:
            given = {"content": FILE, "params": {"division": NANCHANG}}
    else:
        browser = ground.site.browser("liqiang")
        client = browser.client
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/me").text)
        assert csrf is not None
        given = {"data": fields | {"csrf": csrf[1]}}
        if way.kind == "upload":
            given["files"] = {"file": ("a.csv", FILE)}
    before = counts(ground.site)
    client.post(way.path, **given)
    after = counts(ground.site)
    for table in ("door.session", "door.act"):  # who signs out has one session less
        before.pop(table)
        after.pop(table)
    assert after == before


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_no_other_method_is_a_way_around(ground: Ground, method: str) -> None:
    """It is not served, or answers nothing but what GET answers; and nothing changes."""
    before = counts(ground.site)
    client = ground.clients["foreign-signer"]
    ways = [way for way in WAYS if method != "HEAD" or (way.verb and ground.is_nanchangs(way))]
    for path in sorted({ground.address(way) for way in ways}):
        answer = client.request(method, path)
        told = (method, path, answer.status_code)
        if method != "HEAD" or answer.status_code == 405:
            assert answer.status_code in {400, 404, 405}, told
        else:
            assert answer.status_code == client.get(path).status_code, told
            assert answer.content == b"", told
    assert counts(ground.site) == before


# --- forms from elsewhere -----------------------------------------------------------------------


@pytest.mark.parametrize("way", FORMS, ids=named)
def test_a_form_from_elsewhere_changes_nothing(ground: Ground, way: Way) -> None:
    verb = way.verb
    name = next(one for one, (role, *_) in PEOPLE.items() if verb is None or verb in RIGHTS[role])
    if verb in {Verb.SUBMIT, Verb.CONFIRM, Verb.SEE, Verb.ENTER}:
        name = "wangfang"
    browser = ground.site.browser(name)
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/me").text)
    assert csrf is not None
    path, client = ground.address(way), browser.client
    before = counts(ground.site)
    good = {"csrf": csrf[1]}
    answers = {
        "without": client.post(path, data={}),
        "stale": client.post(path, data={"csrf": "x" * len(csrf[1])}),
        "foreign": client.post(path, data=good, headers={"Sec-Fetch-Site": "cross-site"}),
        "sibling": client.post(path, data=good, headers={"Sec-Fetch-Site": "same-site"}),
    }
    del client.headers["Sec-Fetch-Site"]
    answers["origin"] = client.post(path, data=good, headers={"Origin": "https://evil.example"})
    answers["null"] = client.post(path, data=good, headers={"Origin": "null"})
    answers["silent"] = client.post(path, data=good)
    assert {one: answer.status_code for one, answer in answers.items()} == dict.fromkeys(
        answers, 403
    )
    assert counts(ground.site) == before


@pytest.mark.parametrize("way", CALLS, ids=named)
def test_no_program_acts_by_a_browsers_cookie(ground: Ground, way: Way) -> None:
    before = counts(ground.site)
    for name in PEOPLE:
        answer = ground.clients[name].post(ground.address(way), json={})
        assert answer.status_code in ({401, 404} if way.verb else {401, 403}), answer.text
    assert counts(ground.site) == before


# --- at random ----------------------------------------------------------------------------------

_NUMBERS = re.compile(r"\b(?:S\d{6,9}|U[A-Z2-7]{10}|D[0-9a-f]{16})\b")
_VEHICLES = re.compile(r"\b[A-HJ-NPR-Z0-9]{17}\b")
_QUERIES: tuple[dict[str, str], ...] = (
    *({}, {"division": NANCHANG}, {"division": JIUJIANG}, {"page": "2"}, {"day": "all"}),
    *({"year": "2020"}, {"unmask": "true"}, {"kind": "registration"}, {"q": "LZYTGG"}),
    *({"as_of": "2020-12-31"}, {"code": "S000001"}, {"corrects": "S000001"}),
)


@pytest.mark.timeout(3600)  # ten thousand at night, on a machine that may be busy
def test_nothing_of_another_city_is_ever_answered(ground: Ground) -> None:
    """Whatever 九江 asks, no number and no vehicle of 南昌 comes back."""
    chance = random.Random(20210201)  # the same requests each time
    visitors = (ground.clients["liqiang"], ground.clients[f"token:{JIUJIANG}"])
    # The page of the API has a number as an example, which may be anybody's.
    ways = [way for way in READS if way.path not in {"/api/docs", "/metrics"}]
    pointed = [way for way in ways if path_names(way.path)]
    ids = sorted(ground.ids)
    for _ in range(REQUESTS):
        way = chance.choice(pointed if chance.random() < 0.85 else ways)
        path = way.path
        for name in path_names(path):
            one = ground.example(path, name)
            pool = [one.value, one.value, one.absent, NANCHANG, chance.choice(ids)]
            path = path.replace(f"{{{name}}}", chance.choice(pool), 1)
        query = chance.choice(_QUERIES)
        answer = chance.choice(visitors).get(path, params=query)
        assert answer.status_code < 500, (path, query)
        text = answer.text
        for asked in (path, *query.values(), *path.split("/")):
            text = text.replace(asked, "") if len(asked) > 1 else text
        found = {*_NUMBERS.findall(text)} & ground.ids | {*_VEHICLES.findall(text)} & ground.vins
        assert not found, (path, query, sorted(found)[:3])


def test_a_name_without_an_example_is_told(ground: Ground) -> None:
    with pytest.raises(pytest.fail.Exception, match="Add an example"):
        ground.example("/kites/{kite}", "kite")


def test_every_verb_has_somebody_elsewhere(ground: Ground) -> None:
    table = ground.site.desk.policy().divisions
    for verb in Verb:
        visitor = ground.visitors[foreigner(verb)]
        assert visitor is not None
        assert visitor.has(verb)
        assert not may(visitor, verb, NANCHANG, table)
