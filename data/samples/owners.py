"""Who owns the vehicles: made-up organisations with plausible names; persons are only 个人."""

from __future__ import annotations

from dataclasses import dataclass

from draw import Draw
from identifiers import credit_code
from places import City

PERSON = "个人"


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation; `kind` as written in 单位性质."""

    name: str
    code: str
    kind: str
    county: str


_NAMES = {
    "bus": (
        ("{city}公共交通集团有限公司", "91", "国有企业"),
        ("{county}城乡公交有限公司", "91", "国有企业"),
    ),
    "cruising_taxi": (
        ("{city}顺达出租汽车有限公司", "91", "其他企业"),
        ("{city}鸿运出租汽车有限公司", "91", "其他企业"),
        ("{city}城投出租汽车有限公司", "91", "国有企业"),
    ),
    "ride_hailing": (
        ("{city}畅行汽车服务有限公司", "91", "其他企业"),
        ("{city}捷约网络预约出租汽车有限公司", "91", "其他企业"),
    ),
    "official": (
        ("{city}机关事务管理局", "11", "党政机关"),
        ("{county}机关事务服务中心", "12", "事业单位"),
        ("{city}第一人民医院", "12", "事业单位"),
        ("{county}财政局", "11", "党政机关"),
        ("{city}水务集团有限公司", "91", "国有企业"),
    ),
    "law_enforcement": (
        ("{city}公安局", "11", "党政机关"),
        ("{city}公安局交通警察支队", "11", "党政机关"),
        ("{county}市场监督管理局", "11", "党政机关"),
        ("{county}城市管理局", "11", "党政机关"),
    ),
    "official_rental": (("{city}公务出行汽车租赁有限公司", "91", "国有企业"),),
    "car_share": (("{city}易享汽车租赁有限公司", "91", "其他企业"),),
    "sanitation": (
        ("{county}环境卫生管理所", "12", "事业单位"),
        ("{county}城市管理局", "11", "党政机关"),
        ("{city}洁美环境服务有限公司", "91", "其他企业"),
    ),
    "logistics": (
        ("{city}捷运物流有限公司", "91", "其他企业"),
        ("{county}惠民配送有限公司", "91", "其他企业"),
        ("{city}冷链物流有限公司", "91", "其他企业"),
    ),
    "postal": (("中国邮政集团有限公司{city}分公司", "91", "国有企业"),),
    "rural_passenger": (("{county}农村客运有限公司", "91", "其他企业"),),
    "scenic": (("{city}旅游发展有限公司", "91", "国有企业"),),
}


def owner_of(category: str, city: City, draw: Draw, *, urban: bool = False) -> Owner:
    """An owner for vehicles of `category`; `urban` keeps it in the city's own district."""
    county_code, county = city.urban if urban else draw.pick(city.counties)
    if category == "private":
        return Owner(PERSON, "", PERSON, county_code)
    pattern, prefix, kind = draw.pick(_NAMES[category])
    place = city.name if city.name.endswith("市") else city.name.removesuffix("综合实验区")
    of_county = "{county}" in pattern
    if not of_county:
        # The city's own organisations register where they sit.
        county_code, county = city.urban
    name = pattern.format(city=place, county=county)
    region = county_code if of_county and county_code.isdigit() else city.region
    return Owner(name, credit_code(prefix, region, name), kind, county_code)
