"""Memory that a command keeps while it reads long files, block after block of the same size."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

# Polars gives memory back to the kernel after half a second, and large blocks at once; the next
# half million rows then take it anew.
_POLARS: Final = "dirty_decay_ms:10000,muzzy_decay_ms:10000,oversize_threshold:0,narenas:2"
# Numbers of glibc's malloc.h: up to which size memory is taken from what is kept, and how much of
# it may lie there unused.
_LARGEST, _UNUSED = -3, -1
_BLOCK: Final = 1 << 28
_MOST: Final = 1 << 30


def keep_memory_of_polars() -> None:
    """Must run before polars is imported; what the environment says goes first."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", _POLARS)


def keep_memory() -> None:
    """Have blocks of a file and columns of numbers lie where those before them lay.

    A page that the kernel hands out anew costs as much as reading a row. Other C libraries than
    glibc have no such setting, and nothing happens.
    """
    import ctypes  # noqa: PLC0415  # not for --help

    with suppress(AttributeError):
        allocator = ctypes.CDLL(None).mallopt
        allocator(_LARGEST, _BLOCK)
        allocator(_UNUSED, _MOST)
