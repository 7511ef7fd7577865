"""How far an upload got, in words, and what is to be done next."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from monitor.model import Text


class DraftState(StrEnum):
    """How far an upload got. Nothing of it counts before it is `confirmed`."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    AWAITING = "awaiting"
    RETURNED = "returned"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


# A check may be asked for, or is under way.
UNCHECKED: Final = (DraftState.RECEIVED, DraftState.CHECKING)
# Somebody has to decide.
OPEN: Final = (DraftState.CHECKED, DraftState.RETURNED, DraftState.AWAITING)
# The first person may confirm, and say why a warning stands; what is signed stays as it was seen.
CONFIRMABLE: Final = (DraftState.CHECKED, DraftState.RETURNED)
# May be asked anew with another kind or period, in a draft of its own.
CHANGEABLE: Final = (*CONFIRMABLE, DraftState.REFUSED, DraftState.DUPLICATE, DraftState.FAILED)
# Under way: a start finds it unfinished, and a page waits for it.
UNFINISHED: Final = (*UNCHECKED, DraftState.CONFIRMING)
# Nothing more becomes of it.
ENDED: Final = (DraftState.CONFIRMED, DraftState.DISCARDED)
# Something may still become of it.
LIVE: Final = tuple(state for state in DraftState if state not in ENDED)
# What may still be given up.
DISCARDABLE: Final = (
    *(DraftState.RECEIVED, DraftState.REFUSED, DraftState.DUPLICATE, DraftState.FAILED),
    *OPEN,
)

STATE_WORDS: Final = MappingProxyType(
    {
        DraftState.RECEIVED: Text("已上传，等待校验", "Uploaded, waiting to be checked"),
        DraftState.CHECKING: Text("正在校验", "Being checked"),
        DraftState.CHECKED: Text("已校验，尚未生效", "Checked, not in force yet"),
        DraftState.REFUSED: Text("无法读取，未生效", "Cannot be read, not in force"),
        DraftState.DUPLICATE: Text("与已生效的报送相同", "The same as a report in force"),
        DraftState.FAILED: Text("我方出错，未生效", "We failed, not in force"),
        DraftState.AWAITING: Text(
            "已确认，等待复核人复核，尚未生效", "Confirmed, waiting for the second person"
        ),
        DraftState.RETURNED: Text("复核人退回，尚未生效", "Given back by the second person"),
        DraftState.CONFIRMING: Text("正在生效", "Coming into force"),
        DraftState.CONFIRMED: Text("已确认，已生效", "Confirmed, in force"),
        DraftState.DISCARDED: Text("已放弃，未生效", "Discarded, not in force"),
    }
)

NEXT_STEPS: Final = MappingProxyType(
    {
        DraftState.RECEIVED: Text(
            "请稍候，轮到后自动校验；可以关闭本页，稍后再来。",
            "Please wait, it is checked in its turn; you may leave this page and come back.",
        ),
        DraftState.CHECKING: Text(
            "请稍候，通常几秒钟；可以关闭本页，稍后再来。",
            "Please wait, seconds as a rule; you may leave this page and come back.",
        ),
        DraftState.CHECKED: Text(
            "请核对校验结果，然后点“确认”。确认之前，以前的数字继续有效。",
            "Look at the result, then confirm. Until then the earlier figures stay in force.",
        ),
        DraftState.REFUSED: Text(
            "请按所列原因改正文件，再上传一次。", "Mend the file as said there and upload it again."
        ),
        DraftState.DUPLICATE: Text(
            "无需处理：同样的内容此前已生效。", "Nothing to do: the same is in force already."
        ),
        DraftState.FAILED: Text(
            "请再上传一次；仍然不行，请联系省级管理人员并告知编号。文件已保存。",
            "Upload it once more; if that fails too, tell the province the number. The file is "
            "kept.",
        ),
        DraftState.AWAITING: Text(
            "请复核人登录后复核：通过后生效，或退回。",
            "The second person signs in and lets it come into force, or gives it back.",
        ),
        DraftState.RETURNED: Text(
            "请看退回的理由：改正后重新上传，或说明后再次确认。",
            "See why it was given back: upload a mended file, or explain and confirm again.",
        ),
        DraftState.CONFIRMING: Text(
            "请稍候，正在写入；完成后会给出回执。", "Please wait; a receipt follows."
        ),
        DraftState.CONFIRMED: Text(
            "无需处理。请保存回执；发现有误时上传更正文件。",
            "Nothing to do. Keep the receipt; upload a correction where something is wrong.",
        ),
        DraftState.DISCARDED: Text(
            "无需处理。需要时请重新上传。", "Nothing to do. Upload again where it is needed."
        ),
    }
)
