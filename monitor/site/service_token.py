"""The service's own token, which programs of the bureau show: nobody's account."""

from __future__ import annotations

import hashlib
import hmac

from pydantic import SecretStr
from starlette.requests import Request


def shows_token(request: Request, token: SecretStr | None) -> bool:
    """Whether a request shows the token; the comparison takes as long for any wrong one."""
    if token is None:
        return False
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    is_right = hmac.compare_digest(
        hashlib.sha256(shown.strip().encode()).digest(),
        hashlib.sha256(token.get_secret_value().encode()).digest(),
    )
    return is_right and scheme.lower() == "bearer"
