"""Figures, documents, tenders and buildings: made-up rows, written out.

Every figure has 示例数据 as its source and every document 示例 in its title. The enterprises are of
nobody.
"""

from __future__ import annotations

from datetime import date, timedelta

from clause_filings import MADE_UP, Row, table
from draw import Draw
from places import FUJIAN, JIANGXI

_FIGURE = "条文编号|指标|统计截止日期|数值|数值上限|约数|单位|主体|出处|发布日期"
_DOCUMENT = "条文编号|事项|日期|名称|形式|数量|是否做到|标准|标准单位|有效期止|发布机构"


def figures(place: str, lines: str) -> list[Row]:
    """Figures of a place: clause, item, day, value, upper end, about, unit, who; a line each."""
    rows = table(_FIGURE, "\n".join(f"{line}|{MADE_UP}|" for line in lines.strip().splitlines()))
    for row in rows:
        row["发布日期"] = date.fromisoformat(str(row["统计截止日期"])) + timedelta(days=12)
        row["行政区划代码"] = place
    return rows


def documents(place: str, lines: str) -> list[Row]:
    """Documents of a place: as the columns stand, the title without its mark; a line each."""
    rows = table(_DOCUMENT, lines)
    for row in rows:
        row["名称"] = f"示例：{row['名称']}"
        row["行政区划代码"] = place
    return rows


