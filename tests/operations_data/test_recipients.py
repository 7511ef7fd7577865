"""Who receives what, and that no address or name can add a recipient or a header."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email import policy as email_policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.model import Text
from monitor.policy.divisions import DivisionEntry, DivisionTable, ProvinceFile
from monitor.policy.policy import Policy, load_policy
from monitor.policy.recipient_file import OCCASIONS, is_address
from monitor.policy.recipients import RecipientBook, load_addresses, load_recipients

ROOT = Path(__file__).resolve().parents[2]
RECIPIENTS = ROOT / "data/recipients.yml"
POLICY = load_policy()


def nothing(_reference: str) -> str | None:
    return None


@pytest.fixture(scope="module")
def book(policy: Policy) -> RecipientBook:
    return load_recipients(RECIPIENTS, policy.divisions, nothing)


# --- the project's own -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("division", "zh", "en", "address"),
    [
        ("360100", "南昌市交通运输局", "Nanchang transport bureau", "360100"),
        ("36GJXQ", "赣江新区交通运输局", "Ganjiang New Area transport bureau", "36gjxq"),
        ("350000", "福建省交通运输厅", "Fujian department of transport", "350000"),
        (None, "报送单位", "sender of the file", "unknown-sender"),
    ],
)
def test_letters_are_addressed_as_they_were(
    book: RecipientBook, division: str | None, zh: str, en: str, address: str
) -> None:
    (one,) = book.of(division, "correction")
    assert one.name == Text(zh, en)
    assert one.address == f"{address}@fleetmon.invalid"
    assert one.languages == ("zh",)


def test_every_division_and_province_has_a_bulletin_at_an_address_of_its_own(
    book: RecipientBook, policy: Policy
) -> None:
    codes = [*policy.divisions.divisions, *policy.divisions.provinces]
    addresses = [one.address for code in codes for one in book.of(code, "bulletin")]
    assert len(set(addresses)) == len(codes) == len(addresses)


def test_nobody_can_be_reached_until_a_bureau_says_so(book: RecipientBook) -> None:
    assert book.sender_name == Text("新能源汽车推广应用监测", "New-energy vehicle monitoring")
    assert book.operators
    desks = [*(one for held in book.desks.values() for one in held), *book.operators]
    for address in [book.sender_address, *(one.address for one in desks)]:
        assert address is not None
        assert address.endswith("@fleetmon.invalid")


def test_an_escalation_goes_to_the_province(book: RecipientBook) -> None:
    assert [one.division for one in book.of("360100", "escalation")] == ["360000"]
    assert [one.division for one in book.of("360000", "escalation")] == ["360000"]
    assert [one.division for one in book.of("360100", "past_due")] == ["360100"]
    assert book.of(None, "escalation") == ()


def test_operators_are_told_whatever_the_division(book: RecipientBook) -> None:
    assert book.of(None, "operators") == book.of("360100", "operators") == book.operators


def test_a_misspelt_occasion_loses_no_letter_in_silence(book: RecipientBook) -> None:
    with pytest.raises(ValueError, match="bulletins"):
        book.of("360100", "bulletins")
    assert {
        *("bulletin", "correction", "reminder", "past_due", "escalation", "operators")
    } == OCCASIONS


def test_a_division_that_is_not_known_has_nobody(book: RecipientBook) -> None:
    assert book.of("370100", "bulletin") == ()


# --- a bureau's own ----------------------------------------------------------------------------

OWN = """
sender:
  name: {zh: 监测办, en: Monitoring office}
  address: env:FLEETMON_SENDER
  reply_to: office@nev.example.cn
  unsubscribe: mailto:office@nev.example.cn?subject=unsubscribe
roles:
  bureau: {receives: [bulletin, correction], forms: [pdf, xlsx], digest: false, languages: [zh]}
  director: {receives: [bulletin, escalation], forms: [pdf], digest: true, languages: [zh, en]}
