"""What was refused or set aside goes back to its sender, says how to mend it, and counts then."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
import yaml

from monitor.bulletins.correction_reasons import may_be_told
from monitor.bulletins.typeset import TEXT_WIDTH, cells
from monitor.errors import StoreError, WrongUse
from monitor.model import Text
from monitor.policy.project import project_root
from monitor.store.deliveries import deliveries
from monitor.store.home import Home
from monitor.store.opening import open_store

from .conftest import Desk
from .spoiled import HEADER, OWNER, bus, faulty, vin, write_csv

PERSONAL = re.compile(rf"LKL[0-9A-Z]{{14}}|赣A\d{{5}}|{OWNER}|王建国")


def mended(content: bytes) -> list[dict[str, str]]:
    """The rows of the attached file with everything put right."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for row in rows:
        row |= {"燃料种类": "纯电动", "初次登记日期": "2018-05-15"}
    return rows


def rewritten(file: Path, rows: list[dict[str, str]]) -> Path:
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(sheet.getvalue(), "utf-8-sig", newline="")
    return file


def test_a_letter_says_what_why_and_how(desk: Desk, tmp_path: Path) -> None:
    receipt = desk.ingest(faulty(tmp_path))
    (told,) = desk.correct()
    letter = desk.letter(told)
    text = letter.body("plain")
    assert told["submission"] == receipt["submission"]
    assert letter.parsed["To"] == "南昌市交通运输局 <360100@fleetmon.invalid>"
    assert letter.parsed["Date"] == "Sat, 05 Jan 2019 09:00:00 +0800"
    assert letter.parsed["X-Fleetmon-Receipt"] == receipt["receipt"]
    assert "有 7 行未计入" in letter.parsed["Subject"]
    assert "的 20 行数据中，7 行有误、未计入，其余 13 行" in text.replace("\n", "")
    for said in (receipt["receipt"], "2018年1月至12月", "机动车登记", "第 5 至 7、10、13 行"):
        assert said in text
    assert "写作：“油改电” 4 次" in text
    assert "写作：“2018-13-05” 1 次" in text
    for code in ("energy_unknown", "energy_missing", "date_invalid"):
        assert code in text
        assert code in letter.body("html")
    assert "改法：请写作 2019-03-05。" in text


