"""Every clause by the API: what is known of it, the rows behind, what answers it, and to whom."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from monitor.corridor import documents
from monitor.corridor.answering import answer
from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.policy.policy import Policy
from monitor.site.api import held_shapes
from monitor.store.opening import open_store
from site_pages.conftest import JIUJIANG, LATER, NANCHANG, NANJING, Site
from site_pages.test_api import CLERK, error_of, told

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

JIANGXI, JIANGSU = "360000", "320000"
TODAY = LATER.date()


def judged(program: httpx.Client, **asked: Any) -> dict[str, Any]:
    return told(program.get("/api/v1/assessments", params=asked), 200, held_shapes.Judged)


def steward(site: Site) -> httpx.Client:
    return site.program(Role.STEWARD, None, Verb.SEE, Verb.SEE_ROWS)


def clerk(site: Site, division: str) -> httpx.Client:
    return site.program(Role.CLERK, division, *CLERK)


def test_answers_are_those_of_the_command_line(answering_site: Site, policy: Policy) -> None:
    with open_store(answering_site.home, write=False, waiting=lambda _words: None) as store:
        known = answer(store, policy, TODAY, None)
    expected = documents.judged((), TODAY, None, policy.ruleset, "zh", known)
    found = judged(steward(answering_site), as_of=TODAY.isoformat())
    assert found["clauses"] == expected["clauses"]
    assert found["consistency"] == expected["consistency"]
    assert len(found["consistency"]) == 1
    assert found["assessments"]


def test_clauses_are_asked_for_beside_mandates(answering_site: Site) -> None:
    program = steward(answering_site)
    both = judged(program, mandate=["JX-F01", "NJ-R01"], as_of=TODAY.isoformat())
    assert {row["mandate"] for row in both["assessments"]} == {"JX-F01"}
    assert {row["clause"] for row in both["clauses"]} == {"NJ-R01"}
    (row,) = [one for one in both["clauses"] if one["period"] == "2019"]
    assert (row["numerator"], row["denominator"], row["misses"]) == (2, 3, 1)
    assert row["target"] == {"op": ">=", "value": "100", "value_most": None, "unit": "%"}
    one = judged(program, mandate="NJ-R01", as_of=TODAY.isoformat())
    assert one["assessments"] == []
    other = judged(program, mandate="JX-F01", as_of=TODAY.isoformat())
    assert (other["clauses"], other["consistency"]) == ([], [])
    unknown = program.get("/api/v1/assessments", params={"mandate": "NJ-R99"})
    assert error_of(unknown) == (422, "wrong_use")


def test_a_city_is_told_its_own_answers(answering_site: Site) -> None:
    found = judged(clerk(answering_site, NANCHANG), as_of=TODAY.isoformat())
    assert {row["division"] for row in found["clauses"]} == {NANCHANG}
    assert {row["clause"] for row in found["clauses"]} == {"JX-I05", "JX-S01"}
    piles = [row for row in found["clauses"] if row["name"] == "充电桩"]
    assert [row["value"] for row in piles] == ["0", "1", "2"]
    nanjing = judged(clerk(answering_site, NANJING), as_of=TODAY.isoformat())
    assert any(row["clause"] == "NJ-I05" for row in nanjing["clauses"])
    # It would tell the province's figure.
    assert nanjing["consistency"] == []
    asked = judged(steward(answering_site), division=NANJING, as_of=TODAY.isoformat())
    assert {row["division"] for row in asked["clauses"]} == {NANJING}
    assert len(asked["consistency"]) == 1


def code_of(program: httpx.Client, clause: str, division: str) -> str:
    found = judged(program, mandate=clause, division=division, as_of=TODAY.isoformat())
    return next(str(row["explain"]) for row in reversed(found["clauses"]) if row["explain"])


def test_an_answer_is_traced_to_its_rows(answering_site: Site) -> None:
    program = clerk(answering_site, NANCHANG)
    code = code_of(program, "JX-I05", NANCHANG)
    found = told(program.get(f"/api/v1/explain/{code}"), 200, held_shapes.Explained)
    assert (found["code"], found["mandate"]) == (code, "JX-I05")
    assert (found["division"], found["period"]) == (NANCHANG, "2020")
    assert found["clause"]["words"].startswith("到2020年")
    assert found["figure"]["value"] == str(len(found["rows"]))
    assert {row["counts_as"] for row in found["rows"]} == {"counted"}
    assert all(row["file"] == "360100-facility.csv" for row in found["rows"])
    blind = answering_site.program(Role.CLERK, NANCHANG, Verb.SEE)
    unseen = told(blind.get(f"/api/v1/explain/{code}"), 200, held_shapes.Explained)
    assert "rows" not in unseen
    for other in (JIANGXI, JIUJIANG):
        foreign = program.get(
            f"/api/v1/explain/{code_of(steward(answering_site), 'JX-I05', other)}"
        )
        absent = program.get(f"/api/v1/explain/{code.replace(NANCHANG, '999999')}")
        assert foreign.content == absent.content
        assert error_of(foreign) == (404, "not_found")


def test_a_line_that_is_not_there_is_not_found(answering_site: Site) -> None:
    program = clerk(answering_site, NANCHANG)
    code = code_of(program, "JX-I05", NANCHANG)
    ahead = code.replace(code.split(".")[-2], "999999")
    for odd in (code.replace("line_c", "line_z"), code.replace(".2020.", ".2031."), ahead):
        assert odd != code
        assert error_of(program.get(f"/api/v1/explain/{odd}")) == (404, "not_found")


def test_whole_rows_are_written_down(answering_site: Site) -> None:
    program = clerk(answering_site, NANCHANG)
    code = code_of(program, "JX-I05", NANCHANG)

    def acts() -> int:
        with open_door(answering_site.home) as door:
            row = door.row("SELECT count(*) FROM act WHERE action = 'rows_seen'")
        return int(row[0]) if row else 0

    before = acts()
    program.get(f"/api/v1/explain/{code}")
    assert acts() == before
    program.get(f"/api/v1/explain/{code}", params={"unmask": "true"})
    assert acts() == before + 1


def test_every_clause_is_listed_with_what_answers_it(answering_site: Site, policy: Policy) -> None:
    program = answering_site.program(Role.CLERK, NANCHANG, Verb.ENTER)
    found = told(program.get("/api/v1/mandates"), 200, held_shapes.Mandates)
    assert [one["id"] for one in found["mandates"]] == list(policy.mandates)
    assert [one["id"] for one in found["clauses"]] == list(policy.clauses)
    assert [one["id"] for one in found["coverage"]] == sorted([*policy.mandates, *policy.clauses])
    rows = {one["id"]: one for one in found["coverage"]}
    assert (rows["NJ-R01"]["now"], rows["NJ-R01"]["evidence"]) == ("computed", "permit")
    assert rows["NJ-R01"]["class"] == "rule"
    assert rows["NJ-R01"]["bodies"][1]["present"] == "南京市工业和信息化局"
    english = program.get("/api/v1/mandates", headers={"Accept-Language": "en"}).json()
    clause = next(one for one in english["clauses"] if one["id"] == "NJ-R01")
    assert clause["words"] == policy.clauses["NJ-R01"].words
    assert clause["meaning"] == policy.clauses["NJ-R01"].meaning.en


def test_a_kind_is_one_of_the_policy(answering_site: Site, policy: Policy) -> None:
    program = clerk(answering_site, NANCHANG)
    wrong = program.post("/api/v1/nil", json={"kind": "kites", "period": "2021-01"})
    assert error_of(wrong) == (422, "wrong_fields")
    for kind in policy.kinds:
        assert kind in wrong.json()["error"]["en"]
