"""CONTRACT sections 2 and 3 once more: slow, plain, and written apart from the product.

Rows are dicts of what a sender writes, shares are fractions, open questions are settled by trying
every answer. Nothing is imported from `monitor`; the mandates are written out by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slow_mandates import FUJIAN, JIANGXI, MEMBERS, OURS, Mandate, Setting, last_day

Row = dict[str, Any]
Span = tuple[date, date]

COUNTIES = {
    "360102": "360100", "360121": "360100", "360202": "360200", "360702": "360700",
    "350102": "350100", "350111": "350100", "350203": "350200", "350502": "350500",
    "350626": "350600", "350602": "350600",
    "350128": "350128", "36GJXQ": "36GJXQ", "320102": "320100",
}  # fmt: skip

SURE_FUELS = {
    "纯电动": "bev", "电": "bev", "C": "bev", "超级电容": "bev", "插电式混合动力": "phev",
    "插电式混合动力(含增程式)": "phev", "增程式": "reev", "燃料电池": "fcev", "氢燃料": "fcev",
}  # fmt: skip
OTHER_FUELS = {
    "汽油", "A", "柴油", "B", "天然气", "E", "液化石油气", "F", "甲醇", "L", "乙醇", "M", "混合油",
    "D", "非插电式混合动力", "油电混合", "双燃料", "AE", "BE", "AF", "BF", "A1",
}  # fmt: skip
# What cannot be told by the fuel alone, and what it is if it is new-energy.
ANY_NEW = frozenset({"bev", "phev", "reev", "fcev"})
OPEN_FUELS = {
    **dict.fromkeys(("混合动力", "O", "AO", "BO", "AC", "BC"), frozenset({"phev", "reev"})),
    **dict.fromkeys(("氢", "X"), frozenset({"fcev"})),
    **dict.fromkeys(("太阳能", "N"), ANY_NEW),
    **dict.fromkeys(("其他", "Z"), ANY_NEW),
}
TRAILER = {"无", "Y"}

CATEGORIES = {
    "公交车": "bus", "公务用车": "official", "执法执勤用车": "law_enforcement",
    "公务租赁用车": "official_rental", "环卫车": "sanitation", "物流车": "logistics",
    "邮政物流车": "postal", "港区物流车": "port", "巡游出租车": "cruising_taxi",
    "网约出租车": "ride_hailing", "分时租赁车": "car_share", "农村客运车": "rural_passenger",
    "景区车辆": "scenic", "电力工程车": "utility", "私人乘用车": "private", "其他": "other",
}  # fmt: skip
KINDS = {"official": {"official", "law_enforcement"}, "logistics": {"logistics", "postal", "port"}}
USES = {
    "公交客运": "bus", "出租客运": "cruising_taxi", "预约出租客运": "ride_hailing",
    "警用": "law_enforcement", "货运": "logistics",
}  # fmt: skip
OTHER_USES = {"非营运", "公路客运", "租赁", "工程救险"}
OWNERS = {
    "党政机关": "government", "事业单位": "institution", "国有企业": "soe",
    "其他企业": "enterprise", "个人": "person",
}  # fmt: skip
AREAS = {
    "中心城区": "urban_core", "农村": "rural", "景区": "scenic", "港区": "port", "海岛": "island",
    "其他": "other",
}  # fmt: skip
REASONS = {"": True, "新增": True, "更换": True, "更新": True, "报废更新": True, "注销更新": True}
BUSINESSES = {"", "注册登记", "转移登记", "变更登记", "转入", "过户转入", "注销登记"}
EXEMPTIONS = {
    "实物保障岗位工作用车": "post", "实物保障岗位用车": "post", "处置突发事件应急用车": "emergency",
    "特种专业技术用车": "technical", "执法执勤用车": "law",
}  # fmt: skip
CLASSES = {"小型轿车": "car", "大型普通客车": "coach", "专项作业车": "special", "重型货车": "goods"}

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
SMALL_GREEN = re.compile(r".[A-Z][DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{4}")
LARGE_GREEN = re.compile(r".[A-Z][0-9]{5}[DABCEFGHJK]")


@dataclass
class Submission:
    """What came in: `mode` is add, replace, nil or withdraw; `rows` as the sender wrote them.

    A `mode` of decide is no submission: somebody decides `decision` (approved, refused, withdrawn)
    over the exemptions that `vins` claim, an approval for those registered by `until`.
    """

    received_at: datetime
    sender: str | None = None
    mode: str = "add"
    period: Span | None = None
    rows: list[Row] = field(default_factory=list)
    vins: list[str] = field(default_factory=list)
    force: bool = False
    nil_replaces: bool = False
    decision: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Vehicle:
    """One accepted row, read."""

    vin: str
    division: str
    county: str
    registered_on: date
    retired_on: date | None
    energy: str
    may_be: frozenset[str]
    use: str
    category: str
    owner: str | None
    area: str | None
    claims: bool
    exempt: bool
    is_addition: bool
    is_end: bool
    body: str | None
    range_km: int | None
    mass_kg: int | None
    fast: bool | None
    content: tuple[Any, ...]


@dataclass
class Held:
    """A current row with the moments that matter for claims."""

    vehicle: Vehicle
    received: tuple[datetime, int]


@dataclass
class State:
    """What is known after some submissions."""

    rows: dict[tuple[str, str], Held] = field(default_factory=dict)
    ends: dict[tuple[str, str], Held] = field(default_factory=dict)
    first_told: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)
    covered: dict[str, list[Span]] = field(default_factory=dict)
    decided: dict[tuple[str, str], Submission] = field(default_factory=dict)


# Rows ------------------------------------------------------------------------------------------


def _members(sender: str) -> list[str]:
    return MEMBERS.get(sender, [sender])


def _division(row: Row, sender: str | None) -> str | None:
    code = row.get("行政区划代码", "")
    if not code:
        return sender if sender not in ("350000", "360000", "320000") else None
    home = code if code in (*JIANGXI, *FUJIAN, "320100") else COUNTIES.get(code)
    if home is None or (sender is not None and home not in _members(sender)):
        return None
    return home


def _energy(row: Row) -> str | None:
    fuel = row.get("燃料种类", "")
    plate = row.get("号牌号码", "")
    green = row.get("号牌种类", "") in ("51", "52") or any(
        form.fullmatch(plate) for form in (SMALL_GREEN, LARGE_GREEN)
    )
    mark = re.search("FCEV|PHEV|REEV|BEV", row.get("车辆型号", "").upper())
    if fuel in TRAILER:
        return "none"
    if fuel in SURE_FUELS:
        return SURE_FUELS[fuel]
    if fuel in OTHER_FUELS:
        return "open" if green else "other"
    if fuel in OPEN_FUELS:
        return mark[0].lower() if mark else "nev" if green else "open"
    return None


def _told_apart(row: Row, energy: str) -> str | None:
    """What tells two fuels apart that count alike; a contradiction with the plate is one thing."""
    fuel = str(row["燃料种类"])
    said = energy == "other" or (energy == "open" and fuel in OPEN_FUELS)
    return fuel if said else None


def _may_be(row: Row, energy: str) -> frozenset[str]:
    """Which kinds of new energy it may be, as far as its weight asks."""
    if energy == "open":
        return OPEN_FUELS.get(row["燃料种类"], ANY_NEW)
    return ANY_NEW if energy == "nev" else frozenset({energy})


def _owner(row: Row) -> str | None:
    written = row.get("单位性质", "")
    if written:
        return OWNERS.get(written)
    by_code = {"11": "government", "12": "institution"}.get(row.get("统一社会信用代码", "")[:2])
    return by_code or ("person" if row.get("所有人") == "个人" else None)


def _category(row: Row) -> str | None:
    if row.get("车辆用途"):
        return CATEGORIES.get(row["车辆用途"])
    use = row.get("使用性质", "")
    if use in USES:
        return USES[use]
    if use == "非营运" and _owner(row) == "person":
        return "private"
    return "other" if use in OTHER_USES else None


def read_row(row: Row, sender: str | None, received_on: date) -> Vehicle | None:
    """The row as it counts; None where it has an error."""
    vin, day, division = (
        row.get("车辆识别代号", ""),
        row.get("初次登记日期"),
        _division(row, sender),
    )
    energy, category = _energy(row), _category(row)
    business, reason = row.get("业务类型", ""), row.get("新增原因", "")
    retired = row.get("注销日期")
    if not VIN.fullmatch(vin) or not isinstance(day, date) or day > received_on:
        return None
    if division is None or energy is None or category is None or business not in BUSINESSES:
        return None
    if retired is not None and retired < day:
        return None
    is_end = business == "注销登记"
    is_addition = business in ("", "注册登记") and REASONS.get(reason, False)
    owner, area = _owner(row), AREAS.get(row.get("运营区域", ""))
    exemption = EXEMPTIONS.get(row.get("豁免情形", ""))
    exempt = exemption is not None
    use = row.get("使用性质", "")
    body = CLASSES.get(row.get("车辆类型", ""))
    numbers = row.get("续驶里程"), row.get("最大设计总质量")
    fast = {"是": True, "否": False}.get(row.get("快充", ""))
    content = (
        division, day, retired, energy, _told_apart(row, energy), category,
        owner, area, exemption, reason, business, body, numbers, fast, use,
    )  # fmt: skip
    return Vehicle(
        vin, division, row.get("行政区划代码", ""), day, retired, energy, _may_be(row, energy),
        use, category, owner, area, exempt, exempt, is_addition, is_end, body, *numbers, fast,
        content,
    )  # fmt: skip


def screen(rows: list[Row], sender: str | None, received_on: date) -> tuple[list[Vehicle], int]:
    """The rows of a file that count, and how many were rejected.

    A deregistration ends its vehicle and is no second copy of its registration.
    """
    read = [read_row(row, sender, received_on) for row in rows]
    seen: dict[tuple[str, bool], list[Any]] = {}
    for row, vehicle in zip(rows, read, strict=True):
        vin = row.get("车辆识别代号", "")
        if VIN.fullmatch(vin):
            key = (vin, row.get("业务类型", "") == "注销登记")
            seen.setdefault(key, []).append(vehicle.content if vehicle else object())
    counted, rejected, done = [], 0, set()
    for vehicle in read:
        if vehicle is None or len(set(seen[vehicle.vin, vehicle.is_end])) > 1:
            rejected += 1
        elif (vehicle.vin, vehicle.is_end) not in done:
            done.add((vehicle.vin, vehicle.is_end))
            counted.append(vehicle)
    return counted, rejected


# History ---------------------------------------------------------------------------------------


def _event_day(vehicle: Vehicle) -> date:
    if vehicle.is_end and vehicle.retired_on is not None:
        return vehicle.retired_on
    return vehicle.registered_on


def _take_out(state: State, divisions: list[str], period: Span) -> None:
    for chain in (state.rows, state.ends):
        for key, held in list(chain.items()):
            if key[0] in divisions and period[0] <= _event_day(held.vehicle) <= period[1]:
                del chain[key]


def _holds_any(state: State, divisions: list[str], period: Span) -> bool:
    return any(
        key[0] in divisions and period[0] <= held.vehicle.registered_on <= period[1]
        for chain in (state.rows, state.ends)
        for key, held in chain.items()
    )


def month_span(days: list[date]) -> Span:
    """From the first day of the first month to the last day of the last."""
    last = max(days)
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return min(days).replace(day=1), following - timedelta(days=1)


def apply_submission(state: State, sent: Submission, number: int) -> None:
    """Let one submission bear on the state, as the next by its receipt."""
    if sent.mode == "withdraw":
        for vin in sent.vins:
            state.rows.pop((str(sent.sender), vin), None)
            state.ends.pop((str(sent.sender), vin), None)
        return
    if sent.mode == "nil":
        _apply_nil(state, sent)
        return
    counted, rejected = screen(sent.rows, sent.sender, sent.received_at.date())
    if sent.mode == "replace":
        if rejected and not sent.force:
            return
        assert sent.sender is not None
        assert sent.period is not None
        _take_out(state, _members(sent.sender), sent.period)
    received = (sent.received_at, number)
    for vehicle in counted:
        key = (vehicle.division, vehicle.vin)
        (state.ends if vehicle.is_end else state.rows)[key] = Held(vehicle, received)
        if vehicle.is_addition and not vehicle.is_end:
            state.first_told[key] = min(state.first_told.get(key, received), received)
    if counted:
        today = sent.received_at.date()
        period = sent.period or month_span([min(_event_day(v), today) for v in counted])
        divisions = _members(sent.sender) if sent.sender else {v.division for v in counted}
        for division in divisions:
            state.covered.setdefault(division, []).append(period)


def _apply_nil(state: State, sent: Submission) -> None:
    assert sent.sender is not None
    assert sent.period is not None
    divisions = _members(sent.sender)
    if sent.nil_replaces:
        _take_out(state, divisions, sent.period)
    for division in divisions:
        state.covered.setdefault(division, []).append(sent.period)


def _contradicted(submissions: list[Submission]) -> set[int]:
    """The nil returns refused: rows of their period were held when they were handed in.

    The answer was given then; what is backfilled afterwards does not take it back.
    """
    refused: set[int] = set()
    for number, sent in enumerate(submissions):
        if sent.mode != "nil" or sent.nil_replaces:
            continue
        assert sent.sender is not None
        assert sent.period is not None
        state = _replayed(list(enumerate(submissions[:number])), refused)
        if _holds_any(state, _members(sent.sender), sent.period):
            refused.add(number)
    return refused


def _replayed(seen: list[tuple[int, Submission]], refused: set[int]) -> State:
    """What these come to, in the order of receipt."""
    state = State()
    for number, sent in sorted(seen, key=lambda pair: (pair[1].received_at, pair[0])):
        if sent.mode != "decide" and number not in refused:
            apply_submission(state, sent, number)
    return state


def known(submissions: list[Submission], known_at: datetime | None) -> State:
    """What had been received by a moment, in the order of receipt."""
    seen = [
        (number, sent)
        for number, sent in enumerate(submissions)
        if known_at is None or sent.received_at <= known_at
    ]
    state = _replayed(seen, _contradicted(submissions))
    for _, sent in seen:  # in the order in which they were decided
        if sent.mode == "decide":
            for vin in sent.vins:
                state.decided[str(sent.sender), vin] = sent
    _refuse(state)
    return state


def _refuse(state: State) -> None:
    """Vehicles whose claim does not hold count as if they had claimed nothing."""
    for chain in (state.rows, state.ends):
        for key, held in chain.items():
            last = state.decided.get(key)
            if last is None or last.decision == "withdrawn":
                continue
            late = last.until is not None and held.vehicle.registered_on > last.until
            if last.decision == "refused" or late:
                held.vehicle = replace(held.vehicle, exempt=False)


# Counting --------------------------------------------------------------------------------------


def additions(state: State, as_of: date) -> list[Vehicle]:
    """Every addition once: of two divisions' the earlier, then the one received first."""
    best: dict[str, tuple[Any, Vehicle]] = {}
    for key, held in state.rows.items():
        vehicle = held.vehicle
        if vehicle.is_addition:
            rank = (vehicle.registered_on, state.first_told[key])
            if vehicle.vin not in best or rank < best[vehicle.vin][0]:
                best[vehicle.vin] = (rank, vehicle)
    return [vehicle for _, vehicle in best.values() if vehicle.registered_on <= as_of]


