"""What is in no code table comes back with what may be written, and with nothing of the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.bulletins.correction_codes import is_near
from monitor.cli.intake import ingest
from monitor.policy.policy import Policy, load_policy

from .conftest import Desk
from .spoiled import HEADER, bus, write_csv

HEADER_WITH_OWNER_KIND = (*HEADER[:7], "单位性质")
PATH_OF_THE_PROJECT = re.compile(r"data/|checks/|\.yml")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def text_of(desk: Desk, language: str = "zh") -> str:
    (told,) = desk.correct(language=language)
    return re.sub(r"\n +", "", desk.letter(told).body("plain"))


def test_permitted_names_and_what_was_written_are_told(desk: Desk, tmp_path: Path) -> None:
    rows = [bus(number) for number in range(1, 9)]
    rows[2]["车辆用途"] = rows[3]["车辆用途"] = "出租车"
    rows[5]["车辆用途"] = "王建国"
    rows[6]["燃料种类"] = "油改电"
    desk.ingest(write_csv(tmp_path / "用途.csv", rows))
    text = text_of(desk)
    assert "可以写：公交车、公务用车、执法执勤用车、" in text
    assert "巡游出租车、网约出租车" in text
    assert "写作：“出租车” 2 次" in text
    assert "可以写：电、插电式混合动力、" in text
    assert "写作：“油改电” 1 次" in text
    assert "王建国" not in text
    assert text.index("category_unknown") < text.index("energy_unknown")
    assert text.index("车辆用途不在代码表中") < text.index("category_unknown")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_file_of_the_project_is_named(desk: Desk, tmp_path: Path, language: str) -> None:
    rows = [bus(number, 备注="民办单位") for number in range(1, 9)]
    rows[2]["车辆用途"], rows[4]["燃料种类"] = "出租车", "油改电"
    rows[5]["行政区划代码"] = "999999"
    desk.ingest(write_csv(tmp_path / "多处.csv", rows, HEADER_WITH_OWNER_KIND))
    text = text_of(desk, language)
    assert "owner_kind_unknown" in text
    assert "GA/T 16.9" in text
    assert not PATH_OF_THE_PROJECT.search(text)


def test_warnings_are_told_of_lines_that_count(desk: Desk, tmp_path: Path) -> None:
    rows = [bus(number) for number in range(1, 9)]
    rows[2]["备注"] = rows[5]["备注"] = "民办单位"
    rows[5]["燃料种类"] = "油改电"
    desk.ingest(write_csv(tmp_path / "提示.csv", rows, HEADER_WITH_OWNER_KIND))
    warned = text_of(desk).partition("另请留意")[2].partition("这份文件")[0]
    told = warned.partition("单位性质不在代码表中")[2].partition("owner_kind_unknown")[0]
    assert "1 行" in told
    assert "第 4 行" in told
    assert "第 4、7 行" not in told


def test_warnings_of_none_but_set_aside_lines_are_left_out(desk: Desk, tmp_path: Path) -> None:
    rows = [bus(number) for number in range(1, 9)]
    rows[5] |= {"备注": "民办单位", "燃料种类": "油改电"}
    desk.ingest(write_csv(tmp_path / "提示.csv", rows, HEADER_WITH_OWNER_KIND))
    assert "owner_kind_unknown" not in text_of(desk)


def test_reasons_stand_in_the_order_of_their_first_lines(desk: Desk, tmp_path: Path) -> None:
    rows = [bus(number) for number in range(1, 12)]
    rows[1]["燃料种类"] = ""
    for place in (4, 5, 6):
        rows[place]["燃料种类"] = "油改电"
    rows[3]["初次登记日期"] = "2018-13-05"
    desk.ingest(write_csv(tmp_path / "先后.csv", rows))
    text = text_of(desk)
    places = [text.index(code) for code in ("energy_missing", "date_invalid", "energy_unknown")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("出租车", True),
        ("公交客运车", True),
        ("王建国", False),
        ("洪都出租汽车服务部", False),
        ("车", False),
        ("LKLR1HSJ", False),
        ("赣A12345", False),
        ("", False),
    ],
)
def test_only_words_of_the_table_are_near_it(policy: Policy, written: str, *, near: bool) -> None:
    assert is_near(written, policy.codes["category"]) is near


def test_a_declared_kind_is_told_by_its_own_tables_and_nothing_that_tells_a_vehicle(
    desk: Desk, tmp_path: Path
) -> None:
    vin = "LZYTBGCW2J1000016"
    figures = tmp_path / "数值.csv"
    figures.write_text(
        "条文编号,统计截止日期,数值,单位,出处\n"
        "JX-I03,2018-12-31,320,车皮,工业统计年报\n"
        "JX-I02,2018-12-31,约12,GWh,工业统计年报\n",
        encoding="utf-8",
    )
    batteries = tmp_path / "电池.csv"
    batteries.write_text(
        "电池编码,车辆识别代号,退役日期,去向\n"
        f"001PE2400000B0E1B0000001,{vin[:-1]}7,2018-03-05,卖给废品站\n"
        f"001PE2400000B0E1B0000002,{vin},2018-30-05,暂存\n",
        encoding="utf-8",
    )
    for file in (figures, batteries):
        desk.run(ingest, file, "--division", "360100", "--received-at", "2019-01-05T09:00+08:00")
    texts = [re.sub(r"\n +", "", desk.letter(told).body("plain")) for told in desk.correct()]
    (of_figures,) = (text for text in texts if "报送数值" in text)
    (of_batteries,) = (text for text in texts if "退役动力电池" in text)
    assert "可以写：辆、万辆、万元、亿元、" in of_figures
    assert "数值不是可辨认的数" in of_figures
    assert "可以写：梯级利用、再生利用、" in of_batteries
    assert "写作：“2018-30-05” 1 次" in of_batteries
    assert "001PE2400000" not in of_batteries
    assert vin[:11] not in of_batteries
    assert not any(PATH_OF_THE_PROJECT.search(text) for text in texts)
