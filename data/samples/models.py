"""Vehicle models by category and energy: name, maker's WMI, GA/T 16.4 type, range, gross mass.

Names follow the pattern of the announcements of the Ministry of Industry; figures are plausible,
not quoted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One model; `size` is the plate size (large for medium and larger vehicles)."""

    name: str
    wmi: str
    type_code: str
    energy: str
    size: str
    range_km: int | None
    mass_kg: int
    first_year: int
    last_year: int
    supplier: str
    price: int


_TABLE = """
bus ZK6650BEVG21 LZY K11 bev large 255 8000 2016 2021 郑州宇通客车股份有限公司 620000
bus ZK6850BEVG53 LZY K11 bev large 320 13000 2018 2025 郑州宇通客车股份有限公司 880000
bus ZK6105BEVG29 LZY K11 bev large 450 17500 2017 2025 郑州宇通客车股份有限公司 1180000
bus XMQ6106AGBEVL22 LA6 K11 bev large 430 17000 2018 2025 厦门金龙联合汽车工业有限公司 1120000
bus XML6855JEVW0C7BEV LL3 K11 bev large 380 13500 2021 2025 厦门金龙旅行车有限公司 860000
bus JMV6821GRBEV LJM K11 bev large 260 11500 2016 2021 江西江铃集团晶马汽车有限公司 690000
bus SR6106BEVG4 LJS K11 bev large 350 17000 2017 2021 江西博能上饶客车有限公司 980000
bus ZK6105CHEVNPG37 LZY K11 phev large 75 16500 2016 2023 郑州宇通客车股份有限公司 890000
bus BJ6105FCEVCH LVC K11 fcev large 500 17800 2021 2025 北汽福田汽车股份有限公司 1980000
bus ZK6105HG2 LZY K11 diesel large - 15500 2014 2025 郑州宇通客车股份有限公司 560000
bus ZK6850HG6 LZY K11 diesel large - 12500 2014 2025 郑州宇通客车股份有限公司 430000
bus XMQ6106AGN5 LA6 K11 gas large - 16300 2014 2021 厦门金龙联合汽车工业有限公司 590000
bus SR6106THG LJS K11 diesel large - 15000 2014 2021 江西博能上饶客车有限公司 480000
bus ZK6105CHEVG3 LZY K11 hybrid large - 15800 2016 2023 郑州宇通客车股份有限公司 650000
taxi BYD7006BEVA1 LGX K33 bev small 400 1970 2016 2021 比亚迪汽车工业有限公司 135000
taxi BJ7000C5D8-BEV LNB K33 bev small 416 2040 2018 2025 北京新能源汽车股份有限公司 142000
taxi JX70026BEV LET K33 bev small 252 1400 2016 2019 江西江铃集团新能源汽车有限公司 82000
taxi BYD7008BEVA6 LGX K33 bev small 421 2025 2021 2025 比亚迪汽车有限公司 139000
taxi CSA6464FBEV1 LSJ K31 bev small 501 2130 2019 2025 上海汽车集团股份有限公司 148000
taxi BYD7152WT6HEVC1 LGX K33 phev small 55 1935 2021 2025 比亚迪汽车有限公司 119000
taxi FV7160FBMBG LFV K33 petrol small - 1570 2014 2021 一汽-大众汽车有限公司 83000
taxi SVW71510BM LSV K33 gas small - 1600 2014 2020 上汽大众汽车有限公司 89000
taxi DC7162LYBM LDC K33 petrol small - 1640 2015 2025 神龙汽车有限公司 88000
car GAC7000BEVH0A LMG K33 bev small 510 2000 2019 2025 广汽乘用车有限公司 149000
car SVW6461BEV LSV K31 bev small 550 2600 2021 2025 上汽大众汽车有限公司 175000
car MR7002BEV03 LB3 K33 bev small 400 1975 2017 2021 浙江豪情汽车制造有限公司 145000
car CA7003BEVB LFP K33 bev small 431 2120 2021 2025 中国第一汽车集团有限公司 168000
car BJ7000C5D8-BEV LNB K33 bev small 416 2040 2018 2025 北京新能源汽车股份有限公司 142000
car CSA7154CDPHEV1 LSJ K33 phev small 60 1985 2016 2022 上海汽车集团股份有限公司 165000
car SVW71613PJPHEV LSV K33 phev small 63 2120 2019 2025 上汽大众汽车有限公司 179000
car SVW71617GM LSV K33 petrol small - 1755 2014 2025 上汽大众汽车有限公司 128000
car DFL7168VBL2 LGB K33 petrol small - 1690 2014 2025 东风汽车有限公司 119000
car SGM6520UAAA LSG K31 petrol small - 2430 2014 2025 上汽通用汽车有限公司 228000
car TV7180GLHEVM LFM K33 hev small - 1860 2016 2025 天津一汽丰田汽车有限公司 139000
patrol BYD6460BEV2 LGX K31 bev small 505 2400 2020 2025 比亚迪汽车有限公司 168000
patrol BJ7000C5D8-BEV LNB K33 bev small 416 2040 2018 2025 北京新能源汽车股份有限公司 142000
patrol JX70026BEV LET K33 bev small 252 1400 2016 2019 江西江铃集团新能源汽车有限公司 82000
patrol SVW71617GM LSV K33 petrol small - 1755 2014 2025 上汽大众汽车有限公司 128000
patrol JX6504DF-M LEF K31 petrol small - 2480 2014 2025 江铃汽车股份有限公司 146000
patrol BJ6490U6XT LNB K32 petrol small - 2210 2015 2025 北京汽车股份有限公司 139000
sanitation YTZ5180TXSD0BEV LZY Z51 bev large 280 18000 2017 2025 郑州宇通重工有限公司 980000
sanitation ZLJ5180GQXDFBEV LGA Z51 bev large 260 18000 2017 2025 长沙中联重科环境产业有限公司 890000
sanitation FLM5070ZYSDGBEV LGA Z71 bev large 240 7300 2018 2025 福建龙马环卫装备股份有限公司 480000
sanitation FLM5030CTYBEV LNJ Z71 bev small 220 3150 2018 2025 福建龙马环卫装备股份有限公司 215000
sanitation ZLJ5180TXSDFE5 LGA Z51 diesel large - 18000 2014 2021 长沙中联重科环境产业有限公司 520000
sanitation FLM5160GSSDF6 LGA Z51 diesel large - 16000 2018 2025 福建龙马环卫装备股份有限公司 360000
sanitation JX5042ZZZMLA2 LEF Z71 diesel large - 4400 2014 2025 江铃汽车股份有限公司 148000
logistics JX5040XXYTG2BEV LEF H32 bev small 260 4495 2017 2025 江铃汽车股份有限公司 189000
logistics DFA5040XXYKBEV LGD H32 bev small 280 4495 2017 2025 东风汽车股份有限公司 196000
logistics LZW5028XXYBEV LZW H42 bev small 252 2510 2018 2025 上汽通用五菱汽车股份有限公司 82000
logistics JX1041TSG26 LEF H31 diesel small - 4490 2014 2025 江铃汽车股份有限公司 98000
logistics BJ5044XXY-A1 LVB H32 diesel small - 4495 2014 2025 北汽福田汽车股份有限公司 106000
logistics LZW5028XXYF LZW H42 petrol small - 2200 2014 2025 上汽通用五菱汽车股份有限公司 58000
postal DFA5040XYZBEV LGD H32 bev small 280 4495 2017 2025 东风汽车股份有限公司 202000
postal SH5041XYZBEV LSK H32 bev small 300 4400 2018 2025 上汽大通汽车有限公司 208000
postal SH5041XYZ LSK H32 diesel small - 4400 2014 2025 上汽大通汽车有限公司 135000
rural ZK6650BEVQ15 LZY K21 bev large 260 7800 2016 2025 郑州宇通客车股份有限公司 560000
rural JX6581TA-M5 LEF K21 diesel large - 4250 2014 2025 江铃汽车股份有限公司 168000
scenic XMQ6802BCBEVL LA6 K11 bev large 300 11500 2019 2025 厦门金龙联合汽车工业有限公司 760000
scenic XML6759J15 LL3 K21 diesel large - 8200 2014 2025 厦门金龙旅行车有限公司 380000
"""

# The model families that a category draws on, where it has none of its own name.
_FAMILY = {
    "cruising_taxi": "taxi",
    "ride_hailing": "taxi",
    "official": "car",
    "official_rental": "car",
    "car_share": "taxi",
    "private": "car",
    "law_enforcement": "patrol",
    "rural_passenger": "rural",
}


def _model(line: str) -> tuple[str, Model]:
    family, name, wmi, kind, energy, size, km, kg, first, last, supplier, price = line.split()
    reach = None if km == "-" else int(km)
    return family, Model(
        name, wmi, kind, energy, size, reach, int(kg), int(first), int(last), supplier, int(price)
    )


MODELS = [_model(line) for line in _TABLE.strip().splitlines()]


def models_of(category: str, energies: tuple[str, ...], year: int) -> list[Model]:
    """The models of a category on sale in `year` that run on one of `energies`."""
    family = _FAMILY.get(category, category)
    return [
        model
        for of, model in MODELS
        if of == family and model.energy in energies and model.first_year <= year <= model.last_year
    ]
