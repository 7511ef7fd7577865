"""The log: one line of JSON an event, and nothing in it that is somebody's."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from monitor.corridor import masking
from monitor.corridor.masking import mask
from monitor.errors import WrongUse
from monitor.extracts import plate
from monitor.model import SHANGHAI, Text
from monitor.service.log import get_log, set_up_log, tell

VIN = "LKLR1HSJ8JA000001"
WIDE_VIN = "ＬＫＬＲ１ＨＳＪ８ＪＡ０００００１"
PLATES = ("赣A12345", "赣AD12345", "赣A·D1234F", "闽B 8888警", "A·12345", "京AA00001")
ADDRESS = "wang.fang@jtt.jiangxi.example"
TOKEN = "oOqk7_BbZJm3f1Z9yT-4Xc2vNwL8sRdE"  # noqa: S105  # of no service
PHONE, PERSON = "13870012345", "36010219800101001X"
CANARIES = (VIN, VIN.lower(), WIDE_VIN, *PLATES, ADDRESS, TOKEN, PHONE, PERSON)


class Lines(io.StringIO):
    """What the log wrote."""

    def read_all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    written = Lines()
    set_up_log(written)
    try:
        yield written
    finally:
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
        root.handlers[:], root.level, sys.excepthook, threading.excepthook = before


def raised(error: Exception) -> Exception:
    plate_number = "赣A12345"  # a local that a traceback with values would show
    try:
        throw(error if plate_number else KeyError())
    except Exception as caught:  # noqa: BLE001  # whatever was asked for
        return caught


def throw(error: Exception) -> NoReturn:
    raise error


def assert_no_canary(written: Lines) -> None:
    text = written.getvalue()
    assert text
    for canary in CANARIES:
        assert canary not in text
        assert canary.replace("·", "").replace(" ", "") not in text


def test_a_line_is_an_event_with_its_fields(lines: Lines) -> None:
    tell("run_ended", job="weekly_bulletins", outcome="done", bulletins=11, late=False)
    (line,) = lines.read_all()
    moment = line.pop("at")
    assert datetime.fromisoformat(moment).utcoffset() is not None
    assert line == {
        "event": "run_ended",
        "level": "info",
        "job": "weekly_bulletins",
        "outcome": "done",
        "bulletins": 11,
        "late": False,
    }


def test_what_helps_to_find_things_stays(lines: Lines) -> None:
    kept: dict[str, Any] = {
        "ruleset": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "delivery": "D00112233445566aa",
        "submission": "S000012",
        "job": "ingest_inbox",
        "period": "2026-W48",
        "due_at": "2026-11-23T08:00:00+08:00",
        "file": "inbox/360100/nanchang-registration-2018-final-corrected.csv",
        "mark": "360100/1f2e3d4c",
        "rows": 120_000,
        "words": "快照未能写出：磁盘已满。请重新 fleetmon backup。",
    }
    tell("kept", **kept, on=date(2026, 11, 23), at_home=Path("data/calendars/china.yml"))
    (line,) = lines.read_all()
    assert {name: line[name] for name in kept} == kept
    assert line["on"] == "2026-11-23"
    assert line["at_home"] == "data/calendars/china.yml"


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_gets_through_by_any_path(lines: Lines, canary: str) -> None:
    # pytest's own handlers would keep what is said, and stumble over words that do not fit.
    logging.getLogger().handlers[:] = logging.getLogger().handlers[:1]
    said = f"行 41，{canary}：不在名录"
    error = raised(ValueError(said))
    nested = {"values": [canary, {canary: (said,)}], "set": {canary}}
    tell(said, value=canary, error=error, nested=nested, other=Text(said, said))
    tell("foreign", thing=object(), raw=canary.encode(), number=int(PHONE))
    get_log().error(said, exc_info=error)
    get_log().bind(value=canary).warning("bound", stack_info=True)
    log = logging.getLogger("apscheduler.executors.default")
    log.error("Job %s raised", said, exc_info=error)
    logging.getLogger("urllib3").warning(said, extra={"vehicle": canary}, stack_info=True)
    logging.getLogger("uvicorn.error").critical({"vehicle": canary})
    logging.getLogger().info("%d", canary)  # its words do not fit
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(said, stacklevel=1)
    dying = threading.Thread(target=lambda: throw(WrongUse(Text(said, said))))
    dying.start()
    dying.join()
    sys.excepthook(type(error), error, error.__traceback__)
    assert len(lines.read_all()) >= 10
    assert_no_canary(lines)


def test_a_chain_of_errors_is_told_by_types_and_places(lines: Lines) -> None:
    try:
        try:
            throw(KeyError("赣A12345"))
        except KeyError as first:
            raise RuntimeError("赣A12345") from first
    except RuntimeError:
        get_log().exception("failed")
    (line,) = lines.read_all()
    error = line["error"]
    assert (error["type"], error["because"]) == ("RuntimeError", "KeyError")
    assert error["at"][-1].startswith("service_web/test_log.py:")
    assert_no_canary(lines)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\u202e", "\x1b[2J", "\x00", "\u2066"])
def test_nobody_writes_a_line_of_their_own(lines: Lines, mark: str) -> None:
    forged = f'ok{mark}{{"event": "run_ended"}}'
    tell("refused", name=forged)
    logging.getLogger("x").error(forged)
    assert len(lines.getvalue().split("\n")) == 3
    assert mark.strip("[2J") not in lines.getvalue().replace("\n", "")
    assert lines.read_all()[0]["event"] == "refused"


def test_a_library_that_chats_is_heard_when_it_matters(lines: Lines) -> None:
    for name in ("apscheduler.scheduler", "great_expectations.data_context", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).info("Added job")
    logging.getLogger("apscheduler.scheduler").warning("Execution of job skipped")
    logging.getLogger("apscheduler.scheduler").error("Job raised")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert [(line["level"], line["logger"]) for line in lines.read_all()] == [
        ("error", "apscheduler.scheduler"),
        ("warning", "uvicorn.error"),
    ]


def test_an_endless_value_ends(lines: Lines) -> None:
    endless: dict[str, Any] = {}
    endless["in"] = endless
    tell("odd", value=endless, long="长" * 100_000)
    assert len(lines.getvalue()) < 10_000


@given(st.text(), st.sampled_from(CANARIES), st.text())
def test_whatever_stands_around_it_a_canary_is_masked(before: str, canary: str, after: str) -> None:
    text = mask(f"{before} {canary} {after}")
    assert canary not in text
    assert "\n" not in text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Nd", "Lu", "Ll"])))
def test_words_without_letters_and_digits_are_left_on_one_line(text: str) -> None:
    assert len(mask(text).splitlines()) <= 1


def test_masked_once_is_masked_for_good() -> None:
    once = mask(" ".join(CANARIES) + f" Bearer {TOKEN}")
    assert mask(once) == once


def test_the_provinces_of_the_mask_are_those_of_the_plates() -> None:
    assert masking.PROVINCES == plate.PROVINCES


def test_time_is_told_with_its_zone(lines: Lines) -> None:
    tell("next", at_least=datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI))
    assert lines.read_all()[0]["at_least"] == "2026-11-23T08:00:00+08:00"
