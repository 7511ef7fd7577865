"""Whether a receipt is genuine and what it was given for is still the one held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from monitor.model import SubmissionSummary, Text
from monitor.store.archive import hash_of, stored_at
from monitor.store.blanking import blanked_files
from monitor.store.new_submission import NewSubmission, receipt_code
from monitor.store.store import Store

Outcome = Literal["genuine", "blanked", "bytes_missing", "altered", "unknown"]
_CODE: Final = re.compile(r"S(\d{6,9})-?((?:[A-Z2-7]{4}-?){4})")

OUTCOME_WORDS: Final[dict[Outcome, Text]] = {
    "genuine": Text(
        "回执真实，内容与所存一致。", "The receipt is genuine, and its content is the one held."
    ),
    "blanked": Text(
        "回执真实；原始文件中个别车辆的信息已依法隐去，其余内容未变（两个校验值均有记录）。",
        "The receipt is genuine. Vehicles were blanked in the archived file, as the law asks; the "
        "rest of it stands, and both hashes are on record.",
    ),
    "bytes_missing": Text(
        "回执真实，但归档中的原始文件已不在或已变。请联系管理员从备份核对。",
        "The receipt is genuine, but the archived file is gone or changed. Ask the administrator "
        "to look at a backup.",
    ),
    "altered": Text(
        "登记的内容与回执不符：数据库可能被改动。请立即联系管理员。",
        "What is recorded is not what the receipt was given for: the database may have been "
        "altered. Tell the administrator at once.",
    ),
    "unknown": Text(
        "没有这个回执。请对照原件逐字核对：字母与数字共 16 位，前面是报送编号。",
        "There is no such receipt. Compare it with the original: 16 letters and digits behind the "
        "number of the report.",
    ),
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt turned out to be; `submission` where it is of one."""

    outcome: Outcome
    submission: SubmissionSummary | None = None

    @property
    def words(self) -> Text:
        """The outcome in words."""
        return OUTCOME_WORDS[self.outcome]


def verify_receipt(store: Store, text: str) -> Verified:
    """Look a receipt up, work its code out anew, and read the archived bytes once more."""
    found = _CODE.fullmatch("".join(text.split()).upper())
    if found is None:
        return Verified("unknown")
    letters = found[2].replace("-", "")
    code = f"S{found[1]}-" + "-".join(letters[i : i + 4] for i in range(0, 16, 4))
    held = store.summaries("seq = ? AND receipt = ?", [int(found[1]), code])
    if not held:
        return Verified("unknown")
    summary = held[0]
    if _worked_out(summary) != code:
        return Verified("altered", summary)
    if summary.sha256 is None:
        return Verified("genuine", summary)
    lies_there = blanked_files(store).get(summary.sha256)
    if not _is_kept(stored_at(store.home, summary.sha256), lies_there or summary.sha256):
        return Verified("bytes_missing", summary)
    return Verified("blanked" if lies_there else "genuine", summary)


def _worked_out(held: SubmissionSummary) -> str:
    new = NewSubmission(
        kind=held.kind,
        division=held.division,
        period=held.period,
        period_declared=False,  # no part of the code
        received_at=held.received_at,
        mode=held.mode,
        status=held.status,
        sha256=held.sha256,
        counts=held.rows,
    )
    return receipt_code(held.seq, new, held.ruleset)


def _is_kept(path: Path, sha256: str) -> bool:
    try:
        return hash_of(path) == sha256
    except OSError:
        return False
