"""A process that gives up all it does not need before it looks at a stranger's bytes.

Standard library only: the confined child imports it before anything else.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys

MEMORY_BYTES = 2 << 30
PROCESSOR_SECONDS = 120
OUTPUT_BYTES = 1 << 30
OPEN_FILES = 32

_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
# Landlock's three system calls have the same numbers on every architecture of Linux.
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1


def confine() -> dict[str, bool]:
    """Limit memory, time, output and files; leave the network and the file system behind.

    Files that are open stay usable. What the kernel lacks or forbids is left out, and the answer
    says what holds. Import everything first: afterwards no module can be loaded.
    """
    held = {"limits": _limit()}
    if sys.platform != "linux":
        return held
    libc = ctypes.CDLL(None, use_errno=True)
    held["no_new_privileges"] = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    held["no_network"] = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    held["no_files"] = _deny_files(libc)
    return held


def _limit() -> bool:
    wanted = (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    )
    held = True
    for limit, most in wanted:
        hard = resource.getrlimit(limit)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        try:
            resource.setrlimit(limit, (most, most))
        except (OSError, ValueError):
            held = False
    return held


def _deny_files(libc: ctypes.CDLL) -> bool:
    """Handle every right that this kernel's Landlock knows, and grant none."""
    if platform.machine() not in {"x86_64", "aarch64", "riscv64"}:
        return False
    version = libc.syscall(
        _LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION)
    )
    if version <= 0:
        return False
    rights = (1 << 13) - 1
    for since, right in ((2, 13), (3, 14), (5, 15)):
        rights |= (1 << right) if version >= since else 0
    rule = struct.pack("<QQ", rights, 3 if version >= 4 else 0)  # noqa: PLR2004 - TCP since 4
    rules = libc.syscall(_LANDLOCK_CREATE, rule, ctypes.c_size_t(len(rule)), ctypes.c_uint32(0))
    if rules < 0:
        return False
    held = bool(libc.syscall(_LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0)) == 0)
    os.close(rules)
    return held
