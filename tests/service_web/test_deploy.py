"""What is laid beside the program for its operators: it must not grow stale."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel

from monitor import settings
from monitor.cli.main import cli
from monitor.model import SHANGHAI
from monitor.service import health
from monitor.service.health import ServiceState
from monitor.service.metrics import make_registry, metrics_text
from monitor.settings import Settings, load_settings
from monitor.site.openapi import OPENAPI

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
EXAMPLE = DEPLOY / "fleetmon.toml.example"
UNIT = (DEPLOY / "fleetmon.service").read_text("utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
# Where a process finds its home and config is said by options and the environment only.
ELSEWHERE = {"home", "config"}
COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)


def defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Names and defaults of a model, those of its parts below them."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            found[name] = defaults(part)
        elif name not in ELSEWHERE:
            found[name] = field.default
    return found


def given(held: dict[str, Any]) -> dict[str, Any]:
    """Those that have a default: a TOML file cannot say that there is none, and has lists only."""
    return {
        name: given(value)
        if isinstance(value, dict)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in held.items()
        if value is not None
    }


def names(held: dict[str, Any]) -> dict[str, Any]:
    return {k: names(v) if isinstance(v, dict) else None for k, v in held.items()}


def test_the_example_names_every_setting_with_its_default() -> None:
    text = EXAMPLE.read_text("utf-8")
    assert tomllib.loads(text) | {"retention": {}, "backup": {}} == given(defaults(Settings))
    assert names(tomllib.loads(COMMENTED.sub("", text))) == names(defaults(Settings))


def test_the_example_is_taken_as_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLEETMON_HOME", "FLEETMON_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    as_it_is, uncommented = tmp_path / "a", tmp_path / "b"
    for folder, text in (
        (as_it_is, EXAMPLE.read_text("utf-8")),
        (uncommented, COMMENTED.sub("", EXAMPLE.read_text("utf-8"))),
    ):
        folder.mkdir()
        (folder / settings.FILE_NAME).write_text(text, "utf-8")
    assert load_settings(as_it_is).model_dump() == Settings().model_dump()
    assert load_settings(uncommented).retention.backups_kept == 14


def test_every_line_of_the_example_speaks_both_languages() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    assert len("".join(re.findall(r"[\u4e00-\u9fff]", " ".join(lines)))) > 200
    assert not [line for line in lines if len(line) > 100]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    """The program's place is exchanged for one that is here; everything else is checked as is."""
    unit = tmp_path / "fleetmon.service"
    unit.write_text(
        re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT)
        .replace("User=fleetmon", "User=root")
        .replace("Group=fleetmon", "Group=root"),
        "utf-8",
    )
    ran = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    mine = [line for line in ran.stderr.splitlines() if "fleetmon.service" in line]
    assert not mine


def test_the_unit_stops_gently_and_holds_little() -> None:
    said = dict(
        line.split("=", 1) for line in UNIT.splitlines() if "=" in line and line[0] not in "#["
    )
    assert int(said["TimeoutStopSec"]) >= 10 * 30 + 60  # the answer to a letter, and the rest
    assert said["Restart"] == "on-failure"
    assert said["RestartPreventExitStatus"] == "2"
    assert said["ProtectSystem"] == "strict"
    assert said["NoNewPrivileges"] == "yes"
    assert said["CapabilityBoundingSet"] == ""
    assert said["ReadWritePaths"] in said["ExecStart"]
    assert said["User"] != "root"
    # monitor/extracts/confine.py enters both
    assert {"user", "net"} == set(said["RestrictNamespaces"].split())


def test_the_container_runs_as_nobody_in_particular() -> None:
    lines = [line for line in CONTAINER.splitlines() if line and not line.startswith("#")]
    images = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert set(images) == {"python:3.11-slim"}
    assert [line for line in lines if line.startswith("USER ")] == ["USER fleetmon"]
    assert "rm -rf data/var && python3 bootstrap.py install" in CONTAINER  # pins with hashes
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]
    assert all((ROOT / name).exists() for names in copied for name in names)
    assert {"monitor", "checks", "data", "templates", "schedules"} <= {
        name for names in copied for name in names
    }
    (probed,) = re.findall(r"127\.0\.0\.1:\d+(/\w+)", CONTAINER)
    assert probed in OPENAPI["paths"]
    for name in re.findall(r"FLEETMON_(\w+)=", CONTAINER):
        part: Any = Settings
        for step in name.lower().split("__"):
            part = part.model_fields[step].annotation


# --- the page for operators --------------------------------------------------------------------

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_the_page_names_no_command_or_option_that_is_not_there() -> None:
    named = re.findall(r"fleetmon(?: --(?:home|config) \S+)* ([a-z]+)((?: [^`\n]*)?)", PAGE)
    assert len(named) > 20
    for command, rest in named:
        if command not in cli.commands:
            assert command == "serve" or f"fleetmon {command}" in UNIT, command
            continue
        called, words = cli.commands[command], rest.split()
        while isinstance(called, click.Group) and words and words[0].isalpha():
            assert words[0] in called.commands, (command, rest)
            called = called.commands[words.pop(0)]
        options = {name for p in called.params for name in p.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, (command, rest)


def test_the_page_says_what_to_do_for_every_ill() -> None:
    source = Path(health.__file__).read_text("utf-8")
    codes = set(re.findall(r'Reason\("(\w+)"', source))
    assert len(codes) == 8
    for code in codes:
        assert PAGE.count(f"| `{code}` |") == 2


def test_the_settings_and_figures_of_the_page_are_there(tmp_path: Path) -> None:
    for part, name in re.findall(r"`(mail|service|backup)\.(\w+)", PAGE):
        assert name in Settings.model_fields[part].annotation.model_fields  # type: ignore[union-attr]
    now = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
    state = ServiceState(started_at=now, home=tmp_path)
    told = metrics_text(make_registry(state, Settings(), lambda: now)).decode()
    for figure in re.findall(r"`(fleetmon_\w+)", PAGE):
        assert f"# HELP {figure} " in told
    for path in re.findall(r"`(?:POST )?(/(?:healthz|readyz|metrics|api/\w+))`", PAGE):
        assert path in OPENAPI["paths"]
