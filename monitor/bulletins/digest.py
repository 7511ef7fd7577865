"""One letter for all bulletins of a run: who stands where, what to do next, one line for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.parts import Tally, Tone
from monitor.bulletins.render import set_pages
from monitor.bulletins.rendered import Attachment, RenderedBulletin
from monitor.bulletins.words import Words, load_words
from monitor.model import Language, Text
from monitor.policy.policy import Policy

_PDF: Final = "application/pdf"
_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
# The gravest first; among equals the order of the division table stays.
_GRAVITY: Final[dict[Tone, int]] = {"bad": 0, "warn": 1, "unsure": 2, "quiet": 3, "good": 4}


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """What a digest says of one bulletin; small, so that a whole run's can be kept.

    `next_step` is the heaviest action, empty where there is none. `paper` is the PDF, kept of a
    province's bulletin only; `holds` say why the bulletin itself was not sent.
    """

    division: str
    name: str
    is_province: bool
    issue: str
    headline: str
    tone: Tone
    tallies: tuple[Tally, ...]
    next_step: str
    paper: Attachment | None = None
    holds: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One bulletin's place in the letter; `held` is empty where it was sent."""

    name: str
    issue: str
    headline: str
    tone: Tone
    tallies: tuple[Tally, ...]
    next_step: str
    held: str


@dataclass(frozen=True, slots=True)
class DigestView:
    """A whole digest; both forms are set from this and add nothing."""

    language_tag: str
    subject: str
    product: str
    division: str
    issue: str
    headline: str
    headline_tone: Tone
    rows: tuple[DigestRow, ...]
    files: str


def digest_entry(
    view: BulletinView, letter: RenderedBulletin, holds: tuple[Text, ...] = ()
) -> DigestEntry:
    """Keep of a bulletin what a digest says; `letter` carries its files."""
    papers = (file for file in letter.attachments if file.media_type == _PDF)
    return DigestEntry(
        division=view.division_code,
        name=view.division,
        is_province=view.is_province,
        issue=view.issue,
        headline=view.headline,
        tone=view.headline_tone,
        tallies=view.tallies,
        next_step=view.actions[0].text if view.actions else "",
        paper=next(papers, None) if view.is_province else None,
        holds=holds,
    )


def digest_letter(
    entries: Sequence[DigestEntry],
    policy: Policy,
    language: Language,
    *,
    division: str,
    as_of: date,
    forms: Sequence[str] = (),
) -> RenderedBulletin:
    """One letter over the bulletins of a run in `language` to one of `division`'s recipients.

    The province's paper goes along where `forms` asks for `pdf`; the cities' are never attached,
    for no mail server would take them. Raises ValueError where there is no entry.
    """
    if not entries:
        message = "a digest of nothing"
        raise ValueError(message)
    words = load_words(policy.project, language)
    ordered = sorted(entries, key=lambda one: (not one.is_province, _GRAVITY[one.tone]))
    papers = tuple(one.paper for one in ordered if one.paper and "pdf" in forms)
    view = _view(ordered, papers, policy, words, division=division, as_of=as_of)
    html, text = set_pages("digest", view, policy.project, language)
    return RenderedBulletin(
        subject=view.subject,
        html=html,
        text=text,
        language_tag=view.language_tag,
        attachments=papers,
    )


def _view(
    entries: Sequence[DigestEntry],
    papers: Sequence[Attachment],
    policy: Policy,
    words: Words,
    *,
    division: str,
    as_of: date,
) -> DigestView:
    name = words.text(policy.divisions.name(division))
    cities = [one for one in entries if not one.is_province] or list(entries)
    province = [one for one in entries if one.is_province and one not in cities]
    summary, tone = _summary(province, cities, words)
    day = formats.day(as_of, words)
    subject = words(
        "%(name)s通报汇总：%(summary)s（截至 %(day)s）", name=name, summary=summary, day=day
    )
    return DigestView(
        language_tag=_TAGS[words.language],
        subject=" ".join(subject.split()),
        product=words("新能源汽车推广应用监测通报汇总"),
        division=name,
        issue=words.plural("通报 %(num)s 份 · 截至 %(day)s", len(entries), day=day),
        headline=words("%(name)s：%(summary)s。", name=name, summary=summary),
        headline_tone=tone,
        rows=tuple(_row(one, words) for one in entries),
        files=_files(papers, words),
    )


def _row(entry: DigestEntry, words: Words) -> DigestRow:
    reasons = words.sentences([words.text(reason) for reason in entry.holds])
    return DigestRow(
        name=entry.name,
        issue=entry.issue,
        headline=entry.headline,
        tone=entry.tone,
        tallies=entry.tallies,
        next_step=entry.next_step,
        held=words("本期暂缓发出：%(why)s", why=reasons) if reasons else "",
    )


def _summary(
    province: Sequence[DigestEntry], cities: Sequence[DigestEntry], words: Words
) -> tuple[str, Tone]:
    """What the province lacks as a whole, and how many divisions stand at each grave verdict.

    A division counts at its gravest.
    """
    failed = behind = silent = 0
    for one in cities:
        stands = {tally.verdict.code for tally in one.tallies}
        if stands & labels.FAILED:
            failed += 1
        elif "behind" in stands:
            behind += 1
        elif "no_data" in stands:
            silent += 1
    said = [
        words("全省 %(count)s 项%(word)s", count=tally.count, word=tally.verdict.word)
        for one in province
        for tally in one.tallies
        if tally.verdict.code in labels.SHORT
    ]
    if failed:
        said.append(words.plural("%(num)s 地有要求未达标", failed))
    if behind:
        said.append(words.plural("%(num)s 地进度落后", behind))
    if silent:
        said.append(words.plural("%(num)s 地未报数据", silent))
    if not said:
        return words.plural("%(num)s 地目前没有缺口", len(cities)), "good"
    return words.listed(said), "bad" if any(
        one.tone == "bad" for one in (*province, *cities)
    ) else "warn"


def _files(papers: Sequence[Attachment], words: Words) -> str:
    stored = words("各地通报全文（网页、PDF、表格）在监测系统的通报存档中。")
    if not papers:
        return stored
    return words.sentences([words("附全省通报的 PDF。"), stored])
