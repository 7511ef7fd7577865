"""A letter reads back as it was written, and nothing that data hold can steer it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.forms import Forms
from monitor.bulletins.rendered import Attachment, Picture, RenderedBulletin
from monitor.delivery.compose import Letter, compose
from monitor.delivery.message import build_message, digest_of
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.deliveries import delivery_id

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


BUREAU = Addressee(
    division="360100",
    role="bureau",
    name=Text("南昌市交通运输局", "Nanchang transport bureau"),
    address="jtj@nanchang.example.cn",
    languages=("zh",),
    forms=("pdf", "xlsx", "csv"),
    is_digest=False,
    receives=frozenset({"bulletin"}),
)
BOOK = RecipientBook(
    sender_name=Text("新能源汽车推广应用监测", "New-energy vehicle monitoring"),
    sender_address="bulletin@jtt.example.cn",
    reply_to="ke@jtt.example.cn",
    unsubscribe=None,
    desks={"360100": (BUREAU,)},
    above={"360100": "360000"},
)


def composed(
    facts: BulletinFacts,
    rendered: RenderedBulletin,
    language: Language = "zh",
    *,
    to: Addressee = BUREAU,
    book: RecipientBook = BOOK,
    **given: Any,
) -> Letter:
    made = cast("Forms", SimpleNamespace(letter=rendered))
    return compose(facts, made, language, addressee=to, book=book, **given)


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


def widest(message: bytes) -> int:
    """The longest line, but for the one that is a link and is not to be broken."""
    lines = message.split(b"\r\n")
    return max(len(line) for line in lines if not line.startswith(b"List-Unsubscribe: <"))


def test_a_letter_reads_back(facts: BulletinFacts) -> None:
    parsed = read(composed(facts, RENDERED).message)
    assert parsed["Subject"] == RENDERED.subject
    assert parsed["To"] == "南昌市交通运输局 <jtj@nanchang.example.cn>"
    assert parsed["From"] == "新能源汽车推广应用监测 <bulletin@jtt.example.cn>"
    assert parsed["Reply-To"] == "ke@jtt.example.cn"
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


def test_lines_are_fit_for_the_wire(facts: BulletinFacts) -> None:
    message = composed(facts, RENDERED).message
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert widest(message) <= 78
    assert message.isascii()


def test_same_bulletin_same_letter_other_bulletin_other_name(facts: BulletinFacts) -> None:
    first = composed(facts, RENDERED)
    assert composed(facts, RENDERED) == first
    assert first.name.startswith("2020-12-31_360100_zh_")
    other = composed(facts, replace(RENDERED, text="other\n"))
    assert other.name != first.name


def test_a_desk_without_an_address_is_written_to_by_name_at_none(facts: BulletinFacts) -> None:
    to = replace(BUREAU, address=None)
    letter = composed(facts, RENDERED, "en", to=to)
    assert read(letter.message)["To"] == (
        "Nanchang transport bureau <bureau.360100@fleetmon.invalid>"
    )
    assert letter.delivery.recipient is None
    assert letter.delivery.id == delivery_id(
        "bulletin", letter.delivery.about, "bureau.360100", "en"
    )


def test_a_letter_bears_the_number_of_its_delivery(facts: BulletinFacts) -> None:
    letter = composed(facts, RENDERED, run=7)
    row = letter.delivery
    assert re.fullmatch(r"D[0-9a-f]{16}", row.id)
    assert read(letter.message)["Message-ID"] == row.message_id
    assert row.message_id == f"<{row.id.lower()}@jtt.example.cn>"
    assert row.about == f"360100 2020-12-31 {digest_of(RENDERED)}"
    assert (row.kind, row.division, row.role, row.run) == ("bulletin", "360100", "bureau", 7)
    assert row.sha256 == hashlib.sha256(letter.message).hexdigest()
    assert row.file_name == letter.name


def test_other_desks_and_contents_are_other_deliveries_and_nothing_else_is(
    facts: BulletinFacts,
) -> None:
    first = composed(facts, RENDERED).delivery.id
    assert composed(facts, RENDERED, is_late=True, run=9).delivery.id == first
    assert composed(facts, RENDERED, to=replace(BUREAU, forms=())).delivery.id == first
    others = {
        composed(facts, replace(RENDERED, text="other\n")).delivery.id,
        composed(facts, RENDERED, "en").delivery.id,
        composed(facts, RENDERED, to=replace(BUREAU, address="x@nanchang.example.cn")).delivery.id,
    }
    assert len({first, *others}) == 4


def test_a_late_letter_and_one_that_replaces_another_say_so(facts: BulletinFacts) -> None:
    earlier = [f"<d{n:016x}@jtt.example.cn>" for n in range(12)]
    late = read(composed(facts, RENDERED, is_late=True).message)
    assert late["Subject"] == f"【补发】{RENDERED.subject}"
    revised = composed(facts, RENDERED, "en", earlier=earlier, is_late=True).message
    parsed = read(revised)
    assert parsed["Subject"] == f"Revised: Late: {RENDERED.subject}"
    assert parsed["References"].split() == earlier
    assert parsed["In-Reply-To"] == earlier[-1]
    assert widest(revised.partition(b"\r\n\r\n")[0]) <= 78
    assert read(composed(facts, RENDERED).message)["References"] is None


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (None, "<mailto:ke@jtt.example.cn?subject=unsubscribe%20360100%20bureau>"),
        ("mailto:out@jtt.example.cn?subject=out", "<mailto:out@jtt.example.cn?subject=out>"),
        ("https://jtt.example.cn/" + "out/" * 40, "<https://jtt.example.cn/" + "out/" * 40 + ">"),
    ],
    ids=["reply", "own", "long"],
)
def test_every_letter_says_how_one_gets_no_more(
    facts: BulletinFacts, given: str | None, written: str
) -> None:
    book = replace(BOOK, unsubscribe=given)
    assert read(composed(facts, RENDERED, book=book).message)["List-Unsubscribe"] == written


def test_a_desk_gets_the_forms_that_it_wants_and_the_body_is_the_same(
    facts: BulletinFacts,
) -> None:
    def names(*forms: str) -> list[str]:
        message = composed(facts, CARRYING, to=replace(BUREAU, forms=forms)).message
        return [str(part.get_filename()) for part in read(message).iter_attachments()]

    pdf, xlsx, _ = (file.file_name for file in CARRYING.attachments)
    assert names("pdf") == [pdf]
    assert names("xlsx") == [xlsx]
    assert names() == []
    other = replace(BUREAU, address="x@nanchang.example.cn", role="director")
    bodies = {
        composed(facts, CARRYING, to=to).message.partition(b"Content-Type:")[2]
        for to in (BUREAU, other)
    }
    assert len(bodies) == 1


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


CONTENTS = st.binary(max_size=200) | st.integers(55, 116).map(lambda size: b"=" * size)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"')),
    files=st.tuples(CONTENTS, CONTENTS),
)
def test_whatever_a_letter_carries_comes_back_from_short_lines(
    text: str, files: tuple[bytes, bytes]
) -> None:
    picture, attachment = files
    carrying = replace(
        RENDERED,
        text=text,
        html=f'<img src="cid:weeks">{text}',
        pictures=(Picture("weeks", picture),),
        attachments=(Attachment("a.bin", "application/octet-stream", attachment),),
    )
    message = build_message(
        carrying,
        sender=Address("a", "a", "fleetmon.invalid"),
        recipient=Address("b", "b", "fleetmon.invalid"),
        message_id="<1@fleetmon.invalid>",
        date=datetime(2021, 1, 1, tzinfo=SHANGHAI),
        headers={},
    )
    assert widest(message) <= 78
    assert b"\n" not in message.replace(b"\r\n", b"")
    plain, page, drawn, file = (p for p in read(message).walk() if not p.is_multipart())
    assert drawn.get_payload(decode=True) == picture
    assert file.get_payload(decode=True) == attachment
    told = b"\r\n".join(text.encode().splitlines()) + b"\r\n"
    assert plain.get_payload(decode=True) == told
    shown = page.get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert shown.partition(b">")[2] == told


def test_a_letter_carries_pictures_in_it_and_files_beside_it(facts: BulletinFacts) -> None:
    parsed = read(composed(facts, CARRYING).message)
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
    facts: BulletinFacts,
) -> None:
    message = composed(facts, CARRYING).message.decode("ascii")
    assert "filename*0" not in message
    assert message.count("filename*=utf-8''%E5") == 2
    assert 'filename="figures.xlsx"' in message
    assert 'name="attachment-1.pdf"' in message
    assert max(map(len, message.split("\r\n"))) <= 998
    long = Attachment("市" * 200 + ".pdf", "application/pdf", PDF)
    message = composed(facts, replace(CARRYING, attachments=(long,))).message.decode()
    assert max(map(len, message.split("\r\n"))) <= 998
    assert ".pdf\r\n" in message
    assert widest(message.partition("\r\n\r\n")[0].encode()) <= 78


def test_the_same_letter_is_the_same_bytes_and_other_files_are_another(
    facts: BulletinFacts,
) -> None:
    first = composed(facts, CARRYING)
    assert composed(facts, CARRYING) == first
    other = (replace(CARRYING.attachments[0], content=b"%PDF other"),)
    second = composed(facts, replace(CARRYING, attachments=other))
    assert second.name != first.name
    assert read(second.message)["Message-ID"] != read(first.message)["Message-ID"]
    message = first.message.decode()
    assert len(re.findall(r'boundary="=_fleetmon_', message)) == 3
    assert message.count("MIME-Version") == 1


@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.invalid.pdf", "../a.pdf", "a\x00.pdf", ""])
def test_a_file_name_cannot_steer_the_letter(facts: BulletinFacts, name: str) -> None:
    hostile = replace(CARRYING, attachments=(Attachment(name, "application/pdf", PDF),))
    with pytest.raises(ValueError, match="plain file name"):
        composed(facts, hostile, to=replace(BUREAU, forms=("pdf", "")))


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
    facts: BulletinFacts, spoiled: RenderedBulletin
) -> None:
    with pytest.raises(ValueError, match=r"picture|page"):
        composed(facts, spoiled)