def fleet(state: State, as_of: date) -> list[Vehicle]:
    """Every vehicle in use on a day, once: where it last came to by another business, else where
    its addition counts, else where the first deregistration was received that it is known by.
    """
    standing: dict[str, tuple[Any, Vehicle]] = {}

    def offer(rank: tuple[Any, ...], vehicle: Vehicle) -> None:
        if vehicle.vin not in standing or rank < standing[vehicle.vin][0]:
            standing[vehicle.vin] = (rank, vehicle)

    for key, held in state.rows.items():
        vehicle = held.vehicle
        if vehicle.is_addition:
            offer((1, vehicle.registered_on, state.first_told[key]), vehicle)
        else:
            when, number = held.received
            offer((0, -when.timestamp(), vehicle.registered_on, -number), vehicle)
    for key, held in state.ends.items():
        if key not in state.rows:
            offer((2, *held.received), held.vehicle)
    return [v for _, v in standing.values() if v.registered_on <= as_of < _end(state, v)]


def _end(state: State, vehicle: Vehicle) -> date:
    """The day from which a vehicle is out of the fleet: by its own row, by a deregistration of its
    division, or by one of a division that knows the vehicle by nothing else.
    """
    ended = [vehicle.retired_on]
    for (division, vin), held in state.ends.items():
        alone = (division, vin) not in state.rows
        if vin == vehicle.vin and (division == vehicle.division or alone):
            ended.append(held.vehicle.retired_on)
    return min((day for day in ended if day is not None), default=date.max)


