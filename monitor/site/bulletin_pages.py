"""The archive of bulletins, and each of them in all its forms; to everybody where that is set."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from monitor.bulletins import formats
from monitor.bulletins.rendered import plain_file_name
from monitor.corridor.bulletin_shelf import Issue, issue_days, issue_file, issues
from monitor.door.rights import Verb, permitted
from monitor.model import Text
from monitor.site.desk import desk_of
from monitor.site.downloads import attachment
from monitor.site.leaves import leaf_of
from monitor.site.pages import render, text_of
from monitor.site.places import ALL, Choice
from monitor.site.routing import Way, nothing_there, page, there
from monitor.site.threads import in_thread
from monitor.site.visitors import language_of, visitor_of

_PAGE: Final = "bulletin.html"
_PICTURE: Final = ".png"
_DIGITS: Final = 6
_SEVERAL: Final = 3  # divisions: from here on the list opens with the newest day alone
# A bulletin is a document of its own: it brings its style along, runs nothing, loads its pictures
# from beside it. Without its own origin the browser would not send the session with them.
_DOCUMENT_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; sandbox allow-same-origin"
    ),
}
_FORM_WORDS: Final = {
    "bulletin.html": Text("网页", "page"),
    "bulletin.pdf": Text("PDF", "PDF"),
    "bulletin.xlsx": Text("Excel", "Excel"),
    "bulletin.csv": Text("CSV", "CSV"),
    "bulletin.json": Text("JSON", "JSON"),
    "bulletin.txt": Text("纯文本", "plain text"),
}
_LANGUAGES: Final = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}
_TITLE: Final = Text("新能源汽车推广应用通报", "New-energy vehicle bulletin")


def _archive(request: Request) -> Response:
    policy = desk_of(request).policy()
    return _listed(
        request, permitted(visitor_of(request), Verb.SEE, policy.divisions), "/bulletins"
    )


def _public_archive(request: Request) -> Response:
    _ensure_public(request)
    table = desk_of(request).policy().divisions
    codes = tuple(
        code
        for province in table.provinces.values()
        for code in (province.code, *province.divisions)
    )
    return _listed(request, codes, "/public")


def _listed(request: Request, codes: tuple[str, ...], path: str) -> Response:
    """The issues of the division and the day that are asked for."""
    desk, words, language = desk_of(request), text_of(request), language_of(request)
    table = desk.policy().divisions
    asked = request.query_params.get("division", "")
    if asked and asked not in codes:
        raise nothing_there()
    wanted = (asked,) if asked else codes
    with desk.store() as store:
        days = issue_days(store, wanted)
        day = _day_asked(request, days, newest=not asked and len(wanted) >= _SEVERAL)
        found = issues(store, wanted, day)
    return render(
        request,
        "bulletins.html.j2",
        path=path,
        leaf=leaf_of(request, found),
        division=asked,
        divisions=[
            ("", ALL.to(language)),
            *((code, words.text(table.name(code))) for code in codes),
        ],
        chosen_day=day.isoformat() if day else "all",
        days=_day_choices(request, days),
        name_of=lambda code: words.text(table.name(code)),
        address_of=lambda issue, told, name: _address(path, issue, told, name),
        form_words=_FORM_WORDS,
        languages=_LANGUAGES,
        is_public=path == "/public",
    )


def _day_asked(request: Request, days: tuple[date, ...], *, newest: bool) -> date | None:
    """The day asked for; None is all of them. Nothing asked is all, or the newest of many."""
    asked = request.query_params.get("day", "")
    if not asked:
        return days[0] if newest and days else None
    return next((day for day in days if day.isoformat() == asked), None)


def _day_choices(request: Request, days: tuple[date, ...]) -> list[Choice]:
    words = text_of(request)
    return [
        ("all", words("全部日期")),
        *((day.isoformat(), formats.day(day, words)) for day in days),
    ]


def _address(path: str, issue: Issue, language: str, name: str) -> str:
    return f"{path}/{issue.division}/{issue.as_of}/{issue.number}/{language}/{name}"


def _form(request: Request) -> Response:
    there(request, Verb.SEE, request.path_params["division"])
    return _served(request)


def _public_form(request: Request) -> Response:
    _ensure_public(request)
    return _served(request)


def _served(request: Request) -> Response:
    """One file of an issue, as it lies in the archive; parts of the address are only looked up."""
    asked = request.path_params
    division, language, name = asked["division"], asked["language"], asked["form"]
    try:
        as_of = date.fromisoformat(asked["day"])
        number = int(asked["issue"]) if len(asked["issue"]) <= _DIGITS else 0
    except ValueError:
        raise nothing_there() from None
    with desk_of(request).store() as store:
        found = issue_file(store, division, as_of, number, language, name)
    if found is None:
        raise nothing_there()
    file, media_type = found
    if name == _PAGE or name.endswith(_PICTURE):
        return FileResponse(file, media_type=media_type, headers=_DOCUMENT_HEADERS)
    shown = _file_name(request, division, as_of, number, language)
    return attachment(file, shown + Path(name).suffix, media_type)


def _file_name(request: Request, division: str, as_of: date, number: int, language: str) -> str:
    """What the file is called on the visitor's desktop: in the language that it is written in."""
    place = desk_of(request).policy().divisions.name(division)
    told = Text(
        f"{place.zh} {_TITLE.zh} {as_of} 第{number}期",
        f"{place.en} {_TITLE.en} {as_of} no {number}",
    )
    return plain_file_name(told.to("en" if language == "en" else "zh"))


def _ensure_public(request: Request) -> None:
    if not desk_of(request).settings.site.is_public:
        raise nothing_there()


WAYS: tuple[Way, ...] = (
    page("/bulletins", in_thread(_archive), Verb.SEE),
    page("/bulletins/{division}/{day}/{issue}/{language}/{form}", in_thread(_form), Verb.SEE),
    page("/public", in_thread(_public_archive), None),
    page("/public/{division}/{day}/{issue}/{language}/{form}", in_thread(_public_form), None),
)
