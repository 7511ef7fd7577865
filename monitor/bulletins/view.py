"""Facts to a bulletin in words: the one view model that every form is set from."""

from __future__ import annotations

from monitor.assess.attribution import Attribution
from monitor.bulletins import formats
from monitor.bulletins.actions import actions_of
from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.changes import changes_of
from monitor.bulletins.comparison import comparisons_of
from monitor.bulletins.curves import curves_of
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.figures import blocks_of, has_yardstick, past_rows
from monitor.bulletins.headings import headings_of
from monitor.bulletins.headline import headline_of, tallies_of
from monitor.bulletins.other_clauses import other_clauses_of
from monitor.bulletins.outlook import outlook_of
from monitor.bulletins.overview import overview_of
from monitor.bulletins.parts import Line
from monitor.bulletins.provincial import provincial_of
from monitor.bulletins.quality import quality_of
from monitor.bulletins.readings import readings_of
from monitor.bulletins.reconciled import reconciled_of
from monitor.bulletins.supervision import supervision_of
from monitor.bulletins.words import Words, load_words
from monitor.model import Language
from monitor.policy.policy import Policy

_TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


def build_view(facts: BulletinFacts, policy: Policy, language: Language) -> BulletinView:
    """Put the facts of one bulletin into words; no figure is worked out again.

    A province's members are shown for the judged year only, and past years by their verdicts: the
    rest stands in their own bulletins.
    """
    words = load_words(policy.project, language)
    year = str(facts.as_of.year)
    judged = [row for row in facts.assessments if row.period.startswith(year)]
    own = [row for row in judged if row.division == facts.division]
    findings = [row for row in own if row.role == "finding"]
    past = [
        row
        for row in facts.assessments
        if not row.period.startswith(year)
        and row.division == facts.division
        and row.role == "finding"
        and has_yardstick(row, policy)
    ]
    weekly = {one.key: one for one in facts.weekly}
    forecasts = {one.key: one for one in facts.forecasts}
    headline, tone = headline_of(findings, facts, policy, words)
    blocks = blocks_of(judged, facts.division, policy, words)
    name = words.text(policy.divisions.name(facts.division))
    issue = words("第 %(number)s 期", number=facts.issue_number)
    as_of = formats.day(facts.as_of, words)
    product = words("新能源汽车推广应用监测通报")
    return BulletinView(
        language_tag=_TAGS[language],
        is_province=facts.is_province,
        subject=_subject(product, name, issue, as_of, words),
        product=product,
        division=name,
        issue=issue,
        as_of=as_of,
        headline=headline,
        headline_tone=tone,
        year=year,
        tallies=tallies_of(findings, words),
        overview=overview_of(findings, policy, words),
        weeks=curves_of(findings, weekly, forecasts, policy, words),
        actions=actions_of(findings, facts, policy, words),
        blocks=blocks,
        provincial=provincial_of(judged, facts, weekly, forecasts, policy, words)
        if facts.is_province
        else None,
        comparisons=comparisons_of(
            findings, facts.peers, policy.divisions.province_of(facts.division), policy, words
        ),
        outlook=outlook_of(findings, facts, policy, words),
        changes=changes_of(
            [one for one in facts.attributions if _is_shown(one, facts)],
            facts.previous_as_of,
            own=facts.division,
            policy=policy,
            words=words,
        ),
        reconciled=reconciled_of(facts, policy, words),
        quality=quality_of(facts, policy, words),
        past=past_rows(past, policy, words),
        readings=readings_of(blocks, past, facts, policy, words),
        method=_method(words),
        imprint=_imprint(facts, words),
        headings=headings_of(words),
        clauses=other_clauses_of(facts, policy, words),
        division_code=facts.division,
        as_of_on=facts.as_of,
        issue_number=facts.issue_number,
        supervision=supervision_of(
            facts.supervision,
            facts.as_of,
            is_province=facts.is_province,
            policy=policy,
            words=words,
        ),
    )


def _is_shown(one: Attribution, facts: BulletinFacts) -> bool:
    _, division, period, *_ = one.key
    return division == facts.division or period == str(facts.as_of.year)


def _subject(product: str, name: str, issue: str, as_of: str, words: Words) -> str:
    """One line, whatever a data file holds: a mail header has no room for a second."""
    subject = words(
        "%(name)s%(product)s %(issue)s（截至 %(day)s）",
        name=name,
        product=product,
        issue=issue,
        day=as_of,
    )
    return " ".join(subject.split())


def _method(words: Words) -> tuple[str, ...]:
    return (
        words("数字由各地报送的车辆逐辆计得。比例只截取、不进位，以免把未达标算作达标。"),
        words(
            "“尚差”是已计车辆中缺少的新能源车数；“还需”是其后须连续新增、使比例达标的新能源车数。"
        ),
        words("凭追溯码可查到每个数字的行、文件、条款和版本：fleetmon explain 追溯码。"),
    )


def _imprint(facts: BulletinFacts, words: Words) -> tuple[Line, ...]:
    known = words("截至目前收到的全部报送")
    if facts.known_at:
        known = formats.moment(facts.known_at, words)
    elif facts.received_until:
        last = formats.moment(facts.received_until, words)
        known = words("全部报送，最后一份收于 %(last)s", last=last)
    return (
        Line(words("期号"), words("第 %(number)s 期", number=facts.issue_number)),
        Line(words("评判日"), formats.day(facts.as_of, words)),
        Line(words("所据资料"), known),
        Line(words("报送序号"), formats.number(facts.history)),
        Line(words("规则版本"), facts.ruleset),
        Line(words("程序版本"), facts.version),
    )
