"""Set fleetmon up in `.venv` beside this file and run it, with the standard library alone.

    python3 bootstrap.py demo            install, then `fleetmon demo`
    python3 bootstrap.py test            install what tests need too, then every check and test
    python3 bootstrap.py install         install only
    python3 bootstrap.py install-spark   install what `engine: spark` needs too
    python3 bootstrap.py test-spark      install that and what tests need, then the tests of it
    python3 bootstrap.py audit           install what audits need, then look for what is unsafe
    python3 bootstrap.py sbom            the same, then write dist/sbom.cdx.json (CycloneDX)
    python3 bootstrap.py check FILE      install if needed, then `fleetmon check FILE` (any command)

Needs Python 3.11 and some pip (22.3 or later), no root. Nothing outside `.venv` is changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
RUNTIME = ROOT / "requirements.txt"
TESTS = ROOT / "requirements-test.txt"  # holds every pin of requirements.txt and more
AUDIT = ROOT / "requirements-audit.txt"  # what looks at the rest, and never runs with it
SPARK = ROOT / "requirements-spark.txt"  # what the extra adds to either, with what that rests on
INSTALLED = VENV / "fleetmon-installed.txt"  # fingerprints of what was installed whole
_MOST_WORKERS = 4  # a gigabyte each

TOO_OLD = """\
需要 Python 3.11 或更高版本，当前是 {found}。
请用较新的解释器运行，例如 python3.11 bootstrap.py demo。
Python 3.11 or later is needed, this is {found}.
Run it with a newer one, for example python3.11 bootstrap.py demo."""

NO_PIP = """\
找不到可用的 pip（需要 22.3 或更高版本）。任选其一，然后重新运行：
  Debian、Ubuntu、统信、麒麟：请管理员安装软件包 python3-pip 或 python3-venv
  其他系统：使用自带 pip 的 Python 3.11（官方安装程序即带有）
No usable pip was found (22.3 or later is needed). Do one of these, then run this again:
  Debian, Ubuntu: ask the administrator for the package python3-pip or python3-venv
  elsewhere: use a Python 3.11 that brings its pip (the official installer's does)"""

NOT_INSTALLED = """\
依赖安装失败（原因见上）。常见原因：网络或软件源不可达（内网请在 pip 配置中指定本单位的软件源）、
磁盘已满。解决后重新运行同一命令即可，已下载的部分不会重来。
The dependencies were not installed (the reason stands above): often the package index cannot be
reached (on an intranet, name your own in pip's configuration) or the disk is full. Mend that and
run the same command again; what has been downloaded is kept."""


def main(words: list[str]) -> int:
    """Carry out one command line and return its exit code."""
    if sys.version_info < (3, 11):
        return _say(TOO_OLD.format(found=".".join(map(str, sys.version_info[:3]))), code=3)
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if words else 2
    command, *rest = words
    verbs: dict[str, Callable[[], int]] = {
        "test": lambda: install(TESTS) or run_tests(rest),
        "test-spark": lambda: install(TESTS) or install(SPARK) or run_spark_tests(rest),
        "audit": lambda: install(TESTS) or install(AUDIT) or run_audit(rest),
        "sbom": lambda: install(TESTS) or install(AUDIT) or write_sbom(),
        "install": lambda: install(RUNTIME),
        "install-spark": lambda: install(RUNTIME) or install(SPARK),
    }
    fleetmon: list[str | Path] = [SCRIPTS / "fleetmon", *words]
    return verbs[command]() if command in verbs else install(RUNTIME) or _run(fleetmon)


def install(requirements: Path) -> int:
    """Bring `.venv` to what `requirements` pins, at once where it is there already; 0 or 3."""
    wanted = _fingerprint(requirements)
    installed = INSTALLED.read_text("ascii").split() if INSTALLED.is_file() else []
    if wanted in installed:
        return 0
    if not _is_ours():
        _say("正在建立 .venv / making .venv")
        venv.EnvBuilder(with_pip=False, clear=True, symlinks=os.name != "nt").create(VENV)
        installed = []
    pip = _find_pip()
    if pip is None:
        return _say(NO_PIP, code=3)
    _say(f"正在安装 {requirements.name}，首次约需一两分钟 / installing, a minute or two at first")
    # --compile: the first command should not pay for compiling what a release never changes.
    put = [*pip, "install", "--quiet", "--disable-pip-version-check", "--compile"]
    if _run([*put, "--require-hashes", "--requirement", requirements]):
        return _say(NOT_INSTALLED, code=3)
    # Its dependencies and build backend are in place by now, so this step needs no network.
    if _run([*put, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT]):
        return _say(NOT_INSTALLED, code=3)
    _run([PYTHON, "-m", "compileall", "-q", ROOT / "monitor"])
    covered = {wanted, _fingerprint(RUNTIME)}
    INSTALLED.write_text("\n".join(sorted({*installed, *covered})) + "\n", "ascii")
    return 0


def run_tests(words: list[str]) -> int:
    """Run formatter, linter, type checker and tests (`words` go to pytest); 1 if any fails."""
    workers = min(_MOST_WORKERS, (os.cpu_count() or 1) + 1)
    checks: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "format", "--check"],
        [PYTHON, "-m", "ruff", "check"],
        [PYTHON, "-m", "mypy"],
        # A file's tests stay together: what they share is made once. One more than there are
        # cores, since some wait for processes of their own.
        [PYTHON, "-m", "pytest", "-n", str(workers), "--dist", "loadfile", *words],
    ]
    failed = [check[2] for check in checks if _run(check, folder=ROOT)]
    if failed:
        return _say(f"未通过 / failed: {', '.join(map(str, failed))}", code=1)
    return 0


