"""`fleetmon assess` by either engine: the same bytes, and the suites kept with the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cluster.conftest import reading
from monitor.cli.main import main
from monitor.store.home import Home

pytestmark = [
    pytest.mark.enable_socket,  # 127.0.0.1 alone
    pytest.mark.filterwarnings("ignore::FutureWarning:pyspark.*"),
]
SETTINGS = {"ENGINE": "spark", "URL": "", "FACTS": ""}


def said(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--home", str(home), "assess", "--as-of", "2020-12-31", *words])
    out, err = capsys.readouterr()
    assert ended.value.code == 0, err
    return out


def use_spark(patch: pytest.MonkeyPatch, url: str, facts: Path) -> None:
    for name, value in (SETTINGS | {"URL": url, "FACTS": str(facts)}).items():
        patch.setenv(f"FLEETMON_CLUSTER__{name}", value)


@pytest.mark.parametrize(
    "words",
    [["--json"], ["--json", "--known-at", "2020-01-10T00:00+08:00"], ["--division", "360100"]],
    ids=" ".join,
)
def test_the_same_is_said(
    spark_url: str,  # first: where there is none, the samples are not taken in for nothing
    samples: Home,
    exported_samples: Path,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = said(samples.root, capsys, *words)
    use_spark(monkeypatch, spark_url, exported_samples)
    assert said(samples.root, capsys, *words) == here


def test_the_suites_are_kept_alike(
    spark_url: str,
    samples: Home,
    exported_samples: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home(Path(shutil.copytree(samples.root, tmp_path / "home")))
    said(home.root, capsys, "--store", "--json")
    use_spark(monkeypatch, spark_url, exported_samples)
    said(home.root, capsys, "--store", "--json")
    with reading(home) as store:
        here, there = store.rows("SELECT id FROM run WHERE kind = 'assess' ORDER BY id")
        results = [
            store.rows("SELECT * EXCLUDE run FROM check_result WHERE run = ? ORDER BY ALL", run)
            for run in (here, there)
        ]
        assert store.assessments(*here) == store.assessments(*there)
    assert results[0] == results[1]
    assert results[0]
