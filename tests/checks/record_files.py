"""Rows of the declared kinds as senders write them, and one thing wrong with each at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from extract_files import Row, vin


@dataclass(frozen=True)
class Wrong:
    """Rows of one file of which the last breaks exactly these rules; every row where `each`."""

    codes: frozenset[str]
    rows: tuple[Row, ...]
    each: bool = False


@dataclass(frozen=True)
class Kind:
    """A row with nothing wrong by its number, who sends it, and what may be wrong with it."""

    clean: Callable[..., Row]
    sender: str
    day: str
    wrong: tuple[Wrong, ...]


def permit(number: int, **changes: str) -> Row:
    return {
        "通行证编号": f"宁货通2024{number:05d}",
        "发证日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "办理类型": "新办",
        "号牌号码": f"苏AD{number:05d}",
        "号牌种类": "52",
        "车辆识别代号": vin(number, year="P"),
        "燃料种类": "纯电动",
        "有效期止": "2025-12-31",
        "注销日期": "",
        "发证机关": "南京市公安局交通管理局",
        "行政区划代码": "320102",
    } | changes


def facility(number: int, **changes: str) -> Row:
    return {
        "设施编号": f"3501-GZ-{number:05d}",
        "设施类型": "充电桩",
        "服务对象": "公共",
        "投运日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "所属站编号": f"3501-CZ-{number % 7:04d}",
        "桩数": "",
        "停用日期": "",
        "乡镇": "上街镇",
        "乡镇代码": "350121100",
        "功率": "120",
        "加氢能力": "",
        "接入平台日期": "2024-12-20",
        "最近上线日期": "2024-12-30",
        "运营单位": "福州闽充新能源有限公司",
        "行政区划代码": "350121",
    } | changes


def platform(number: int, **changes: str) -> Row:
    return {
        "车辆识别代号": vin(number, year="P"),
        "接入日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "平台级别": "省级",
        "最近上线日期": "2024-12-30",
        "报警数": "2",
        "退出日期": "",
        "车辆用途": "公交车",
        "行政区划代码": "350102",
    } | changes


def battery(number: int, **changes: str) -> Row:
    return {
        "电池编码": f"001PE2400000B0E1B{number:07d}",
        "车辆识别代号": vin(number, year="J"),
        "退役日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "去向": "梯级利用",
        "移交日期": "2024-12-30",
        "接收企业": "福建绿循环科技有限公司",
        "行政区划代码": "350102",
    } | changes


def tender(number: int, **changes: str) -> Row:
    return {
        "采购项目编号": f"[350102]FJHW[GK]2024{number:03d}",
        "公告日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "采购内容": "环卫服务",
        "采购人": "鼓楼区城市管理局",
        "评审因素含新能源环卫车配备比例": "是",
        "分值": "5",
        "含新能源汽车": "",
        "前置审批": "",
        "车辆数": "20",
        "其中新能源": "12",
        "行政区划代码": "350102",
    } | changes


def building(number: int, **changes: str) -> Row:
    return {
        "项目编号": f"350102-2024-{number:03d}",
        "验收日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "规划许可日期": "2022-06-01",
        "项目名称": f"榕江花园{number}期",
        "配建机动车停车位": "560",
        "预留车位": "560",
        "配足变压器容量的充电停车位": "112",
        "电缆桥架和管沟同步到位": "是",
        "行政区划代码": "350102",
    } | changes


def figure(number: int, **changes: str) -> Row:
    return {
        "条文编号": "FJ-I02",
        "指标": "新能源汽车产量",
        "统计截止日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "数值": "12.5",
        "数值上限": "",
        "约数": "",
        "单位": "万辆",
        "主体": "",
        "出处": f"福建省统计月报第{number}期",
        "发布日期": "2025-01-10",
        "行政区划代码": "350000",
    } | changes


def document(number: int, **changes: str) -> Row:
    return {
        "条文编号": "FJ-R04",
        "事项": "公共充电设施布局专项规划",
        "日期": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "名称": f"福建省公共充电设施布局专项规划（第{number}稿）",
        "形式": "政策文件",
        "数量": "1",
        "是否做到": "",
        "标准": "",
        "标准单位": "",
        "有效期止": "2027-12-31",
        "发布机构": "福建省发展和改革委员会",
        "链接": "https://fgw.example/2024/1.html",
        "行政区划代码": "350000",
    } | changes


def _each(clean: Callable[..., Row], wrong: Mapping[str, Row]) -> tuple[Wrong, ...]:
    """One row for each entry: the codes (joined by +) and what its row has instead."""
    return tuple(
        Wrong(frozenset(codes.split("+")), (clean(100 + at, **changes),))
        for at, (codes, changes) in enumerate(wrong.items())
    )


def _shared(
    clean: Callable[..., Row], key: str, day: str, *, differing: Row, abroad: Row | None = None
) -> tuple[Wrong, ...]:
    """What the rules that all kinds share find, in a file whose sender is known; `differing` makes
    another content of the same thing.
    """
    repeated, other = clean(90), clean(91)
    foreign = {"行政区划代码": "360102"} | (abroad or {})
    return (
        Wrong(frozenset({"key_missing"}), (clean(80, **{key: ""}),)),
        Wrong(frozenset({"date_missing"}), (clean(81, **{day: ""}),)),
        Wrong(frozenset({"date_invalid"}), (clean(82, **{day: "2024-02-30"}),)),
        Wrong(frozenset({"division_foreign"}), (clean(83, **foreign),)),
        Wrong(frozenset({"division_unknown"}), (clean(84, 行政区划代码="359999"),)),
        Wrong(frozenset({"duplicate_row"}), (repeated, repeated)),
        Wrong(frozenset({"duplicate_conflict"}), (other, other | differing), each=True),
    )


KINDS = {
    "permit": Kind(
        permit,
        "320100",
        "发证日期",
        (
            *_shared(permit, "通行证编号", "发证日期", differing={"办理类型": "续办"}),
            *_each(
                permit,
                {
                    "issue_missing": {"办理类型": ""},
                    "issue_unknown": {"办理类型": "借用"},
                    "energy_unknown": {"燃料种类": "煤气灯"},
                    "energy_undetermined": {
                        "燃料种类": "",
                        "号牌号码": "苏A1234K",
                        "号牌种类": "02",
                    },
                    "energy_contradicts_plate": {"燃料种类": "柴油"},
                    "plate_missing": {"号牌号码": ""},
                    "plate_malformed": {"号牌号码": "苏A12"},
                    "vin_malformed": {"车辆识别代号": "LZYTGTD10P1O0009"},
                    "validity_reversed": {"有效期止": "2023-12-31"},
                    "validity_unreadable": {"有效期止": "一年"},
                    "revocation_unreadable": {"注销日期": "年底"},
                },
            ),
        ),
    ),
    "facility": Kind(
        facility,
        "350100",
        "投运日期",
        (
            *_shared(
                facility,
                "设施编号",
                "投运日期",
                differing={"功率": "60"},
                abroad={"乡镇代码": "360102001"},
            ),
            *_each(
                facility,
                {
                    "facility_missing": {"设施类型": ""},
                    "facility_unknown": {"设施类型": "加油站"},
                    "access_missing": {"服务对象": ""},
                    "access_unknown": {"服务对象": "会员"},
                    "township_missing": {"乡镇": "", "乡镇代码": ""},
                    "township_code_malformed": {"乡镇代码": "3.5E+08"},
                    "township_elsewhere": {"乡镇代码": "350203001"},
                    "closed_unreadable": {"停用日期": "已停"},
                    "closed_before_opened": {"停用日期": "2023-12-31"},
                    "connected_unreadable": {"接入平台日期": "已接入"},
                    "online_unreadable": {"最近上线日期": "昨天"},
                    "online_before_connected": {"最近上线日期": "2024-12-19"},
                    "online_in_future": {"最近上线日期": "2025-02-01"},
                    "piles_unreadable": {"设施类型": "充电站", "桩数": "十余根"},
                    "piles_implausible": {"设施类型": "充电站", "桩数": "12000"},
                    "power_unreadable": {"功率": "120伏"},
                    "power_implausible": {"功率": "120000"},
                    "capacity_unreadable": {"设施类型": "加氢站", "加氢能力": "500立方"},
                    "capacity_implausible": {"设施类型": "加氢站", "加氢能力": "500吨"},
                },
            ),
        ),
    ),
    "platform": Kind(
        platform,
        "350100",
        "接入日期",
        (
            *_shared(platform, "车辆识别代号", "接入日期", differing={"报警数": "3"}),
            *_each(
                platform,
                {
                    "vin_malformed": {"车辆识别代号": "LZYTGTD10P1O0009"},
                    "vin_check_digit": {"车辆识别代号": vin(4)[:16] + "5"},
                    "level_missing": {"平台级别": ""},
                    "level_unknown": {"平台级别": "车间"},
                    "category_unknown": {"车辆用途": "飞行汽车"},
                    "online_unreadable": {"最近上线日期": "昨天"},
                    "online_before_connected": {"最近上线日期": "2023-12-31"},
                    "online_in_future": {"最近上线日期": "2025-02-01"},
                    "left_unreadable": {"退出日期": "已退"},
                    "left_before_connected+online_after_left": {"退出日期": "2023-12-31"},
                    "online_after_left": {"退出日期": "2024-12-29"},
                    "alarms_unreadable": {"报警数": "很多"},
                    "alarms_negative": {"报警数": "-1"},
                },
            ),
        ),
    ),
    "battery": Kind(
        battery,
        "350100",
        "退役日期",
        (
            *_shared(battery, "电池编码", "退役日期", differing={"去向": "再生利用"}),
            *_each(
                battery,
                {
                    "code_malformed": {"电池编码": "001XE2400000B0E1B0000001"},
                    "vin_missing": {"车辆识别代号": ""},
                    "vin_malformed": {"车辆识别代号": "LZYTGTD10P1O0009"},
                    "vin_check_digit": {"车辆识别代号": vin(4)[:16] + "5"},
                    "destination_missing": {"去向": ""},
                    "destination_unknown": {"去向": "卖了"},
                    "handed_unreadable": {"移交日期": "已移交"},
                    "handed_before_retired": {"移交日期": "2023-12-31"},
                    "handed_in_future": {"移交日期": "2025-02-01"},
                    "receiver_missing": {"接收企业": ""},
                },
            ),
            Wrong(
                frozenset({"code_bound_twice"}),
                (battery(70), battery(70, 车辆识别代号=vin(71, year="J"))),
                each=True,
            ),
        ),
    ),
    "tender": Kind(
        tender,
        "350100",
        "公告日期",
        (
            *_shared(tender, "采购项目编号", "公告日期", differing={"分值": "6"}),
            *_each(
                tender,
                {
                    "subject_missing": {"采购内容": ""},
                    "subject_unknown": {"采购内容": "办公桌椅"},
                    "factor_missing": {"评审因素含新能源环卫车配备比例": ""},
                    "factor_unknown": {"评审因素含新能源环卫车配备比例": "酌情"},
                    "points_unreadable": {"分值": "若干"},
                    "points_implausible": {"分值": "120"},
                    "points_contradict_factor": {"评审因素含新能源环卫车配备比例": "否"},
                    "offers_missing": {"采购内容": "公车租赁"},
                    "offers_unknown": {"采购内容": "公车租赁", "含新能源汽车": "部分"},
                    "approval_missing": {"采购内容": "公车购置"},
                    "approval_unknown": {"采购内容": "公车购置", "前置审批": "在办"},
                    "vehicles_unreadable": {"车辆数": "一批"},
                    "new_energy_unreadable": {"其中新能源": "六成"},
                    "vehicles_negative+new_energy_out_of_range": {"车辆数": "-20"},
                    "new_energy_out_of_range": {"其中新能源": "21"},
                    "offers_contradict_count": {"采购内容": "公车租赁", "含新能源汽车": "否"},
                },
            ),
        ),
    ),
    "building": Kind(
        building,
        "350100",
        "验收日期",
        (
            *_shared(building, "项目编号", "验收日期", differing={"预留车位": "500"}),
            *_each(
                building,
                {
                    "spaces_missing": {"配建机动车停车位": ""},
                    "spaces_unreadable": {"配建机动车停车位": "五百余"},
                    "spaces_not_positive": {
                        "配建机动车停车位": "0",
                        "预留车位": "0",
                        "配足变压器容量的充电停车位": "0",
                    },
                    "spaces_implausible": {"配建机动车停车位": "56000"},
                    "reserved_missing": {"预留车位": ""},
                    "reserved_unreadable": {"预留车位": "100%"},
                    "reserved_out_of_range": {"预留车位": "561"},
                    "powered_missing": {"配足变压器容量的充电停车位": ""},
                    "powered_unreadable": {"配足变压器容量的充电停车位": "20%"},
                    "powered_out_of_range": {"配足变压器容量的充电停车位": "600"},
                    "permit_unreadable": {"规划许可日期": "前年"},
                    "permit_after_acceptance": {"规划许可日期": "2025-01-02"},
                    "ducts_unknown": {"电缆桥架和管沟同步到位": "基本到位"},
                },
            ),
        ),
    ),
    "figure": Kind(
        figure,
        "350000",
        "统计截止日期",
        (
            *_shared(figure, "条文编号", "统计截止日期", differing={"数值": "12.6"}),
            *_each(
                figure,
                {
                    "clause_unknown": {"条文编号": "FJ-I99"},
                    "item_missing": {"指标": ""},
                    "item_unknown": {"指标": "新能源汽车出口量"},
                    "value_missing": {"数值": ""},
                    "value_unreadable": {"数值": "约12.5万辆"},
                    "value_negative": {"数值": "-12.5"},
                    "value_most_unreadable": {"数值上限": "不限"},
                    "range_reversed": {"数值上限": "12.4"},
                    "about_unknown": {"约数": "大概"},
                    "unit_missing": {"单位": ""},
                    "unit_unknown": {"单位": "车皮"},
                    "unit_unfit": {"单位": "GWh"},
                    "percent_implausible": {
                        "条文编号": "NJ-I02",
                        "指标": "整车产量占全省",
                        "单位": "%",
                        "数值": "0.55",
                    },
                    "count_not_whole": {"单位": "辆"},
                    "source_missing": {"出处": ""},
                    "published_unreadable": {"发布日期": "次年初"},
                    "published_before_end": {"发布日期": "2023-12-31"},
                },
            ),
        ),
    ),
    "document": Kind(
        document,
        "350000",
        "日期",
        (
            *_shared(document, "条文编号", "日期", differing={"发布机构": "福建省能源局"}),
            *_each(
                document,
                {
                    "clause_unknown": {"条文编号": "FJ-R99"},
                    "item_missing": {"条文编号": "JS-S03", "事项": ""},
                    "item_unknown": {"事项": "加油站布局规划"},
                    "title_missing": {"名称": ""},
                    "form_unknown": {"形式": "口头"},
                    "number_unreadable": {"数量": "若干"},
                    "number_not_positive": {"数量": "0"},
                    "done_unknown": {"是否做到": "差不多"},
                    "rate_unreadable": {"标准": "0.2元", "标准单位": "元/千瓦时"},
                    "rate_without_unit": {"标准": "0.2"},
                    "unit_unknown": {"标准": "0.2", "标准单位": "元每次"},
                    "validity_unreadable": {"有效期止": "五年"},
                    "validity_reversed": {"有效期止": "2023-12-31"},
                    "link_malformed": {"链接": "见内网"},
                },
            ),
        ),
    ),
}
