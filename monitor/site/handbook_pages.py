"""The handbook as the site gives it: the page to read, the same on paper to take away."""

from __future__ import annotations

from threading import Lock
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.bulletins.handbook.setting import Form, set_handbook
from monitor.bulletins.handbook.view import handbook_facts
from monitor.door.rights import Verb
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.routing import Way, page
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of

# A document of its own: it brings its style along, runs nothing and loads nothing.
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox"
    ),
}


class _Shelf:
    """What was made of the rules in force, each form once: paper takes seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: tuple[object, ...] = ()
        self._made: dict[tuple[Language, Form], bytes] = {}

    def handbook(self, policy: Policy, language: Language, form: Form) -> bytes:
        """The handbook by these rules; one is set at a time, and those of other rules go."""
        rules = (policy.project.roots, policy.ruleset)
        with self._lock:
            if rules != self._rules:
                self._rules, self._made = rules, {}
            if (language, form) not in self._made:
                made = set_handbook(handbook_facts(policy), language, form)
                self._made[language, form] = made
            return self._made[language, form]


_SHELF: Final = _Shelf()


def _handbook(request: Request) -> Response:
    content = _SHELF.handbook(desk_of(request).policy(), language_of(request), "html")
    return HTMLResponse(content, headers=_HEADERS)


def _paper(request: Request) -> Response:
    language = language_of(request)
    content = _SHELF.handbook(desk_of(request).policy(), language, "pdf")
    return attachment(content, f"handbook.{language}.pdf", "application/pdf")


WAYS: tuple[Way, ...] = (
    page("/handbook", in_thread(_handbook), Verb.ENTER),
    page("/handbook.pdf", in_thread(_paper), Verb.ENTER),
)
