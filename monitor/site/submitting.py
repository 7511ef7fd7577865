"""The page where files are handed in, and what becomes of them: a draft for each, none counts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from monitor.bulletins.blank_table import blank_kinds
from monitor.bulletins.labels import kind_word
from monitor.corridor.sent import Wanted, sent
from monitor.door.rights import Verb, permitted
from monitor.errors import WrongUse
from monitor.model import Mode, Text
from monitor.site.declaring import NEEDS_DIVISION, Filled, Wrong, read_asked
from monitor.site.desk import desk_of
from monitor.site.draft_pages import path_of
from monitor.site.pages import render, text_of
from monitor.site.receiving import Taken, Upload, take_in, take_nil
from monitor.site.routing import Way, action, page, see_other, there, upload
from monitor.site.threads import act_in_thread, field_of, in_thread
from monitor.site.visitors import visitor_of

_TO_CORRECT: Final = 30  # of the last reports to choose from
_NO_FILE: Final = Text("请选择要报送的文件。", "Choose the file to submit.")
_ONE_AT_A_TIME: Final = Text(
    "替换或更正时，一次只能上传一个文件。请分次上传。",
    "A replacement or a correction is one file at a time. Upload them one by one.",
)


def _submit_page(request: Request) -> Response:
    desk_of(request).workers.warm()  # a file comes next
    return _form(request, Filled.of(request.query_params))


def _nil_page(request: Request) -> Response:
    return _form(request, Filled.of(request.query_params), is_nil=True)


def _form(
    request: Request,
    filled: Filled,
    wrongs: Sequence[Wrong] = (),
    taken: Taken | None = None,
    *,
    is_nil: bool = False,
) -> Response:
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    codes = permitted(visitor_of(request), Verb.SUBMIT, policy.divisions)
    site = desk.settings.site
    return render(
        request,
        "nil.html.j2" if is_nil else "submit.html.j2",
        status=422 if wrongs or taken else 200,
        filled=filled,
        wrongs=wrongs,
        wrong=dict(reversed([(name, words.text(said)) for name, said in wrongs])),
        taken=taken,
        token=secrets.token_urlsafe(12),
        divisions=[(one, f"{words.text(policy.divisions.name(one))} {one}") for one in codes],
        kinds=[(one, kind_word(one, policy, words)) for one in blank_kinds(policy)],
        to_correct=[] if is_nil else _to_correct(request, filled),
        limits=site,
        most_bytes=site.most_megabytes << 20,
    )


def _to_correct(request: Request, filled: Filled) -> list[tuple[str, str]]:
    """The last reports in whose name the visitor may send, and the one that was chosen."""
    desk, words = desk_of(request), text_of(request)
    policy = desk.policy()
    visitor = visitor_of(request)
    codes = permitted(visitor, Verb.SUBMIT, policy.divisions)
    with desk.store() as store:
        found, _ = sent(store, codes, Wanted(), first=0, most=_TO_CORRECT)
    listed = [
        (
            one.submission,
            words.listed(
                [
                    one.submission,
                    kind_word(one.kind, policy, words),
                    *([words.text(policy.divisions.name(one.division))] if len(codes) > 1 else []),
                    *([f"{one.period.start}..{one.period.end}"] if one.period else []),
                    *([one.file] if one.file else []),
                ]
            ),
        )
        for one in found
        if one.division is not None
    ]
    if filled.corrects and filled.corrects not in dict(listed):
        listed.append((filled.corrects, filled.corrects))
    return listed


def _submit(request: Request, form: FormData) -> Response:
    files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    desk, visitor = desk_of(request), visitor_of(request)
    filled = _with_sender(request, Filled.of(form))
    asked, wrongs = read_asked(filled, desk.policy())
    if not filled.division:
        wrongs.append(("division", NEEDS_DIVISION))
    if not files:
        wrongs.insert(0, ("file", _NO_FILE))
    is_one = asked.mode is Mode.REPLACE or asked.corrects is not None
    if is_one and len(files) > 1:
        wrongs.append(("file", _ONE_AT_A_TIME))
    if wrongs:
        return _form(request, filled, wrongs)
    there(request, Verb.SUBMIT, filled.division)
    uploads: list[Upload] = [(one.filename or "", one.file) for one in files]
    token = field_of(form, "token")
    taken = take_in(desk, visitor, filled.division, asked, uploads, token=token)
    if taken.refused is not None:
        return _form(request, filled, [("file", taken.refused)], taken)
    numbers = dict.fromkeys(one.id for one in taken.drafts)
    return see_other(path_of(next(iter(numbers))) if len(numbers) == 1 else "/submissions")


def _send_nil(request: Request, form: FormData) -> Response:
    desk = desk_of(request)
    filled = _with_sender(request, Filled.of(form))
    asked, wrongs = read_asked(filled, desk.policy(), is_nil=True)
    if not filled.division:
        wrongs.append(("division", NEEDS_DIVISION))
    if wrongs:
        return _form(request, filled, wrongs, is_nil=True)
    there(request, Verb.SUBMIT, filled.division)
    visitor, token = visitor_of(request), field_of(form, "token")
    try:
        made = take_nil(desk, visitor, filled.division, asked, token=token)
    except WrongUse as error:
        return _form(request, filled, [("kind", error.text)], is_nil=True)
    return see_other(path_of(made.id))


def _with_sender(request: Request, filled: Filled) -> Filled:
    """Who has one division to send for is not asked for it."""
    codes = permitted(visitor_of(request), Verb.SUBMIT, desk_of(request).policy().divisions)
    if filled.division or len(codes) != 1:
        return filled
    return filled.from_division(codes[0])


WAYS: tuple[Way, ...] = (
    page("/submit", in_thread(_submit_page), Verb.SUBMIT),
    upload("/submit", act_in_thread(_submit), Verb.SUBMIT),
    page("/nil", in_thread(_nil_page), Verb.SUBMIT),
    action("/nil", act_in_thread(_send_nil), Verb.SUBMIT),
)