def _side(vehicle: Vehicle, wanted: frozenset[str] | None = None) -> str:
    """On which side of a share a vehicle stands; `wanted` are the energies asked for."""
    if vehicle.energy in ("other", "open"):
        return {"other": "not", "open": "open"}[vehicle.energy]
    if wanted is None or vehicle.energy in wanted:
        return "new"
    return "open" if vehicle.energy == "nev" else "not"


@dataclass
class Sides:
    """Vehicles inside a mandate by side, those of unknown scope by side, and those left out."""

    inside: dict[str, int]
    unknown: dict[str, int]
    exempt: int
    out_of_scope: int

    @property
    def denominator(self) -> int:
        return sum(self.inside.values())


def _kinds(categories: tuple[str, ...]) -> set[str]:
    if categories == ("all",):
        return set(CATEGORIES.values())
    return {kind for code in categories for kind in KINDS.get(code, {code})}


def sort_out(mandate: Mandate, categories: tuple[str, ...], vehicles: list[Vehicle]) -> Sides:
    """Put each vehicle where the clause puts it."""
    sides = Sides({"new": 0, "open": 0, "not": 0}, {"new": 0, "open": 0, "not": 0}, 0, 0)
    kinds = _kinds(categories)
    for vehicle in vehicles:
        if vehicle.category not in kinds or vehicle.energy == "none":
            continue
        if mandate.uses is not None and vehicle.use not in mandate.uses:
            continue
        if mandate.counties and not {vehicle.county, vehicle.division} & mandate.counties:
            continue
        side = _side(vehicle, mandate.energies)
        asked = [(vehicle.owner, mandate.owners), (vehicle.area, mandate.areas)]
        asked = [(has, wanted) for has, wanted in asked if wanted is not None]
        if any(has is not None and has not in (wanted or ()) for has, wanted in asked):
            sides.out_of_scope += 1
        elif (mandate.exempts and vehicle.exempt) or vehicle.category in mandate.exempt_kinds:
            sides.exempt += 1
        elif any(has is None for has, _ in asked):
            sides.unknown[side] += 1
        else:
            sides.inside[side] += 1
    return sides


