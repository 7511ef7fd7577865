"""Views set by hand, for the forms that draw: a city, a province, an empty one, an extreme one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from monitor.assess.forecast import Case
from monitor.bulletins.bulletin_view import (
    BulletinView,
    Cell,
    Comparison,
    ForecastRow,
    ForecastValues,
    Matrix,
    Outlook,
    PipelineRow,
    Provincial,
    Reconciled,
)
from monitor.bulletins.headings import headings_of
from monitor.bulletins.parts import (
    Action,
    CauseRow,
    Change,
    Changes,
    Clause,
    FigureChange,
    Figures,
    Laggard,
    Line,
    MandateBlock,
    Members,
    Quality,
    ReadingNote,
    Reason,
    Tally,
    Tone,
    Values,
    Verdict,
)
from monitor.bulletins.picture_parts import (
    Bullet,
    BulletPicture,
    Curve,
    CurvePicture,
    Place,
    Tile,
)
from monitor.bulletins.words import load_words
from monitor.model import Language
from monitor.policy.project import Project

_VERDICTS: dict[str, tuple[str, str, str, Tone]] = {
    "met": ("达标", "met", "✓", "good"),
    "not_met": ("未达标", "not met", "✕", "bad"),
    "on_track": ("进度达标", "on track", "✓", "good"),
    "behind": ("进度落后", "behind", "▲", "warn"),
    "out_of_reach": ("已无法达标", "out of reach", "✕", "bad"),
    "undetermined": ("无法判定", "undetermined", "?", "unsure"),
    "no_additions": ("无新增", "no additions", "–", "quiet"),
    "no_data": ("未报数据", "no data", "–", "quiet"),
    "trend": ("仅列趋势", "trend only", "–", "quiet"),
    "not_computable": ("暂不能计算", "not computable", "–", "quiet"),
}
CITIES = (
    ("福州市", "Fuzhou"),
    ("平潭综合实验区", "Pingtan Comprehensive Pilot Zone"),
    ("厦门市", "Xiamen"),
    ("莆田市", "Putian"),
    ("三明市", "Sanming"),
    ("泉州市", "Quanzhou"),
    ("漳州市", "Zhangzhou"),
    ("南平市", "Nanping"),
    ("龙岩市", "Longyan"),
    ("宁德市", "Ningde"),
)
DEMANDS = (
    ("FJ-F01", "公务用车", "official cars"),
    ("FJ-F02", "执法执勤用车", "law-enforcement cars"),
    ("FJ-F03", "全部车辆（累计推广）", "all vehicles (cumulative)"),
    ("FJ-F04", "公交车", "buses"),
    ("FJ-F05", "物流车、邮政物流车", "logistics vehicles, postal vehicles"),
    ("FJ-F06", "公务租赁用车", "official rental cars"),
    ("FJ-F07", "巡游出租车", "cruising taxis"),
    ("FJ-F07", "网约出租车", "ride-hailing cars"),
    ("FJ-F08", "分时租赁车", "car-share cars"),
    ("FJ-F09", "中心城区环卫车", "sanitation trucks in the urban core"),
    ("FJ-F10", "农村客运车", "rural passenger vehicles"),
    ("FJ-F11", "港区物流车", "port vehicles"),
    ("FJ-F12", "景区车辆", "scenic-area vehicles"),
    ("FJ-F14", "电力工程车", "utility trucks"),
)
_STATUSES = ("on_track", "behind", "out_of_reach", "undetermined", "no_additions", "not_computable")


class Teller:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def verdict(self, code: str) -> Verdict:
        zh, en, mark, tone = _VERDICTS[code]
        return Verdict(code, self(zh, en), mark, tone)


def figures(
    t: Teller,
    mandate: str,
    label: str,
    status: str,
    cells: tuple[str, str, str, str, str, str],
    *,
    period: str = "2020",
    division: str = "360100",
    part: bool = False,
    consequence: str = "",
    remarks: tuple[str, ...] = (),
    explain: str = "X0000101",
) -> Figures:
    target, counted, new_energy, share, short_by, still_needed = cells
    return Figures(
        mandate=mandate,
        period=period,
        label=label,
        division=division,
        is_breakdown=part,
        target=target,
        counted=counted,
        new_energy=new_energy,
        share=share,
        short_by=short_by,
        still_needed=still_needed,
        verdict=t.verdict(status),
        consequence=consequence,
        remarks=remarks,
        explain=explain,
        values=Values(counted=240, share=Decimal("0.7250")),
    )


def curve(
    title: str,
    note: str,
    tone: Tone,
    points: Sequence[int],
    *,
    target: int | None = 750,
    target_label: str = "≥ 75 %",
    unsure: int = 0,
    forecast: tuple[int, int, int] | None = (680, 730, 790),
    y_labels: tuple[tuple[int, str], ...] = ((0, "0 %"), (500, "50 %"), (1000, "100 %")),
    end_label: str = "72.50 %",
    language: Language = "zh",
) -> Curve:
    weeks: tuple[Place, ...] = tuple((1000 * n // 52, y) for n, y in enumerate(points))
    months = (
        ((0, "1月"), (247, "4月"), (496, "7月"), (748, "10月"))
        if language == "zh"
        else ((0, "Jan"), (247, "Apr"), (496, "Jul"), (748, "Oct"))
    )
    return Curve(
        title=title,
        note=note,
        tone=tone,
        this_year=weeks,
        possible=tuple((x, min(1000, y + unsure)) for x, y in weeks) if unsure else (),
        last_year=tuple((1000 * n // 52, min(1000, 300 + 7 * n)) for n in range(53)),
        target=target,
        target_label=target_label,
        forecast=forecast,
        y_labels=y_labels,
        x_labels=months,
        end_label=end_label,
    )


def _legend(t: Teller, year: int) -> tuple[str, str, str, str]:
    return (
        t(f"{year} 年", f"{year}"),
        t(f"{year - 1} 年", f"{year - 1}"),
        t("目标", "target"),
        t("年末预测（低、预计、高）", "expected by the year's end (low, expected, high)"),
    )


def _clause(t: Teller, words: str) -> Clause:
    return Clause(
        document="关于加快推进新能源汽车产业发展的实施意见",
        number="赣府发〔2018〕8号",
        section="三（三）1",
        words=words,
        strength=t("强制性要求", "Mandatory"),
        strength_word="要",
        responsible="省工信委、省交通运输厅、各设区市政府、赣江新区管委会",
    )


def nanchang_view(language: Language) -> BulletinView:
    """A city at the end of its year: one short, one undetermined, one trend."""
    t = Teller(language)
    name = t("南昌市", "Nanchang")
    bus = t("公交车", "buses")
    pooled = t("公务用车、环卫车、物流车", "official cars, sanitation trucks, logistics vehicles")
    private = t("私人乘用车", "private cars")
    range_ = t("613 至 618", "613 to 618")
    overview = BulletPicture(
        title=t("2020 年度各项要求：比例与目标", "Mandates of 2020: share against target"),
        bullets=(
            Bullet(f"JX-F01 {bus}", t.verdict("not_met"), "72.50 %", "≥ 75 %", 725, 725, 750),
            Bullet(
                f"JX-F02 {pooled}", t.verdict("undetermined"), "49.59 %", "≥ 50 %", 496, 500, 500
            ),
            Bullet(f"JX-F05 {private}", t.verdict("trend"), "7.88 %", "", 79, 79, None),
        ),
        alt=t(
            "公交车 72.50 %，要求 ≥ 75 %，未达标；公务、环卫、物流车 49.59 %，无法判定。",
            "Buses 72.50 % against ≥ 75 %, not met; official cars and others 49.59 %.",
        ),
    )
    year = [min(1000, 300 + 20 * n - (n * n) // 5) for n in range(53)]
    weeks = CurvePicture(
        title=t("逐周累计比例", "Cumulative share by week"),
        curves=(
            curve(
                f"JX-F01 {bus}",
                t("未达标，目标 ≥ 75 %", "not met, target ≥ 75 %"),
                "bad",
                [*year[:50], 722, 724, 725],
                forecast=(725, 725, 725),
                language=language,
            ),
            curve(
                f"JX-F02 {pooled}",
                t("无法判定，目标 ≥ 50 %", "undetermined, target ≥ 50 %"),
                "unsure",
                [200 + 6 * n for n in range(40)],
                target=500,
                target_label="≥ 50 %",
                unsure=45,
                forecast=(455, 496, 561),
                end_label=t("43.40 % 至 47.90 %", "43.40 % to 47.90 %"),
                language=language,
            ),
            curve(
                f"JX-F05 {private}",
                t("仅列趋势", "trend only"),
                "quiet",
                [60 + n // 3 for n in range(53)],
                target=None,
                target_label="",
                forecast=None,
                y_labels=((0, "0 %"), (500, "50 %"), (1000, "100 %")),
                end_label="7.88 %",
                language=language,
            ),
        ),
        legend=_legend(t, 2020),
        alt=t("公交车全年累计比例升至 72.50 %。", "The share of buses rose to 72.50 %."),
    )
    info = t("供参考，不约束本级", "for information, does not bind this level")
    exempt = t("豁免 3 辆，不计入比例。", "3 exempt vehicles are left out of the share.")
    unsure = t(
        "5 辆能否算新能源无法判定，故新能源数是一个区间。",
        "New-energy or not: 5 undetermined, so the new-energy count is a range.",
    )
    gaps = t(
        "数据不完整，只涵盖2020年1月至10月；不作违规论。",
        "The data are incomplete and cover only January – October 2020; not counted as a breach.",
    )
    parts = (
        (
            t("公务用车", "official cars"),
            "undetermined",
            "46",
            t("21 至 22", "21 to 22"),
            "45.65 %",
        ),
        (t("环卫车", "sanitation trucks"), "met", "58", "31", "53.44 %"),
        (
            t("物流车", "logistics vehicles"),
            "undetermined",
            "1,132",
            t("561 至 565", "561 to 565"),
            "49.55 %",
        ),
    )
    blocks = (
        MandateBlock(
            mandate="JX-F01",
            title=bus,
            meaning=t(
                "2018 至 2020 年，每年新增和更换的公交车中新能源须分别达到 55 %、65 %、75 %",
                "Of the buses added or replaced each year from 2018 to 2020, 55 %, 65 % and 75 % "
                "must be new-energy",
            ),
            measure=t("新增和更新车辆中新能源的比例", "new-energy share of vehicles added"),
            period=t("2020 年度", "2020"),
            unit_note="",
            binds=t("全省", "the province"),
            note=info,
            members_note="",
            is_illustrative=False,
            has_target=True,
            rows=(
                figures(
                    t,
                    "JX-F01",
                    name,
                    "not_met",
                    ("≥ 75 %", "240", "174", "72.50 %", "6", "24"),
                    consequence=t("提示", "advice"),
                    remarks=(exempt,),
                ),
            ),
            members=(),
            clause=_clause(
                t,
                "2018-2020年每年新增及更换的公交车中，新能源公交客车的比例要分别达到55%、65%、75%",
            ),
        ),
        MandateBlock(
            mandate="JX-F02",
            title=pooled,
            meaning=t(
                "鼓励每年新增或更新的公务、环卫、物流等车辆中新能源分别不低于 30 %、40 %、50 %",
                "Of official, sanitation and logistics vehicles added or renewed each year, at "
                "least 30 %, 40 % and 50 % are encouraged to be new-energy",
            ),
            measure=t("新增和更新车辆中新能源的比例", "new-energy share of vehicles added"),
            period=t("2020 年度", "2020"),
            unit_note="",
            binds=t("全省", "the province"),
            note=info,
            members_note="",
            is_illustrative=False,
            has_target=True,
            rows=(
                figures(
                    t,
                    "JX-F02",
                    name,
                    "undetermined",
                    ("≥ 50 %", "1,236", range_, "49.59 %", "5", "10"),
                    consequence=t("列示", "reported"),
                    remarks=(gaps, unsure),
                    explain="X0010102",
                ),
                *(
                    figures(
                        t,
                        "JX-F02",
                        label,
                        status,
                        ("≥ 50 %", counted, new_energy, share, "0", "0"),
                        part=True,
                        remarks=(unsure,) if status != "met" else (),
                        explain=f"X00{number + 2}0102",
                    )
                    for number, (label, status, counted, new_energy, share) in enumerate(parts)
                ),
            ),
            members=(),
            clause=_clause(
                t,
                "鼓励公共服务领域优先使用新能源汽车，2018-2020年每年新增或更新的公务、环卫、物流等公共"
                "服务领域车辆中，新能源汽车比例分别不低于30%、40%、50%",
            ),
        ),
        MandateBlock(
            mandate="JX-F05",
            title=private,
            meaning=t(
                "鼓励个人购买和租用新能源乘用车",
                "Private purchase and hire of new-energy cars is encouraged",
            ),
            measure=t("采用新能源汽车的趋势", "uptake of new-energy vehicles"),
            period=t("2020 年度", "2020"),
            unit_note="",
            binds="",
            note="",
            members_note="",
            is_illustrative=True,
            has_target=False,
            rows=(
                figures(
                    t,
                    "JX-F05",
                    name,
                    "trend",
                    ("—", "52,340", "4,127", "7.88 %", "—", "—"),
                    explain="X0050105",
                ),
            ),
            members=(),
            clause=_clause(t, "鼓励私人购买、租用新能源乘用车"),
        ),
    )
    changes = Changes(
        summary=t("与上期（2020年11月30日）相比：", "Compared with 30 November 2020:"),
        items=(
            Change(
                subject=f"JX-F01 {bus}",
                period=t("2020 年度", "2020"),
                before=t.verdict("behind"),
                after=t.verdict("not_met"),
                figures=(
                    FigureChange(t("计数", "Counted"), "231", "240"),
                    FigureChange(t("新能源", "New-energy"), "172", "174"),
                ),
                causes=(
                    CauseRow(t("新报数据", "new data"), "+10", "+3", "0", ""),
                    CauseRow(
                        t("更正", "corrections"), "−1", "−1", "0", t("进度落后 → 未达标", "turned")
                    ),
                    CauseRow(t("合计", "in all"), "+9", "+2", "0", ""),
                ),
            ),
            Change(
                f"JX-F05 {private}", t("2020 年度", "2020"), None, t.verdict("trend"), figures=()
            ),
        ),
    )
    past = tuple(
        figures(t, mandate, label, "met", (target, counted, green, share, "0", "0"), period=year_)
        for mandate, label, year_, target, counted, green, share in (
            ("JX-F01", bus, "2018", "≥ 55 %", "120", "66", "55.00 %"),
            ("JX-F01", bus, "2019", "≥ 65 %", "180", "118", "65.55 %"),
            ("JX-F02", pooled, "2018", "≥ 30 %", "800", "333", "41.62 %"),
        )
    )
    headings = headings_of(load_words(Project(), language))
    product = t("新能源汽车推广应用监测通报", "New-energy vehicle mandates: bulletin")
    issue = t("第 12 期", "No. 12")
    return BulletinView(
        language_tag="en" if language == "en" else "zh-CN",
        is_province=False,
        subject=f"{name} {product} {issue}",
        product=product,
        division=name,
        issue=issue,
        as_of=t("2020年12月31日", "31 December 2020"),
        headline=t(
            "南昌市 2020 年度有指标的 2 项要求中，1 项未达标、1 项无法判定；最需关注：公交车新能源"
            "比例 72.50 %，要求 ≥ 75 %，差 6 辆。",
            "Of 2 mandates with a target for Nanchang in 2020: 1 not met, 1 undetermined; most "
            "pressing: buses at 72.50 % new-energy against ≥ 75 %, 6 vehicles short.",
        ),
        headline_tone="bad",
        year="2020",
        tallies=tuple(Tally(t.verdict(code), "1") for code in ("not_met", "undetermined", "trend")),
        overview=overview,
        weeks=weeks,
        actions=(
            Action(
                t(
                    f"JX-F01 {bus}：2020 年度已结束，尚差新能源 6 辆；请核对有无漏报，"
                    "并提出补救安排。本条不约束本级，供参考。",
                    "JX-F01 buses: 2020 has ended 6 new-energy vehicles short; check for vehicles "
                    "not reported and propose a remedy. The clause does not bind this level.",
                ),
                "bad",
                "X0000101",
            ),
            Action(
                t(
                    "补报：2020年11月至12月；确无新增和更新的，请作零报告。",
                    "Submit what is missing: November – December 2020. Where nothing was added or "
                    "renewed, send a nil return.",
                ),
                "warn",
                "",
            ),
            Action(
                t(
                    "更正并重报被剔除的行（车辆识别代号不是 17 位数字和字母（不含 I、O、Q） 51 行、"
                    "缺少燃料种类 12 行）；退回的清单注明每行的原因和改法。",
                    "Mend and resend the rows set aside (vehicle identification number is not 17 "
                    "digits and letters other than I, O, Q: 51, no fuel: 12).",
                ),
                "warn",
                "",
            ),
        ),
        blocks=blocks,
        provincial=None,
        comparisons=(
            Comparison(f"JX-F01 {bus}", "72.50 %", "78.12 %", t("11 个市中第 8", "8 of 11")),
            Comparison(f"JX-F02 {pooled}", "49.59 %", "51.02 %", "—"),
        ),
        outlook=Outlook(
            forecasts=(
                ForecastRow(
                    subject=f"JX-F02 {pooled}",
                    now="49.59 %",
                    low="45.51 %",
                    expected="49.60 %",
                    high="56.12 %",
                    target="≥ 50 %",
                    contracted=t("42 辆", "42 vehicles"),
                    outcome=t("尚可达到", "still possible"),
                    tone="warn",
                    lost_from=t("2020年12月14日所在周", "week of 14 December 2020"),
                    remarks=(
                        t("以去年同期的步调推算。", "At the pace of the same weeks last year."),
                    ),
                    values=ForecastValues(
                        now=Case(123, 61, "0.4959"),
                        low=Case(134, 61, "0.4552"),
                        expected=Case(250, 124, "0.4960"),
                        high=Case(139, 78, "0.5611"),
                        target=Decimal("0.5"),
                        contracted=42,
                        lost_from=date(2020, 12, 14),
                    ),
                ),
            ),
            pipeline=(
                PipelineRow(t("环卫车", "sanitation trucks"), "36", "4", "2", "30", "6"),
                PipelineRow(t("物流车", "logistics vehicles"), "120", "0", "0", "120", "0"),
            ),
            method=(
                t(
                    "低、高两种情形：其后新增的车辆按合同到货与否、新能源与否分别取最少和最多。",
                    "Low and high: what is under contract comes late or in time.",
                ),
            ),
        ),
        changes=changes,
        reconciled=Reconciled(
            summary=t(
                "采购合同 14 份 202 辆，已登记 160 辆。",
                "14 contracts of 202 vehicles, 160 of them registered.",
            ),
            lines=(
                Line(t("已购未登记", "bought and not registered"), t("42 辆", "42"), "warn"),
                Line(t("已登记而无合同", "registered and not bought"), t("3 辆", "3"), "quiet"),
            ),
        ),
        quality=Quality(
            lines=(
                Line(t("收到报送", "Received"), t("机动车登记 3 份", "3 registrations")),
                Line(
                    t("检查", "Checks"),
                    t("应执行 144 项，已执行 143 项", "143 of 144 declared checks ran"),
                    "bad",
                ),
            ),
            set_aside=(
                Reason(t("车辆识别代号不是 17 位", "not 17 characters"), "vin_malformed", "51"),
                Reason(t("缺少燃料种类", "no fuel"), "energy_missing", "12"),
            ),
            warned=(
                Reason(
                    t("燃料种类不足以判断", "energy cannot be told"), "energy_undetermined", "5"
                ),
            ),
        ),
        past=past,
        readings=(
            ReadingNote(
                "JX-F01",
                t("“新增及更换”按登记日期计入当年", "“Added” counts in the year registered"),
                t("项目组，2026年11月21日", "the team, 21 November 2026"),
            ),
        ),
        method=(
            t(
                "数字由各地报送的车辆逐辆计得。比例只截取、不进位，以免把未达标算作达标。",
                "Figures are counted vehicle by vehicle. Shares are cut, never rounded up.",
            ),
        ),
        imprint=(
            Line(t("期号", "Issue"), issue),
            Line(t("评判日", "Day judged"), t("2020年12月31日", "31 December 2020")),
            Line(
                t("所据资料", "Knowledge"),
                t("截至目前收到的全部报送", "all that was received until now"),
            ),
            Line(t("历史序号", "History"), "212"),
            Line(t("规则版本", "Ruleset"), "5b0c6a1fd2e94c77"),
            Line(t("程序版本", "Version"), "0.1.0"),
        ),
        headings=headings,
    )


def fujian_view(language: Language) -> BulletinView:
    """A province with ten members and fourteen demands, in the autumn."""
    t = Teller(language)
    city = nanchang_view(language)
    name = t("福建省", "Fujian")
    names = [t(*pair) for pair in CITIES]
    demands = [(mandate, t(zh, en)) for mandate, zh, en in DEMANDS]
    gap = t(
        "本期没有可计入的数据；这是数据缺失，不是违反政策。",
        "Nothing was received this time; that is a gap in the data, not a breach.",
    )

    def member_rows(mandate: str, number: int) -> tuple[Figures, ...]:
        rows = []
        for place, label in enumerate(names):
            status = "no_data" if place == 7 else _STATUSES[(place * number) % 3]
            counted = 1204 - 97 * place + number
            cells = (
                ("—",) * 6
                if status == "no_data"
                else (
                    "≥ 100 %",
                    f"{counted:,}",
                    f"{counted - place:,}",
                    "99.17 %" if place else "100.00 %",
                    str(place),
                    t("无法补足", "never") if place else "0",
                )
            )
            rows.append(
                figures(
                    t,
                    mandate,
                    label,
                    status,
                    cells,
                    period="2025",
                    division=f"35{place:02d}00",
                    remarks=(gap,) if status == "no_data" else (),
                    explain=f"X{number:03d}{place:02d}04",
                )
            )
        return tuple(rows)

    blocks = tuple(
        replace(
            city.blocks[0],
            mandate=mandate,
            title=label,
            meaning=t(f"新增和更新的{label}全部用新能源", f"All {label} added are new-energy"),
            period=t("2025 年度", "2025"),
            unit_note=t("单位：标准车", "in standard vehicles") if number == 2 else "",
            is_illustrative=number == 3,
            has_target=mandate != "FJ-F08",
            members_note=city.blocks[0].note if number == 4 else "",
            rows=(
                replace(
                    city.blocks[0].rows[0],
                    mandate=mandate,
                    label=name,
                    division="350000",
                    explain=f"X{number:03d}0004",
                    verdict=t.verdict(_STATUSES[number % 6]),
                    target="≥ 100 %",
                    counted="8,830",
                    new_energy=t("8,811 至 8,827", "8,811 to 8,827"),
                    share="99.78 %",
                    short_by="19",
                    still_needed=t("无法补足", "never"),
                ),
            ),
            members=(
                Members(label, member_rows(mandate, number)),
                *(
                    (Members(t("其中另一类", "the other kind"), member_rows(mandate, 1)),)
                    * (number == 6)
                ),
            ),
        )
        for number, (mandate, label) in enumerate(demands)
    )
    bullets = tuple(
        Bullet(
            f"{mandate} {label}",
            t.verdict(_STATUSES[number % 6]),
            t("34,120 辆", "34,120 vehicles") if number == 2 else f"{99 - number}.49 %",
            "≥ 90,000" if number == 2 else "≥ 100 %",
            380 if number == 2 else 995 - 10 * number,
            380 if number == 2 else min(1000, 1000 - 8 * number),
            1000 if number != 8 else None,
        )
        for number, (mandate, label) in enumerate(demands)
    )
    cells = {
        place: tuple(
            None
            if (place + number) % 11 == 5
            else Cell(
                f"{max(3, 100 - place * number)}.{place}{number % 10} %" if place != 7 else "—",
                t.verdict("no_data" if place == 7 else _STATUSES[(place * number) % 6]),
            )
            for number in range(len(demands))
        )
        for place in range(len(names))
    }
    cities = CurvePicture(
        title=t("各市公交车新能源比例", "Buses: new-energy share by city"),
        curves=tuple(
            curve(
                label,
                t("已无法达标，差 2 辆", "out of reach, 2 vehicles short")
                if place % 3
                else t("进度达标", "on track"),
                "bad" if place % 3 else "good",
                [] if place == 7 else [1000 - 3 * place - (n * place) % 9 for n in range(44)],
                target=1000,
                target_label="≥ 100 %",
                forecast=None if place == 7 else (900, 990 - place, 1000),
                y_labels=((0, "0 %"), (500, "50 %"), (1000, "100 %")),
                end_label="" if place == 7 else f"{99 - place}.05 %",
                language=language,
            )
            for place, label in enumerate(names)
        ),
        legend=_legend(t, 2025),
        alt=t("各市公交车比例。", "The share of buses by city."),
    )
    issue = t("第 44 期", "No. 44")
    return replace(
        city,
        is_province=True,
        subject=f"{name} {city.product} {issue}",
        division=name,
        issue=issue,
        as_of=t("2025年10月31日", "31 October 2025"),
        year="2025",
        headline=t(
            "福建省 2025 年度有指标的 6 项要求中，2 项已无法达标、2 项进度达标、1 项暂不能计算、"
            "1 项无新增；最需关注：公交车新能源比例 99.49 %，要求 ≥ 100 %，差 3 辆。",
            "Of 6 mandates with a target for Fujian in 2025: 2 out of reach, 2 on track, 1 not "
            "computable, 1 no additions; most pressing: buses at 99.49 % against ≥ 100 %.",
        ),
        tallies=tuple(Tally(t.verdict(code), str(n)) for n, code in enumerate(_STATUSES, 1)),
        overview=BulletPicture(
            t("2025 年度各项要求：比例与目标", "Mandates of 2025: share against target"),
            bullets,
            t("十四项要求的比例。", "The shares of fourteen mandates."),
        ),
        weeks=replace(
            city.weeks or cities,
            curves=tuple(
                curve(
                    f"{mandate} {label}",
                    t("进度落后，目标 ≥ 100 %", "behind, target ≥ 100 %"),
                    "warn",
                    [500 + (n * (number + 3)) % 40 + 9 * n for n in range(44)],
                    target=1000,
                    target_label="≥ 100 %",
                    end_label="97.30 %",
                    language=language,
                )
                for number, (mandate, label) in enumerate(demands)
            ),
            legend=_legend(t, 2025),
        ),
        blocks=blocks,
        provincial=Provincial(
            matrix=Matrix(
                columns=tuple(demands),
                rows=tuple((label, cells[place]) for place, label in enumerate(names)),
            ),
            tiles=tuple(
                Tile(
                    label,
                    t.verdict("no_data" if place == 7 else _STATUSES[place % 6]),
                    t("公交车差 2 辆", "buses, 2 vehicles short") if place % 3 else "",
                )
                for place, label in enumerate(names)
            ),
            cities=cities,
            laggards=(
                Laggard(
                    t("FJ-F04 公交车", "FJ-F04 buses"),
                    t("强制性要求", "Mandatory"),
                    t("福州市 2 辆、莆田市 1 辆", "Fuzhou: 2 vehicles, Putian: 1 vehicle"),
                ),
                Laggard(
                    t("FJ-F07 巡游出租车", "FJ-F07 cruising taxis"),
                    t("原则性要求", "In principle"),
                    t("泉州市 5 辆", "Quanzhou: 5 vehicles"),
                ),
            ),
            needs=(
                Line(t("FJ-F04 公交车", "FJ-F04 buses"), t("3 辆", "3 vehicles"), "bad"),
                Line(t("FJ-F07 巡游出租车", "FJ-F07 cruising taxis"), t("5 辆", "5"), "warn"),
            ),
            silent=t("南平市", "Nanping"),
            turned=(
                t(
                    "莆田市 FJ-F04 公交车：因更正由进度达标变为已无法达标。",
                    "Putian, FJ-F04 buses: turned from on track to out of reach by a correction.",
                ),
            ),
        ),
        comparisons=(),
        headings=headings_of(load_words(Project(), language)),
    )


def empty_view(language: Language) -> BulletinView:
    """Nothing in force, nothing received."""
    return replace(
        nanchang_view(language),
        headline_tone="quiet",
        tallies=(),
        overview=None,
        weeks=None,
        actions=(),
        blocks=(),
        comparisons=(),
        outlook=Outlook((), (), ()),
        changes=Changes("没有上期。" if language == "zh" else "There is no earlier one.", ()),
        reconciled=Reconciled("", ()),
        quality=Quality((), (), ()),
        past=(),
        readings=(),
    )


def extreme_curves() -> CurvePicture:
    """Places at the edges, one point, none, long words."""
    long = "党政机关、事业单位、国有企业新增和更新的公务用车、执法执勤用车、公务租赁用车"
    flat = curve("FJ-F04 公交车", "达标", "good", [1000] * 53, target=1000, target_label="≥ 100 %")
    zero = curve("FJ-F12 环卫车", "未达标", "bad", [0] * 53, target=0, target_label="> 0")
    return CurvePicture(
        title=long,
        curves=(
            replace(flat, forecast=(1000, 1000, 1000), end_label="100.00 %"),
            replace(zero, forecast=(0, 0, 0), end_label="0.00 %"),
            curve(long, long, "unsure", [500], end_label="12,345,678 至 12,345,699 标准车"),
            curve("空", "", "quiet", [], forecast=(0, 500, 1000), end_label=""),
            curve(
                "UnbreakableEnglishWordThatIsFarTooLongForAnyPanelOfAnyPicture",
                "x",
                "warn",
                [0, 1000, 0, 1000],
                unsure=400,
                target=990,
                y_labels=((0, "0"), (1000, "100,000,000")),
                end_label="1,000",
            ),
        ),
        legend=(long, long, long, long),
        alt=long,
    )


def extreme_bullets() -> BulletPicture:
    """Bars of nothing, of everything, and words that are too long for their place."""
    t = Teller("zh")
    long = "党政机关、事业单位、国有企业新增和更新的公务用车、执法执勤用车、公务租赁用车"
    return BulletPicture(
        title=long * 2,
        bullets=(
            Bullet("FJ-F04", t.verdict("met"), "100.00 %", "≥ 100 %", 1000, 1000, 1000),
            Bullet("FJ-F05", t.verdict("not_met"), "0.00 %", "> 0 %", 0, 0, 0),
            Bullet("FJ-F06", t.verdict("undetermined"), "0.00 %", "≥ 100 %", 0, 1000, 500),
            Bullet(
                long,
                t.verdict("not_computable"),
                "12,345,678 至 12,345,699 标准车",
                "≥ 12,345,678,901 标准车",
                1,
                2,
                999,
            ),
            Bullet("", t.verdict("trend"), "", "", 500, 500, None),
        ),
        alt=long,
    )
