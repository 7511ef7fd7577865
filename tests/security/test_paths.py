"""No name leads out of what is served: every address that has one, with every way up."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit

import pytest
from site_pages.conftest import Site, read_site
from site_pages.test_matrix import READS
from thorough import TIMES

from monitor.site.routing import path_names

__all__ = ["read_site"]
pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FEW = 5
UP = (
    *("..", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "..%5c..%5cdoor.sqlite", "%2fetc%2fpasswd"),
    *(
        "....//....//audit/key",
        "..;/audit/key",
        "%00",
        "key%00.csv",
        "%252e%252e%252faudit%252fkey",
    ),
    *("file:%2f%2f%2fetc%2fpasswd", "%c0%ae%c0%ae%2faudit%2fkey", "C:%5cWindows", "~root", "."),
)
# What lies in the home and is nobody's to ask for; the head of a SQLite file, a line of passwords.
NEVER = (b"SQLite format 3", b"root:x:0:", b"PAR1", b"DUCK")


def asked(site: Site, cookie: str, path: str) -> tuple[int, bytes]:
    """By a client that sends an address as it stands."""
    place = urlsplit(site.address)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    line.putrequest("GET", path, skip_accept_encoding=True)
    line.putheader("Cookie", f"{site.desk.cookie}={cookie}")
    line.endheaders()
    answer = line.getresponse()
    told = answer.status, answer.read()
    line.close()
    return told


def addresses() -> Iterator[str]:
    turn = count()
    for way in READS:
        for name in path_names(way.path):
            # Each name a few of them, in turn; at night each name all.
            first = next(turn) * FEW
            for up in (UP * 2)[first % len(UP) :][: FEW if TIMES == 1 else len(UP)]:
                path = way.path.replace(f"{{{name}}}", up)
                for other in path_names(path):
                    path = path.replace(f"{{{other}}}", "360100")
                yield path


def test_no_address_leads_out_of_what_is_served(read_site: Site) -> None:  # the fixture
    cookie = read_site.browser("chenjing").client.cookies.get(read_site.desk.cookie) or ""
    key = (read_site.home.audit / "key").read_bytes()
    tried = 0
    for path in addresses():
        status, content = asked(read_site, cookie, path)
        tried += 1
        assert status < 500, path
        assert not [one for one in (*NEVER, key) if one in content], path
    assert tried > 150
    assert not [event for event, _ in read_site.told if event == "request_failed"]
