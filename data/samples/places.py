"""The cities of the samples: codes, plate letters, counties (GB/T 2260)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A reporting division; `scale` says how large its fleets are beside the others'."""

    code: str
    name: str
    short: str
    offices: tuple[str, ...]
    scale: float
    counties: tuple[tuple[str, str], ...]

    @property
    def region(self) -> str:
        """The six digits that credit codes of its organisations carry."""
        return self.code if self.code.isdigit() else "360100"

    @property
    def urban(self) -> tuple[str, str]:
        """The county that its own offices sit in."""
        return self.counties[0]


def _city(line: str) -> City:
    code, name, offices, scale, *lists = line.split()
    pairs = tuple((part[-6:], part[:-6]) for part in "".join(lists).split("、"))
    short = name.removesuffix("市")
    return City(code, name, short, tuple(offices.split(",")), float(scale), pairs)


_JIANGXI = """
360100 南昌市 赣A,赣A,赣M 4 东湖区360102、西湖区360103、青云谱区360104、青山湖区360111、
    新建区360112、南昌县360121、进贤县360124
360200 景德镇市 赣H 1 珠山区360203、昌江区360202、浮梁县360222、乐平市360281
360300 萍乡市 赣J 1 安源区360302、湘东区360313、上栗县360322、芦溪县360323
360400 九江市 赣G 2.5 浔阳区360403、濂溪区360402、柴桑区360404、修水县360424、
    都昌县360428、瑞昌市360481
360500 新余市 赣K 1 渝水区360502、分宜县360521
360600 鹰潭市 赣L 1 月湖区360602、余江区360603、贵溪市360681
360700 赣州市 赣B 3 章贡区360702、南康区360703、赣县区360704、信丰县360722、
    于都县360731、兴国县360732、瑞金市360781
360800 吉安市 赣D 2 吉州区360802、青原区360803、吉水县360822、泰和县360826、
    永新县360830
360900 宜春市 赣C 2 袁州区360902、万载县360922、上高县360923、丰城市360981、
    樟树市360982、高安市360983
361000 抚州市 赣F 1.5 临川区361002、东乡区361003、南城县361021、崇仁县361024、
    广昌县361030
361100 上饶市 赣E 2 信州区361102、广丰区361103、玉山县361123、鄱阳县361128、
    婺源县361130、德兴市361181
36GJXQ 赣江新区 赣A 0.5 赣江新区36GJXQ
"""

_FUJIAN = """
350100 福州市 闽A 3.5 鼓楼区350102、台江区350103、仓山区350104、晋安区350111、
    长乐区350112、闽侯县350121、福清市350181
350128 平潭综合实验区 闽A 0.5 平潭县350128
350200 厦门市 闽D 3.5 思明区350203、湖里区350206、集美区350211、同安区350212、
    翔安区350213
350300 莆田市 闽B 1.5 荔城区350304、城厢区350302、涵江区350303、秀屿区350305、
    仙游县350322
350400 三明市 闽G 1.5 三元区350404、沙县区350405、尤溪县350426、永安市350481
350500 泉州市 闽C 3 丰泽区350503、鲤城区350502、洛江区350504、惠安县350521、
    石狮市350581、晋江市350582
350600 漳州市 闽E 2 芗城区350602、龙文区350603、漳浦县350623、东山县350626、
    南靖县350627
350700 南平市 闽H 1 延平区350702、建阳区350703、浦城县350722、武夷山市350782
350800 龙岩市 闽F 1.5 新罗区350802、永定区350803、上杭县350823、漳平市350881
350900 宁德市 闽J 1.5 蕉城区350902、霞浦县350921、福安市350981、福鼎市350982
"""

_NANJING = (
    "320100 南京市 苏A 1.5 玄武区320102、秦淮区320104、建邺区320105、栖霞区320113、江宁区320115"
)


def _cities(table: str) -> dict[str, City]:
    """Cities of a table by code; an indented line goes on with the one above."""
    lines = table.strip().replace("\n    ", " ").splitlines()
    return {city.code: city for city in map(_city, lines)}


JIANGXI, FUJIAN = _cities(_JIANGXI), _cities(_FUJIAN)
NANJING = _city(_NANJING)
