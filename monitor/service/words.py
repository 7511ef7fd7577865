"""What runs count, in words: one table for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.model import Language, Text

# By the name that records and logs have for it; one name, one meaning, whichever job counts it.
COUNTS: Final[Mapping[str, Text]] = {
    "taken": Text("接收", "taken in"),
    "duplicates": Text("重复", "sent again"),
    "failed": Text("未能接收", "could not be taken in"),
    "changed": Text("仍在写入", "still being written"),
    "waiting": Text("等待", "waiting"),
    "assessments": Text("判定", "verdicts"),
    "violations": Text("未达强制性要求", "mandatory demands not met"),
    "bulletins": Text("通报", "bulletins"),
    "letters": Text("信件", "letters"),
    "held": Text("暂扣", "held"),
    "notices": Text("提醒事项", "notices"),
    "postponed": Text("留待明日", "left for tomorrow"),
    "unaddressed": Text("无收件人", "without a recipient"),
    "sent": Text("已寄出", "sent"),
    "deferred": Text("稍后再试", "to be tried again"),
    "refused": Text("被拒收", "refused"),
    "given_up": Text("多次未成，不再试", "given up"),
    "in_doubt": Text("是否送达存疑", "in doubt"),
    "no_address": Text("没有收件地址", "without an address"),
    "held_back": Text("收件人今天已达上限，明天寄", "for tomorrow: the recipient has had enough"),
    "left": Text("尚待寄出", "still to be sent"),
    "unreadable": Text("信件不在或内容已变", "letter gone or changed"),
    "doubles": Text("可能重复", "possibly sent twice"),
    "files": Text("文件", "files"),
    "bytes": Text("字节", "bytes"),
    "thinned": Text("移去旧备份", "old backups removed"),
}


def counted(counts: Mapping[str, int], language: Language) -> str:
    """What a run counted, in words; nothing is said of what there was none of."""
    return "  ".join(
        f"{COUNTS[name].to(language) if name in COUNTS else name} {count:,}"
        for name, count in counts.items()
        if count
    )
