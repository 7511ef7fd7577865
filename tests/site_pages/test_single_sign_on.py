"""Single sign-on, against a provider that runs beside the site and may be made to misbehave."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from monitor.door.accounts import account_by_name, change_account, disable
from monitor.door.database import open_door
from monitor.settings import OidcSettings, Settings, SiteSettings
from monitor.site.front import Front, take
from site_pages.conftest import NOW, Browser, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
CLIENT, SECRET, SUBJECT = "fleetmon-jx", "kept between the two", "9f1c-wangfang"  # test's own


@dataclass
class Provider:
    """A small OpenID provider; what it does wrong is set by the test."""

    address: str
    key: RSAKey
    published: RSAKey
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    issuer: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    is_down: bool = False
    posts: list[dict[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=lambda: ["client_secret_basic"])

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def sign_in(self, location: str) -> str:
        """What its pages would do: take the question, give a code to go back with."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.address}/authorize"
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        code = f"code-{len(self.codes)}"
        self.codes.add(code)
        return code

    async def _about(self, _request: Request) -> Response:
        if self.is_down:
            return Response("down", 503)
        return JSONResponse(
            {
                "issuer": self.issuer or self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": self.methods,
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.published.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        if self.is_down:
            return Response("down", 503)
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.posts.append(form)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_known = (
            request.headers.get("authorization") == basic or form.get("client_secret") == SECRET
        )
        if (
            not is_known
            or form["code"] not in self.codes
            or challenge != self.asked["code_challenge"]
            or form["redirect_uri"] != self.asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.codes.discard(form["code"])
        now = int(NOW.timestamp())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": SUBJECT,
            "nonce": self.asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "email": "wangfang@jtt.example.cn",
            "email_verified": True,
        }
        claims = {name: v for name, v in (claims | self.claims).items() if v is not None}
        header = {"alg": "RS256", "kid": self.published.kid} | self.header
        token = jwt.encode(header, claims, self.key, algorithms=["RS256"])
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def keys() -> tuple[RSAKey, RSAKey]:
    return tuple(  # type: ignore[return-value]  # two of them
        RSAKey.generate_key(2048, parameters={"kid": kid}) for kid in ("mine", "others")
    )


@pytest.fixture
def provider(keys: tuple[RSAKey, RSAKey]) -> Iterator[Provider]:
    taken = take("127.0.0.1", 0, SiteSettings())
    made = Provider(taken.address, keys[0], keys[0])
    front = Front(made.app(), taken, SiteSettings())
    answers = threading.Event()
    thread = threading.Thread(target=front.run, args=(lambda _address: answers.set(),))
    thread.start()
    assert answers.wait(30)
    yield made
    front.stop()
    thread.join(30)


@pytest.fixture
def settings(provider: Provider) -> Settings:
    single = OidcSettings(issuer=provider.address, client=CLIENT, secret=SecretStr(SECRET))
    return Settings(oidc=single)


def _link(site: Site, name: str = "wangfang", subject: str = SUBJECT) -> None:
    with open_door(site.home) as door:
        account = account_by_name(door, name)
        assert account is not None
        table = site.desk.policy().divisions
        change_account(door, table, account, {"subject": subject}, actor="cli:test", at=NOW)


def _to_provider(browser: Browser, back: str = "/me") -> str:
    """Press the button; gives where the browser is sent."""
    assert "统一身份认证" in browser.get(f"/sign-in?next={back}").text
    page = browser.post("/single-sign-on", {"next": back})
    assert page.status_code == 200, page.text
    return page.headers["refresh"].removeprefix("0; url=")


def _there_and_back(browser: Browser, provider: Provider, **changed: str) -> httpx.Response:
    code = provider.sign_in(_to_provider(browser))
    given = {"code": code, "state": provider.asked["state"]} | changed
    return browser.get("/single-sign-on/back", params=given)


def _is_in(browser: Browser) -> bool:
    return browser.client.get("/me").status_code == 200


def test_somebody_linked_comes_in(site: Site, provider: Provider) -> None:
    _link(site)
    browser = site.browser()
    page = _there_and_back(browser, provider)
    assert (page.status_code, page.headers["refresh"]) == (200, "0; url=/me")
    assert "王芳" in browser.get("/me").text
    asked = provider.asked
    assert (asked["scope"], asked["response_type"]) == ("openid", "code")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{site.address}/single-sign-on/back"
    assert len({asked["state"], asked["nonce"], provider.posts[0]["code_verifier"]}) == 3
    left = [one.name for one in browser.client.cookies.jar]
    assert left == ["fleetmon"]  # the key of the try is gone
    with open_door(site.home) as door:
        last = door.row("SELECT actor, action, detail FROM act ORDER BY seq DESC LIMIT 1")
    assert last == ("user:wangfang", "sign_in", '{"by":"oidc"}')


def test_the_cookie_of_a_try_is_out_of_reach_of_scripts(site: Site, provider: Provider) -> None:
    browser = site.browser()
    _to_provider(browser)
    cookie = next(one for one in browser.client.cookies.jar if one.name == "fleetmon-single")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert provider.posts == []


def test_a_provider_may_want_the_secret_in_the_form(site: Site, provider: Provider) -> None:
    _link(site)
    provider.methods = ["client_secret_post"]
    browser = site.browser()
    _there_and_back(browser, provider)
    assert _is_in(browser)
    assert provider.posts[0]["client_secret"] == SECRET


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "invalid_claim:nonce"),
        ({"nonce": None}, "missing_claim:nonce"),
        ({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, "expired_token:exp"),
        ({"exp": None}, "missing_claim:exp"),
        ({"iat": int((NOW + timedelta(hours=1)).timestamp())}, "invalid_claim:iat"),
        ({"aud": "another-client"}, "invalid_claim:aud"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "invalid_claim:azp"),
        ({"iss": "https://evil.example"}, "invalid_claim:iss"),
        ({"sub": None}, "missing_claim:sub"),
        ({"sub": ""}, "subject"),
        ({"sub": "x" * 300}, "subject"),
    ],
)
def test_a_token_that_does_not_fit_is_not_believed(
    site: Site, provider: Provider, claims: dict[str, Any], reason: str
) -> None:
    _link(site)
    provider.claims = claims
    browser = site.browser()
    page = _there_and_back(browser, provider)
    assert (page.status_code, "没有通过核对" in page.text) == (403, True)
    assert not _is_in(browser)
    assert [told for told in site.told if told[0] == "single_sign_on_failed"] == [
        ("single_sign_on_failed", {"reason": reason})
    ]


