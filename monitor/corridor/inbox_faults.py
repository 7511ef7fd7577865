"""Words for what goes wrong with a dropped file before and after it is recorded.

The message of a foreign error may carry a row's values; its type does not.
"""

from __future__ import annotations

from monitor.errors import FleetmonError
from monitor.model import Text


class Unfinished(FleetmonError):
    """A submission is recorded, and what follows it could not be done."""

    def __init__(self, submission: str, error: Exception) -> None:
        """Say so, and why."""
        why = (
            error.text
            if isinstance(error, FleetmonError)
            else Text(f"{type(error).__name__}。", f"{type(error).__name__}.")
        )
        super().__init__(
            Text(
                f"已登记为 {submission}，数据有效；但随后的改正通知未能写成，文件留在原处，"
                f"下次补做，不会重复登记。反复出现时请交维护人员。原因：{why.zh}",
                f"It is recorded as {submission} and counts, but the letter that asks for "
                "corrections could not be written; the file stays where it is until that is made "
                "up for, and is not recorded twice. Tell the maintainers if it comes back. "
                f"Reason: {why.en}",
            )
        )


def died_words(times: int) -> Text:
    """Words for a file at which the process died over and over."""
    return Text(
        f"读取该文件时程序已连续中断 {times} 次；文件未读取，已移入 refused。请交维护人员查看。",
        f"The process died {times} times running at this file; it was moved to refused unread. "
        "Let the maintainers look at it.",
    )


def our_fault(error: Exception) -> Text:
    """Words for an error of ours before anything was recorded; its type alone is told."""
    return Text(
        f"程序内部错误（{type(error).__name__}），文件留在原处，未保存任何内容，下次再试。"
        "反复出现时请交维护人员。",
        f"An error of ours ({type(error).__name__}); the file stays where it is, nothing was kept, "
        "and it is tried again. Tell the maintainers if it comes back.",
    )
