"""How a ranking hangs on its weights, and who may be chosen from it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitor.assess.ranking import Rank
from monitor.assess.scorecard import PlaceScore, Scorecard
from monitor.assess.sensitivity import Pair
from monitor.assess.shortlist import Candidate, Chosen
from monitor.bulletins.parts import Line, Tone
from monitor.bulletins.scorecard_words import (
    figure_words,
    least_share_words,
    place_name,
    points,
    rank_words,
    share_words,
)
from monitor.bulletins.supervision_parts import ShortlistView
from monitor.bulletins.words import Words
from monitor.policy.policy import Policy

# Of how many of the first places a bulletin tells how firm they are.
_FIRST: Final = 3


def stability_words(scorecard: Scorecard, policy: Policy, words: Words) -> Iterator[str]:
    """How firm the first places are: by one part alone, without one, by any weights."""
    told = scorecard.sensitivity
    first = [one for one in scorecard.places if one.rank.worst <= _FIRST]
    if len(scorecard.parts) == 1 or len(scorecard.places) == 1:
        return
    if first:
        yield words.plural(
            "必在前 %(most)s 名的 %(num)s 个（%(names)s），单看任一部分都在前 %(alone)s 名之内，"
            "去掉任一部分都在前 %(without)s 名之内。",
            len(first),
            most=_FIRST,
            names=words.listed([place_name(scorecard, one.place, policy, words) for one in first]),
            alone=max(told.by_one[one.place].worst for one in first),
            without=max(told.less_one[one.place].worst for one in first),
        )
    for bounds in dict.fromkeys(told.bounds[one.place] for one in first):
        yield _bounds_words(
            [
                place_name(scorecard, one.place, policy, words)
                for one in first
                if told.bounds[one.place] == bounds
            ],
            bounds,
            len(scorecard.places),
            words,
        )


def _bounds_words(names: list[str], bounds: Rank, places: int, words: Words) -> str:
    """What no weighting can change of some places' ranks."""
    name = words.listed(names)
    if bounds == Rank(1, places):
        return words("%(name)s的位次取决于权重：各部分有高有低，不能排除任何位次。", name=name)
    if bounds.best == bounds.worst:
        return words("%(name)s无论怎样加权都是第 %(rank)s 位。", name=name, rank=str(bounds.best))
    return words(
        "%(name)s无论怎样加权都不出第 %(best)s 至 %(worst)s 位。",
        name=name,
        best=str(bounds.best),
        worst=str(bounds.worst),
    )


def pair_words(scorecard: Scorecard, pair: Pair, policy: Policy, words: Words) -> str:
    """For two neighbours in the ranking: what their order hangs on."""
    names = {
        "ahead": place_name(scorecard, pair.ahead, policy, words),
        "behind": place_name(scorecard, pair.behind, policy, words),
    }
    placed = {one.place: one for one in scorecard.places}
    if placed[pair.ahead].total == placed[pair.behind].total and pair.holds:
        return words("%(ahead)s与%(behind)s总分相同。", **names)
    if pair.always_strictly:
        return words("%(ahead)s无论怎样加权都领先%(behind)s。", **names)
    if pair.always:
        return words("%(ahead)s无论怎样加权都不落后于%(behind)s。", **names)
    if not pair.holds:
        return words("%(ahead)s与%(behind)s的先后还不能定：有数字未定。", **names)
    weights = {held.part.id: held for held in scorecard.parts}
    limits = []
    for tipping in pair.holds:
        held = weights[tipping.part]
        told = {"part": words.text(held.part.name), "now": share_words(held.weight)}
        if tipping.least:
            least = least_share_words(tipping.least)
            limits.append(words("“%(part)s”不低于 %(limit)s（现 %(now)s）", limit=least, **told))
        if tipping.most < 1:
            most = share_words(tipping.most)
            limits.append(words("“%(part)s”不高于 %(limit)s（现 %(now)s）", limit=most, **told))
    return words(
        "%(ahead)s领先%(behind)s，只要权重%(limits)s（只改一项，其余按原比例）。",
        limits=words.listed(limits),
        **names,
    )


def shortlist_view(
    scorecard: Scorecard, chosen: Chosen, policy: Policy, words: Words
) -> ShortlistView:
    """Who may be chosen from, each with reasons; it chooses nobody, and says so."""
    asked = chosen.places
    if not asked.is_named:
        said = words.plural(
            "%(clause)s 没有写明个数，列前 %(num)s 名。", asked.most, clause=chosen.clause
        )
    elif asked.least == asked.most:
        said = words.plural("%(clause)s 要求 %(num)s 个。", asked.most, clause=chosen.clause)
    else:
        said = words(
            "%(clause)s 要求每年 %(least)s 至 %(most)s 个。",
            clause=chosen.clause,
            least=asked.least,
            most=asked.most,
        )
    notes = [said, words("以下只供参考，不是评选结果；由使用单位决定。")]
    if len(chosen.candidates) > asked.most:
        notes.append(
            words(
                "位次并列或未定的较多，列出 %(number)s 个，须由人取舍。",
                number=len(chosen.candidates),
            )
        )
    if chosen.why_none is not None:
        notes = [said, words("没有名单：%(why)s。", why=words.text(chosen.why_none))]
    return ShortlistView(
        title=words(
            "%(clause)s 参考名单：%(what)s", clause=chosen.clause, what=words.text(chosen.what)
        ),
        note=words.sentences(notes),
        lines=tuple(
            _candidate_line(scorecard, one, asked.most, policy, words) for one in chosen.candidates
        ),
    )


def _candidate_line(
    scorecard: Scorecard, one: Candidate, most: int, policy: Policy, words: Words
) -> Line:
    score = one.score
    said = [
        words(
            "第 %(rank)s 位，总分 %(total)s",
            rank=rank_words(score.rank, words),
            total=points(score.total, words),
        )
    ]
    parts = [
        words(
            "%(part)s %(figure)s（第 %(rank)s 位）",
            part=words.text(held.part.name),
            figure=figure_words(figure, words),
            rank=rank_words(score.parts[held.part.id].rank, words),
        )
        for held in scorecard.parts
        if (figure := score.parts[held.part.id].figure) is not None
    ]
    if parts:
        said.append(words.listed(parts))
    said += _open_words(scorecard, score, words)
    said.append(_firmness(one, most, words))
    tone: Tone = "quiet" if one.is_sure else "unsure"
    return Line(place_name(scorecard, score.place, policy, words), words("；").join(said), tone)


def _open_words(scorecard: Scorecard, score: PlaceScore, words: Words) -> Iterator[str]:
    """What is uncertain of a place's figures."""
    nothing, still = [], []
    for held in scorecard.parts:
        figure, name = score.parts[held.part.id].figure, words.text(held.part.name)
        if figure is None:
            nothing.append(name)
        elif figure.more or not figure.bounds.is_settled:
            still.append(name)
    if still:
        yield words("数字未定的：%(parts)s", parts=words.listed(still))
    if nothing:
        yield words("没有可计的，按 0 至 100 分计：%(parts)s", parts=words.listed(nothing))


def _firmness(one: Candidate, most: int, words: Words) -> str:
    if not one.is_sure:
        return words.plural("是否在前 %(num)s 名之内还不能定", most)
    if one.is_always:
        return words.plural("无论怎样加权都在前 %(num)s 名之内", most)
    if one.is_stable:
        return words.plural("单看任一部分、去掉任一部分都在前 %(num)s 名之内", most)
    return words.plural("是否在前 %(num)s 名之内取决于权重", most)