# Verdicts --------------------------------------------------------------------------------------


def _reaches(share: Fraction, target: Fraction, *, rise: bool) -> bool:
    return (share > target or share == target == 1) if rise else share >= target


def worlds(sides: Sides) -> set[Fraction]:
    """Every share that the open questions leave possible."""
    shares = set()
    inside, unknown = sides.inside, sides.unknown
    for turned in range(inside["open"] + 1):
        for new in range(unknown["new"] + 1):
            for other in range(unknown["not"] + 1):
                for opened in range(unknown["open"] + 1):
                    for opened_new in range(opened + 1):
                        top = inside["new"] + turned + new + opened_new
                        whole = sides.denominator + new + other + opened
                        shares.add(Fraction(top, whole))
    return shares


def _lacking(sides: Sides, target: Fraction, *, rise: bool) -> int:
    whole, new = sides.denominator, sides.inside["new"]
    return next(
        k for k in range(whole + 1) if _reaches(Fraction(new + k, whole), target, rise=rise)
    )


def _needed(sides: Sides, target: Fraction, *, rise: bool) -> int | None:
    whole, new = sides.denominator, sides.inside["new"]
    if target == 1 and new < whole:
        return None
    k = 0
    while not _reaches(Fraction(new + k, whole + k), target, rise=rise):
        k += 1
    return k


