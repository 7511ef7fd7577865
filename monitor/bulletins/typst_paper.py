"""Sets paper and pictures with typst: the project's templates, the bundled faces, no network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from threading import Lock
from typing import Final, Literal
from weakref import finalize

import typst
from pylopdf_fonts_zh_cn import sans_path, serif_path

from monitor.bulletins.faces import covered_characters
from monitor.errors import PolicyError
from monitor.model import Text
from monitor.policy.project import Project

FOLDER: Final = "templates/pdf"
Sheet = Literal["picture", "circular", "handbook"]

# What the faces lack and has a likeness; any other gap is set as 〓, as printers do.
_LIKENESSES: Final = {"✕": "×", "✗": "×", "₂": "2"}
_GAP: Final = "〓"
# json writes a control character as \\u00xx; a backslash of the text itself is doubled.
_ESCAPED: Final = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
# Begins with its one plain character, which is what such a search is quick at.
_APART: Final = re.compile(r" (?:(?<=[0-9] )(?=%)|(?<=[≥>] )(?=[0-9]))")
# typst remembers what it has laid out; a new compiler now and then keeps its memory flat.
_SHEETS_PER_COMPILER: Final = 200


class TemplateFault(PolicyError):
    """A template of `templates/pdf` cannot be set; says which line and why."""


class Press:
    """One project's templates with the bundled faces; one sheet at a time."""

    def __init__(self, project: Project) -> None:
        """Take the templates as they lie now, a config folder's file by file before our own."""
        self._folder = self._one_folder(project.files(FOLDER, "*.typ"))
        self._fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=sorted({str(face.parent) for face in (sans_path(), serif_path())}),
        )
        self._lock = Lock()
        self._set = 0
        self._compiler = self._new_compiler()

    def _one_folder(self, templates: list[Path]) -> Path:
        """Where all templates lie side by side: typst imports from one root only."""
        folders = {path.parent for path in templates}
        if len(folders) == 1:
            return folders.pop()
        made = Path(mkdtemp(prefix="fleetmon-templates-"))
        finalize(self, rmtree, made, ignore_errors=True)
        for path in templates:
            copyfile(path, made / path.name)
        return made

    def picture(self, data: object, *, kind: str, lang: str, ppi: float) -> bytes:
        """One picture as PNG bytes."""
        return self._run("picture", "png", data, ppi=ppi, kind=kind, lang=lang)

    def paper(self, data: object, *, lang: str, sheet: Sheet = "circular") -> bytes:
        """A document as PDF bytes, archivable (PDF/A-2a) and readable aloud (PDF/UA-1)."""
        return self._run(sheet, "pdf", data, lang=lang)

    def pages(
        self, data: object, *, lang: str, ppi: float, sheet: Sheet = "circular"
    ) -> list[bytes]:
        """The pages of a document as PNG bytes, to look at."""
        made = self._compile(sheet, "png", data, ppi=ppi, lang=lang)
        return made if isinstance(made, list) else [made]

    def _run(
        self,
        sheet: Sheet,
        form: Literal["pdf", "png"],
        data: object,
        *,
        ppi: float = 0,
        **words: str,
    ) -> bytes:
        made = self._compile(sheet, form, data, ppi=ppi, **words)
        return made if isinstance(made, bytes) else made[0]

    def _compile(
        self, sheet: Sheet, form: Literal["pdf", "png"], data: object, *, ppi: float, **words: str
    ) -> bytes | list[bytes]:
        said = printable(json.dumps(data, default=_plain, ensure_ascii=False))
        with self._lock:
            if self._set >= _SHEETS_PER_COMPILER:
                self._compiler, self._set = self._new_compiler(), 0
            self._set += 1
            try:
                made, warnings = self._compiler.compile_with_warnings(
                    input=self._folder / f"{sheet}.typ",
                    format=form,
                    ppi=ppi or None,
                    sys_inputs={"data": said, **words},
                    pdf_standards=["a-2a", "ua-1"] if form == "pdf" else [],
                    timestamp=0,
                )
            except typst.TypstError as error:
                raise _fault(sheet, error.diagnostic) from error
        if warnings:
            raise _fault(sheet, warnings[0].diagnostic)
        if not made:
            raise _fault(sheet, "no page")
        return made

    def _new_compiler(self) -> typst.Compiler:
        return typst.Compiler(root=self._folder, font_paths=self._fonts, ignore_system_fonts=True)


@lru_cache(maxsize=4)
def press(project: Project) -> Press:
    """The press of a project, made once per process."""
    return Press(project)


def printable(text: str) -> str:
    """JSON in characters that both faces have; a gap is marked, control characters go.

    A number stays on one line with its sign and its per cent.
    """
    for lacking, likeness in _LIKENESSES.items():
        text = text.replace(lacking, likeness)
    strange = {ord(one) for one in set(text)} - _printed()
    if strange:
        text = text.translate(
            {point: _GAP if chr(point).isprintable() else "" for point in strange}
        )
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: "" if found[0][1] == "u" else found[0], text)
    return _APART.sub("\u00a0", text)


@lru_cache(maxsize=1)
def _printed() -> frozenset[int]:
    return covered_characters(sans_path()) & covered_characters(serif_path())


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _fault(sheet: str, why: str) -> TemplateFault:
    return TemplateFault(
        Text(
            f"版式文件 {FOLDER}/{sheet}.typ 无法排版：\n{why}",
            f"The template {FOLDER}/{sheet}.typ cannot be set:\n{why}",
        )
    )
