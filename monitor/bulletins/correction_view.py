"""A correction request in words: which file, what became of it, why, how to mend it, what next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.correction_reasons import ReasonGroup, reasons_of, refusal_words
from monitor.bulletins.parts import Line, Tone
from monitor.bulletins.quality import rows_line
from monitor.bulletins.words import Words, load_words
from monitor.model import Language, Mode, Severity
from monitor.policy.columns import ColumnMap
from monitor.policy.policy import Policy

_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
_ALIASES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class ColumnsOf:
    """The columns that a file of one kind must and may have."""

    kind: str
    required: tuple[Line, ...]
    others: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A whole correction request; both forms are set from this and add nothing.

    `refusal` is why the whole file was refused and empty where it was not; `reasons` are those of
    rows set aside, `warned` those of rows that count. `columns` is there for a refused file.
    """

    language_tag: str
    subject: str
    product: str
    division: str
    issue: str
    headline: str
    headline_tone: Tone
    about: tuple[Line, ...]
    refusal: str
    reasons: tuple[ReasonGroup, ...]
    warned: tuple[ReasonGroup, ...]
    steps: tuple[str, ...]
    columns: tuple[ColumnsOf, ...]
    foot: str


def build_correction(facts: CorrectionFacts, policy: Policy, language: Language) -> CorrectionView:
    """Put the facts of one correction request into words, without any personal value."""
    words = load_words(policy.project, language)
    summary = facts.summary
    file = file_name_of(facts, words)
    product = words("更正通知")
    return CorrectionView(
        language_tag=_TAGS[language],
        subject=_subject(facts, file, words),
        product=product,
        division=division_name(facts, policy, words),
        issue=words(
            "%(submission)s · %(moment)s收到",
            submission=summary.submission,
            moment=formats.moment(summary.received_at, words),
        ),
        headline=_headline(facts, file, words),
        headline_tone="quiet" if facts.mended_by else "bad" if facts.is_refused else "warn",
        about=_about(facts, file, policy, words),
        refusal=refusal_words(facts, words) if facts.is_refused else "",
        reasons=reasons_of(facts, Severity.ERROR, policy, words) if not facts.is_refused else (),
        warned=reasons_of(facts, Severity.WARNING, policy, words),
        steps=_steps(facts, words),
        columns=_columns(facts, policy, words) if facts.is_refused else (),
        foot=_foot(facts, words),
    )


def file_name_of(facts: CorrectionFacts, words: Words) -> str:
    """What the sender called the file, on one line; a nil return has none."""
    return " ".join((facts.summary.file or "").split()) or words("零报告")


def division_name(facts: CorrectionFacts, policy: Policy, words: Words) -> str:
    """Who sent it."""
    code = facts.summary.division
    return words.text(policy.divisions.name(code)) if code else words("报送单位不明")


def _subject(facts: CorrectionFacts, file: str, words: Words) -> str:
    if facts.is_refused:
        return words("更正通知：“%(file)s”未能采用，请改正后重报", file=file)
    return words.plural(
        "更正通知：“%(file)s”有 %(num)s 行未计入，请改正后补报",
        facts.summary.rows.rejected,
        file=file,
    )


def _headline(facts: CorrectionFacts, file: str, words: Words) -> str:
    rows = facts.summary.rows
    if facts.is_refused:
        said = words("文件“%(file)s”整份未能采用，其中没有一行计入。", file=file)
    elif rows.accepted:
        said = words.plural(
            "文件“%(file)s”的 %(read)s 行数据中，%(num)s 行有误、未计入，"
            "其余 %(accepted)s 行已计入。",
            rows.rejected,
            file=file,
            read=formats.number(rows.rejected + rows.accepted),
            accepted=formats.number(rows.accepted),
        )
    else:
        said = words.plural(
            "文件“%(file)s”的 %(num)s 行都有误，没有一行计入。", rows.rejected, file=file
        )
    if not facts.mended_by:
        return said
    settled = words("其后的报送 %(later)s 已补齐，不必再报。", later=facts.mended_by)
    return words.sentences([said, settled])