def _cut(share: Fraction) -> str:
    ten_thousandths = int(share * 10000)
    return f"{ten_thousandths // 10000}.{ten_thousandths % 10000:04d}"


def _share_figures(
    sides: Sides,
    targets: set[Fraction] | None,
    sure: Fraction | None,
    *,
    rise: bool,
    complete: bool,
) -> Row:
    """The figures of a share; `targets` are the values that the target may have."""
    figures: Row = {
        "denominator": sides.denominator,
        "numerator": sides.inside["new"],
        "undetermined": sides.inside["open"],
        "excluded": (sides.exempt, sides.out_of_scope, sum(sides.unknown.values())),
        "share": None,
        "short_by": 0,
        "needed_next": 0,
    }
    if not sides.denominator:
        return figures | {"status": "no_additions"}
    figures["share"] = _cut(Fraction(sides.inside["new"], sides.denominator))
    if targets is None or sure is None:
        return figures | {"status": "trend"}
    figures["short_by"] = _lacking(sides, sure, rise=rise)
    figures["needed_next"] = _needed(sides, sure, rise=rise)
    answers = {_reaches(s, t, rise=rise) for s in worlds(sides) for t in targets}
    if answers == {True, False}:
        status = "undetermined"
    elif answers == {True}:
        status = "met" if complete else "on_track"
    elif complete:
        status = "not_met"
    else:
        lost = not rise and sure == 1 and sides.inside["not"] > 0
        status = "out_of_reach" if lost else "behind"
    return figures | {"status": status}