# A bulletin of 2020 puts the city's output above what the province reports for that year (NJ-I05
# against JS-I01); 2021 is in order.
JIANGSU_FIGURES = """
JS-I01|新能源汽车产量|2020-12-31|22.6|||万辆|
JS-I01|新能源汽车产量|2021-12-31|31.2|||万辆|
JS-I01|企业年产量|2021-12-31|12.4|||万辆|江苏远程新能源汽车有限公司
JS-I01|企业年产量|2021-12-31|87000|||辆|江苏长江客车有限公司
JS-I03|新增国家级企业技术中心|2021-12-31|2|||家|
JS-I04|打造的产业集聚基地|2021-12-31|1|||个|
JS-I04|培育的产业集聚基地|2021-12-31|2|||个|
JS-I05|动力电池单体比能量|2020-12-31|302|||Wh/kg|江苏中锋电池有限公司
"""
NANJING_FIGURES = """
NJ-I02|整车产量占全省|2020-12-31|52.4|||%|
NJ-I02|主营业务收入|2020-12-31|9800000|||万元|
NJ-I02|在全国城市中的排名|2020-12-31|6|||位|
NJ-I03|重点骨干新能源乘用车企业|2020-12-31|3|||家|
NJ-I03|重点骨干新能源商用车企业|2020-12-31|5|||家|
NJ-I03|关键零部件行业龙头企业|2020-12-31|9|||家|
NJ-I05|乘用车产量|2020-12-31|21.3|||万辆|
NJ-I05|乘用车销量|2020-12-31|20.8|||万辆|
NJ-I05|商用车产量|2020-12-31|3.9|||万辆|
NJ-I05|商用车销量|2020-12-31|38000||是|辆|
NJ-I06|纯电动乘用车续航里程|2020-12-31|460||是|公里|南京紫金新能源汽车有限公司
NJ-I06|纯电动乘用车百公里电耗|2020-12-31|12.4|||度/百公里|南京紫金新能源汽车有限公司
NJ-I07|动力电池单体比能量|2020-12-31|285|||Wh/kg|南京栖霞动力电池有限公司
NJ-I08|国家级工程（技术）中心（含国家级实验室等）|2020-12-31|2|||家|
NJ-I08|省级工程（技术）中心|2020-12-31|6|||家|
NJ-I09|国家级创新中心|2020-12-31|1|||家|
NJ-I09|省级创新中心|2020-12-31|3|||家|
NJ-I10|新能源汽车产业发展基金规模|2020-12-31|300000|||万元|
NJ-I11|每年导入的新能源车型|2019-12-31|1|||款|
NJ-I11|每年导入的新能源车型|2020-12-31|2|||款|
NJ-I12|超大功率充电功率|2020-12-31|0.8|1||MW|
"""
NANJING_DOCUMENTS = """
NJ-R02|路边泊位一小时内免费的规定|2019-03-20|南京市新能源汽车停车收费优惠通知|政策文件|||||2023-12-31|南京市交通局
NJ-R03|有效的充电设施电价优惠政策|2018-12-28|充电设施用电价格政策延期通知|政策文件|||||2025-12-31|南京市物价局
NJ-R04|充电设施建设与运营补贴标准|2018-07-01|2018年度充电设施运营补贴办法|政策文件|||0.2|元/千瓦时||南京市财政局
NJ-R04|充电设施建设与运营补贴标准|2019-07-01|2019年度充电设施运营补贴办法|政策文件|||0.2|元/千瓦时||南京市财政局
NJ-R04|充电设施建设与运营补贴标准|2020-07-01|2020年度充电设施运营补贴办法|政策文件|||0.15|元/度||南京市财政局
NJ-S01|政策执行效果评估机制|2019-06-10|产业地标政策执行效果评估办法|政策文件||||||南京市经信委
NJ-S02|评选的推广应用示范区|2019-12-20|2019年度推广应用成效显著示范区名单|评选|2|||||南京市经信委
NJ-S02|评选的推广应用示范区|2020-12-18|2020年度推广应用成效显著示范区名单|评选|3|||||南京市经信委
NJ-S03|新能源汽车产业大数据库|2020-05-15|南京市新能源汽车产业大数据库|平台||||||南京市经信委
NJ-S05|年度新能源汽车使用引导政策|2019-04-28|2019年新能源汽车使用引导政策|政策文件|||||2019-12-31|南京市交通局
NJ-S05|年度新能源汽车使用引导政策|2020-05-08|2020年新能源汽车使用引导政策|政策文件|||||2020-12-31|南京市交通局
NJ-S06|市新能源汽车产业地标建设领导小组|2019-01-22|南京市新能源汽车产业地标建设领导小组|机构||||||南京市人民政府办公厅
NJ-S07|全球行、高峰论坛等活动|2019-09-27|新能源汽车产业高峰论坛|活动||||||南京市经信委
"""
# The parts of the chain's output add up in 2024 and not in 2025 (FJ-I05 against FJ-I04).
FUJIAN_FIGURES = {
    2024: """
FJ-I02|新能源汽车产量|2024-12-31|12.8|||万辆|
FJ-I02|新能源汽车销量|2024-12-31|12.1|||万辆|
FJ-I03|新能源汽车生产企业产值|2024-12-31|6820000|||万元|
FJ-I04|动力和储能电池产能|2024-12-31|350000|||MWh|
FJ-I04|全产业链产值|2024-12-31|4980|||亿元|
FJ-I05|动力和储能电池产值|2024-12-31|2700|||亿元|
FJ-I05|产业核心材料配套产值|2024-12-31|1780|||亿元|
FJ-I05|智能装备制造产值|2024-12-31|500|||亿元|
""",
    2025: """
FJ-I02|新能源汽车产量|2025-12-31|206000|||辆|
FJ-I02|新能源汽车销量|2025-12-31|19.4|||万辆|
FJ-I03|新能源汽车生产企业产值|2025-12-31|9650000||是|万元|
FJ-I04|动力和储能电池产能|2025-12-31|4.28|||亿千瓦时|
FJ-I04|全产业链产值|2025-12-31|0.6105|||万亿元|
FJ-I05|动力和储能电池产值|2025-12-31|3260|||亿元|
FJ-I05|产业核心材料配套产值|2025-12-31|2230|||亿元|
FJ-I05|智能装备制造产值|2025-12-31|590|||亿元|
""",
}
FUJIAN_DOCUMENTS = """
FJ-R04|公共充电设施布局专项规划|2023-06-30|福建省公共充电设施布局专项规划|政策文件|||||2025-12-31|福建省发展和改革委员会
FJ-S02|故障和紧急情况预警实时监测系统|2024-03-18|新能源汽车故障预警实时监测系统|平台||||||福建省工业和信息化厅
FJ-S03|全省统一的动力电池监管和追溯平台|2024-10-09|动力电池回收利用监管和追溯服务平台|平台||||||福建省工业和信息化厅
FJ-S04|新能源汽车推广应用示范区|2023-11-24|新能源汽车推广应用示范区名单|评选|4|||||福建省工业和信息化厅
FJ-S05|设在省工信厅的联席会议办公室|2022-06-15|新能源汽车产业联席会议办公室|机构||||||福建省工业和信息化厅
FJ-S06|计量测试中心|2025-05-20|新能源汽车产业计量测试中心|机构||||||福建省市场监督管理局
"""
JIANGXI_FIGURES = """
JX-I01|新能源汽车产能|2019-12-31|36|||万辆|
JX-I01|新能源汽车产能|2020-12-31|48.5|||万辆|
JX-I02|锂离子动力电池产能|2020-12-31|4150|||万千瓦时|
JX-I03|新能源汽车产业主营业务收入|2019-12-31|4320000|||万元|
JX-I03|新能源汽车产业主营业务收入|2020-12-31|485|512||亿元|
JX-I04|整车企业销售收入|2020-12-31|103.2|||亿元|江西赣鄱汽车股份有限公司
JX-I04|整车企业销售收入|2020-12-31|681000|||万元|江西井冈客车有限公司
"""
JIANGXI_DOCUMENTS = """
JX-R02|放宽限行的规定|2019-05-16|新能源汽车通行便利若干规定|政策文件||||||江西省公安厅
JX-R02|启用专用号牌|2018-06-26|新能源汽车专用号牌启用通知|政策文件||||||江西省公安厅
JX-R03|减免停车费的政策|2019-08-30|新能源汽车停车费减免办法|政策文件|||||2021-08-31|江西省发展和改革委员会
JX-S03|江西省新能源汽车检测中心|2020-09-11|江西省新能源汽车检测中心|机构||||||江西省市场监督管理局
JX-S04|动力电池回收利用政策措施|2019-11-05|动力电池回收利用实施意见|政策文件||||||江西省工业和信息化厅
"""


