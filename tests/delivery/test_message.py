"""A letter reads back as it was written, and nothing that data hold can steer it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.rendered import Attachment, Picture, RenderedBulletin
from monitor.delivery.compose import compose
from monitor.delivery.message import build_message
from monitor.model import SHANGHAI
from monitor.policy.divisions import load_divisions
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.policy.standard_vehicle import WeightTable

RENDERED = RenderedBulletin(
    subject="南昌市新能源汽车推广应用监测通报 第 12 期（截至 2020年12月31日）",
    html="<!DOCTYPE html><html lang='zh-CN'><body>" + "公交车 72.50 % " * 200 + "</body></html>\n",
    text="公交车 72.50 %\n",
    language_tag="zh-CN",
)
PDF = b"%PDF-1.7\n" * 40
CARRYING = replace(
    RENDERED,
    html='<html><body><img src="cid:overview" alt="1"><img src="cid:weeks"></body></html>\n',
    pictures=(Picture("overview", b"\x89PNG one"), Picture("weeks", b"\x89PNG two" * 90)),
    attachments=(
        Attachment("南昌市新能源汽车推广应用监测通报 第 12 期.pdf", "application/pdf", PDF),
        Attachment("figures.xlsx", "application/vnd.ms-excel", b"PK"),
        Attachment("待改正.csv", "text/csv; charset=utf-8", "车架号\r\n".encode()),
    ),
)


@pytest.fixture
def rules(tmp_path: Path) -> Policy:
    path = tmp_path / "jiangxi.yml"
    path.write_text(
        'code: "360000"\nname: {zh: 江西省, en: Jiangxi}\nsource: test\ndivisions:\n'
        '  - {code: "360100", name: {zh: 南昌市, en: Nanchang}}\n'
        '  - {code: "36GJXQ", name: {zh: 赣江新区, en: Ganjiang New Area}}\n',
        encoding="utf-8",
    )
    return Policy(
        project=Project(),
        codes={},
        divisions=load_divisions([path]),
        columns={},
        rules={},
        mandates={},
        weights=WeightTable(table="standard_vehicle", source="", entries=()),
        baselines=(),
        ruleset="abc",
    )


@pytest.fixture
def facts() -> BulletinFacts:
    return BulletinFacts(
        division="360100",
        is_province=False,
        as_of=date(2020, 12, 31),
        known_at=None,
        issue_number=12,
        ruleset="abc",
        version="0.1.0",
        history=37,
        assessments=(),
        previous_as_of=None,
        submissions=(),
        rejected={},
        warned={},
        silent=(),
        nil=(),
        uncovered={},
        checks_run=1,
        checks_declared=1,
    )


def read(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def test_a_letter_reads_back(rules: Policy, facts: BulletinFacts) -> None:
    parsed = read(compose(facts, rules, RENDERED, "zh").message)
    assert parsed["Subject"] == RENDERED.subject
    assert parsed["To"] == "南昌市交通运输局 <360100@fleetmon.invalid>"
    assert parsed["Date"] == "Thu, 31 Dec 2020 23:59:59 +0800"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Fleetmon-Division"] == "360100"
    assert parsed["X-Fleetmon-As-Of"] == "2020-12-31"
    assert parsed["X-Fleetmon-Issue"] == "12"
    assert parsed["X-Fleetmon-Ruleset"] == "abc"
    assert parsed.get_content_type() == "multipart/alternative"
    plain, html = parsed.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert {part["Content-Transfer-Encoding"] for part in (plain, html)} == {"base64"}
    assert {part["Content-Language"] for part in (plain, html)} == {"zh-CN"}
    assert plain.get_content().replace("\r\n", "\n") == RENDERED.text
    assert html.get_content().replace("\r\n", "\n") == RENDERED.html


def test_lines_are_fit_for_the_wire(rules: Policy, facts: BulletinFacts) -> None:
    message = compose(facts, rules, RENDERED, "zh").message
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert max(len(line) for line in message.split(b"\r\n")) <= 78
    assert message.isascii()


def test_same_bulletin_same_letter_other_bulletin_other_name(
    rules: Policy, facts: BulletinFacts
) -> None:
    first = compose(facts, rules, RENDERED, "zh")
    assert compose(facts, rules, RENDERED, "zh") == first
    assert first.name.startswith("2020-12-31_360100_zh_")
    other = compose(facts, rules, replace(RENDERED, text="other\n"), "zh")
    assert other.name != first.name


def test_the_province_writes_to_its_department(rules: Policy, facts: BulletinFacts) -> None:
    whole = replace(facts, division="360000", is_province=True)
    to = read(compose(whole, rules, RENDERED, "zh").message)["To"]
    assert to == "江西省交通运输厅 <360000@fleetmon.invalid>"
    area = replace(facts, division="36GJXQ")
    to = read(compose(area, rules, RENDERED, "en").message)["To"]
    assert to == "Ganjiang New Area transport bureau <36gjxq@fleetmon.invalid>"


@pytest.mark.parametrize("hostile", ["a\r\nBcc: x@example.invalid", "a\nb"])
def test_a_line_break_in_a_header_is_refused(hostile: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        build_message(
            replace(RENDERED, subject=hostile),
            sender=Address("a", "a", "fleetmon.invalid"),
            recipient=Address("b", "b", "fleetmon.invalid"),
            message_id="<1@fleetmon.invalid>",
            date=datetime(2021, 1, 1, tzinfo=SHANGHAI),
            headers={},
        )


def test_a_letter_carries_pictures_in_it_and_files_beside_it(
    rules: Policy, facts: BulletinFacts
) -> None:
    parsed = read(compose(facts, rules, CARRYING, "zh").message)
    assert parsed.get_content_type() == "multipart/mixed"
    alternative, *files = parsed.iter_parts()
    plain, related = alternative.iter_parts()
    page, *pictures = related.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert related.get_param("type") == "text/html"
    assert {part["Content-Language"] for part in (plain, page)} == {"zh-CN"}
    shown = re.findall(r'src="cid:([^"]+)"', page.get_content())
    assert [f"<{name}>" for name in shown] == [part["Content-ID"] for part in pictures]
    assert [part.get_content() for part in pictures] == [p.content for p in CARRYING.pictures]
    assert {part.get_content_disposition() for part in pictures} == {"inline"}
    assert [part.get_filename() for part in files] == [a.file_name for a in CARRYING.attachments]
    assert [part.get_payload(decode=True) for part in files] == [
        attachment.content for attachment in CARRYING.attachments
    ]
    assert files[2].get_content_charset() == "utf-8"


def test_a_chinese_file_name_is_one_parameter_with_a_plain_one_for_old_programs(
    rules: Policy, facts: BulletinFacts
) -> None:
    message = compose(facts, rules, CARRYING, "zh").message.decode("ascii")
    assert "filename*0" not in message
    assert message.count("filename*=utf-8''%E5") == 2
    assert 'filename="figures.xlsx"' in message
    assert 'name="attachment-1.pdf"' in message
    assert max(map(len, message.split("\r\n"))) <= 998
    long = Attachment("市" * 200 + ".pdf", "application/pdf", PDF)
    message = compose(facts, rules, replace(CARRYING, attachments=(long,)), "zh").message.decode()
    assert max(map(len, message.split("\r\n"))) <= 998
    assert ".pdf\r\n" in message
    head = message.partition("\r\n\r\n")[0]
    assert max(map(len, head.split("\r\n"))) <= 78


def test_the_same_letter_is_the_same_bytes_and_other_files_are_another(
    rules: Policy, facts: BulletinFacts
) -> None:
    first = compose(facts, rules, CARRYING, "zh")
    assert compose(facts, rules, CARRYING, "zh") == first
    other = (replace(CARRYING.attachments[0], content=b"%PDF other"),)
    second = compose(facts, rules, replace(CARRYING, attachments=other), "zh")
    assert second.name != first.name
    assert read(second.message)["Message-ID"] != read(first.message)["Message-ID"]
    message = first.message.decode()
    assert len(re.findall(r'boundary="=_fleetmon_', message)) == 3
    assert message.count("MIME-Version") == 1


@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.invalid.pdf", "../a.pdf", "a\x00.pdf", ""])
def test_a_file_name_cannot_steer_the_letter(
    rules: Policy, facts: BulletinFacts, name: str
) -> None:
    hostile = replace(CARRYING, attachments=(Attachment(name, "application/pdf", PDF),))
    with pytest.raises(ValueError, match="plain file name"):
        compose(facts, rules, hostile, "zh")


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(CARRYING, html="<p>no picture</p>"),
        replace(CARRYING, pictures=CARRYING.pictures[:1]),
        replace(RENDERED, html='<img src="cid:overview">'),
        replace(CARRYING, pictures=(Picture("over\r\nview", b""),)),
    ],
    ids=["not shown", "not there", "none there", "name"],
)
def test_a_page_shows_the_pictures_that_are_there(
    rules: Policy, facts: BulletinFacts, spoiled: RenderedBulletin
) -> None:
    with pytest.raises(ValueError, match=r"picture|page"):
        compose(facts, rules, spoiled, "zh")