def test_a_token_signed_by_another_key_is_not_believed(
    site: Site, provider: Provider, keys: tuple[RSAKey, RSAKey]
) -> None:
    _link(site)
    provider.key = keys[1]
    browser = site.browser()
    assert _there_and_back(browser, provider).status_code == 403
    assert not _is_in(browser)
    assert site.told[-1] == ("single_sign_on_failed", {"reason": "bad_signature"})


def test_an_issuer_of_another_name_is_not_believed(site: Site, provider: Provider) -> None:
    provider.issuer = "https://evil.example"
    browser = site.browser()
    browser.get("/sign-in")
    page = browser.post("/single-sign-on", {"next": "/"})
    assert (page.status_code, "没有通过核对" in page.text) == (403, True)


def test_who_is_not_linked_stays_outside_and_sees_what_to_tell(
    site: Site, provider: Provider
) -> None:
    browser = site.browser()  # the provider's e-mail address is that of an account
    page = _there_and_back(browser, provider)
    assert page.status_code == 403
    assert "没有与之对应的账户" in page.text
    assert SUBJECT in page.text
    assert not _is_in(browser)


def test_a_disabled_account_stays_outside(site: Site, provider: Provider) -> None:
    _link(site)
    with open_door(site.home) as door:
        account = account_by_name(door, "wangfang")
        assert account is not None
        disable(door, account, actor="cli:test", at=NOW)
    browser = site.browser()
    page = _there_and_back(browser, provider)
    assert (page.status_code, "已停用" in page.text) == (403, True)
    assert not _is_in(browser)


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_a_state_that_is_not_ours_is_refused(site: Site, provider: Provider, state: str) -> None:
    _link(site)
    browser = site.browser()
    page = _there_and_back(browser, provider, state=state)
    assert (page.status_code, "请重新开始" in page.text) == (403, True)
    assert provider.posts == []  # the code was not even shown to the provider
    assert not _is_in(browser)