def sanitation_tenders() -> list[Row]:
    """Sanitation services in Fujian: most score the share, some do not, two do not say."""
    rows: list[Row] = []
    for place, city in enumerate(FUJIAN.values()):
        for at, year in enumerate((2024, 2025)):
            draw = Draw("tender", city.code, year)
            county, name = draw.pick(city.counties)
            vehicles = draw.between(12, 60)
            said = (place * 2 + at) % 20
            factor = "" if said in {7, 16} else ("否" if said in {3, 9, 12} else "是")
            rows.append(
                {
                    "采购项目编号": f"[{county}]HW[GK]{year}{place + 1:03d}",
                    "公告日期": date(year, 1, 10) + timedelta(days=draw.below(300)),
                    "采购内容": "环卫服务",
                    "采购人": f"{name}城市管理局",
                    "评审因素含新能源环卫车配备比例": factor,
                    "分值": draw.pick((2, 3, 5)) if factor == "是" else "",
                    "车辆数": vehicles,
                    "其中新能源": vehicles * draw.between(3, 8) // 10,
                    "行政区划代码": county,
                }
            )
    return sorted(rows, key=lambda row: str(row["公告日期"]))


def official_tenders() -> list[Row]:
    """Official vehicles of Jiangxi bought and hired, and the catalogue of each year."""
    rows: list[Row] = []
    for year in (2018, 2019, 2020):
        rows.append(
            # The province's own office sits in 南昌.
            _official(f"JXML{year}", date(year, 3, 20), "协议采购目录", "江西省", "360102")
            | {"含新能源汽车": "是"}
        )
        for place, city in enumerate(list(JIANGXI.values())[:6]):
            draw = Draw("official", city.code, year)
            number = f"[{city.urban[0]}]GC{year}{place + 1:03d}"
            day = date(year, 2, 5) + timedelta(days=draw.below(290))
            rents = draw.below(4) == 0
            subject = "公车租赁" if rents else "公车购置"
            vehicles = draw.between(2, 12)
            row = _official(number, day, subject, city.name, city.urban[0])
            row |= {"车辆数": vehicles, "其中新能源": vehicles * draw.between(2, 7) // 10}
            if rents:
                row["含新能源汽车"] = "是" if row["其中新能源"] else "否"
            else:
                row["前置审批"] = "否" if draw.below(7) == 0 else "是"
            rows.append(row)
    return sorted(rows, key=lambda row: str(row["公告日期"]))


def _official(number: str, day: date, subject: str, name: str, county: str) -> Row:
    return {
        "采购项目编号": number,
        "公告日期": day,
        "采购内容": subject,
        "采购人": f"{name}机关事务管理局",
        "含新能源汽车": "",
        "前置审批": "",
        "车辆数": "",
        "其中新能源": "",
        "行政区划代码": county,
    }


def buildings() -> list[Row]:
    """New residential areas in Fujian: most in order, some short of room or of transformers, three
    whose planning permit is older than the plan.
    """
    rows: list[Row] = []
    for place, city in enumerate(FUJIAN.values()):
        for at in range(3 if city.scale > 1 else 1):
            draw = Draw("building", city.code, at)
            county, _ = draw.pick(city.counties)
            year = 2024 + at % 2
            accepted = date(year, 2, 1) + timedelta(days=draw.below(320))
            spaces = draw.between(180, 1600)
            powered = -(-spaces * draw.pick((20, 20, 22, 25, 30)) // 100)
            which = (place * 3 + at) % 13
            reserved = spaces - draw.between(8, 60) if which in {4, 9} else spaces
            powered = spaces * 15 // 100 if which in {6, 11} else powered
            early = which in {2, 8}
            rows.append(
                {
                    "项目编号": f"{county}-{year}-{place * 3 + at + 1:03d}",
                    "项目名称": f"{draw.pick(('榕江', '翠湖', '海西', '学府', '云山'))}"
                    f"{draw.pick(('花园', '雅苑', '新城', '华庭'))}{at + 1}期",
                    "规划许可日期": date(2021, 9, 1 + at) if early else accepted - timedelta(620),
                    "验收日期": accepted,
                    "配建机动车停车位": spaces,
                    "预留车位": reserved,
                    "配足变压器容量的充电停车位": powered,
                    "电缆桥架和管沟同步到位": "否" if which == 6 else "是",
                    "行政区划代码": county,
                }
            )
    return sorted(rows, key=lambda row: str(row["验收日期"]))
