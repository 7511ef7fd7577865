"""The service's log: one JSON line a decision on standard error, without personal data or secrets.

Whatever writes, ours or a library, passes the same sieve at the root. Of an exception its type and
places are kept, never its message nor any value: those may be a row's.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from monitor.corridor.masking import mask

Tell = Callable[..., None]
# Hashes of ours, which a long secret would look like.
_HASHES = {"ruleset", "sha256", "digest", "version"}
_HEX = frozenset("0123456789abcdef.")
# Libraries that tell of their everyday business, and from which level on they are heard. That a
# wake-up found the last one at work is what ours are meant to do, and no warning.
_CHATTY = {
    "apscheduler": logging.ERROR,
    "uvicorn": logging.WARNING,
    "great_expectations": logging.WARNING,
}
_LONGEST = 2000  # characters of one value
_DEEPEST = 6
_LARGEST = 10**9  # a longer number may be somebody's
_MOST_FRAMES = 30


def set_up_log(stream: TextIO | None = None) -> Tell:
    """Send all logs of the process to `stream`, one JSON object a line; gives how to tell.

    `tell(event, **fields)` writes a line; with an exception as `error` it is one of level error.
    """
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _drop_exc_info,
            clean,
            _render,
        ],
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    handler.addFilter(_is_worth_telling)
    for name in _CHATTY:
        logging.getLogger(name).handlers.clear()
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(
        given.exc_type, given.exc_value, given.exc_traceback
    )
    return tell


def get_log() -> Any:
    """The log of our own events."""
    return structlog.get_logger()


def tell(event: str, **fields: Any) -> None:
    """Write one line of the log; before `set_up_log` it goes where structlog sends it."""
    log = get_log()
    if isinstance(fields.get("error"), BaseException):
        log.error(event, **fields)
    else:
        log.info(event, **fields)


def clean(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: every value as a log may hold it."""
    return {mask(str(key)): _cleaned(str(key), value, 0) for key, value in fields.items()}


def _cleaned(key: str, value: Any, depth: int) -> Any:
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _contents(key, value, depth + 1) if depth < _DEEPEST else "…"
    if isinstance(value, str | Path):
        text = str(value)[:_LONGEST]
        return text if key in _HASHES and set(text) <= _HEX else mask(text)
    if isinstance(value, BaseException):
        return _described(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST else mask(str(value))
    return type(value).__name__  # what else it would say of itself is not known


def _contents(key: str, value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {mask(str(k)): _cleaned(str(k), v, depth) for k, v in value.items()}
    return [_cleaned(key, one, depth) for one in value]


def _described(error: BaseException) -> dict[str, Any]:
    """An exception by its type and the places that it passed, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    described: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} {f.name}" for f in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["because"] = type(cause).__name__
    return described


def _drop_exc_info(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What is given as `exc_info` is told as `error`; a ready-made stack is not told at all."""
    given = fields.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        fields["error"] = given
    for name in ("exception", "stack", "stack_info"):
        fields.pop(name, None)
    return fields


def _render(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> str:
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **fields}
    return json.dumps(line, ensure_ascii=False)


class _JsonLines(logging.Formatter):
    """What libraries write by the standard logging, by the same rules."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        try:
            event = record.getMessage()
        except (TypeError, ValueError):  # its words and its values do not fit
            event = str(record.msg)
        fields: dict[str, Any] = {
            "event": event,
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = record.exc_info[1]
        return _render(None, "", dict(clean(None, "", fields)))


def _is_worth_telling(record: logging.LogRecord) -> bool:
    # Here rather than by their own levels, which they set again when they are imported.
    return record.levelno >= _CHATTY.get(record.name.partition(".")[0], logging.NOTSET)


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    del kind, trace
    tell("uncaught", error=error)
