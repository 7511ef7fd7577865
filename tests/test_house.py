"""The house rules, proved on the tree itself: rooms, libraries, words, pins, start-up."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
MONITOR = ROOT / "monitor"

# A room imports only from the rooms above it; `__main__` is the door in front of them all.
ROOMS = [
    *("__init__", "model", "errors", "settings", "policy", "extracts", "store", "door"),
    *("checking", "assess", "bulletins", "delivery", "corridor", "service", "site", "cli"),
    "__main__",
]

# Where each library may be imported. One that is not listed has no room yet: give it one here.
LIBRARIES = {
    "anyio": {"site"},
    "apscheduler": {"service"},
    "argon2": {"door"},
    "authlib": {"site"},
    "babel": {"bulletins"},
    "click": {"cli"},
    "css_inline": {"bulletins"},
    "defusedxml": {"extracts"},
    "duckdb": {"store"},
    "flufl": {"delivery"},
    "great_expectations": {"checking"},
    "httpx": {"site"},
    "jinja2": {"bulletins", "site"},
    "joserfc": {"site"},
    "numpy": {"extracts", "store", "checking", "corridor"},
    "pandas": {"checking"},
    "pebble": {"site"},
    "prometheus_client": {"service"},
    "polars": {"extracts", "store", "checking", "assess", "corridor"},
    "pyarrow": {"store"},
    "pyspark": {"store"},
    "pydantic": {"settings", "policy", "site"},
    "pydantic_settings": {"settings"},
    "pylopdf_fonts_zh_cn": {"bulletins"},
    "python_calamine": {"extracts"},
    "rich": {"cli"},
    "python_multipart": {"site"},
    "starlette": {"site"},
    "structlog": {"service"},
    "typst": {"bulletins"},
    "uvicorn": {"site"},
    "xlsxwriter": {"bulletins"},
    "yaml": {"policy"},
    # of the standard library, the one that reaches the outside
    "smtplib": {"delivery"},
    # and the one that keeps a second database
    "sqlite3": {"door"},
}

# Who may ask what time it is or read the environment; elsewhere both are arguments.
TELLERS = {"settings", "service", "site", "cli"}
CLOCK_OR_ENVIRONMENT = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
    *("os.environ", "os.environb", "os.getenv"),
}
# Written, never read: the switch that Great Expectations looks for when it is imported.
SWITCHES = {"GX_ANALYTICS_ENABLED"}

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LONGEST_MODULE = 300  # lines: what one reads in one sitting


def modules() -> list[Path]:
    return sorted(MONITOR.rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(MONITOR).parts[0].removesuffix(".py")


@cache
def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"), filename=str(module))


def imported(module: Path) -> Iterator[str]:
    """Every dotted name that a module imports, at its head or inside a function."""
    package = module.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: -node.level] if node.level else ()
            source = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository, new ones that git would take included."""
    git = shutil.which("git")
    assert git, "these rules are about what git holds"
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name.decode() for name in listing.stdout.split(b"\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def texts(files: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    for path in files:
        content = path.read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8", "replace")


# --- rooms -------------------------------------------------------------------------------------


def test_every_room_has_its_place() -> None:
    assert {room_of(module) for module in modules()} <= set(ROOMS)


@pytest.mark.parametrize("module", modules(), ids=named)
def test_rooms_import_only_downwards(module: Path) -> None:
    own = room_of(module)
    others = {name.split(".")[1] for name in imported(module) if name.startswith("monitor.")}
    for other in others & set(ROOMS) - {own}:
        assert ROOMS.index(other) < ROOMS.index(own), f"{named(module)} may not import {other}"


@pytest.mark.parametrize("module", modules(), ids=named)
def test_a_library_stays_in_its_rooms(module: Path) -> None:
    known = sys.stdlib_module_names - LIBRARIES.keys() | {"monitor"}
    for library in {name.split(".")[0] for name in imported(module)} - known:
        assert library in LIBRARIES, f"{library} has no room yet (LIBRARIES in this file)"
        assert room_of(module) in LIBRARIES[library], f"{named(module)} may not import {library}"


def test_every_declared_library_is_used() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [re.split(r"[^\w.-]", name)[0] for name in declared["dependencies"]]
    extra = declared["optional-dependencies"]["spark"]
    wanted = [
        re.split(r"[^\w.-]", line)[0]
        for line in (ROOT / "requirements.in").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert set(wanted) == {*listed, "hatchling"}
    in_extra = (ROOT / "requirements-spark.in").read_text("utf-8")
    assert all(re.search(rf"^{name}\b", in_extra, re.MULTILINE) for name in extra)
    # Sail is a server: tests begin it, and nothing of ours imports it.
    listed += [name for name in extra if name != "pysail"]
    spelled = {
        "pyspark-client": "pyspark",
        "pyyaml": "yaml",
        "flufl.bounce": "flufl",
        "argon2-cffi": "argon2",
    }
    assert {spelled.get(name, name.replace("-", "_")) for name in listed} == {
        name for name in LIBRARIES if name not in sys.stdlib_module_names
    }


# --- modules -----------------------------------------------------------------------------------


@pytest.mark.parametrize("module", modules(), ids=named)
def test_a_module_is_read_in_one_sitting(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def test_names_say_what_is_inside() -> None:
    parts = {part.removesuffix(".py") for module in modules() for part in module.parts}
    assert not parts & VAGUE_NAMES


@pytest.mark.parametrize(
    "module", [module for module in modules() if room_of(module) not in TELLERS], ids=named
)
def test_clock_and_environment_are_arguments(module: Path) -> None:
    switched = {
        id(node.value)
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value in SWITCHES
    }
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute) and id(node) not in switched:
            spelled = ast.unparse(node)
            asked = [
                name
                for name in CLOCK_OR_ENVIRONMENT
                if spelled == name or spelled.endswith(f".{name}")
            ]
            assert not asked, f"{named(module)}:{node.lineno} reads {spelled}"
    fetched = {name for name in imported(module) if name in CLOCK_OR_ENVIRONMENT}
    assert not fetched, f"{named(module)} imports {fetched}"


# --- policy numbers ----------------------------------------------------------------------------

# Numbers that only look like a target: which module, which number, what it is there.
NO_TARGETS = {
    ("monitor/extracts/mixture.py", Decimal("0.5")): "most of a file's lines",
    ("monitor/extracts/sheet_parts.py", Decimal(100_000)): "marked cells remembered of a sheet",
}


@cache
def policy_numbers() -> frozenset[Decimal]:
    """Every target of every mandate, but for 1, which is also how one counts."""
    found = set()
    for path in (ROOT / "checks" / "mandates").glob("*.yml"):
        for target in yaml.safe_load(path.read_text("utf-8")).get("targets") or []:
            if target.get("value") is not None:
                found.add(Decimal(target["value"]))
    return frozenset(found - {Decimal(1)})


def test_there_are_policy_numbers_to_look_for() -> None:
    assert policy_numbers()


@pytest.mark.parametrize("module", modules(), ids=named)
def test_no_policy_number_stands_in_code(module: Path) -> None:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
            try:
                number = Decimal(str(node.value))
            except InvalidOperation:
                continue
            where = f"{named(module)}:{node.lineno}"
            meant = number in policy_numbers() and (named(module), number) not in NO_TARGETS
            assert not meant, f"{where}: {number} belongs in checks/mandates"


# --- words -------------------------------------------------------------------------------------

EMOJI = re.compile("[\U0001f000-\U0001faff☀-⛿✅✨❌❗️]")
EXCLAMATION = re.compile(r"！|(?<![#\w])[^\W\d_]+!(?=[\s\"'”’）)<]|$)", re.MULTILINE)


def spoken() -> Iterator[tuple[str, str]]:
    """What people read: templates, texts of the policy files, strings of the code, pages."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            yield named(path), path.read_text("utf-8")
    for folder in ("checks", "data", "schedules"):
        for path in sorted((ROOT / folder).rglob("*.yml")):
            yield named(path), path.read_text("utf-8")
    for path in sorted(ROOT.glob("*.md")):
        yield named(path), path.read_text("utf-8")
    for module in [*modules(), ROOT / "bootstrap.py"]:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{named(module)}:{node.lineno}", node.value


@pytest.mark.parametrize("mark", [EMOJI, EXCLAMATION], ids=["emoji", "exclamation"])
def test_words_are_plain(mark: re.Pattern[str]) -> None:
    shouted = [
        f"{where}: {found.group()!r}" for where, text in spoken() for found in mark.finditer(text)
    ]
    assert not shouted


@pytest.mark.parametrize(
    "path",
    [path for folder in ("checks", "data", "schedules") for path in (ROOT / folder).rglob("*.yml")],
    ids=named,
)
def test_every_yaml_file_loads(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))


# --- the tree as others get it -----------------------------------------------------------------

PLACES = re.compile(
    r"(?<![\w.~}])/(?:work|root|home|Users|opt)/\w"
    r"|https?://\S+/simple\b"
    r"|(?:index-url|find-links)[ =]+\S*[:/]"
)


def test_no_tracked_file_names_an_index_or_a_path_of_some_machine() -> None:
    named_places = [
        f"{named(path)}: {found.group()}"
        for path, text in texts(tracked())
        for found in PLACES.finditer(text)
    ]
    assert not named_places


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-test.txt",
        "requirements-spark.txt",
        "requirements-audit.txt",
    ],
)
def test_pins_carry_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9-]+==[^ ]+ ", line), line
        assert "--hash=sha256:" in line, line
    assert "://" not in text


def test_the_test_pins_are_the_runtime_pins_and_more() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text("utf-8")
        return set(re.findall(r"^[a-z0-9-]+==[^\\\n]+", text, re.MULTILINE))

    assert pins("requirements.txt") < pins("requirements-test.txt")


# --- the command line --------------------------------------------------------------------------


def test_the_readme_names_every_command() -> None:
    from monitor.cli.main import cli  # noqa: PLC0415  # other rules hold without the command line

    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in cli.commands if f"fleetmon {name}" not in readme]
    assert not missing


def test_continuous_integration_runs_what_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^python3 .*$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert command in readme


@pytest.mark.parametrize("words", [["--help"], ["mandates"], ["divisions"], ["submissions"]])
def test_a_command_that_checks_nothing_starts_quickly(words: list[str], tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from monitor.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *words, "--home", str(tmp_path / "home")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stderr
    loaded = set(json.loads(ran.stderr.splitlines()[-1]))
    assert not loaded & {"great_expectations", "pandas", "altair", "scipy"}
