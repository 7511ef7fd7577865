"""Where the files of policy lie: the project, overlaid file by file by a config folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import PolicyError
from monitor.model import Text

_PACKAGE = Path(__file__).resolve().parents[1]


def project_root() -> Path:
    """The folder that holds checks/, data/, templates/ and schedules/."""
    for root in (_PACKAGE.parent, _PACKAGE / "_project"):
        if (root / "checks").is_dir() and (root / "data").is_dir():
            return root
    raise PolicyError(
        Text(
            f"找不到项目的 checks/ 与 data/ 文件夹（应在 {_PACKAGE.parent} 之下）。请重新安装。",
            f"The project's checks/ and data/ are missing under {_PACKAGE.parent}. Install again.",
        )
    )


@dataclass(frozen=True, slots=True)
class Project:
    """The project's files; what the config folder lacks is taken from the project.

    `is_whole` says that the config folder lacks nothing: an archived ruleset stands alone.
    """

    config: Path | None = None
    is_whole: bool = False

    def __post_init__(self) -> None:
        """Refuse a config folder that is not there, before anything rests on it."""
        if self.config is not None and not self.config.is_dir():
            raise PolicyError(
                Text(
                    f"配置文件夹不存在：{self.config}。请检查 --config 或 FLEETMON_CONFIG。",
                    f"No such config folder: {self.config}. Check --config or FLEETMON_CONFIG.",
                )
            )

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders searched, the stronger first."""
        if self.config is None:
            return (project_root(),)
        return (self.config,) if self.is_whole else (self.config, project_root())

    def files(self, folder: str, pattern: str = "*.yml") -> list[Path]:
        """The files of `folder`, each from the strongest root that has it.

        In the order of their stems, so that `registration.yml` comes before its extensions.
        """
        found: dict[str, Path] = {}
        for root in reversed(self.roots):
            found |= {path.name: path for path in (root / folder).glob(pattern) if path.is_file()}
        return sorted(found.values(), key=lambda path: path.stem)

    def relative(self, path: Path) -> Path:
        """Where a file of the project lies under its root, the strongest first."""
        return next(path.relative_to(root) for root in self.roots if path.is_relative_to(root))

    def file(self, relative: str) -> Path:
        """One file, from the strongest root that has it."""
        for root in self.roots:
            if (root / relative).is_file():
                return root / relative
        raise PolicyError(Text(f"缺少文件 {relative}。", f"The file {relative} is missing."))


def hash_files(paths: list[Path]) -> str:
    """A hash over names and bytes: the same rules give the same hash, wherever they lie."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda p: (p.parent.name, p.name)):
        digest.update(f"{path.parent.name}/{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
