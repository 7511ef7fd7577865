"""The API asked by schemathesis, which reads its description, with a token that may nearly all.

    .venv/bin/python tests/security/asking.py --examples 200

makes a home, answers over it, and lets schemathesis ask; its own report says what it found. A short
run of the same kind, without it, is `tests/site_pages/test_api_odd.py`. Part of `make audit`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from site_pages.conftest import NANCHANG, _hold, running  # noqa: E402  # where tests lie
from site_pages.test_api import checked  # noqa: E402

from monitor.door.rights import RIGHTS, Role, Verb  # noqa: E402
from monitor.policy.policy import load_policy  # noqa: E402
from monitor.settings import Settings  # noqa: E402

# What is in the description and what is answered must agree: shapes, codes, headers, and no fault.
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "ignored_auth"),
)


def main() -> int:
    """Ask, and give schemathesis' own exit code."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--examples", type=int, default=50, help="for each address")
    given.add_argument("--seed", type=int, default=20210201)
    told = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="fleetmon-") as folder:
        _hold(load_policy(None), Path(folder))
        for site in running(Path(folder) / "home", Settings()):
            program = site.program(Role.STEWARD, None, *(RIGHTS[Role.STEWARD] - {Verb.ENTER}))
            checked(program, kind="registration", division=NANCHANG)
            return subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "run"),
                    f"{site.address}/api/openapi.json",
                    *("-H", f"Authorization: {program.headers['Authorization']}"),
                    *("--checks", ",".join(CHECKS), "--max-examples", str(told.examples)),
                    *("--seed", str(told.seed), "--phases", "examples,coverage,fuzzing"),
                    *("--suppress-health-check", "all", "--no-color"),
                ],
                cwd=folder,
                check=False,
            ).returncode
    return 3


if __name__ == "__main__":
    sys.exit(main())
