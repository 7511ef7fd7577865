"""What the sender of a file is told when the process that was at it is gone."""

from __future__ import annotations

from concurrent.futures import TimeoutError as Late
from concurrent.futures.process import BrokenProcessPool

from monitor.corridor.draft_work import fault_words
from monitor.model import Text


def death_words(error: Exception, work: str, most_seconds: int) -> Text:
    """Why it ended and what to do; only a file that was being read may be to blame for it."""
    if isinstance(error, BrokenProcessPool) or work == "confirm":
        what = Text("处理程序中断，与文件无关", "the program broke off; the file is not to blame")
    elif isinstance(error, (Late, TimeoutError)):
        what = Text(
            f"处理超过 {most_seconds} 秒，已停止。请把文件拆成几份较小的",
            f"it took longer than {most_seconds} s and was stopped. Split the file into smaller "
            "ones",
        )
    else:
        what = Text(
            "读取这份文件的程序中断。文件可能已损坏，请用表格软件另存一份新文件后上传",
            "the program that read the file broke off. The file may be damaged: save it anew and "
            "upload that",
        )
    return fault_words(what)
