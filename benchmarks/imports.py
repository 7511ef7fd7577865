"""What a command costs before it looks at a row: the interpreter and what it imports."""

from __future__ import annotations

import argparse
import importlib

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
    for module in MODULES[parser.parse_args().command]:
        importlib.import_module(module)
