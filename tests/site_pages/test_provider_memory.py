"""What a provider of identities said is remembered, and who waits for one waits apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from monitor.settings import OidcSettings, Settings
from monitor.site import identity_provider
from monitor.site.identity_provider import Asked, IdentityProvider, ProviderFault
from monitor.site.provider_words import ProviderWords
from site_pages.conftest import NOW, Site
from site_pages.crowd import SlowThing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ISSUER = "https://id.example.cn"
SETTINGS = OidcSettings(issuer=ISSUER, client="us", secret=SecretStr("between us"))
ASKED = Asked("state", "nonce", "verifier", "https://nev.example.cn/back")


@pytest.fixture
def settings() -> Settings:
    return Settings(oidc=SETTINGS)


class Provider:
    """What a provider answers, and where it was asked."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first"})
        self.asked: list[str] = []

    def fetch(self, _method: str, address: str, **_more: object) -> Mapping[str, Any]:
        place = address.removeprefix(ISSUER)
        self.asked.append(place)
        if place == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        if place == "/token":
            now = int(NOW.timestamp())
            claims = {"iss": ISSUER, "aud": "us", "sub": "wf", "nonce": "nonce", "iat": now}
            header = {"alg": "RS256", "kid": self.key.kid}
            token = jwt.encode(header, claims | {"exp": now + 300}, self.key)
            return {"id_token": token}
        names = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": ISSUER} | {name: ISSUER + path for name, path in names.items()}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    monkeypatch.setattr(identity_provider, "_fetch", made.fetch)
    return made


ABOUT = "/.well-known/openid-configuration"


def test_what_it_says_of_itself_is_asked_once_in_some_minutes(provider: Provider) -> None:
    words = ProviderWords()
    for _ in range(2):
        assert IdentityProvider(SETTINGS, words, NOW).subject("code", ASKED) == "wf"
    assert provider.asked == [ABOUT, "/token", "/keys", "/token"]
    for later in (timedelta(minutes=6), timedelta(minutes=-1)):  # a clock that was set back, too
        IdentityProvider(SETTINGS, words, NOW + later).address(ASKED)
    assert provider.asked[4:] == [ABOUT, ABOUT]


def test_a_new_key_is_known_at_once(provider: Provider) -> None:
    words = ProviderWords()
    IdentityProvider(SETTINGS, words, NOW).subject("code", ASKED)
    for kid in ("second", "second"):  # by a new name, and by one that is known
        provider.key = RSAKey.generate_key(2048, parameters={"kid": kid})
        assert IdentityProvider(SETTINGS, words, NOW).subject("code", ASKED) == "wf"
    assert provider.asked.count("/keys") == 3


def test_who_waits_for_the_provider_keeps_no_page_waiting(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, client = site.browser("wangfang"), site.browser().client
    crowd = SlowThing()

    def slow(*_given: object) -> str:
        crowd.wait()
        raise ProviderFault("away", is_away=True)

    monkeypatch.setattr(IdentityProvider, "address", slow)

    def knock() -> int:
        return client.post("/single-sign-on", data={"next": "/"}).status_code

    with crowd.waited_for(knock) as knocks:
        assert browser.get("/me", timeout=20).status_code == 200
    assert {one.result() for one in knocks} == {403}
