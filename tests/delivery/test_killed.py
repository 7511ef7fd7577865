"""A sender that is killed loses nothing, and doubles only what was handed over unanswered."""

from __future__ import annotations

import pytest

from .conftest import Post
from .killing import kill_senders

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(600)]


def test_senders_killed_at_any_moment_lose_nothing_and_count_what_they_double(post: Post) -> None:
    after = kill_senders(post, kills=12, seed=20210104)
    assert after.kills == 12
    assert after.lost == []
    assert after.uncounted == []
    assert after.outbox == ()
    assert 0 < after.doubles <= after.kills
