"""Rules that change: what they turn is shown, and waits for a name where a verdict turns."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from attribution.weeks import FUZHOU, MONDAY, NEXT_MONDAY, NOW, Weeks, car, cars, changed_rules

from monitor.assess.assess import assess
from monitor.cli.rehearse import rehearse as command
from monitor.cli.session import make_session
from monitor.corridor.judge import hold
from monitor.corridor.rule_change import accept, rehearse, settle_rules
from monitor.errors import WrongUse
from monitor.policy.policy import Policy, load_policy
from monitor.store.opening import open_store
from monitor.store.rulesets import accept_ruleset, accepted_ruleset, note_ruleset

OFFICIAL = "checks/mandates/FJ-F01.yml"
# 12 of 20 official cars are new-energy: by a floor of 0.6 they are on track.
LOWER = (
    '{period: 2023, op: ">=", value: "1"}',
    '{period: 2023, op: ">=", value: "0.6"}',
)
Rules = Callable[..., Policy]


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """The project's rules with changes to one file; each call goes on from the one before."""

    def changed(name: str, *changes: tuple[str, str]) -> Policy:
        return load_policy(changed_rules(tmp_path / "config", name, *changes))

    return changed


def settle(weeks: Weeks, policy: Policy, as_of: date = MONDAY, at: datetime = NOW) -> str | None:
    said = settle_rules(weeks.store, policy, as_of=as_of, at=at)
    return said.zh if said else None


def present(weeks: Weeks) -> tuple[str, str, str | None]:
    last = accepted_ruleset(weeks.store)
    assert last is not None
    return last.ruleset, last.accepted_by, last.note


def test_the_first_rules_are_accepted_by_themselves(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    assert rehearse(weeks.store, weeks.policy, MONDAY).state == "first"
    assert settle(weeks, weeks.policy) is None
    ruleset, by, _ = present(weeks)
    assert (ruleset, by) == (weeks.policy.ruleset, "fleetmon")
    assert (weeks.store.home.rulesets / ruleset / OFFICIAL).is_file()
    again = rehearse(weeks.store, weeks.policy, MONDAY)
    assert (again.state, again.is_present, again.rows) == ("accepted", True, ())


def test_a_flip_waits_for_a_name(weeks: Weeks, rules: Rules) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    lower = rules(OFFICIAL, LOWER)
    said = settle(weeks, lower)
    assert said
    assert f"rehearse --as-of {MONDAY}" in said
    assert "2 行结论翻转" in said
    assert settle(weeks, lower) == said
    assert present(weeks)[0] == weeks.policy.ruleset

    rehearsed = rehearse(weeks.store, lower, MONDAY)
    assert rehearsed.state == "held"
    assert {row.key[1] for row in rehearsed.turned("flip")} == {FUZHOU, "350000"}
    (flip,) = [row for row in rehearsed.turned("flip") if row.key[1] == FUZHOU]
    assert flip.before is not None
    assert flip.after is not None
    assert (flip.before.status, flip.after.status) == ("out_of_reach", "on_track")
    (change,) = rehearsed.changes
    assert (change.file, change.change, change.mandate) == (OFFICIAL, "changed", "FJ-F01")
    (field,) = change.fields
    assert field.field == "targets"
    assert field.before == "2022 >= 1, 2023 >= 1, 2024 >= 1, 2025 >= 1"
    assert field.after == "2022 >= 1, 2023 >= 0.6, 2024 >= 1, 2025 >= 1"

    accept(weeks.store, lower, at=NOW, by="陈晓梅", note="省里来函")
    assert present(weeks) == (lower.ruleset, "陈晓梅", "省里来函")
    assert settle(weeks, lower) is None


def test_what_flips_nothing_goes_on_by_itself(weeks: Weeks, rules: Rules) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    same = rules(OFFICIAL, ("section: 三（二）1", "section: 三（二）第1条"))
    rehearsed = rehearse(weeks.store, same, MONDAY)
    assert rehearsed.state == "accepted"
    assert not rehearsed.is_present
    assert not rehearsed.turned("flip", "vanished", "appeared", "figures")
    assert [one.field for change in rehearsed.changes for one in change.fields] == ["section"]
    assert settle(weeks, same) is None
    ruleset, by, note = present(weeks)
    assert (ruleset, by) == (same.ruleset, "fleetmon")
    assert "没有结论翻转" in str(note)


def test_a_figure_that_moves_without_its_verdict_is_told_and_does_not_wait(
    weeks: Weeks, rules: Rules
) -> None:
    weeks.send([*cars(1, 12, 7), car(20, "汽油", 豁免情形="处置突发事件应急用车")])
    settle(weeks, weeks.policy)
    read = rules(
        OFFICIAL, ("exemptions: [in_kind_post, emergency, ", "exemptions: [in_kind_post, ")
    )
    rehearsed = rehearse(weeks.store, read, MONDAY)
    assert FUZHOU in {row.key[1] for row in rehearsed.turned("figures")}
    assert rehearsed.state == "accepted"
    assert settle(weeks, read) is None


def test_a_row_that_vanishes_waits_and_one_that_appears_does_not(
    weeks: Weeks, rules: Rules
) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    source = (Path(__file__).parents[2] / OFFICIAL).read_text("utf-8")
    rules(OFFICIAL)
    more_file = "checks/mandates/FJ-X01.yml"
    place = next(weeks.folder.glob("config")) / more_file
    place.write_text(source.replace("id: FJ-F01", "id: FJ-X01"), "utf-8")
    more = load_policy(weeks.folder / "config")
    rehearsed = rehearse(weeks.store, more, MONDAY)
    assert {row.key[0] for row in rehearsed.turned("appeared")} == {"FJ-X01"}
    assert [(c.file, c.change, c.mandate) for c in rehearsed.changes] == [
        (more_file, "added", "FJ-X01")
    ]
    assert settle(weeks, more) is None
    place.unlink()
    less = load_policy(weeks.folder / "config")
    rehearsed = rehearse(weeks.store, less, MONDAY)
    assert {row.key[0] for row in rehearsed.turned("vanished")} == {"FJ-X01"}
    assert not rehearsed.turned("flip")
    assert settle(weeks, less) is not None


def test_a_flip_on_the_day_judged_waits_though_today_shows_none(weeks: Weeks, rules: Rules) -> None:
    """12 of 60 by the Monday; what comes later brings the share below both floors."""
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(101, 0, 40, 初次登记日期="2023-06-08"))
    weeks.next_week()
    weeks.send([car(n, "汽油", 初次登记日期="2023-06-14") for n in range(201, 260)])
    settle(weeks, weeks.policy)
    lower = rules(OFFICIAL, (LOWER[0], '{period: 2023, op: ">=", value: "0.2"}'))
    assert rehearse(weeks.store, lower, NOW.date()).state == "accepted"
    assert rehearse(weeks.store, lower, MONDAY).state == "held"
    assert settle(weeks, lower, MONDAY) is not None
    assert present(weeks)[0] == weeks.policy.ruleset


