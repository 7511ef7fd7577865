"""A bulletin in all its forms, each set from the one view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.circular import set_circular
from monitor.bulletins.document import make_json
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.flat import make_csv
from monitor.bulletins.pictures import draw_bullets, draw_curves
from monitor.bulletins.render import render_view
from monitor.bulletins.rendered import Attachment, Picture, RenderedBulletin, plain_file_name
from monitor.bulletins.view import build_view
from monitor.bulletins.workbook import make_workbook
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Forms:
    """The letter with what it carries, every form as a file of its own, and what they are of."""

    letter: RenderedBulletin
    files: tuple[Attachment, ...]
    view: BulletinView


def make_forms(facts: BulletinFacts, policy: Policy, language: Language) -> Forms:
    """Set one bulletin as letter, pictures, PDF, workbook, JSON and CSV; same facts, same bytes."""
    view = build_view(facts, policy, language)
    pictures = draw_pictures(view, policy.project, language)
    stem = plain_file_name(f"{view.division} {view.product} {view.issue}")
    circular = set_circular(view, policy.project, language)
    workbook = make_workbook(view)
    letter = replace(
        render_view(view, policy.project, language),
        pictures=pictures,
        attachments=(
            Attachment(f"{stem}.pdf", PDF, circular),
            Attachment(f"{stem}.xlsx", XLSX, workbook),
        ),
    )
    return Forms(
        letter,
        (
            Attachment("bulletin.html", "text/html", _standalone(letter).encode()),
            Attachment("bulletin.txt", "text/plain", letter.text.encode()),
            Attachment("bulletin.pdf", PDF, circular),
            Attachment("bulletin.xlsx", XLSX, workbook),
            Attachment("bulletin.json", "application/json", make_json(view)),
            Attachment("bulletin.csv", "text/csv", make_csv(view)),
            *(Attachment(f"{one.name}.png", "image/png", one.content) for one in pictures),
        ),
        view,
    )


def draw_pictures(view: BulletinView, project: Project, language: Language) -> tuple[Picture, ...]:
    """The pictures that the letter shows, by the names that it calls them."""
    drawn = []
    if view.overview is not None:
        drawn.append(Picture("overview", draw_bullets(view.overview, project, language)))
    curves = {"weeks": view.weeks, "cities": view.provincial.cities if view.provincial else None}
    drawn += [
        Picture(name, draw_curves(picture, project, language))
        for name, picture in curves.items()
        if picture is not None
    ]
    return tuple(drawn)


def _standalone(letter: RenderedBulletin) -> str:
    """The page with its pictures beside it instead of inside the letter."""
    page = letter.html
    for picture in letter.pictures:
        page = page.replace(f'src="cid:{picture.name}"', f'src="{picture.name}.png"')
    return page
