"""What a command costs before it looks at a row: the interpreter and what it imports."""

from __future__ import annotations

import argparse
import importlib
import os

from monitor.cli.main import set_up_process

MODULES = {
    "ingest": (
        "monitor.cli.main",
        "monitor.corridor.reception",
        "monitor.checking.expectations",
    ),
    "assess": ("monitor.cli.main", "monitor.assess.assess", "monitor.corridor.judge"),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=MODULES)
    asked = parser.parse_args().command
    set_up_process()
    for module in MODULES[asked]:
        importlib.import_module(module)
    os._exit(0)  # as `monitor.__main__` ends
