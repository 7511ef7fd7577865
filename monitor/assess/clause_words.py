"""What the parts of a clause are called, for every page and terminal alike."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from monitor.model import Text

if TYPE_CHECKING:
    from monitor.policy.bodies import Body  # the command line starts without it

CLASSES: Final = MappingProxyType(
    {
        "fleet": Text("车辆", "fleet"),
        "rule": Text("规则", "rule"),
        "indicator": Text("指标", "indicator"),
        "system": Text("机制", "system"),
    }
)
# How a clause is answered; the last is what stands where no such report can be read yet.
ANSWERED: Final = MappingProxyType(
    {
        "computed": Text("计算", "computed"),
        "reported": Text("报数", "reported"),
        "documented": Text("凭文件", "documented"),
        "not_computable": Text("无法计算", "not computable"),
        "needs_extract": Text("尚无报表", "not yet"),
    }
)
# What a row behind an answer counts as.
COUNTS_AS: Final = MappingProxyType(
    {
        "against": Text("不符", "against it"),
        "undetermined": Text("待定", "undetermined"),
        "counted": Text("符合", "for it"),
        "reported": Text("报送", "reported"),
    }
)


def body_words(written: str, body: Body | None) -> Text:
    """A body as the document writes it, with its present name where that is another one."""
    if body is not None and body.now_called:
        return Text(f"{written}（现{body.now_called}）", f"{written} (now {body.now_called})")
    if body is not None and body.present is None:
        return Text(f"{written}（现名不明）", f"{written} (present name not known)")
    return Text(written, written)