def run_audit(words: list[str]) -> int:
    """Look for what is unsafe in code, pins and API (`words` go to the last); 1 if any is."""
    asking = ROOT / "tests" / "security"
    checks: list[list[str | Path]] = [
        [PYTHON, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", "monitor", "bootstrap.py"],
        [PYTHON, asking / "distributions.py"],
        [PYTHON, asking / "asking.py", *words],
    ]
    failed = [
        str(check[2] if check[1] == "-m" else check[1]) for check in checks if _in_root(check)
    ]
    if failed:
        return _say(f"未通过 / failed: {', '.join(failed)}", code=1)
    return 0


def write_sbom() -> int:
    """Write what runs, with versions and hashes, as CycloneDX knows it; the exit code."""
    target = ROOT / "dist" / "sbom.cdx.json"
    target.parent.mkdir(exist_ok=True)
    made: list[str | Path] = [
        PYTHON,
        "-m",
        "cyclonedx_py",
        "requirements",
        RUNTIME,
        "--output-reproducible",
    ]
    more: list[str | Path] = [
        "--pyproject",
        "pyproject.toml",
        "--index-url",
        "",
        "--output-file",
        target,
    ]
    return _in_root([*made, *more]) or _say(f"已写出 / written: {target}", code=0)


def _in_root(words: Sequence[str | Path]) -> int:
    return _run(words, folder=ROOT)


def run_spark_tests(words: list[str]) -> int:
    """Run the tests of Spark, none of which may be passed over; 1 if any fails."""
    os.environ["FLEETMON_SPARK"] = "required"
    tests = ["-m", "pytest", "tests/cluster", "-n", "2", "--dist", "loadfile", *words]
    if _run([PYTHON, *tests], folder=ROOT):
        return _say("未通过 / failed: tests/cluster", code=1)
    return 0


def _find_pip() -> Sequence[str | Path] | None:
    """Return the words that call a pip on `.venv`, trying each pip at hand; None without one.

    A pip is tried by using it: one too old for `--python`, or for this Python, fails at that.
    """
    for caller in ([sys.executable, "-m", "pip"], ["pip3"], ["pip"]):
        if _output([*caller, "--python", PYTHON, "list"]) is not None:
            return [*caller, "--python", PYTHON]
    if _output([PYTHON, "-m", "ensurepip"]) is not None:
        return [PYTHON, "-m", "pip"]
    return None


def _is_ours() -> bool:
    """Tell whether `.venv` is whole, stands where it was made and is of the running Python."""
    config = VENV / "pyvenv.cfg"
    made = config.read_text("utf-8", "replace").splitlines() if config.is_file() else []
    # Scripts carry the absolute path of their Python, so a checkout that was moved starts anew.
    if not any(line.startswith("command") and line.endswith(f" {VENV}") for line in made):
        return False
    return _output([PYTHON, "-c", "import sys; print(sys.version)"]) == f"{sys.version}\n"


def _fingerprint(requirements: Path) -> str:
    """Return a hash of all that an installation depends on: pins, project, Python and place."""
    parts = [requirements.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts += [sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _environment() -> dict[str, str]:
    """Return the environment for what we run.

    PYTHONDONTWRITEBYTECODE would make every start compile all anew, PYTHONHOME and PYTHONPATH
    would let other packages in, and a user's pip set to `--user` would install past `.venv`.
    """
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PIP_USER": "0"}


def _output(words: Sequence[str | Path]) -> str | None:
    """Run something quietly; return its output, or None where it could not run or failed."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env=_environment()
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _run(words: Sequence[str | Path], *, folder: Path | None = None) -> int:
    """Run something, in the caller's folder unless told another, and return its exit code."""
    return subprocess.run(words, check=False, cwd=folder, env=_environment()).returncode


def _say(message: str, *, code: int = 0) -> int:
    """Tell the person at the terminal something, on standard error, and return `code`."""
    print(message, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
