"""How a command's process begins and ends: memory kept, imports put off, no dismantling."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENDING = """
import atexit, sys, threading, time
class Kept:
    def __del__(self): print("dismantled")
kept = Kept()
atexit.register(print, "last words")
sys.argv = ["fleetmon", *{arguments}]
{before}
from monitor.__main__ import main
main()
"""


def python(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"} | more,
        check=False,
    )


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["no-such-word"], 2)])
def test_an_end_without_dismantling(arguments: list[str], code: int) -> None:
    ended = python(ENDING.format(arguments=arguments, before=""))
    assert ended.returncode == code
    assert ended.stdout.endswith("last words\n")
    assert ended.stderr if code else "0." in ended.stdout


def test_work_that_still_runs_is_waited_for() -> None:
    late = 'threading.Timer(0.5, print, ["late"]).start()'
    ended = python(ENDING.format(arguments=["--version"], before=late))
    assert ended.returncode == 0
    assert ended.stdout.index("late") < ended.stdout.index("last words")


def test_what_no_suite_needs_is_not_imported() -> None:
    ended = python(
        "import sys\n"
        "from monitor.checking import expectations\n"
        "import altair, scipy.stats\n"
        "print('altair.vegalite' in sys.modules, 'scipy.stats._stats_py' in sys.modules)\n"
        "print(altair.Chart.__name__, scipy.stats.entropy.__name__)\n"
    )
    assert ended.stdout.splitlines() == ["False False", "Chart entropy"], ended.stderr


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's setting")
def test_a_block_lies_where_the_one_before_it_lay() -> None:
    ended = python(
        "import resource\n"
        "from monitor.cli.kept_memory import keep_memory\n"
        "def pages():\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    bytearray(1 << 26)\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "pages(); anew = pages()\n"
        "keep_memory(); pages(); kept = pages()\n"
        "print(anew > 100 * kept)\n"
    )
    assert ended.stdout == "True\n", ended.stderr


def test_the_environment_goes_first() -> None:
    told = (
        "import os\n"
        "from monitor.cli.kept_memory import keep_memory_of_polars\n"
        "keep_memory_of_polars()\n"
        "print(os.environ['_RJEM_MALLOC_CONF'])\n"
    )
    assert python(told, _RJEM_MALLOC_CONF="narenas:7").stdout == "narenas:7\n"
