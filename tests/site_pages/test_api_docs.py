"""The API's documentation: it names all that is served, and its examples work as they stand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from monitor.door.rights import Role
from monitor.site.api.operation import Operation
from monitor.site.api.refusals import REFUSALS
from monitor.site.api.table import OPERATIONS
from monitor.site.api_docs import curl_of
from monitor.site.app import WAYS
from monitor.site.openapi import OPENAPI
from site_pages.conftest import NANCHANG, Site
from site_pages.test_api import CLERK, FILE, settled

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "api.md"
SITE = ROOT / "monitor" / "site"
# What forms share with the API is refused in the API's words, too.
SOURCES = [*sorted((SITE / "api").glob("*.py")), SITE / "arriving.py", SITE / "routing.py"]


def named(one: Operation) -> str:
    return f"{one.method} {one.path}"


def test_the_document_names_every_way() -> None:
    served = {(way.path, way.method.lower()) for way in WAYS if way.kind == "api"}
    assert served == {(path, method) for path, said in OPENAPI["paths"].items() for method in said}


def test_every_code_that_is_raised_is_described() -> None:
    """And none is described that nothing raises."""
    raised = {
        code
        for source in SOURCES
        for code in re.findall(r'refused\(\s*"([a-z_]+)"', source.read_text("utf-8"))
    }
    listed = {code for one in OPERATIONS for code in one.all_codes}
    assert raised <= REFUSALS.keys()
    assert listed == set(REFUSALS)
    # These two are raised where the ways are: what is open to whom is one place's to say.
    assert set(REFUSALS) - raised <= {"no_token", "not_found", "wrong_use"}


@pytest.mark.parametrize("one", OPERATIONS, ids=named)
def test_each_status_of_each_code_is_in_the_document(one: Operation) -> None:
    told = OPENAPI["paths"][one.path][one.method.lower()]["responses"]
    for code in one.all_codes:
        assert code in told[str(REFUSALS[code].status)]["x-codes"]
    assert str(one.status) in told


def test_references_lead_somewhere() -> None:
    schemas = OPENAPI["components"]["schemas"]

    def references(said: Any) -> list[str]:
        if isinstance(said, dict):
            own = [said["$ref"]] if "$ref" in said else []
            return own + [ref for value in said.values() for ref in references(value)]
        return [ref for one in said for ref in references(one)] if isinstance(said, list) else []

    found = references(OPENAPI)
    assert found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in schemas
    names = [
        said["operationId"]
        for ways in OPENAPI["paths"].values()
        for said in ways.values()
        if "operationId" in said
    ]
    assert len(names) == len(set(names)) == len(OPERATIONS)


def test_the_page_is_everybodys_and_loads_nothing_from_elsewhere(read_site: Site) -> None:
    answer = read_site.browser().client.get("/api/docs")
    assert answer.status_code == 200
    page = answer.text
    for one in OPERATIONS:
        assert f"{one.method} {one.path}" in page
        assert one.about.zh in page
    for found in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert found.startswith(("/", "#")), found
    assert "<style" not in page
    assert page.count("<script") == 1  # the frame's own, by address
    english = read_site.browser().client.get("/api/docs", headers={"Accept-Language": "en"})
    assert OPERATIONS[0].about.en in english.text


@pytest.mark.parametrize("one", OPERATIONS, ids=named)
def test_each_example_is_a_line_that_a_shell_takes(one: Operation) -> None:
    words = shlex.split(curl_of(one, "http://127.0.0.1:8000"))
    assert words[0] == "curl"
    assert "{" not in words[2]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are lines of curl")
def test_the_lines_of_the_page_in_docs_work_as_they_stand(site: Site, tmp_path: Path) -> None:
    program = site.program(Role.CLERK, NANCHANG, *CLERK)
    (tmp_path / "december.csv").write_bytes(FILE)
    known = {
        "BASE": site.address,
        "TOKEN": program.headers["authorization"].removeprefix("Bearer "),
        "PATH": os.environ["PATH"],
        "no_proxy": "127.0.0.1",
    }
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 7  # none is left out
    for block in blocks:
        for command in re.split(r"^(?=curl )", block, flags=re.MULTILINE)[1:]:
            ran = subprocess.run(  # noqa: S602  # our own page's words
                command,
                shell=True,
                cwd=tmp_path,
                env=known,
                capture_output=True,
                check=True,
                timeout=120,
            )
            if "-o rejected.csv" in command:
                assert b"LZYTGGE69L109221" in (tmp_path / "rejected.csv").read_bytes()
                continue
            assert not re.match(rb'\{"error"', ran.stdout), (command, ran.stdout)
            found = re.match(rb'\{"upload": "(\w+)"', ran.stdout)
            if found:
                document = settled(program, found[1].decode())
                known["UPLOAD"] = document["upload"]
                known["FINGERPRINT"] = document["result"]["fingerprint"]
                known["SUBMISSION"] = document["submission"] or ""
    assert known["SUBMISSION"] == ""  # the last one, the nil return, waits to be confirmed
