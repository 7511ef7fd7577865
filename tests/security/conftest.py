"""What tests of several threats share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .listening import Listener, listens


@pytest.fixture
def listening() -> Iterator[Listener]:
    """A server that nobody should ask."""
    with listens() as made:
        yield made
