"""Pictures for letters and pages: a view's parts to PNG bytes; same parts, same bytes."""

from __future__ import annotations

from typing import Final

from monitor.bulletins.picture_parts import BulletPicture, CurvePicture
from monitor.bulletins.typst_paper import press
from monitor.model import Language
from monitor.policy.project import Project

# A drawing of 364 pt stands 560 px wide in the letter, one of 484 pt 748 px: 1.4 picture points for
# each px are sharp on a telephone (358 px) and good on a desk, and half as heavy as two.
PPI: Final = 156.0


def draw_bullets(picture: BulletPicture, project: Project, language: Language) -> bytes:
    """The overview as PNG: a bar for each demand, its target across it, its verdict beside it."""
    return press(project).picture(picture, kind="bullets", lang=language, ppi=PPI)


def draw_curves(picture: CurvePicture, project: Project, language: Language) -> bytes:
    """Figures by week as PNG, two or three side by side, with a legend beneath."""
    return press(project).picture(picture, kind="curves", lang=language, ppi=PPI)
