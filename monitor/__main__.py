"""`python -m monitor` and the console script `fleetmon`."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from monitor.cli import main as command_line


def main() -> None:
    """Run the command line, and end at once when it has ended."""
    try:
        command_line.main()
    except SystemExit as ending:
        if isinstance(ending.code, int) and _said_everything():
            os._exit(ending.code)
        raise


def _said_everything() -> bool:
    """Do what is due at an exit; true where only the dismantling of the interpreter is left.

    That goes through a million objects several times, to free what the kernel takes back anyhow.
    """
    mine = threading.main_thread()
    if any(one is not mine and not one.daemon for one in threading.enumerate()):
        return False
    atexit._run_exitfuncs()  # noqa: SLF001  # what an interpreter calls first, too
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
