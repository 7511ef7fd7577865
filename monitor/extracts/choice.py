"""Which kind of extract a file is, told from its header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.errors import WrongUse
from monitor.extracts.header import Header, find_headers
from monitor.extracts.layout import refuse_missing
from monitor.extracts.records import Record
from monitor.extracts.refusal import FileRefused, refusal
from monitor.model import Text
from monitor.policy.columns import ColumnMap

_NO_HINT = Text("", "")


def candidate_maps(
    maps: Mapping[str, ColumnMap], kind: str | None, map_name: str | None
) -> list[ColumnMap]:
    """Pick the maps to try: the named one, else the kind's default, else every default.

    Raises WrongUse for a map that is not there or is another kind's, FileRefused `kind_unknown`.
    """
    if map_name is not None:
        chosen = maps.get(map_name)
        if chosen is None or (kind is not None and chosen.kind != kind):
            names = "、".join(maps)
            raise WrongUse(
                Text(
                    f"没有名为 {map_name} 的列映射适用于此；现有：{names}。",
                    f"No column map {map_name} for this; there are: {names}.",
                )
            )
        return [chosen]
    defaults = [one for one in maps.values() if one.default]
    if kind is None:
        return defaults
    of_kind = [one for one in defaults if one.kind == kind]
    if not of_kind:
        kinds = "、".join(dict.fromkeys(one.kind for one in maps.values()))
        raise refusal(
            "kind_unknown",
            Text(
                f"没有“{kind}”这一数据类别；现有类别：{kinds}。",
                f'There is no kind "{kind}" of extract; there are: {kinds}.',
            ),
            value=kind,
        )
    return of_kind


def choose(found: Sequence[Header]) -> Header | None:
    """Choose the header whose layout is complete and names most; None if nothing is complete.

    Raises FileRefused `kind_ambiguous` where two kinds do so equally.
    """
    complete = [header for header in found if not header.missing]
    if not complete:
        return None
    most = max(header.recognised for header in complete)
    best = [header for header in complete if header.recognised == most]
    kinds = sorted({header.layout.map.kind for header in best})
    if len(kinds) > 1:
        listed = "、".join(kinds)
        raise refusal(
            "kind_ambiguous",
            Text(
                f"从表头看，文件可能属于多个类别：{listed}。请在上报时指明类别。",
                f"By its header the file may be of several kinds: {listed}. "
                "Name the kind when you send it.",
            ),
            line=best[0].lines[0],
        )
    return best[0]


def refuse_incomplete(
    found: Sequence[Header],
    records: Sequence[Record],
    maps: Mapping[str, ColumnMap],
    *,
    sender_known: bool,
    encoding: str,
) -> FileRefused:
    """Say what no layout finds in the file: required columns, or any header at all."""
    others = find_headers(records, list(maps.values()), sender_known=sender_known)
    hint = _hint([other for other in others if not other.missing])
    if not found:
        return _refuse_headless(records, encoding, hint)
    nearest = max(found, key=lambda header: (header.recognised, -len(header.missing)))
    return refuse_missing(nearest.layout, nearest.missing, nearest.lines[0], hint)


def _hint(fitting: Sequence[Header]) -> Text:
    if not fitting:
        return _NO_HINT
    best = max(fitting, key=lambda header: header.recognised).layout.map
    if best.default:
        return Text(
            f"表头符合类别 {best.kind}，请核对所选类别。",
            f" The header fits the kind {best.kind}: is that what was meant?",
        )
    return Text(
        f"表头符合列映射 {best.map}，可用 --columns {best.map} 指定。",
        f" The header fits the column map {best.map}: name it with --columns {best.map}.",
    )


def _refuse_headless(records: Sequence[Record], encoding: str, hint: Text) -> FileRefused:
    rows = [record for record in records if any(cell.strip() for cell in record.cells)]
    widest = max(rows, key=lambda row: sum(map(bool, row.cells)), default=None)
    seen = "、".join(filter(None, widest.cells))[:200] if widest else ""
    doubt = encoding != "utf-8"
    zh = (
        f"文件按 {encoding.upper()} 解码，若上列文字为乱码，原编码可能不同（如 Big5）。"
        if doubt
        else ""
    )
    en = (
        f" It was decoded as {encoding.upper()}; if these words are garbled it may be of another "
        "encoding, such as Big5."
        if doubt
        else ""
    )
    return refusal(
        "header_not_found",
        Text(
            f"前 {len(rows)} 行中没有可识别的表头。看到的内容：{seen}。{zh}"
            f"请按模板的列名填写，另存为 UTF-8 后重新上报。{hint.zh}",
            f"None of the first {len(rows)} rows is a header that we know. Seen: {seen}.{en} "
            f"Name the columns as in the template, save as UTF-8 and send the file again.{hint.en}",
        ),
        line=widest.line if widest else None,
        value=seen or None,
    )