everyone:
  divisions:
    - {role: bureau, name: {zh: "{name}局", en: "{name} bureau"}, address: "file:{division}"}
  provinces:
    - {role: bureau, name: {zh: "{name}厅", en: "{name} department"}, address: p@example.cn}
    - {role: director, name: {zh: 厅长, en: director}, address: "dir.{division}@example.cn"}
divisions:
  "360100":
    - {role: director, name: {zh: 局长, en: director}, address: env:NANCHANG_DIRECTOR}
    - {role: bureau, name: {zh: 科员, en: clerk}, address: clerk@nanchang.example.cn,
       receives: [correction], forms: [], languages: [en]}
operators:
  - {role: bureau, name: {zh: 运维, en: operators}, address: ops@example.cn}
"""


def loaded(
    folder: Path, text: str, lookup: Callable[[str], str | None] | None = None
) -> RecipientBook:
    path = folder / "recipients.yml"
    path.write_text(text, "utf-8")
    held = {
        "env:FLEETMON_SENDER": "nev@example.cn",
        "env:NANCHANG_DIRECTOR": "wang.fang@nanchang.example.cn",
        "file:36gjxq": "nev@gjxq.example.cn",
    }
    return load_recipients(path, POLICY.divisions, lookup or held.get)


def test_addresses_come_from_the_environment_and_from_outside_the_tree(tmp_path: Path) -> None:
    book = loaded(tmp_path, OWN)
    assert book.sender_address == "nev@example.cn"
    assert book.reply_to == "office@nev.example.cn"
    assert book.unsubscribe == "mailto:office@nev.example.cn?subject=unsubscribe"
    assert [one.address for one in book.of("36GJXQ", "bulletin")] == ["nev@gjxq.example.cn"]


def test_an_address_that_is_not_held_leaves_a_desk_without_one(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, OWN).of("350100", "bulletin")
    assert one.address is None
    assert one.name == Text("福州市局", "Fuzhou bureau")


def test_an_empty_variable_is_no_address(tmp_path: Path) -> None:
    held = {"env:FLEETMON_SENDER": "nev@example.cn", "env:NANCHANG_DIRECTOR": ""}
    (one,) = loaded(tmp_path, OWN, held.get).of("360100", "bulletin")
    assert one.address is None


def test_own_entries_stand_in_place_of_those_for_everyone(tmp_path: Path) -> None:
    book = loaded(tmp_path, OWN)
    director, clerk = book.desks["360100"]
    assert (director.role, director.is_digest, director.forms) == ("director", True, ("pdf",))
    assert director.languages == ("zh", "en")
    assert director.receives == {"bulletin", "escalation"}
    assert (clerk.is_digest, clerk.forms, clerk.languages) == (False, (), ("en",))
    assert clerk.receives == {"correction"}
    assert book.of("360100", "bulletin") == (director,)
    assert book.of("360100", "correction") == (clerk,)


def test_an_escalation_reaches_the_director_and_the_province(tmp_path: Path) -> None:
    found = loaded(tmp_path, OWN).of("360100", "escalation")
    assert [one.address for one in found] == [
        "wang.fang@nanchang.example.cn",
        "dir.360000@example.cn",
    ]


def test_one_address_at_two_desks_has_one_letter(tmp_path: Path) -> None:
    text = OWN.replace("env:NANCHANG_DIRECTOR", "P@Example.cn").replace("dir.{division}", "p")
    found = loaded(tmp_path, text).of("360100", "escalation")
    assert [one.division for one in found] == ["360100"]


def test_a_sender_without_an_address_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"recipients\.yml.*env:FLEETMON_SENDER"):
        loaded(tmp_path, OWN, nothing)


@pytest.mark.parametrize(
    "found", ["a@b.cn, c@d.cn", "a@b.cn\r\nBcc: c@d.cn", "secret-name", "a@b.cn\n"]
)
def test_what_was_looked_up_is_checked_and_never_shown(tmp_path: Path, found: str) -> None:
    held = {"env:FLEETMON_SENDER": "nev@example.cn", "env:NANCHANG_DIRECTOR": found}
    with pytest.raises(PolicyError, match="not one plain address") as refused:
        loaded(tmp_path, OWN, held.get)
    assert "env:NANCHANG_DIRECTOR" in str(refused.value)
    assert found.strip() not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("clerk@nanchang.example.cn", '"a@b.cn, c@d.cn"', "one plain address"),
        ("clerk@nanchang.example.cn", '"a@b.cn\\r\\nBcc: c@d.cn"', "one plain address"),
        ("clerk@nanchang.example.cn", "nanchang", "one plain address"),
        ("clerk@nanchang.example.cn", "env:NAN CHANG", "one plain address"),
        ("clerk@nanchang.example.cn", '"env:"', "one plain address"),
        ("clerk@nanchang.example.cn", "a%c.cn@b.cn", "one plain address"),
        ("office@nev.example.cn\n", "office\n", "one plain address"),
        ("{zh: 科员, en: clerk}", '{zh: 科员, en: "clerk\\nBcc: c@d.cn"}', "one line"),
        ("{zh: 科员, en: clerk}", '{zh: 科员, en: "{division}"}', "one line"),
        ("{zh: 科员, en: clerk}", '{zh: 科员, en: ""}', "one line"),
        ("{zh: 科员, en: clerk}", '{zh: 科员, en: "=?utf-8?q?clerk?="}', "one line"),
        ("receives: [correction], forms: []", "receives: [corrections]", "receives"),
        ("forms: []", "forms: [docx]", "forms"),
        ("languages: [en]", "languages: []", "languages"),
        ("languages: [en]", "languages: [fr]", "languages"),
        ('"360100":', '"370100":', "370100"),
        ("{role: director, name: {zh: 局长", "{role: head, name: {zh: 局长", "head"),
        ("{role: bureau, name: {zh: 运维", "{role: operator, name: {zh: 运维", "operator"),
        ("mailto:office", "javascript:office", "mailto"),
        ("subject=unsubscribe", "subject=<b>", "mailto"),
        ("digest: true", "digest: maybe", "digest"),
        ("operators:\n", "operator: []\noperators:\n", "operator"),
    ],
)
def test_a_wrong_entry_stops_the_start_with_its_line(
    tmp_path: Path, old: str, new: str, word: str
) -> None:
    assert old in OWN
    with pytest.raises(PolicyError, match=r"recipients\.yml line \d+") as refused:
        loaded(tmp_path, OWN.replace(old, new, 1))
    assert word in str(refused.value)


@pytest.mark.parametrize("name", ["某市\r\nBcc: c@d.cn", '某市" <c@d.cn>', "=?utf-8?q?a?="])
def test_a_division_whose_name_would_add_a_header_stops_the_start(
    tmp_path: Path, name: str
) -> None:
    divisions = DivisionTable()
    entry = DivisionEntry(code="990100", name=Text(name, "Somewhere"))
    province = ProvinceFile(
        code="990000", name=Text("某省", "Province"), source="", divisions=(entry,)
    )
    divisions.add(tmp_path / "p.yml", province)
    with pytest.raises(PolicyError, match="990100"):
        load_recipients(RECIPIENTS, divisions, nothing)


# --- the file of addresses ---------------------------------------------------------------------


def test_addresses_outside_the_tree_are_read(tmp_path: Path) -> None:
    path = tmp_path / "addresses.yml"
    path.write_text('"360100": nev@nanchang.example.cn\nops: ops@example.cn\n', "utf-8")
    assert load_addresses(path) == {"360100": "nev@nanchang.example.cn", "ops": "ops@example.cn"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: x@y.cn\na: z@y.cn\n", "stands twice"),
        ("a: x@y.cn\nb: x@y.cn, zhang.wei@y.cn\n", "line 2"),
        ('b: "x@y.cn\\nBcc: zhang.wei@y.cn"\n', "not one plain address"),
        ("b: zhang.wei\n", "not one plain address"),
        ("b: [x@y.cn]\n", "valid string"),
        ("- x@y.cn\n", "mapping"),
        ("", "mapping"),
        ("a: 'x@y.cn\n", "not valid YAML"),
    ],
)
def test_a_wrong_file_of_addresses_is_refused_and_none_is_shown(
    tmp_path: Path, text: str, word: str
) -> None:
    path = tmp_path / "addresses.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_addresses(path)
    assert word in str(refused.value)
    assert "zhang.wei" not in str(refused.value)


def test_a_file_of_addresses_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"mail\.addresses"):
        load_addresses(tmp_path / "none.yml")


# --- nothing can be smuggled in ----------------------------------------------------------------

hostile = st.text(
    st.one_of(
        st.sampled_from("a@b.c,;:<>()[]\"'\\ \t\r\n\v\f\0%!\x85\u2028\u3000，；＠{}=?"),
        st.characters(),
    ),
    max_size=40,
)
plain = st.from_regex(
    r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,2}@[a-z0-9]{1,8}(\.[a-z]{2,6}){1,2}", fullmatch=True
)


def letter_to(address: Address) -> EmailMessage:
    letter = EmailMessage(policy=email_policy.SMTP)
    letter["From"] = Address("监测", addr_spec="nev@example.cn")
    letter["To"] = address
    letter["Subject"] = "通报"
    letter.set_content("见附件")
    parsed = message_from_bytes(letter.as_bytes(), policy=email_policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def assert_one_recipient(parsed: EmailMessage, address: str) -> None:
    assert [one.addr_spec for one in parsed["To"].addresses] == [address]
    assert parsed["To"].defects == ()
    assert {name.lower() for name in parsed.keys()} == {  # noqa: SIM118  # headers, not a mapping
        *("from", "to", "subject", "content-type", "content-transfer-encoding", "mime-version")
    }


@given(
    st.one_of(hostile, st.builds("{}{}{}".format, plain, hostile, st.one_of(plain, st.just(""))))
)
@example("a@b.cn, c@d.cn")
@example("a@b.cn\r\nBcc: c@d.cn")
@example("a@b.cn\n")
@example('"a@b.cn, c@d.cn"@e.cn')
@example("a@b.cn (c@d.cn)")
@example("<a@b.cn>")
@example("c%d.cn@b.cn")
@example("张@例.cn")
@example("a@[127.0.0.1]")
def test_what_passes_as_an_address_is_one_recipient_and_nothing_else(text: str) -> None:
    if is_address(text):
        assert text.count("@") == 1
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set(' ,;:<>()[]"\\%!')
        assert_one_recipient(letter_to(Address(addr_spec=text)), text)


@given(plain)
def test_an_ordinary_address_passes(address: str) -> None:
    assert is_address(address)
    assert_one_recipient(letter_to(Address(addr_spec=address)), address)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("wang.fang@jtj.nc.gov.cn", True),
        ("36gjxq@fleetmon.invalid", True),
        ("nev+weekly@example.cn", True),
        ("o'brien@example.com", True),
        ("a@localhost", True),
        ("a..b@c.cn", False),
        (".a@c.cn", False),
        ("a@-c.cn", False),
        ("a@c..cn", False),
        ("a@", False),
        ("@c.cn", False),
        ("", False),
        (f"{'a' * 250}@c.cn", False),
    ],
)
def test_an_address_is_known_by_its_form(text: str, passes: bool) -> None:  # noqa: FBT001
    assert is_address(text) is passes


@given(hostile)
@example("局\r\nBcc: c@d.cn")
@example('局" <c@d.cn>, "局')
@example("局, c@d.cn")
@example("=?utf-8?q?a=0D=0ABcc:_c@d.cn?=")
def test_no_name_adds_a_recipient_or_a_header(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    text = yaml.safe_load(OWN)
    text["divisions"]["360100"][0]["name"] = {"zh": name, "en": name}
    path = tmp_path_factory.getbasetemp() / "recipients.yml"
    path.write_text(yaml.safe_dump(text, allow_unicode=True), "utf-8")
    try:
        book = load_recipients(path, POLICY.divisions, lambda _: "nev@example.cn")
    except PolicyError:
        return
    (one,) = book.of("360100", "bulletin")
    parsed = letter_to(Address(one.name.zh, addr_spec="nev@example.cn"))
    assert_one_recipient(parsed, "nev@example.cn")
