"""What tests of several threats share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from site_pages.conftest import held_home

from .listening import Listener, listens

__all__ = ["held_home"]


@pytest.fixture
def listening() -> Iterator[Listener]:
    """A server that nobody should ask."""
    with listens() as made:
        yield made
