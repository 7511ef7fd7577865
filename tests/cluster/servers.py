"""Spark Connect servers for tests: Sail in this process, Sail with workers, or a given one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

IS_REQUIRED = os.environ.get("FLEETMON_SPARK") == "required"
GIVEN_URL = os.environ.get("FLEETMON_SPARK_URL")
SERVERS = ("given",) if GIVEN_URL else ("sail", "sail-workers")
# Answers until its standard input is closed, whatever becomes of this process.
_CHILD = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
server.stop()
"""


def ensure_installed() -> None:
    """Skip with a reason where the extra is not there; fail where it must be."""
    needed = ["pyspark", *([] if GIVEN_URL else ["pysail"])]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        reason = f"the extra [spark] is not installed ({missing[0]}): make test-spark has it"
        if IS_REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    # A worker of xdist has a main module without a file, which pyspark takes for a doctest of its
    # own and looks for the rest of its source.
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        main.__file__ = __file__


@contextmanager
def serving(kind: str) -> Iterator[str]:
    """The address of a server, up for as long as it is asked."""
    if GIVEN_URL:
        yield GIVEN_URL
    elif kind == "sail":
        from pysail.spark import SparkConnectServer  # noqa: PLC0415  # of the extra

        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        yield f"sc://127.0.0.1:{server.listening_address[1]}"
        server.stop()
    else:
        with subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"SAIL_MODE": "local-cluster", "RUST_LOG": "error"},
        ) as child:
            assert child.stdout is not None
            yield f"sc://127.0.0.1:{int(child.stdout.readline())}"
            child.communicate(timeout=60)
