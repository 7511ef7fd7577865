"""A ruleset kept is a ruleset that can be judged by again."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.policy.archive import keep_ruleset, load_kept
from monitor.policy.comparing import changes_between
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root

MALAYSIA = project_root() / "data" / "examples" / "malaysia"


def picture(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("config", [None, MALAYSIA], ids=["project", "overlaid"])
def test_what_is_kept_is_loaded_alike(config: Path | None, tmp_path: Path) -> None:
    policy = load_policy(config)
    kept = keep_ruleset(tmp_path / "rulesets", policy)
    loaded = load_kept(tmp_path / "rulesets", policy.ruleset)
    assert loaded is not None
    assert (loaded.ruleset, loaded.mandates) == (policy.ruleset, policy.mandates)
    assert changes_between(loaded, policy) == ()
    assert {path.name for path in loaded.files} == {path.name for path in policy.files}
    assert all(path.is_relative_to(kept) for path in loaded.files)


def test_keeping_twice_changes_nothing_and_leaves_nothing_behind(
    tmp_path: Path, policy: Policy
) -> None:
    folder = tmp_path / "rulesets"
    keep_ruleset(folder, policy)
    before = picture(folder)
    keep_ruleset(folder, policy)
    assert picture(folder) == before
    assert [path.name for path in folder.iterdir()] == [policy.ruleset]
    assert not [path for path in folder.rglob("*.yml") if path.stat().st_mode & 0o222]


def test_half_a_ruleset_is_never_there(
    tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.policy.archive.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_ruleset(tmp_path / "rulesets", policy)
    assert not list((tmp_path / "rulesets").iterdir())


@pytest.mark.parametrize("damage", ["edited", "gone", "broken"])
def test_a_damaged_ruleset_is_not_used(damage: str, tmp_path: Path, policy: Policy) -> None:
    folder = tmp_path / "rulesets"
    file = keep_ruleset(folder, policy) / "checks" / "mandates" / "JX-F01.yml"
    file.chmod(0o644)
    if damage == "edited":
        file.write_text(file.read_text("utf-8") + "# later\n", "utf-8")
    elif damage == "gone":
        file.unlink()
    else:
        file.write_text("id: [", "utf-8")
    assert load_kept(folder, policy.ruleset) is None
    assert load_kept(folder, "0123456789abcdef") is None
    assert load_kept(folder, "") is None
