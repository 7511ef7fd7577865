"""What is known of the other clauses stands in every form of a bulletin, and silence is named."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from monitor.assess.answer import ClauseAnswer, Wanted
from monitor.assess.clause_answers import answer_clauses
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.consistency import Consistency
from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.circular import set_circular
from monitor.bulletins.document import make_json
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.other_clauses import other_clauses_of
from monitor.bulletins.render import render_view
from monitor.bulletins.view import build_view
from monitor.bulletins.words import load_words
from monitor.bulletins.workbook import make_workbook
from monitor.model import Language, Text
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import Project

JIANGXI = "360000"
PROJECT = Project()


@pytest.fixture(scope="module")
def real(policy: Policy) -> Policy:
    """The example's fleet mandates beside the clauses as they are."""
    found = load_policy()
    return replace(
        policy,
        clauses=found.clauses,
        codes=found.codes | policy.codes,
        kinds=found.kinds,
        divisions=found.divisions,
    )


def known(**more: object) -> ClauseAnswer:
    """260 stations were asked for and 259 stand."""
    return replace(
        ClauseAnswer(
            clause="JX-I05",
            division=JIANGXI,
            period="2020",
            complete=True,
            line=0,
            name=Text("充电站", "charging stations"),
            measure="count",
            evidence="facility",
            binding=True,
            target=Wanted(">=", "260", None, "座"),
            value="259",
            value_most=None,
            unit="座",
            denominator=None,
            numerator=None,
            undetermined=0,
            share=None,
            status="not_met",
            strength="declared",
            consequence="advise",
            covered=None,
            incomplete_data=False,
            notes=(Text("口径说明", "a note"),),
            sources=(Text("省能源局台账", "the register"),),
            explain="JX-I05.360000.2020.line_a.20201231.7.0a1b2c3d",
        ),
        **more,  # type: ignore[arg-type]  # fields of an answer
    )


SILENT = known(clause="JX-I01", value=None, status="no_data", evidence="figure", notes=())
APART = Consistency(
    check="FJ-chain",
    period="2020",
    parts=(Decimal(1), Decimal(1)),
    whole=(Decimal(2), Decimal(2)),
    holds=False,
    message=Text("2020 年，三项之和与总数不符", "the parts are not the whole in 2020"),
    clauses=("FJ-I04",),
)


def of_jiangxi(province: BulletinFacts) -> BulletinFacts:
    return replace(
        province, division=JIANGXI, assessments=(), answers=(known(), SILENT), consistency=(APART,)
    )


@pytest.fixture
def view(province: BulletinFacts, real: Policy) -> BulletinView:
    return build_view(of_jiangxi(province), real, "zh")


WANTED = ("JX-I05 充电站 2020", "不低于 260 座", "259 座", "未达标", "口径说明", "省能源局台账")


def test_every_form_tells_the_figure_and_the_verdict(view: BulletinView) -> None:
    pages = render_view(view, PROJECT, "zh")
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(view)))
    cells = " ".join(
        str(cell) for row in book["其他条文"].iter_rows(values_only=True) for cell in row if cell
    )
    paper = pypdf.PdfReader(io.BytesIO(set_circular(view, PROJECT, "zh")))
    printed = "".join(page.extract_text() for page in paper.pages)
    told = json.loads(make_json(view))["clauses"]
    for form in (pages.html, pages.text, printed):
        flat = "".join(form.split())
        for words in (*WANTED, "三项之和与总数不符", "报送数值：", "JX-I01"):
            assert "".join(words.split()) in flat, words
    for words in ("JX-I05", "充电站", "不低于 260 座", "259 座", "未达标"):
        assert words in cells
    (row,) = told["rows"]
    assert (row["clause"], row["figure"], row["verdict"]["status"]) == (
        "JX-I05",
        "259 座",
        "not_met",
    )
    assert told["lines"][-1]["value"] == "2020 年，三项之和与总数不符"


def test_a_bulletin_without_clauses_has_no_such_part(city: BulletinFacts, policy: Policy) -> None:
    view = build_view(city, policy, "zh")
    assert view.clauses is None
    assert "其他条文" not in render_view(view, PROJECT, "zh").html
    assert json.loads(make_json(view))["clauses"] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_nothing_came_every_clause_is_named_and_none_is_judged(
    province: BulletinFacts, real: Policy, language: Language
) -> None:
    nothing = ClauseEvidence(as_of=date(2020, 12, 31), known_at=None, history=0)
    answers = answer_clauses(real, nothing, divisions=(JIANGXI,))
    facts = replace(province, division=JIANGXI, answers=answers)
    words = load_words(PROJECT, language)
    told = other_clauses_of(facts, real, words)
    assert told is not None
    named = " ".join(line.value for line in told.lines) + " ".join(r.clause for r in told.rows)
    own = [one.id for one in real.clauses.values() if one.jurisdiction == JIANGXI]
    assert all(clause in named for clause in own)
    assert {row.verdict.code for row in told.rows} <= {"not_computable"}
