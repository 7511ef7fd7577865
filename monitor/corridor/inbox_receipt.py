"""The receipt that lies beside a taken file: what was understood, what was set aside, what to do.

Plain text in both languages, in the sender's own folder, for a clerk who never sees the console.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.model import SHANGHAI, Finding, Receipt, Severity, Status, Text
from monitor.policy.policy import Policy
from monitor.store.store import Store

STATUS_WORDS = {
    Status.ACCEPTED: Text("已接收", "Accepted"),
    Status.WITH_FINDINGS: Text("已接收，有问题需处理", "Accepted, with findings"),
    Status.REFUSED: Text("未接收", "Refused"),
    Status.DUPLICATE: Text("重复报送，与此前完全相同", "The same as before"),
    Status.NIL: Text("零报告", "Nil return"),
}
_SHOWN = 5  # of each kind of finding; `fleetmon check` shows them all


def receipt_text(policy: Policy, receipt: Receipt) -> str:
    """The receipt in Chinese, then in English."""
    lines = list(_lines(policy, receipt))
    return "\n".join(
        (*(line.zh for line in lines), "", "-" * 40, "", *(line.en for line in lines), "")
    )


def receipt_of(store: Store, seq: int) -> Receipt:
    """The receipt of a submission that was recorded before, as it was given then."""
    held = store.summaries("seq = ?", [seq])[0]
    return Receipt(
        submission=held.submission,
        sha256=held.sha256,
        file=held.file,
        kind=held.kind,
        division=held.division,
        period=held.period,
        received_at=held.received_at,
        status=held.status,
        rows=held.rows,
        findings=store.findings(seq),
        findings_total=held.errors + held.warnings,
        interpretations=store.interpretations(seq),
        code=held.receipt,
        changes=held.changes,
        error_total=held.errors,
        tallies=tuple((code, rows) for (code, _), rows in store.tallies([seq]).items()),
    )


def _lines(policy: Policy, receipt: Receipt) -> Iterator[Text]:
    status, rows = STATUS_WORDS[receipt.status], receipt.rows
    at = receipt.received_at.astimezone(SHANGHAI)
    yield Text(f"回执：{status.zh}", f"Receipt: {status.en}")
    yield Text(f"文件：{receipt.file or ''}", f"File: {receipt.file or ''}")
    yield Text(
        f"收到时间：{at:%Y-%m-%d %H:%M}（北京时间）", f"Received: {at:%Y-%m-%d %H:%M} +08:00"
    )
    yield Text(f"编号：{receipt.submission}", f"Number: {receipt.submission}")
    if receipt.code:
        yield Text(f"回执码：{receipt.code}", f"Receipt code: {receipt.code}")
    yield Text(f"SHA-256：{receipt.sha256}", f"SHA-256: {receipt.sha256}")
    if receipt.status is not Status.REFUSED:
        yield from _understood(policy, receipt)
        yield Text(
            f"行数：读入 {rows.read}，计入 {rows.accepted}，退回 {rows.rejected}，略过 "
            f"{rows.ignored}",
            f"Rows: {rows.read} read, {rows.accepted} accepted, {rows.rejected} set aside, "
            f"{rows.ignored} ignored",
        )
    yield Text("", "")
    yield _to_do(receipt)
    yield from _findings(receipt)
    for told in receipt.interpretations:
        yield Text(f"说明：{told.message.zh}", f"Read as: {told.message.en}")


def _understood(policy: Policy, receipt: Receipt) -> Iterator[Text]:
    kind = policy.kind_label(receipt.kind or "")
    yield Text(f"报表：{kind.zh}", f"Kind: {kind.en}")
    if receipt.division is not None:
        name = policy.divisions.name(receipt.division)
        yield Text(
            f"报送单位：{name.zh}（{receipt.division}）", f"Sender: {name.en} ({receipt.division})"
        )
    if receipt.period is not None:
        start, end = receipt.period
        yield Text(f"所属期间：{start} 至 {end}", f"Period: {start} to {end}")


def _to_do(receipt: Receipt) -> Text:
    if receipt.status is Status.REFUSED:
        return Text(
            "整份文件未计入任何数字。请按下面的原因改正，再把文件放入同一文件夹。",
            "Nothing of the file counts. Mend what stands below and put it into the same folder.",
        )
    if receipt.status is Status.DUPLICATE:
        return Text(
            f"这份文件已作为 {receipt.first} 收到，没有改变。无需处理。",
            f"The file was received before as {receipt.first}; nothing changed. Nothing to do.",
        )
    if receipt.rows.rejected:
        n = receipt.rows.rejected
        return Text(
            f"有 {n} 行未计入。请改正这些行，把改正后的文件放入同一文件夹；"
            "已计入的行不会重复计算。",
            f"Rows that do not count: {n}. Mend them and put the mended file into the same folder; "
            "rows that count already are not counted twice.",
        )
    if receipt.findings_total:
        return Text(
            "全部行均已计入；下列提示请核对，有误时改正后重报。",
            "All rows count. Look at the notes below, and send a mended file if one is right.",
        )
    return Text("全部行均已计入，没有问题。无需处理。", "All rows count. Nothing to do.")


def _findings(receipt: Receipt) -> Iterator[Text]:
    shown: dict[str, list[Finding]] = {}
    for finding in receipt.findings:
        shown.setdefault(finding.code, []).append(finding)
    tallies = dict(receipt.tallies)
    for code, found in shown.items():
        rows = tallies.get(code, len(found))
        yield _heading(code, rows, found)
        for finding in found[:_SHOWN]:
            yield Text(f"  - {finding.message.zh}", f"  - {finding.message.en}")
        more = rows - min(len(found), _SHOWN)
        if more > 0:
            yield Text(f"  - 另有 {more} 处", f"  - {more} more")


def _heading(code: str, rows: int, found: Sequence[Finding]) -> Text:
    is_error = found[0].severity is Severity.ERROR
    word = Text("退回", "Set aside") if is_error else Text("提示", "Note")
    return Text(f"{word.zh} {code}：{rows} 处", f"{word.en} {code}: {rows}")