_WEIGHTS: list[tuple[set[str], str, str]] = [
    ({"bev"}, "car:short", "0.8"), ({"bev"}, "car:long", "1"), ({"phev", "reev"}, "car", "1"),
    ({"fcev"}, "car", "30"), ({"bev"}, "coach:slow", "12"), ({"bev"}, "coach:fast", "20"),
    ({"phev", "reev"}, "coach", "5"), ({"fcev"}, "coach", "50"), ({"bev"}, "special:heavy", "3"),
    ({"bev"}, "special:light", "1.5"), ({"phev", "reev"}, "special", "0.6"),
]  # fmt: skip


def _weights(vehicle: Vehicle) -> list[Decimal]:
    fits = {
        "short": vehicle.range_km is None or vehicle.range_km < 150,
        "long": vehicle.range_km is None or vehicle.range_km >= 150,
        "slow": vehicle.fast is not True,
        "fast": vehicle.fast is not False,
        "heavy": vehicle.mass_kg is None or vehicle.mass_kg >= 3500,
        "light": vehicle.mass_kg is None or vehicle.mass_kg < 3500,
        "": True,
    }
    # A bus is a coach, whether 车辆类型 says so or not.
    own = vehicle.body or ("coach" if vehicle.category == "bus" else None)
    found = []
    for wanted, line, weight in _WEIGHTS:
        body, _, condition = line.partition(":")
        if wanted & vehicle.may_be and own in (None, body) and fits[condition]:
            found.append(Decimal(weight))
    return found


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def _count_figures(
    mandate: Mandate, year: int, vehicles: list[Vehicle], opening: Any, *, complete: bool
) -> Row:
    """A number to be reached. Without an opening figure what is counted is a lower bound; with one,
    what was registered in the years after it adds up.
    """
    first = max(mandate.first_counted, opening[0] + 1 if opening else 0)
    vehicles = [v for v in vehicles if first <= v.registered_on.year <= year]
    low = high = Decimal(opening[1] if opening else 0)
    for vehicle in vehicles:
        if mandate.measure == "count":
            side = "none" if vehicle.energy == "none" else _side(vehicle)
            low += side == "new"
            high += side in ("new", "open")
        elif vehicle.energy not in ("none", "other"):
            weights = _weights(vehicle)
            low += Decimal(0) if vehicle.energy == "open" else min(weights, default=Decimal(0))
            high += max(weights, default=Decimal(0))
    target = mandate.targets.get(year)
    shown = _plain if mandate.measure == "standard" else int
    figures: Row = {
        "denominator": None,
        "numerator": shown(low),
        "undetermined": shown(high - low),
        "excluded": (0, 0, 0),
        "share": None,
        "short_by": shown(Decimal(0)) if target is not None else 0,
        "needed_next": 0,
        "status": "trend",
    }
    if target is None:
        return figures
    if low >= target:
        return figures | {"status": "met" if complete else "on_track"}
    lacking = Decimal(int(target)) - low
    needed = int(lacking) + (lacking != int(lacking))
    if opening is None:
        status = "not_computable"
    elif high >= target:
        status = "undetermined"
    else:
        status = "not_met" if complete else "behind"
    return figures | {"status": status, "short_by": shown(lacking), "needed_next": needed}


def _consequence(mandate: Mandate, status: str, *, binding: bool, incomplete: bool) -> str:
    if status in ("undetermined", "no_data", "trend", "not_computable"):
        return "report"
    if status == "behind":
        return "advise"
    if status not in ("not_met", "out_of_reach"):
        return "none"
    if mandate.strength == "promote":
        return "report"
    if not binding:
        return "advise"
    follows = {"mandatory": "violation", "in_principle": "explain"}
    found = follows.get(mandate.strength, "advise")
    return "explain" if found == "violation" and incomplete else found


def _covered_days(state: State, division: str, start: date, end: date) -> set[date]:
    days: set[date] = set()
    for first, last in state.covered.get(division, []):
        day, stop = max(first, start), min(last, end)
        while day <= stop:
            days.add(day)
            day += timedelta(days=1)
    return days


