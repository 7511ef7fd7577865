"""Rules of security that can be read off the tree: what may not be written anywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.bulletins.render import environment
from monitor.policy.project import Project

ROOT = Path(__file__).resolve().parents[2]
MONITOR = ROOT / "monitor"
# What would carry out, open or believe what a stranger wrote.
FORBIDDEN = {
    *("eval", "exec", "compile", "__import__", "input", "breakpoint"),
    *("os.system", "os.popen", "os.execv", "os.spawnv", "os.fork", "os.chmod"),
    *("pickle.load", "pickle.loads", "marshal.loads", "shelve.open", "tempfile.mktemp"),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load", "random.random", "random.choice"),
    *("hashlib.md5", "hashlib.sha1", "ssl._create_unverified_context", "from_string", "Markup"),
    *("zipfile.extractall", "shutil.unpack_archive", "subprocess.getoutput"),
}
# Which module may, and why.
MAY = {
    ("monitor/extracts/sheet.py", "subprocess.run"): "the confined child, from a list of words",
}


def modules() -> list[Path]:
    return sorted(MONITOR.rglob("*.py"))


def calls(module: Path) -> Iterator[tuple[int, str, ast.Call]]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), node


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in modules()}), ids=lambda p: p.name
)
def test_nothing_that_a_stranger_wrote_is_carried_out(folder: Path) -> None:
    wrong = []
    for module in folder.glob("*.py"):
        name = module.relative_to(ROOT).as_posix()
        for line, called, node in calls(module):
            last = called.rpartition(".")[2]
            if called in FORBIDDEN or last in {"from_string", "Markup", "extractall"}:
                wrong.append(f"{name}:{line} {called}")
            if called.startswith("subprocess.") and (name, called) not in MAY:
                wrong.append(f"{name}:{line} {called}")
            for given in node.keywords:
                said = given.value.value if isinstance(given.value, ast.Constant) else None
                if given.arg == "shell" and said:
                    wrong.append(f"{name}:{line} shell")
                if given.arg in {"verify", "autoescape", "check_hostname"} and said is False:
                    wrong.append(f"{name}:{line} {given.arg}")
    assert wrong == []


def test_no_template_takes_words_for_markup() -> None:
    """`safe` and `autoescape false` only where the markup is our own, each named here."""
    ours = {
        path.relative_to(ROOT).as_posix(): len(
            re.findall(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
        )
        for path in (ROOT / "templates").rglob("*.j2")
    }
    assert {name: count for name, count in ours.items() if count} == {}


def test_no_page_and_no_letter_loads_from_elsewhere() -> None:
    loaded = re.compile(
        r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//|@import|url\(\s*["']?https?:"""
    )
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".j2", ".css", ".js", ".svg"}:
            assert not loaded.search(path.read_text("utf-8")), path


def test_no_secret_is_tracked() -> None:
    """Neither a key nor a token nor a password of anybody, in whatever file."""
    looks = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bfm_[0-9a-f]{10}_[A-Za-z0-9_-]{43}\b")
    for folder in ("monitor", "data", "templates", "checks", "schedules", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "var" not in path.parts and path.suffix not in {".pyc", ".png"}:
                assert not looks.search(path.read_text("utf-8", "replace")), path
    settings = (ROOT / "docs/deploy/fleetmon.toml.example").read_text("utf-8")
    assert not re.search(
        r"^[^#\n]*(?:password|token|secret)\s*=\s*\"[^\"]+\"", settings, re.MULTILINE
    )


def test_no_yaml_reader_knows_tags_of_programs() -> None:
    readers = {
        called
        for module in (MONITOR / "policy").rglob("*.py")
        for _, called, _ in calls(module)
        if called.startswith("yaml.")
    }
    assert readers <= {"yaml.compose", "yaml.safe_load"}  # the room that has the library


def test_only_plain_text_is_not_escaped() -> None:
    """A template of a name that nobody thought of, or of none, is markup."""
    escapes = environment(Project(None), "zh").autoescape
    assert callable(escapes)
    named = {None, "a", "a.j2", "a.css.j2", "a.html.j2", "a.xml", "a.txt.html.j2"}
    assert {name for name in named if escapes(name)} == named
    assert escapes("bulletin/bulletin.txt.j2") is False
