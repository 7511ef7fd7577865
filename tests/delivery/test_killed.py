"""A sender that is killed loses nothing, and doubles only what was handed over unanswered."""

from __future__ import annotations

import pytest
from thorough import TIMES

from .conftest import Post
from .killing import kill_senders

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(600)]

KILLS = 5 * TIMES


def test_senders_killed_at_any_moment_lose_nothing_and_count_what_they_double(post: Post) -> None:
    after = kill_senders(post, kills=KILLS, seed=20210104)
    assert after.kills == KILLS
    assert after.lost == []
    assert after.uncounted == []
    assert after.outbox == ()
    assert 0 < after.doubles <= after.kills