def _figures(
    mandate: Mandate,
    categories: tuple[str, ...],
    state: State,
    members: list[str],
    judged: Span,
    opening: Any,
) -> Row:
    """The figures of one row; `judged` are the day judged and the last day of the year."""
    as_of, end = judged
    year, complete = end.year, as_of >= end

    def of(vehicles: list[Vehicle]) -> list[Vehicle]:
        return [v for v in vehicles if v.division in members]

    if mandate.measure in ("count", "standard"):
        is_stock = mandate.named == "stock"
        mine = of(fleet(state, min(as_of, end)) if is_stock else additions(state, as_of))
        return _count_figures(mandate, year, mine, opening, complete=complete)
    if mandate.measure == "share":
        mine = [v for v in of(additions(state, as_of)) if v.registered_on.year == year]
        sides = sort_out(mandate, categories, mine)
        target = mandate.targets.get(year)
        targets = None if target is None else {target}
        return _share_figures(sides, targets, target, rise=False, complete=complete)
    now = sort_out(mandate, categories, of(fleet(state, min(as_of, end))))
    if not mandate.compares:
        return _share_figures(now, None, None, rise=True, complete=complete)
    before = sort_out(mandate, categories, of(fleet(state, last_day(year - 1))))
    if not before.denominator:
        figures = _share_figures(now, None, None, rise=True, complete=complete)
        return figures | {"status": "not_computable"}
    sure = Fraction(before.inside["new"], before.denominator)
    return _share_figures(now, worlds(before), sure, rise=True, complete=complete)


def _none_in_force(mandate: Mandate) -> Row:
    """Asked for by name outside its life, there is no mandate."""
    return {
        "denominator": 0 if mandate.measure in ("share", "rise") else None,
        "numerator": 0,
        "undetermined": 0,
        "excluded": (0, 0, 0),
        "share": None,
        "short_by": 0,
        "needed_next": 0,
        "status": "no_mandate",
    }


def assess(
    submissions: list[Submission],
    as_of: date,
    known_at: datetime | None,
    setting: Setting = OURS,
    near: tuple[str, ...] = ("",),
) -> dict[Any, Row]:
    """Every row of `assess --json --mandate` for all mandates whose id begins as one of `near`.

    By mandate, division, year and categories.
    """
    state = known(submissions, known_at)
    result: dict[Any, Row] = {}
    for name, mandate in setting.mandates().items():
        if not name.startswith(near):
            continue
        members = MEMBERS[mandate.top]
        places = [mandate.top, *(members if mandate.places is None else mandate.places)]
        parts = [(c,) for c in mandate.categories] if len(mandate.categories) > 1 else []
        scopes = parts if mandate.each else [mandate.categories, *parts]
        first, last = mandate.years
        years = list(range(first, min(last, as_of.year) + 1))
        if not first <= as_of.year <= last:
            years.append(as_of.year)
        for year in years:
            start, end = date(year, 1, 1), last_day(year)
            days_asked = (min(as_of, end) - start).days + 1
            for place in dict.fromkeys(places):
                under = _members(place)
                days = {d: _covered_days(state, d, start, min(as_of, end)) for d in under}
                every = set().union(*days.values())
                incomplete = any(len(found) < days_asked for found in days.values())
                for categories in scopes:
                    if first <= year <= last:
                        figures = _figures(
                            mandate,
                            categories,
                            state,
                            under,
                            (as_of, end),
                            setting.opening(name, year),
                        )
                        if mandate.blocked:
                            figures["status"] = "not_computable"
                        elif not every:
                            figures["status"] = "no_data"
                    else:
                        figures = _none_in_force(mandate)
                    finding = mandate.each or categories == mandate.categories
                    binding = finding and (place == mandate.top or mandate.binds_below)
                    names_missing = place.endswith("0000") and figures["status"] != "no_mandate"
                    result[name, place, str(year), categories] = figures | {
                        "measure": mandate.named,
                        "strength": mandate.strength,
                        "complete": as_of >= end,
                        "binding": binding,
                        "role": "finding" if finding else "breakdown",
                        "covered": (min(every), max(every)) if every else None,
                        "incomplete_data": incomplete,
                        "missing_divisions": [d for d in under if names_missing and not days[d]],
                        "consequence": _consequence(
                            mandate, figures["status"], binding=binding, incomplete=incomplete
                        ),
                    }
    return result