def _about(facts: CorrectionFacts, file: str, policy: Policy, words: Words) -> tuple[Line, ...]:
    summary = facts.summary
    rows = summary.rows
    known_kind = summary.kind in policy.rules
    lines = [
        Line(words("文件"), file),
        Line(words("收到时间"), formats.moment(summary.received_at, words)),
        Line(words("回执"), summary.receipt),
        Line(
            words("报表种类"),
            labels.kind_word(summary.kind, policy, words) if known_kind else words("未能判断"),
        ),
        Line(words("报送单位"), division_name(facts, policy, words)),
        Line(
            words("所属期间"),
            formats.span(summary.period, words) if summary.period else words("未申报"),
        ),
    ]
    if not facts.is_refused:
        lines.append(rows_line(rows, words))
    return tuple(lines)


def _steps(facts: CorrectionFacts, words: Words) -> tuple[str, ...]:
    if facts.mended_by:
        return (
            words(
                "其后的报送 %(later)s 已补齐这些数据，不必再报；请核对一遍即可。",
                later=facts.mended_by,
            ),
        )
    if facts.is_refused:
        return (
            words("按上述原因改正原文件，整份重新报送；报送途径不变。"),
            words("重新报送并被采用之前，这份文件的数据不计入任何数字。"),
            words("此前已报送并采用的数据不受影响。"),
        )
    whole = words("改正并重报之前，这些行不计入任何数字；已计入的行不受影响。")
    if facts.is_too_large:
        return (
            words(
                "未计入的行太多，没有随信附上；请在原文件中改正后整份重报，期间与原文件相同。"
                "同一辆车以后一次报送的为准，不会重复计数。"
            ),
            whole,
        )
    if facts.table:
        first = words(
            "打开附件“%(file)s”：其中是未计入的各行，最后两列写明原行号和退回原因。"
            "请逐行改正，不必删去这两列。",
            file=facts.table.file_name,
        )
    else:
        first = words(
            "这份文件没有写明报送单位，故未附上未计入的各行；请按原行号在原文件中改正，只留下这些行。"
        )
    again = (
        words(
            "将改好的文件照常报送，期间与原文件相同。原文件是整期替换；改好的这些行请作普通报送，"
            "否则会撤下其余各行。"
        )
        if facts.summary.mode is Mode.REPLACE
        else words("将改好的文件照常报送，期间与原文件相同；只报这些行即可，不要选择整期替换。")
    )
    return (first, again, whole)


def _columns(facts: CorrectionFacts, policy: Policy, words: Words) -> tuple[ColumnsOf, ...]:
    """What a file must hold, in words: of its kind, or of each kind that all send where that is
    not known.
    """
    common = [kind for kind in policy.rules if not policy.kinds[kind].is_record]
    kinds = [facts.summary.kind] if facts.summary.kind in policy.rules else common
    return tuple(
        _columns_of(policy.columns[kind], policy, words) for kind in kinds if kind in policy.columns
    )


def _columns_of(columns: ColumnMap, policy: Policy, words: Words) -> ColumnsOf:
    groups: list[tuple[str, ...]] = [
        (name,) for name, names in columns.columns.items() if names.required
    ]
    groups += columns.required_one_of
    lines = [
        Line(_headers(columns, group, words), _aliases(columns, group, words)) for group in groups
    ]
    for name in columns.required_without_sender:
        said = words("报送时未注明报送单位的，须有此列")
        lines.append(Line(columns.header_of(name), said))
    named = {name for group in (*groups, columns.required_without_sender) for name in group}
    others = [columns.header_of(name) for name in columns.columns if name not in named]
    return ColumnsOf(
        labels.kind_word(columns.kind, policy, words), tuple(lines), words.listed(others)
    )


def _headers(columns: ColumnMap, group: tuple[str, ...], words: Words) -> str:
    return words("或").join(columns.header_of(name) for name in group)


def _aliases(columns: ColumnMap, group: tuple[str, ...], words: Words) -> str:
    found = [alias for name in group for alias in columns.columns[name].aliases][:_ALIASES_SHOWN]
    return words("也可写作：%(names)s", names=words.listed(found)) if found else ""


def _foot(facts: CorrectionFacts, words: Words) -> str:
    if facts.table:
        return words(
            "本邮件由程序自动发出，正文不含车牌、车辆识别代号和所有人信息；"
            "附件是贵单位自己报送的原始数据，请勿转发。"
        )
    return words("本邮件由程序自动发出，不含车牌、车辆识别代号和所有人信息。")
