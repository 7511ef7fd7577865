"""What roles and verbs are called in front of people, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from monitor.door.rights import Role, Verb
from monitor.model import Text

ROLES: Final[Mapping[Role, Text]] = MappingProxyType(
    {
        Role.CLERK: Text("报送员", "clerk"),
        Role.SIGNER: Text("复核人", "signer"),
        Role.STEWARD: Text("数据管理员", "steward"),
        Role.AUDITOR: Text("审计员", "auditor"),
        Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    }
)
TOKEN_STATES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "good": Text("有效", "good"),
        "revoked": Text("已作废", "revoked"),
        "expired": Text("已过期", "expired"),
        "stopped": Text("发放人已停用", "its maker is out"),
    }
)
DUTIES: Final[Mapping[Role, Text]] = MappingProxyType(
    {
        Role.CLERK: Text(
            "上传、说明、确认本地区的报送", "uploads, explains and confirms for a division"
        ),
        Role.SIGNER: Text(
            "同报送员，并作为第二人复核", "as a clerk, and signs as the second person"
        ),
        Role.STEWARD: Text(
            "查看各地区，审看报送，审定豁免，查看运行与寄送",
            "sees all divisions, reviews submissions, decides exemptions, sees runs and letters",
        ),
        Role.AUDITOR: Text(
            "查看各地区和审计记录，不作改动", "sees all divisions and the log, changes nothing"
        ),
        Role.ADMINISTRATOR: Text(
            "管理账户与令牌，看不到车辆明细", "gives accounts and tokens, sees no vehicle"
        ),
    }
)
VERBS: Final[Mapping[Verb, Text]] = MappingProxyType(
    {
        Verb.ENTER: Text("登录", "come in"),
        Verb.SEE: Text("查看数字、问题统计和通报", "see figures, findings by count and bulletins"),
        Verb.SEE_ROWS: Text("查看车辆明细", "see rows: vehicles, plates, owners"),
        Verb.SUBMIT: Text("上传、说明、放弃报送", "upload, explain and discard"),
        Verb.CONFIRM: Text("确认报送", "confirm"),
        Verb.SIGN: Text("复核报送", "sign as the second person"),
        Verb.REVIEW: Text("审看报送、审定豁免", "review submissions and decide exemptions"),
        Verb.OPERATE: Text("查看运行与寄送", "see runs and deliveries"),
        Verb.AUDIT: Text("查看审计记录", "see the audit log"),
        Verb.ADMINISTER: Text("管理账户与令牌", "give accounts and tokens"),
    }
)
