"""`fleetmon handbook` as it is typed: what it writes, where, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.bulletins.handbook import setting
from monitor.cli.main import cli
from monitor.policy import policy as policies
from monitor.policy.project import Project

from .conftest import facts

NAMES = [f"handbook.{language}.{form}" for language in ("zh", "en") for form in ("html", "pdf")]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without loading what is loaded, and without paper, which other tests look at."""
    monkeypatch.setattr(policies, "load_policy", lambda _config: facts().policy)
    monkeypatch.setattr(
        setting, "set_paper", lambda view, _project, _language: b"%PDF " + view.title.encode()
    )


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *words])


def test_it_writes_both_languages_in_both_forms(tmp_path: Path) -> None:
    ran = run(tmp_path, "--language", "en", "handbook")
    assert ran.exit_code == 0, ran.output
    folder = tmp_path / "handbook"
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert ran.stdout.split() == [str(folder / name) for name in NAMES]
    assert "JX-F01" in (folder / "handbook.zh.html").read_text("utf-8")
    assert (folder / "handbook.en.pdf").read_bytes().endswith(b"fleet monitor")


def test_one_division_and_another_folder(tmp_path: Path) -> None:
    out = tmp_path / "to" / "read"
    ran = run(tmp_path / "home", "handbook", "--out", str(out), "--division", "360100", "--json")
    told = json.loads(ran.stdout)
    assert (told["division"], told["ruleset"]) == ("360100", facts().policy.ruleset)
    assert [one["path"] for one in told["handbooks"]] == [
        str(out / name.replace("handbook.", "handbook.360100.")) for name in NAMES
    ]
    page = (out / "handbook.360100.zh.html").read_text("utf-8")
    assert "JX-F01" in page
    assert "FJ-F01" not in page
    assert not (tmp_path / "home").exists()


def test_wrong_use_is_told(tmp_path: Path) -> None:
    unknown = run(tmp_path, "handbook", "--division", "999999")
    assert unknown.exit_code == 2
    assert "999999" in unknown.stderr
    (tmp_path / "file").write_bytes(b"")
    blocked = run(tmp_path, "handbook", "--out", str(tmp_path / "file"))
    assert blocked.exit_code == 2
    assert "无法建立文件夹" in blocked.stderr


def test_a_config_folder_has_a_handbook_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(setting, "set_paper", lambda *_given: b"%PDF")
    malaysia = Project().roots[-1] / "data" / "examples" / "malaysia"
    ran = run(tmp_path, "--config", str(malaysia), "handbook")
    assert ran.exit_code == 0, ran.output
    assert "MY-X01" in (tmp_path / "handbook" / "handbook.en.html").read_text("utf-8")