def test_the_text_fits_a_terminal_in_both_languages(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    desk.ingest(write_csv(tmp_path / "缺列.csv", [bus(1)], ("代号", *HEADER[1:])))
    told = desk.correct("--both")
    assert [one["language"] for one in told] == ["zh", "en", "zh", "en"]
    for one in told:
        text = desk.letter(one).body("plain")
        assert max(cells(line) for line in text.splitlines()) <= TEXT_WIDTH
        assert "\n\n\n" not in text


def test_no_personal_value_stands_in_the_letter_itself(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    headless = (vin(1), "纯电动", "2018-03-01", "360102", "公交车", "赣A00001D", OWNER, "")
    desk.ingest(write_csv(tmp_path / "无表头.csv", [], headless))
    twins = (*HEADER[:6], "车主", "机动车所有人")
    desk.ingest(write_csv(tmp_path / "两列.csv", [bus(1, 备注="李秀英")], twins))
    told = desk.correct("--both")
    assert len(told) == 6
    for one in told:
        letter = desk.letter(one)
        head = letter.message.partition(b"\r\n\r\n")[0].decode()
        for said in (letter.body("plain"), letter.body("html"), head, letter.parsed["Subject"]):
            assert not PERSONAL.search(said)
            assert "李秀英" not in said


def test_the_attached_rows_come_back_mended_and_count(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    (told,) = desk.correct()
    ((name, content),) = desk.letter(told).attachments
    assert name == "南昌-机动车登记-2018-待改正.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    rows = mended(content)
    assert [row["原行号"] for row in rows] == ["5", "6", "7", "10", "11", "13", "16"]
    assert rows[4]["备注"] == '\'=HYPERLINK("x")'
    again = desk.ingest(rewritten(tmp_path / str(name), rows), day="20")
    assert again["status"] == "accepted"
    assert again["rows"] == {"read": 7, "accepted": 7, "rejected": 0, "ignored": 0}
    assert again["changes"]["added"] == 7


def test_a_file_given_back_twice_bears_its_lines_once(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    (told,) = desk.correct()
    ((name, content),) = desk.letter(told).attachments
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows[0]["燃料种类"] = "纯电动"
    desk.ingest(rewritten(tmp_path / str(name), rows), day="20")
    (second,) = desk.correct()
    ((_, content),) = desk.letter(second).attachments
    heads = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert heads == [*HEADER, "原行号", "退回原因"]


def test_rows_that_came_later_are_said_to_be_settled(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    later = write_csv(tmp_path / "更正.csv", [bus(number) for number in range(1, 21)])
    receipt = desk.ingest(later, day="20")
    (told,) = desk.correct()
    text = desk.letter(told).body("plain")
    assert f"其后的报送 {receipt['submission']} 已补齐" in text
    assert "打开附件" not in text


def test_rows_of_which_one_is_still_missing_are_not_settled(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    later = write_csv(tmp_path / "更正.csv", [bus(number) for number in range(1, 16)][:-1])
    desk.ingest(later, day="20")
    (told,) = desk.correct()
    assert "已补齐" not in desk.letter(told).body("plain")


def test_a_refused_file_is_told_why_and_what_columns_it_needs(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(write_csv(tmp_path / "缺列.csv", [bus(1)], ("代号", *HEADER[1:])))
    (told,) = desk.correct()
    letter = desk.letter(told)
    text = letter.body("plain").replace("\n", "")
    assert "整份未能采用" in text
    assert "缺少必需列：车辆识别代号" in text
    assert "机动车登记报表须有的列" in text
    assert "车辆用途或使用性质" in text
    assert letter.attachments == []
    resent = desk.ingest(write_csv(tmp_path / "重报.csv", [bus(1)]), day="20")
    (english,) = desk.correct(told["submission"], language="en")
    assert resent["submission"] in desk.letter(english).body("plain")


def test_a_file_that_is_no_table_is_told_so(desk: Desk, tmp_path: Path) -> None:
    scan = tmp_path / "扫描件.pdf"
    scan.write_bytes(b"%PDF-1.4\n%\xe2\xe3\n")
    desk.ingest(scan)
    (told,) = desk.correct()
    assert "不是表格" in desk.letter(told).body("plain")


def test_rows_go_back_only_to_a_sender_who_is_known(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path), division=None)
    (told,) = desk.correct()
    letter = desk.letter(told)
    assert told["division"] is None
    assert letter.parsed["To"] == "报送单位 <unknown-sender@fleetmon.invalid>"
    assert letter.attachments == []
    assert "没有写明报送单位" in letter.body("plain")


def test_a_request_is_made_once_and_told_again_when_asked(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    desk.ingest(write_csv(tmp_path / "全对.csv", [bus(30)]), day="06")
    (first,) = desk.correct()
    assert first["new"]
    letters = sorted((desk.home / "outbox").iterdir())
    assert desk.correct() == []
    assert desk.correct("--all") == [first | {"new": False}]
    assert desk.correct(first["submission"]) == [first | {"new": False}]
    assert sorted((desk.home / "outbox").iterdir()) == letters
    (english,) = desk.correct("--all", language="en")
    assert english["new"]


def test_a_request_is_promised_to_be_sent_with_its_record(desk: Desk, tmp_path: Path) -> None:
    desk.ingest(faulty(tmp_path))
    (told,) = desk.correct()
    with open_store(Home(desk.home), write=False, waiting=lambda _words: None) as store:
        (row,) = deliveries(store)
    assert (row.kind, row.about, row.division) == ("correction", told["submission"], "360100")
    assert (row.file_name, row.sha256) == (told["file"], told["sha256"])
    assert desk.letter(told).parsed["Message-ID"] == row.message_id


def test_a_request_that_is_cut_off_is_not_promised(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ingest(faulty(tmp_path))

    def cut_off(*_words: object, **_named: object) -> None:
        raise StoreError(Text("断电", "power cut"))

    with monkeypatch.context() as patched:
        patched.setattr("monitor.corridor.correction.audit.record", cut_off)
        with pytest.raises(StoreError):
            desk.correct()
    with open_store(Home(desk.home), write=False, waiting=lambda _words: None) as store:
        assert deliveries(store) == []
        assert store.one("SELECT count(*) FROM correction") == 0
    (told,) = desk.correct()
    assert told["new"]


def test_each_desk_that_receives_corrections_gets_a_letter(tmp_path: Path) -> None:
    config = tmp_path / "config"
    (config / "data").mkdir(parents=True)
    book = yaml.safe_load((project_root() / "data" / "recipients.yml").read_text("utf-8"))
    book["divisions"] = {
        "360100": [
            {"role": role, "name": {"zh": name, "en": role}, "address": address}
            for role, name, address in (
                ("bureau", "南昌市交通运输局", "jtj@nanchang.example.cn"),
                ("clerk", "数据科", "shuju@nanchang.example.cn"),
                ("director", "局领导", "ju@nanchang.example.cn"),
            )
        ]
    }
    (config / "data" / "recipients.yml").write_text(
        yaml.safe_dump(book, allow_unicode=True), "utf-8"
    )
    desk = Desk(tmp_path / "home", config)
    desk.ingest(faulty(tmp_path))
    told = desk.correct()
    assert [desk.letter(one).parsed["To"] for one in told] == [
        *("南昌市交通运输局 <jtj@nanchang.example.cn>", "数据科 <shuju@nanchang.example.cn>")
    ]
    assert desk.correct() == []
    assert [one["file"] for one in desk.correct("--all")] == [one["file"] for one in told]


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        desk = Desk(tmp_path / name)
        desk.ingest(faulty(tmp_path))
        made.append([desk.letter(one).message for one in desk.correct("--both")])
    assert made[0] == made[1]


def test_what_needs_no_mending_or_is_not_there_is_wrong_use(desk: Desk, tmp_path: Path) -> None:
    clean = desk.ingest(write_csv(tmp_path / "全对.csv", [bus(30)]))
    with pytest.raises(WrongUse, match="无须改正"):
        desk.correct(clean["submission"])
    with pytest.raises(WrongUse, match="没有批次"):
        desk.correct("S999999")


@pytest.mark.parametrize("name", ["=cmd|x.csv", "a b\n.csv", "市" * 80 + ".csv"])
def test_odd_file_names_make_plain_attachments(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.ingest(faulty(tmp_path, name))
    (told,) = desk.correct()
    ((attached, _),) = desk.letter(told).attachments
    assert attached is not None
    assert attached.endswith("-待改正.csv")
    assert not set('\n|"<>:/\\') & set(attached)


@pytest.mark.parametrize(
    ("value", "times", "told"),
    [
        ("油改电", 3, True),
        ("油改电", 2, False),
        ("王建国", 1, False),
        ("2018-13-05", 1, True),
        ("20181305", 1, True),
        ("13870012345", 1, False),
        ("360102198001011234", 9, False),
        ("LKLR1HSJ0JA000001", 9, False),
        ("赣A12345D", 9, False),
        ("赣 A·12345", 9, False),
        ("registration", 3, True),
        ("", 9, False),
    ],
)
def test_only_what_is_nobodys_is_told(value: str, times: int, *, told: bool) -> None:
    assert may_be_told(value, times) is told
