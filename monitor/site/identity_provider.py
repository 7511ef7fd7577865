"""What the bureau's own sign-in (OpenID Connect) says of somebody, and whether it may be believed.

Code flow with PKCE: OpenID Connect Core 1.0, RFC 7636. Everything that comes from the network is
bounded in size and time, and nothing of it is told on.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet

from monitor.settings import OidcSettings
from monitor.site.provider_words import ProviderWords

# Signed with a key that only the provider holds: what rests on our own secret, or on none, is out.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
_BASIC: Final = "client_secret_basic"  # what a provider takes that says nothing of it
_LEEWAY_SECONDS: Final = 60
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 1 << 20
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core, section 2
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderFault(Exception):
    """The provider cannot be asked, or what it says cannot be believed; `code` tells which."""

    def __init__(self, code: str, *, is_away: bool = False) -> None:
        """The code goes into the log; nothing of the answer does."""
        super().__init__(code)
        self.code, self.is_away = code, is_away


@dataclass(frozen=True, slots=True)
class Asked:
    """What one sign-in asks the provider with."""

    state: str
    nonce: str
    verifier: str
    back: str  # where the provider sends the browser afterwards


class IdentityProvider:
    """One provider at one moment; made for one sign-in. Its new keys are asked for when met."""

    def __init__(self, settings: OidcSettings, words: ProviderWords, now: datetime) -> None:
        """Reaches for nothing yet; raises `ProviderFault` without an issuer, or without https."""
        self._words, self._now = words, now
        if settings.issuer is None:
            raise ProviderFault("not_set")
        self._issuer, self._client = settings.issuer, settings.client
        self._secret = settings.secret.get_secret_value() if settings.secret else None
        self._told: Mapping[str, Any] | None = None
        _ensure_private(self._issuer)

    def address(self, asked: Asked) -> str:
        """Where the browser goes to sign in."""
        return str(
            prepare_grant_uri(
                self._place("authorization_endpoint"),
                self._client,
                "code",
                redirect_uri=asked.back,
                scope="openid",
                state=asked.state,
                nonce=asked.nonce,
                code_challenge=create_s256_code_challenge(asked.verifier),
                code_challenge_method="S256",
            )
        )

    def subject(self, code: str, asked: Asked) -> str:
        """Who came back with this code; raises `ProviderFault` where that cannot be believed."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.back,
            "client_id": self._client,
            "code_verifier": asked.verifier,
        }
        place, proof = self._place("token_endpoint"), None
        if self._secret is not None:
            ways = (self._told or {}).get("token_endpoint_auth_methods_supported") or [_BASIC]
            if _BASIC in ways:
                proof = httpx.BasicAuth(self._client, self._secret)
            else:
                fields["client_secret"] = self._secret
        given = _fetch("POST", place, data=fields, auth=proof)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise ProviderFault("no_id_token")
        claims = self._claims(token, asked.nonce, given.get("access_token"))
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise ProviderFault("subject")
        return subject

    def _claims(self, token: str, nonce: str, access_token: object) -> dict[str, Any]:
        try:
            read = self._read(token)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._client,
                    "access_token": access_token,
                },
            )
            claims.validate(int(self._now.timestamp()), _LEEWAY_SECONDS)
        except ClaimError as error:
            raise ProviderFault(f"{error.error}:{error.claim}") from None
        except JoseError as error:
            raise ProviderFault(error.error) from None
        except (ValueError, TypeError, LookupError) as error:
            raise ProviderFault(type(error).__name__) from None
        return dict(claims)

    def _read(self, token: str) -> jwt.Token:
        """A token by the keys that were remembered, else by those of this moment."""
        place = self._place("jwks_uri")
        held = self._words.of(place, self._now)
        if held is not None:
            with suppress(JoseError, ValueError, TypeError, LookupError):
                return _decoded(token, held)
        keys = _fetch("GET", place)
        read = _decoded(token, keys)
        self._words.keep(place, keys, self._now)  # what reads nothing is not remembered
        return read

    def _place(self, name: str) -> str:
        """An address of the provider's, from what it says of itself."""
        if self._told is None:
            about = get_well_known_url(self._issuer, external=True)
            told = self._words.of(about, self._now)
            if told is None:
                told = _fetch("GET", about)
                if told.get("issuer") != self._issuer:
                    raise ProviderFault("issuer")
                self._words.keep(about, told, self._now)
            self._told = told
        place = self._told.get(name)
        if not isinstance(place, str):
            raise ProviderFault(name)
        _ensure_private(place)
        return place


def _decoded(token: str, keys: Mapping[str, Any]) -> jwt.Token:
    held = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # whatever it is not, it says
    return jwt.decode(token, held, algorithms=list(_ALGORITHMS))


def _ensure_private(address: str) -> None:
    """Codes and tokens go over https only; on this machine itself, plain http will do."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ProviderFault("not_https")


def _fetch(
    method: str,
    address: str,
    *,
    data: dict[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
) -> dict[str, Any]:
    """One JSON object from the provider, by the machine's own list of authorities."""
    content = bytearray()
    try:
        with (
            httpx.Client(verify=ssl.create_default_context(), timeout=_SECONDS) as client,
            client.stream(
                method, address, data=data, auth=auth, headers={"Accept": "application/json"}
            ) as answer,
        ):
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _MOST_BYTES:
                    raise ProviderFault("too_large")
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderFault(type(error).__name__, is_away=True) from None
    if status != httpx.codes.OK:
        away = status >= httpx.codes.INTERNAL_SERVER_ERROR
        raise ProviderFault(f"status_{status}", is_away=away)
    try:
        told = json.loads(content)
    except ValueError:
        raise ProviderFault("no_json") from None
    if not isinstance(told, dict):
        raise ProviderFault("no_json")
    return told