def test_a_flip_today_waits_though_the_day_judged_shows_none(weeks: Weeks, rules: Rules) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    lower = rules(OFFICIAL, LOWER)
    assert rehearse(weeks.store, lower, date(2022, 6, 1)).state == "accepted"
    assert settle(weeks, lower, date(2022, 6, 1)) is not None


def test_going_back_waits_again_and_keeps_the_earlier_word(weeks: Weeks, rules: Rules) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    lower = rules(OFFICIAL, LOWER)
    accept(weeks.store, lower, at=NOW, by="陈晓梅")
    assert settle(weeks, weeks.policy) is not None
    accept(weeks.store, weeks.policy, at=NOW - timedelta(days=3), by="林国平", note="撤回")
    ruleset, by, note = present(weeks)
    assert (ruleset, by) == (weeks.policy.ruleset, "林国平")
    assert str(note).startswith("撤回 (")
    assert "fleetmon" in str(note)
    assert settle(weeks, weeks.policy) is None


def test_without_the_old_files_the_latest_bulletins_are_compared_with(
    weeks: Weeks, rules: Rules
) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    run = weeks.keep(MONDAY)
    weeks.store.add_bulletin(
        run,
        division="350000",
        as_of=MONDAY,
        issue_number=1,
        language="zh",
        name="350000.eml",
        digest="0" * 64,
    )
    shutil.rmtree(weeks.store.home.rulesets / weeks.policy.ruleset)
    same = rules(OFFICIAL, ("section: 三（二）1", "section: 三（二）第1条"))
    rehearsed = rehearse(weeks.store, same, NEXT_MONDAY)
    assert rehearsed.note is not None
    assert weeks.policy.ruleset in rehearsed.note.zh
    assert (rehearsed.state, rehearsed.changes) == ("accepted", ())
    assert {row.turn for row in rehearsed.rows} == {"none"}
    rehearsed = rehearse(weeks.store, rules(OFFICIAL, LOWER), NEXT_MONDAY)
    assert rehearsed.state == "held"
    assert {row.key[:2] for row in rehearsed.turned("flip")} == {
        ("FJ-F01", FUZHOU),
        ("FJ-F01", "350000"),
    }


