"""What acts are called in front of people; a code that is not here stands for itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from monitor.model import Text

ACTIONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "account_added": Text("添加账户", "account added"),
        "account_changed": Text("修改账户", "account changed"),
        "account_disabled": Text("停用账户", "account disabled"),
        "account_enabled": Text("恢复账户", "account enabled"),
        "backup": Text("备份", "backup"),
        "bounce": Text("信件退回", "letter came back"),
        "bulletins": Text("生成通报", "bulletins made"),
        "corrections": Text("生成改正通知", "correction requests made"),
        "draft_added": Text("上传", "upload"),
        "draft_asked_anew": Text("更改报送的种类或期间", "kind or period changed"),
        "draft_checked": Text("校验", "check"),
        "draft_confirmed": Text("确认报送", "report confirmed"),
        "draft_discarded": Text("放弃报送", "report discarded"),
        "draft_expired": Text("报送过期未确认", "report never confirmed"),
        "draft_explained": Text("说明", "explanation"),
        "draft_returned": Text("退回报送", "report returned"),
        "draft_signed": Text("复核报送", "report signed"),
        "duplicate": Text("重复报送", "sent again"),
        "exemption_decision": Text("审定豁免", "exemption decided"),
        "exemption_evidence": Text("提交豁免材料", "evidence for an exemption"),
        "follow_up": Text("督办事项", "follow-up"),
        "link_made": Text("给出一次性链接", "one-time link made"),
        "link_used": Text("使用一次性链接", "one-time link used"),
        "look": Text("标为已看", "looked at"),
        "mail_hold": Text("暂停邮件", "mail held"),
        "mail_release": Text("恢复邮件", "mail released"),
        "notices": Text("生成提醒", "notices made"),
        "password_set": Text("设定密码", "password set"),
        "readdress": Text("信件改址", "letters readdressed"),
        "receipt_promised": Text("生成回执信件", "receipt letter made"),
        "restore": Text("恢复备份", "backup restored"),
        "retention": Text("清理到期文件", "old files removed"),
        "rows_seen": Text("查看车辆明细", "rows seen"),
        "ruleset": Text("规则变更", "change of rules accepted"),
        "run": Text("运行任务", "job run"),
        "send": Text("寄送", "letters sent"),
        "settle": Text("确认寄送", "delivery settled"),
        "sign_in": Text("登录", "sign-in"),
        "sign_in_failed": Text("登录失败", "sign-in failed"),
        "sign_out": Text("退出", "sign-out"),
        "subject_blank": Text("隐去车辆", "vehicle blanked"),
        "subject_export": Text("导出车辆资料", "a vehicle's data given out"),
        "submission": Text("报送生效", "submission in force"),
        "token_issued": Text("发放令牌", "token issued"),
        "token_refused": Text("令牌被拒", "token refused"),
        "token_revoked": Text("作废令牌", "token revoked"),
        "withdrawal": Text("撤回车辆", "vehicles withdrawn"),
    }
)
OUTCOMES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "ok": Text("完成", "done"),
        "refused": Text("被拒", "refused"),
        "failed": Text("失败", "failed"),
        "done": Text("完成", "done"),
        "accepted": Text("接收", "accepted"),
        "accepted_with_findings": Text("接收，有问题行", "accepted with findings"),
        "nil": Text("零报告", "nil return"),
        "duplicate": Text("重复", "duplicate"),
    }
)


def told(words: Mapping[str, Text], code: str) -> Text:
    """The words for a code."""
    return words.get(code, Text(code, code))