def test_an_answer_in_another_browser_is_refused(site: Site, provider: Provider) -> None:
    _link(site)
    mine, other = site.browser(), site.browser()
    code = provider.sign_in(_to_provider(mine))
    given = {"code": code, "state": provider.asked["state"]}
    assert other.get("/single-sign-on/back", params=given).status_code == 403
    assert not _is_in(other)


def test_a_try_ends_after_ten_minutes(site: Site, provider: Provider) -> None:
    _link(site)
    browser = site.browser()
    code = provider.sign_in(_to_provider(browser))
    site.now = NOW + timedelta(minutes=11)
    given = {"code": code, "state": provider.asked["state"]}
    assert browser.get("/single-sign-on/back", params=given).status_code == 403
    assert provider.posts == []


def test_an_answer_works_once(site: Site, provider: Provider) -> None:
    _link(site)
    browser = site.browser()
    _there_and_back(browser, provider)
    browser.get("/me")
    browser.post("/sign-out")
    given = {"code": "code-0", "state": provider.asked["state"]}
    assert browser.get("/single-sign-on/back", params=given).status_code == 403
    assert not _is_in(browser)


def test_who_declines_at_the_provider_is_told(site: Site, provider: Provider) -> None:
    browser = site.browser()
    provider.sign_in(_to_provider(browser))
    given = {"error": "access_denied", "state": provider.asked["state"]}
    page = browser.get("/single-sign-on/back", params=given)
    assert (page.status_code, "没有确认您的身份" in page.text) == (403, True)


def test_a_provider_that_is_down_is_told(site: Site, provider: Provider) -> None:
    provider.is_down = True
    browser = site.browser()
    browser.get("/sign-in")
    page = browser.post("/single-sign-on", {"next": "/"})
    assert (page.status_code, "暂时不可用" in page.text) == (403, True)
    provider.is_down = False
    code = provider.sign_in(_to_provider(browser))
    provider.is_down = True
    given = {"code": code, "state": provider.asked["state"]}
    page = browser.get("/single-sign-on/back", params=given)
    assert "暂时不可用" in page.text
    assert 'name="password"' in page.text  # the other way in is right there


def test_it_leads_nowhere_else(site: Site, provider: Provider) -> None:
    _link(site)
    browser = site.browser()
    code = provider.sign_in(_to_provider(browser, "//evil.example"))
    given = {"code": code, "state": provider.asked["state"]}
    page = browser.get("/single-sign-on/back", params=given)
    assert page.headers["refresh"] == "0; url=/"


class TestWithoutOne:
    """A site that has no identity provider, or one that must not be asked."""

    @pytest.fixture
    def settings(self, request: pytest.FixtureRequest) -> Settings:
        return Settings(oidc=OidcSettings(issuer=getattr(request, "param", None)))

    def test_there_is_nothing_there(self, site: Site) -> None:
        browser = site.browser()
        assert "single-sign-on" not in browser.get("/sign-in").text
        assert browser.post("/single-sign-on").status_code == 404
        assert browser.get("/single-sign-on/back").status_code == 404

    @pytest.mark.parametrize("settings", ["http://login.example"], indirect=True)
    def test_nothing_goes_over_a_line_in_the_clear(self, site: Site) -> None:
        browser = site.browser()
        browser.get("/sign-in")
        assert browser.post("/single-sign-on").status_code == 403
        assert site.told[-1] == ("single_sign_on_failed", {"reason": "not_https"})

    @pytest.mark.parametrize("settings", ["http://127.0.0.1:9"], indirect=True)
    def test_nobody_answers(self, site: Site) -> None:
        browser = site.browser()
        browser.get("/sign-in")
        assert "暂时不可用" in browser.post("/single-sign-on").text
