"""`handbook`: every clause, extract, rule, code and verdict as a book, written from the data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from monitor.cli.options import FILE
from monitor.cli.session import Session, print_json, write_file
from monitor.errors import WrongUse
from monitor.model import Language, Text

_LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
_FOLDER: Final = "handbook"


@click.command()
@click.option("--out", type=FILE, help="写到哪个文件夹 / into which folder")
@click.option("--division", help="只写与一地有关的 / only what concerns a division")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / one JSON document")
@click.pass_obj
def handbook(session: Session, out: Path | None, division: str | None, *, as_json: bool) -> None:
    """写出中英文手册（HTML 和 PDF）/ the handbook in Chinese and English, as HTML and PDF."""
    from monitor.bulletins.handbook.setting import FORMS, set_handbook  # noqa: PLC0415  # heavy
    from monitor.bulletins.handbook.view import handbook_facts  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none of it

    policy = session.policy
    chosen_divisions(policy, (division,) if division else ())
    folder = _made(out or session.home_folder / _FOLDER)
    facts = handbook_facts(policy, division)
    stem = f"handbook.{division}" if division else "handbook"
    wanted = [(language, form) for language in _LANGUAGES for form in FORMS]
    tell = session.bar("写手册", "Writing the handbook", quiet=as_json)
    written = []
    for place, (language, form) in enumerate(wanted):
        path = folder / f"{stem}.{language}.{form}"
        tell(place, len(wanted), path.name)
        write_file(path, set_handbook(facts, language, form))
        written.append({"language": language, "form": form, "path": str(path)})
    tell(len(wanted), len(wanted), "")
    if as_json:
        print_json({"ruleset": policy.ruleset, "division": division, "handbooks": written})
        return
    for one in written:
        session.out.print(one["path"], soft_wrap=True)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(
            Text(
                f"无法建立文件夹 {folder}：{error.strerror}。请换一个可写的位置。",
                f"Cannot make the folder {folder}: {error.strerror}. Name one that may be "
                "written to.",
            )
        ) from error
    return folder