def test_a_rehearsal_leaves_what_is_held_as_it_was(weeks: Weeks, rules: Rules) -> None:
    weeks.send(cars(1, 12, 8))
    settle(weeks, weeks.policy)
    early = hold(weeks.store, date(2023, 2, 20), None)
    before = assess(weeks.policy, early)
    rehearse(weeks.store, rules(OFFICIAL, LOWER), NEXT_MONDAY)
    assert assess(weeks.policy, early) == before


def test_the_moment_a_ruleset_was_first_seen_stays(weeks: Weeks) -> None:
    note_ruleset(weeks.store, "0123456789abcdef", NOW)
    assert accepted_ruleset(weeks.store) is None
    accept_ruleset(
        weeks.store, "0123456789abcdef", at=NOW + timedelta(days=1), by="陈晓梅", note=""
    )
    seen, at = weeks.store.rows("SELECT seen_at, accepted_at FROM ruleset")[0]
    assert at - seen == timedelta(days=1)
    assert present(weeks) == ("0123456789abcdef", "陈晓梅", None)


# --- the command -------------------------------------------------------------------------------


def run_command(home: Path, config: Path | None, *words: str, language: str = "zh") -> None:
    session = make_session(home, config, language, debug=False)
    command.main(list(words), obj=session, standalone_mode=False)


def test_the_command_shows_and_accepts(
    tmp_path: Path, policy: Policy, rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    home, config = tmp_path / "home", tmp_path / "config"
    run_command(home, None, "--as-of", "2023-06-12")
    assert "尚无已采用的规则集" in capsys.readouterr().out
    assert not home.exists()

    session = make_session(home, None, "zh", debug=False)
    with open_store(session.home, write=True, waiting=lambda _words: None) as store:
        weeks = Weeks(store, policy, tmp_path)
        weeks.send(cars(1, 12, 8))
        settle(weeks, policy)
    run_command(home, None, "--as-of", "2023-06-12", language="en")
    assert "Nothing to accept" in capsys.readouterr().out

    lower = rules(OFFICIAL, LOWER)
    run_command(home, config, "--as-of", "2023-06-12", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["as_of"] == "2023-06-12"
    assert (told["ruleset"], told["accepted_ruleset"]) == (lower.ruleset, policy.ruleset)
    assert told["state"] == "held"
    assert [change["file"] for change in told["rule_changes"]] == [OFFICIAL]
    flips = [row for row in told["rehearsals"] if row["change"] == "flip"]
    assert {(row["mandate"], row["division"], row["period"]) for row in flips} == {
        ("FJ-F01", FUZHOU, "2023"),
        ("FJ-F01", "350000", "2023"),
    }
    assert (flips[0]["before"]["status"], flips[0]["after"]["status"]) == (
        "out_of_reach",
        "on_track",
    )
    assert len(told["rehearsals"]) > len(flips)

    run_command(home, config, "--as-of", "2023-06-12")
    shown = capsys.readouterr().out
    for words in ("福建省", "福州市", "结论翻转", "已无法达标 12/20", "进度达标 12/20", "targets"):
        assert words in shown
    assert "FJ-F02" not in shown
    run_command(home, config, "--as-of", "2023-06-12", "--all", language="en")
    shown = capsys.readouterr().out
    assert "FJ-F02" in shown
    assert "2 rows flipped, 0 vanished" in shown

    run_command(home, config, "--as-of", "2023-06-12", "--accept", "--by", "陈晓梅")
    assert f"已采用：陈晓梅，{lower.ruleset}" in capsys.readouterr().out
    run_command(home, config, "--accept", "--by", "林国平")
    assert "已由 陈晓梅" in capsys.readouterr().out
    assert (home / "rulesets" / lower.ruleset / OFFICIAL).is_file()


@pytest.mark.parametrize("words", [("--accept",), ("--accept", "--by", " "), ("--by", "陈晓梅")])
def test_an_acceptance_has_a_name(words: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        run_command(tmp_path / "home", None, *words)
    assert not (tmp_path / "home").exists()
