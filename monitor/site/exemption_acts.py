"""Exemptions decided by a steward, and argued for by whoever sent the claims."""

from __future__ import annotations

import re
from datetime import date
from io import BufferedReader
from typing import Final, cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from monitor.corridor.deciding import add_claim_evidence, decide
from monitor.corridor.periods import read_day
from monitor.door.rights import Verb
from monitor.errors import StoreBusy, WrongUse
from monitor.model import Text
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.exemption_pages import group_page, list_page
from monitor.site.routing import Way, action, nothing_there, page, see_other, there, upload
from monitor.site.rows_seen import note_rows_seen
from monitor.site.threads import act_in_thread, field_of, in_thread
from monitor.site.visitors import visitor_of
from monitor.site.writing import writing
from monitor.store.archive import Kept, display_name, keep_open, stored_at
from monitor.store.exemptions import Decision, evidence_of

_LONGEST: Final = 2000  # characters of a reason, or of what evidence shows
_MOST_DIGITS: Final = 9  # of how many vehicles somebody was shown
_KEY: Final = re.compile(r"[0-9a-f]{12}")
_NOT_CHOSEN: Final = Text("请选择同意、不同意或撤销。", "Choose to approve, refuse or take back.")
_NO_VEHICLE: Final = Text(
    "请在清单中勾选车辆，或选择整组。", "Tick vehicles in the list, or choose the whole group."
)
_BOTH: Final = Text(
    "勾选了车辆，又选择了整组，没有作出审定。请选择“只审定勾选的车辆”，或去掉勾选。",
    "Vehicles are ticked and the whole group is chosen; nothing was decided. Choose the ticked "
    "vehicles, or tick none.",
)
_NO_WORDS: Final = Text("请写明材料说明了什么。", "Say in words what the evidence shows.")
_NO_DAY: Final = Text("日期应写作 2021-06-30。", "A day is written 2021-06-30.")
_TOO_LONG: Final = Text(
    f"最多 {_LONGEST} 个字，没有保存。请写短些。",
    f"At most {_LONGEST} characters; nothing was kept. Write less.",
)
_TYPED: Final = ("scope", "decision", "until", "reason", "words")


def _decide(request: Request, form: FormData) -> Response:
    division, key = _place_of(request, Verb.REVIEW)
    try:
        decision, until = _decision_of(form)
        is_group = field_of(form, "scope") != "vehicles"
        vins = [str(vin) for vin in form.getlist("vin")]
        if is_group == bool(vins):
            return _again(request, form, "scope", _BOTH if vins else _NO_VEHICLE)
        with writing(request) as store:
            decide(
                store,
                desk_of(request).policy(),
                division,
                vins=vins,
                group=key if is_group else None,
                seen=_number(field_of(form, "seen")) if is_group else None,
                decision=decision,
                until=until,
                reason=_bounded(field_of(form, "reason")),
                by=visitor_of(request).name,
                at=desk_of(request).now(),
            )
    except (WrongUse, StoreBusy) as wrong:
        return _again(request, form, "reason", wrong.text)
    return see_other(request.url.path.removesuffix("/decision"))


def _argue(request: Request, form: FormData) -> Response:
    division, key = _place_of(request, Verb.SUBMIT)
    desk = desk_of(request)
    try:
        words = _bounded(field_of(form, "words"))
        if not words:
            return _again(request, form, "words", _NO_WORDS)
        kept = _kept(request, form)
        with writing(request) as store:
            add_claim_evidence(
                store,
                desk.policy(),
                division,
                group=key,
                words=words,
                kept=kept,
                by=visitor_of(request).name,
                at=desk.now(),
            )
    except (WrongUse, StoreBusy) as wrong:
        return _again(request, form, "words", wrong.text)
    return see_other(request.url.path.removesuffix("/evidence"))


def _evidence(request: Request) -> Response:
    """A file of evidence, to keep and never to be shown inside the site."""
    division = request.path_params["division"]
    there(request, Verb.SEE_ROWS, division)
    with desk_of(request).store() as store:
        held = evidence_of(store, [division])
    found = next((one for one in held if one.id == request.path_params["evidence"]), None)
    if found is None or found.sha256 is None:
        raise nothing_there()
    place = stored_at(desk_of(request).home, found.sha256)
    if not place.is_file():
        raise nothing_there()
    note_rows_seen(request, division, f"evidence/{found.id}", max(1, len(found.vins)))
    return attachment(place, found.file_name or found.id, "application/octet-stream")


def _place_of(request: Request, verb: Verb) -> tuple[str, str]:
    division, key = request.path_params["division"], request.path_params["group"]
    there(request, verb, division)
    if not _KEY.fullmatch(key):
        raise nothing_there()
    return division, key


def _decision_of(form: FormData) -> tuple[Decision, date | None]:
    decision, until = field_of(form, "decision"), field_of(form, "until")
    if decision not in {one.value for one in Decision}:
        raise WrongUse(_NOT_CHOSEN)
    try:
        return Decision(decision), read_day(until) if until else None
    except ValueError:
        raise WrongUse(_NO_DAY) from None


def _again(request: Request, form: FormData, field: str, wrong: Text) -> Response:
    """The page once more, with what was typed and what is wrong with it."""
    given = {name: field_of(form, name) for name in _TYPED}
    return group_page(request, wrong=(field, wrong), given=given)


def _kept(request: Request, form: FormData) -> Kept | None:
    """The file of the form in the archive; None where none was chosen."""
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    home = desk_of(request).home
    home.create()
    # What was sent lies in a temporary file: it reads as an open file does.
    return keep_open(home, cast("BufferedReader", sent.file), display_name(sent.filename))


def _bounded(text: str) -> str:
    if len(text) > _LONGEST:
        raise WrongUse(_TOO_LONG)
    return text


def _number(text: str) -> int:
    is_count = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_count else -1


_GROUP: Final = "/exemptions/{division}/{group}"
WAYS: tuple[Way, ...] = (
    page("/exemptions", in_thread(list_page), Verb.SEE),
    page(_GROUP, in_thread(group_page), Verb.SEE),
    page("/exemptions/{division}/evidence/{evidence}", in_thread(_evidence), Verb.SEE_ROWS),
    action(f"{_GROUP}/decision", act_in_thread(_decide), Verb.REVIEW),
    upload(f"{_GROUP}/evidence", act_in_thread(_argue), Verb.SUBMIT),
)
