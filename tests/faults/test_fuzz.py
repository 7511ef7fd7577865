"""A few hundred drawn uploads and inputs in each run; the amounts of a campaign by fuzz.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from thorough import TIMES

from faults import fuzz_uploads
from faults.fuzz import some
from faults.fuzz_inputs import PARSERS
from monitor.corridor.screen import Screened, screen
from monitor.policy.policy import Policy


def test_every_row_of_drawn_uploads_is_accounted_for(policy: Policy, tmp_path: Path) -> None:
    tried = some("uploads", policy, 7, range(51, 71 * TIMES), tmp_path)
    assert not tried.faults
    read = tried.counts["rows read"]
    parts = [tried.counts[f"rows {name}"] for name in ("accepted", "rejected", "ignored")]
    assert all(parts)
    assert read == sum(parts)


def test_a_drawn_upload_goes_the_whole_way(policy: Policy, tmp_path: Path) -> None:
    tried = some("uploads", policy, 7, range(1), tmp_path)
    assert not tried.faults
    assert tried.counts["whole"] == 1


def test_a_lost_row_is_seen(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*given: object) -> Screened:
        found = screen(*given)  # type: ignore[arg-type]  # as it is called
        counts = found.counts._replace(read=found.counts.read - 1)
        return type(found)(
            **{n: getattr(found, n) for n in found.__slots__ if n != "counts"}, counts=counts
        )

    monkeypatch.setattr(fuzz_uploads, "screen", forgetful)
    assert some("uploads", policy, 7, range(51, 56), tmp_path).faults


@pytest.mark.parametrize("number", range(len(PARSERS)), ids=[name for name, _ in PARSERS])
def test_mutated_inputs_are_read_or_refused(policy: Policy, number: int, tmp_path: Path) -> None:
    numbers = range(number, number + len(PARSERS) * TIMES, len(PARSERS))
    tried = some("inputs", policy, 7, numbers, tmp_path)
    assert not tried.faults
    assert tried.counts["inputs"]
