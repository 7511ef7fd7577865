"""What deliveries are called in front of people: their kinds, their states, their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.model import Text

KINDS: Final[Mapping[str, Text]] = {
    "bulletin": Text("通报", "bulletin"),
    "digest": Text("通报汇编", "digest of bulletins"),
    "correction": Text("数据改正通知", "correction request"),
    "reminder": Text("报送提醒", "reminder"),
    "past_due": Text("逾期催报", "past-due notice"),
    "escalation": Text("逾期上报", "escalation"),
    "operators": Text("运维报告", "operators' report"),
}
STATES: Final[Mapping[str, Text]] = {
    "waiting": Text("待寄", "waiting"),
    "deferred": Text("稍后再试", "deferred"),
    "in_doubt": Text("存疑", "in doubt"),
    "no_address": Text("没有地址", "no address"),
    "sent": Text("已寄出", "sent"),
    "refused": Text("被拒收", "refused"),
    "given_up": Text("已放弃", "given up"),
    "superseded": Text("已被替换", "superseded"),
    "bounced": Text("被退回", "bounced"),
}
# What a sender notes, and what people and other servers say afterwards.
STEPS: Final[Mapping[str, Text]] = {
    "started": Text("开始寄送", "begun"),
    "data": Text("内容已交出", "content handed over"),
    "sent": Text("已寄出", "sent"),
    "refused": Text("对方拒收", "refused"),
    "deferred": Text("这次没有寄成，稍后再试", "put off, to be tried again"),
    "unreachable": Text("邮件服务器不可用", "mail server not available"),
    "in_doubt": Text("交出后没有得到答复", "handed over and not answered for"),
    "again": Text("由人决定再寄", "sent again on somebody's word"),
    "settled": Text("由人确认已送达", "settled as sent on somebody's word"),
    "bounced": Text("被退回", "bounced"),
    "delayed": Text("对方报告延迟", "reported as delayed"),
}


def said(words: Mapping[str, Text], code: str) -> Text:
    """The words for a code; one that an older or newer program wrote stands for itself."""
    return words.get(code, Text(code, code))
