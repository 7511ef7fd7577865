"""One home, and the command line as a function."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answer, Fleetmon

from monitor.cli.main import main


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def fleetmon(home: Path, capsys: pytest.CaptureFixture[str]) -> Fleetmon:
    """Runs `fleetmon --home HOME WORDS…` in this process."""

    def run(*words: object) -> Answer:
        capsys.readouterr()
        code: object = 0
        try:
            main(["--home", str(home), *map(str, words)])
        except SystemExit as ended:
            code = ended.code or 0
        told = capsys.readouterr()
        assert isinstance(code, int)
        assert "Traceback" not in told.err
        return Answer(code, told.out, told.err)

    return run
