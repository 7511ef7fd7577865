"""Every state that a figure, a report or an upload can be in, with what it means."""

from __future__ import annotations

from monitor.bulletins import labels
from monitor.bulletins.handbook.table_parts import Meaning, MeaningSection
from monitor.bulletins.meanings import (
    CONSEQUENCE_MEANINGS,
    RECEIPT_MEANINGS,
    RECEIPT_WORDS,
    STATUS_MEANINGS,
)
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.door.draft_states import NEXT_STEPS, STATE_WORDS
from monitor.model import Text


def meaning_sections(words: Words, number: str) -> tuple[MeaningSection, ...]:
    """Verdicts, consequences, receipts and uploads, by the words that pages use."""
    meaning = words("含义")
    told = (
        (
            "status",
            words("结论"),
            words("与目标相比的结论。数据有问题，不等于没有达标；没有报送，也不等于没有达标。"),
            meaning,
            [
                _meaning("status", labels.verdict(status, words), STATUS_MEANINGS[status], words)
                for status in labels.STATUS_ORDER
            ],
        ),
        (
            "consequence",
            words("后果"),
            words("由结论和条文的力度得出。数据不完整时不作违规论，条文不约束本级的至多提示。"),
            meaning,
            [
                _meaning("consequence", _plain(code, _consequence(code, words)), said, words)
                for code, said in CONSEQUENCE_MEANINGS.items()
            ],
        ),
        (
            "receipt",
            words("回执"),
            words("收到一份文件后给出的结果。"),
            meaning,
            [
                _meaning("receipt", _plain(state, words.text(RECEIPT_WORDS[state])), said, words)
                for state, said in RECEIPT_MEANINGS.items()
            ],
        ),
        (
            "upload",
            words("上传的状态"),
            words("网站上的上传，确认以后才生效。"),
            words("下一步"),
            [
                _meaning("upload", _plain(state, words.text(said)), NEXT_STEPS[state], words)
                for state, said in STATE_WORDS.items()
            ],
        ),
    )
    return tuple(
        MeaningSection(f"{number}.{place}", f"meanings-{name}", title, about, head, tuple(rows))
        for place, (name, title, about, head, rows) in enumerate(told, start=1)
    )


def _consequence(code: str, words: Words) -> str:
    """Where nothing follows, pages say nothing; here it has a name."""
    return labels.consequence_word(code, words) or words("无")


def _plain(code: str, word: str) -> Verdict:
    return Verdict(code, word, "", "quiet")


def _meaning(sort: str, shown: Verdict, said: Text, words: Words) -> Meaning:
    return Meaning(shown.code, f"{sort}-{shown.code}", shown, words.text(said))
