"""The recorded readings: what the texts leave open, read strictly, in step with the mandates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from monitor.errors import PolicyError, WrongUse
from monitor.policy.mandates import Recorded
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root
from monitor.policy.reading_fit import fit_readings
from monitor.policy.readings import load_readings
from monitor.policy.rereading import chosen_readings, read_otherwise

FOLDER = project_root() / "data/readings"
# What the issue names: 等, 中心城区, 更换, the first quarter of 2022, 公交 in villages, cumulative
# from when, rounding.
NAMED = {
    *("exemption_list", "public_service_list", "official_owners", "urban_core", "replacement"),
    *("q1_2022", "village_bus", "cumulative_start", "rounding"),
}

_QUOTES = str.maketrans("", "", "“”‘’")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


def test_the_choices_that_the_texts_leave_open_are_there(policy: Policy) -> None:
    assert policy.readings.keys() >= NAMED
    assert set(policy.readings) == {path.stem for path in FOLDER.glob("*.yml")}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yml")))
def test_a_record_is_whole(policy: Policy, name: str) -> None:
    one = policy.readings[name]
    assert (one.by, one.on) == ("fleetmon 项目组", date(2026, 11, 21))
    why = [option.not_computable for option in one.options if option.not_computable]
    for text in (one.question, one.reason, *(option.words for option in one.options), *why):
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
        assert text.zh != text.en
        assert not set(text.zh) & {"!", "！", "\t"}
    assert one.clauses(policy.mandates)
    # The mandates are named, but for those of a measure, where none may be forgotten.
    assert one.says or all(option.joins or option.not_computable for option in one.others)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yml")))
def test_a_question_quotes_what_the_documents_say(policy: Policy, name: str) -> None:
    words = [one.words.translate(_QUOTES) for one in policy.mandates.values()]
    quotes = re.findall("“([^”]*)”", policy.readings[name].question.zh)
    parts = [part.strip("，") for quoted in quotes for part in quoted.translate(_QUOTES).split("…")]
    for part in parts:
        # A word or two may be ours: what a register says, or what a sentence lacks.
        assert len(part) < 5 or any(part in said for said in words), part


def test_what_is_taken_is_what_the_mandates_say(policy: Policy) -> None:
    assert not [one.id for one in policy.readings.values() if one.aside]
    taken = {name: one.taken for name, one in policy.readings.items()}
    same = read_otherwise(policy, taken)
    assert (same.mandates, same.divisions, same.reread) == (
        policy.mandates,
        policy.divisions,
        frozenset(),
    )


def test_every_place_that_an_option_names_is_there(policy: Policy) -> None:
    """A config folder may have other divisions: it is here that a wrong code is seen."""
    table = policy.divisions
    for one in policy.readings.values():
        for option in one.options:
            joined = [code for codes in option.joins.values() for code in codes]
            assert {*option.joins, *joined} <= table.divisions.keys()
            for change in option.changes:
                districts = (change.fields.get("counting") or {}).get("districts") or ()
                assert set(districts) <= table.county_of.keys()
                assert not set(districts) & table.divisions.keys()


def test_a_place_that_a_config_folder_has_not_stops_nothing(tmp_path: Path) -> None:
    place = tmp_path / "data/divisions/fujian.yml"
    place.parent.mkdir(parents=True)
    place.write_text(
        'code: "350000"\nname: {zh: 福建省, en: Fujian}\nsource: 试用\n'
        'divisions:\n  - {code: "350100", name: {zh: 福州市, en: Fuzhou}}\n',
        "utf-8",
    )
    small = load_policy(tmp_path)
    joined = read_otherwise(small, {"pingtan": "within_fuzhou"})
    assert joined.divisions.members("350100") == ("350100", "350128")
    assert read_otherwise(small, {"urban_core": "city_districts"}).reread == {"FJ-F09", "FJ-F12"}


def test_every_other_option_is_another_policy(policy: Policy) -> None:
    for one in policy.readings.values():
        for option in one.others:
            other = read_otherwise(policy, {one.id: option.word})
            changed = {name for name, m in other.mandates.items() if m != policy.mandates[name]}
            fleet = set(one.clauses(policy.mandates)) & policy.mandates.keys()
            if option.joins:
                assert other.divisions.members("350100") == ("350100", "350128")
                assert policy.divisions.members("350100") == ("350100",)
                assert not changed
                assert fleet <= other.reread
            else:
                assert changed
                assert changed == other.reread
                assert changed <= fleet
            assert other.ruleset == policy.ruleset


def test_a_mandate_shows_every_reading_that_it_is_concerned_by(policy: Policy) -> None:
    for one in policy.readings.values():
        for clause in one.clauses(policy.mandates):
            told = [r for r in policy.mandates[clause].readings if isinstance(r, Recorded)]
            (mine,) = [r for r in told if r.recorded == one.id]
            assert (mine.what, mine.by, mine.on) == (one.taken_option.words, one.by, one.on)


def test_a_mandate_that_says_otherwise_has_the_reading_put_aside(tmp_path: Path) -> None:
    own = tmp_path / "checks/mandates"
    own.mkdir(parents=True)
    said = (project_root() / "checks/mandates/FJ-F09.yml").read_text("utf-8")
    (own / "FJ-F09.yml").write_text(said.replace("\nareas: [urban_core]", ""), "utf-8")
    other = load_policy(tmp_path)
    core = other.readings["urban_core"]
    assert core.aside == {"FJ-F09"}
    assert core.clauses(other.mandates) == ("FJ-F12",)
    assert "中心城区" not in "".join(r.what.zh for r in other.mandates["FJ-F09"].readings)
    assert read_otherwise(other, {"urban_core": "everywhere"}).reread == {"FJ-F12"}


WRONG = [
    ("urban_core", "id: urban_core", "id: city_core", "id must be urban_core"),
    ("urban_core", "word: everywhere", "word: Every Where", "a word such as"),
    ("urban_core", "word: everywhere", "word: marked_area", "names two options"),
    ("urban_core", "taken: marked_area", "taken: downtown", "no option is called downtown"),
    ("urban_core", "taken: marked_area", "taken: everywhere", "changes nothing, any other has"),
    ("urban_core", "of: [FJ-F09, FJ-F12]", "of: [FJ-F99]", "no such mandate: FJ-F99"),
    ("urban_core", "fields: {areas: null}", "fields: {strength: aim}", "no reading changes"),
    ("urban_core", "fields: {areas: null}", "fields: {areas: [downtown]}", "downtown"),
    ("urban_core", "fields: {areas: null}", "fields: {areas: [urban_core]}", "changes nothing"),
    ("urban_core", "fields: {areas: null}", "fields: {}", "fields"),
    ("urban_core", "counting: {districts: null}", "counting: {district: null}", "district"),
    ("urban_core", "reason:\n", "reasons:\n", "reason"),
    ("urban_core", "taken: marked_area", "aside: [FJ-F09]\ntaken: marked_area", "no file says"),
    ("urban_core", "on: 2026-11-21", "on: 2026-11-21\non: 2026-11-22", "stands twice"),
    ("urban_core", "question:\n", "colour: red\nquestion:\n", "colour"),
    ("rounding", "rounding: percent", "rounding: dozen", "rounding"),
    ("rounding", "says:\n  - measures", "says:\n  - of: [JX-F01]\n    measures", "either of or"),
    ("rounding", "measures: [share_new_replaced", "measures: [share_of_joy", "measures"),
    ("replacement", "reasons: [added", "reasons: [borrowed", "borrowed"),
    ("village_bus", "areas_out: [rural]", "areas_out: [moon]", "moon"),
    ("exemption_list", "concerns: [FJ-F01]", "concerns: [FJ-F98]", "no such clause: FJ-F98"),
    ("pingtan", "joins:", "changes: []\n    colour: red\n    joins:", "colour"),
]


@pytest.mark.parametrize(("name", "old", "new", "word"), WRONG)
def test_a_faulty_record_is_refused(
    policy: Policy, tmp_path: Path, name: str, old: str, new: str, word: str
) -> None:
    good = (FOLDER / f"{name}.yml").read_text("utf-8")
    assert old in good
    place = tmp_path / "data/readings" / f"{name}.yml"
    place.parent.mkdir(parents=True)
    place.write_text(good.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError) as refused:
        fit_readings(
            [place],
            load_readings([place]),
            mandates=policy.mandates,
            clauses=policy.clauses,
            codes=policy.codes,
            divisions=policy.divisions,
        )
    told = refused.value.text.en
    assert re.match(rf"data/readings/{name}\.yml line \d+: ", told)
    assert word in told


def test_a_fault_stops_the_start_and_its_line_is_named(tmp_path: Path) -> None:
    good = (FOLDER / "urban_core.yml").read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(good) if "fields: {areas: null}" in line)
    place = tmp_path / "data/readings/urban_core.yml"
    place.parent.mkdir(parents=True)
    good[at] = good[at].replace("null", "[downtown]")
    place.write_text("\n".join(good), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(tmp_path)
    assert f"第 {at + 1} 行" in refused.value.text.zh
    assert f"line {at + 1}" in refused.value.text.en


def test_no_mandate_counts_otherwise_in_its_own_file(tmp_path: Path) -> None:
    place = tmp_path / "checks/mandates/JX-F01.yml"
    place.parent.mkdir(parents=True)
    good = (project_root() / "checks/mandates/JX-F01.yml").read_text("utf-8")
    place.write_text(good + "counting: {rounding: percent}\n", "utf-8")
    with pytest.raises(PolicyError, match=r"JX-F01\.yml"):
        load_policy(tmp_path)


def test_the_ruleset_changes_with_a_reading(tmp_path: Path) -> None:
    place = tmp_path / "data/readings/rounding.yml"
    place.parent.mkdir(parents=True)
    place.write_text((FOLDER / "rounding.yml").read_text("utf-8") + "# again\n", "utf-8")
    assert load_policy(tmp_path).ruleset != load_policy().ruleset


def test_the_first_year_is_cut_on_the_day_of_issue(policy: Policy) -> None:
    for name, paper in (
        ("q1_2022", "FJ-F01"),
        ("early_2018", "JX-F01"),
        ("nanjing_start", "NJ-F01"),
    ):
        other = read_otherwise(policy, {name: "from_issue"}).mandates[paper]
        assert not isinstance(other.document, str)
        assert other.counting.first_day == other.document.issued_on


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["weather=fine"], "urban_core"),
        (["rounding"], "nearest_percent"),
        (["rounding=up"], "nearest_percent"),
        (["rounding=exact", "rounding=nearest_tenth"], "twice"),
    ],
)
def test_a_wrong_word_is_told_what_there_is(policy: Policy, words: list[str], said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        chosen_readings(policy, words)


def test_two_readings_are_taken_together_or_refused(policy: Policy) -> None:
    both = chosen_readings(policy, ["rounding=nearest_percent", "yearly_ratio=since_2018"])
    other = read_otherwise(policy, both)
    assert other.mandates["JX-F01"].counting.rounding == "percent"
    assert other.mandates["JX-F01"].counting.over == "life"
    assert other.mandates["FJ-F04"].counting.over == "year"
    clash = replace(
        policy, readings=policy.readings | {"again": policy.readings["public_service_list"]}
    )
    with pytest.raises(WrongUse, match="apart"):
        read_otherwise(clash, {"public_service_list": "with_taxis", "again": "all_public_services"})
