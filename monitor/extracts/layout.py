"""Which physical column of a file is which column of an extract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.extracts.refusal import FileRefused, refusal
from monitor.extracts.tidy import clean_text
from monitor.model import Interpretation, Text
from monitor.policy.columns import ColumnMap, normal_header

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Layout:
    """A column map laid on a header.

    `columns` has the physical column (0 = the first) of each logical one; `twins` the further
    physical columns of the same name, which must hold the same; `unused` those named by an
    alias beside the column's own name, which wins; `unknown` those of no meaning to the map.
    """

    map: ColumnMap
    names: tuple[str, ...]
    columns: Mapping[str, int]
    twins: Mapping[str, tuple[int, ...]]
    unused: Mapping[str, tuple[int, ...]]
    unknown: tuple[int, ...]

    @classmethod
    def of(cls, columns: ColumnMap, names: tuple[str, ...]) -> Layout:
        """Lay a map on header names; empty names are unknown columns."""
        by_header = columns.by_header()
        places: dict[str, list[int]] = {}
        unknown = []
        for at, name in enumerate(names):
            logical = by_header.get(normal_header(name.lstrip("*＊ "))) if name else None
            if logical is None:
                unknown.append(at)
            else:
                places.setdefault(logical, []).append(at)
        chosen: dict[str, int] = {}
        twins: dict[str, tuple[int, ...]] = {}
        unused: dict[str, tuple[int, ...]] = {}
        for logical, found in places.items():
            own_name = normal_header(columns.header_of(logical))
            own = [at for at in found if normal_header(names[at].lstrip("*＊ ")) == own_name]
            chosen[logical] = (own or found)[0]
            rest = tuple(at for at in found if at != chosen[logical])
            (unused if len(own) == 1 else twins)[logical] = rest
        return cls(
            columns,
            names,
            chosen,
            {logical: rest for logical, rest in twins.items() if rest},
            {logical: rest for logical, rest in unused.items() if rest},
            tuple(unknown),
        )

    def header_of(self, logical: str) -> str:
        """The project's own header of a logical column."""
        return self.map.header_of(logical)

    def interpretations(self, line: int) -> Iterator[Interpretation]:
        """Say what was read as what, and which columns are only echoed."""
        for logical, at in self.columns.items():
            own, written = self.header_of(logical), self.names[at]
            if normal_header(written.lstrip("*＊ ")) != normal_header(own):
                yield Interpretation(
                    "header_alias",
                    Text(f"将列“{written}”读作“{own}”。", f'Read column "{written}" as "{own}".'),
                    column=written,
                    line=line,
                )
        for logical, rest in self.unused.items():
            own = self.header_of(logical)
            others = "、".join(self.names[at] for at in rest)
            yield Interpretation(
                "column_unused",
                Text(
                    f"“{own}”取自同名列；列“{others}”也可表示“{own}”，未采用。",
                    f'"{own}" is read from the column of that name; "{others}", which could '
                    "stand for it too, is not used.",
                ),
                column=own,
                count=len(rest),
                line=line,
            )
        named = [self.names[at] for at in self.unknown if self.names[at]]
        if named:
            shown = "、".join(named[:_SHOWN])
            yield Interpretation(
                "columns_unknown",
                Text(
                    f"以下 {len(named)} 列不参与统计，原样保留：{shown}。",
                    f"{len(named)} columns have no meaning here and are kept as they are: {shown}.",
                ),
                count=len(named),
                line=line,
            )


def missing_columns(
    columns: ColumnMap, found: Mapping[str, int], *, sender_known: bool
) -> tuple[tuple[str, ...], ...]:
    """List what the map requires and the header lacks: each a group of which one would do."""
    held = {*found, *columns.constants}
    groups: list[tuple[str, ...]] = [
        (logical,) for logical, names in columns.columns.items() if names.required
    ]
    groups += columns.required_one_of
    if not sender_known:
        groups += [(logical,) for logical in columns.required_without_sender]
    return tuple(group for group in groups if not held.intersection(group))


def refuse_missing(
    layout: Layout, missing: tuple[tuple[str, ...], ...], line: int, hint: Text
) -> FileRefused:
    """Say which columns are lacking, which were found, and what they may be called."""
    lacking = "、".join("或".join(map(layout.header_of, group)) for group in missing)
    lacking_en = ", ".join(" or ".join(map(layout.header_of, group)) for group in missing)
    found = "、".join(name for name in layout.names if name)
    known = layout.map.columns
    aliases = list(
        dict.fromkeys(
            alias
            for group in missing
            for logical in group
            if logical in known
            for alias in known[logical].aliases
        )
    )
    also = "、".join(aliases[:_SHOWN])
    zh = f"（也可写作：{also}）" if also else ""
    en = f" (also accepted: {also})" if also else ""
    return refusal(
        "column_missing",
        Text(
            f"表头（第 {line} 行）缺少必需列：{lacking}{zh}。已找到的列：{found}。"
            f"请补上所缺列后重新上报。{hint.zh}",
            f"The header (line {line}) lacks: {lacking_en}{en}. Columns found: {found}. "
            f"Add what is lacking and send the file again.{hint.en}",
        ),
        line=line,
        column=layout.header_of(missing[0][0]),
    )


def refuse_twins(
    layout: Layout, logical: str, line: int, written: tuple[str | None, str | None]
) -> FileRefused:
    """Say that two columns of one meaning hold different things, and where."""
    own = layout.header_of(logical)
    at, others = layout.columns[logical], layout.twins[logical]
    names = "、".join(clean_text(layout.names[place]) for place in (at, *others))
    return refusal(
        "column_ambiguous",
        Text(
            f"列“{names}”都表示“{own}”，但第 {line} 行内容不同（“{written[0] or ''}”与"
            f"“{written[1] or ''}”），无法判断以哪一列为准。请只保留一列后重新上报。",
            f'The columns "{names}" all stand for "{own}" but differ in line {line} '
            f'("{written[0] or ""}" and "{written[1] or ""}"). '
            "Keep one of them and send the file again.",
        ),
        line=line,
        column=own,
    )
