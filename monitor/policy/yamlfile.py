"""YAML read strictly: duplicate keys refused, every fault told with its file and line."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from monitor.errors import PolicyError
from monitor.model import Text

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the C loader has no types
    """YAML 1.2's booleans only: `on`, `yes`, `no` are words here, as people mean them."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """What a node is by its looks; the same words come again and again, so it is kept."""
        if kind is yaml.ScalarNode:
            return _tag_of(value) if implicit[0] else str(_STR)
        return str(_MAP if kind is yaml.MappingNode else _SEQ)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_STR, _SEQ, _MAP = _Base.DEFAULT_SCALAR_TAG, _Base.DEFAULT_SEQUENCE_TAG, _Base.DEFAULT_MAPPING_TAG
_MERGE = "tag:yaml.org,2002:merge"
_Model = TypeVar("_Model", bound=BaseModel)


@lru_cache(maxsize=1 << 16)
def _tag_of(word: str) -> str:
    """What an unquoted word is: a number, a day, true, nothing, else text."""
    for tag, looks in _Loader.yaml_implicit_resolvers.get(word[:1], ()):
        if looks.match(word):
            return str(tag)
    return str(_STR)


def fault(path: Path, line: int | None, zh: str, en: str) -> PolicyError:
    """A policy error that names the file, the line and the reason."""
    shown = "/".join(path.parts[-3:])
    at_zh, at_en = (f"第 {line} 行", f"line {line}") if line else ("", "")
    return PolicyError(Text(f"{shown} {at_zh}：{zh}", f"{shown} {at_en}: {en}"))


def _compose(path: Path) -> yaml.Node:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise fault(path, line, f"不是合法的 YAML：{error}", f"not valid YAML: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise fault(path, 1, "应为键值结构", "a mapping is expected")
    return node


def _build(path: Path, node: yaml.Node, loader: _Loader) -> Any:
    """What a node says, in one walk; refuses a key that stands twice and one that is no word.

    What has a tag of its own is left to the loader, which knows which are safe.
    """
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.tag == _STR else _constructed(path, node, loader)
    if isinstance(node, yaml.SequenceNode):
        items = [_build(path, item, loader) for item in node.value]
        return items if node.tag == _SEQ else _constructed(path, node, loader)
    seen: dict[str, int] = {}
    built, is_plain = {}, node.tag == _MAP
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise fault(path, line, "键须为一个词", "a key must be one word")
        if key.value in seen:
            first = seen[key.value]
            raise fault(
                path,
                line,
                f"键“{key.value}”重复（首次在第 {first} 行）",
                f'the key "{key.value}" stands twice (first on line {first})',
            )
        seen[key.value] = line
        is_plain = is_plain and key.tag != _MERGE
        built[_build(path, key, loader)] = _build(path, value, loader)
    return built if is_plain else _constructed(path, node, loader)


def _constructed(path: Path, node: yaml.Node, loader: _Loader) -> Any:
    """What the loader makes of a node; a day that no calendar has and an unknown tag are faults."""
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        line = node.start_mark.line + 1
        raise fault(path, line, f"无法理解：{error}", f"cannot be understood: {error}") from error


def _line_of(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `location` that the file has."""
    line: int = node.start_mark.line + 1
    for step in location:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            child = node.value[step]
            line = child.start_mark.line + 1
        if child is None:
            return line
        node = child
    return line


def line_at(path: Path, location: tuple[int | str, ...]) -> int:
    """The line of a place in a file that was read, or of what of it the file has."""
    return _line_of(_compose(path), location)


def load(path: Path, model: type[_Model], **context: Any) -> _Model:
    """Read `path` as `model`; raises `PolicyError` with file, line and reason.

    `context` reaches the model's validators, so that a code can be refused on its own line.
    """
    node = _compose(path)
    constructor = _Loader("")
    try:
        data = _build(path, node, constructor)
    finally:
        constructor.dispose()
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        first = error.errors()[0]
        line = _line_of(node, first["loc"])
        where = ".".join(str(step) for step in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise fault(path, line, f"{where}：{reason}", f"{where}: {reason}") from error
