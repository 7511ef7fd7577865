"""A return that says there is nothing to report."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from monitor.corridor.declared import Declared
from monitor.model import Finding, Mode, Receipt, Severity, Status, Text
from monitor.policy.policy import Policy
from monitor.store.holdings import held_rows
from monitor.store.new_submission import NewSubmission
from monitor.store.recording import Recorder, asked_text
from monitor.store.store import Store


def record_nil(store: Store, policy: Policy, recorder: Recorder, declared: Declared) -> Receipt:
    """A return that says there is nothing; it covers its period unless rows are held."""
    kind, division, period = declared.kind, declared.division, declared.period
    if kind is None or division is None or period is None:
        raise AssertionError
    members = policy.reach(kind, division)
    held = held_rows(store, kind, members, period)
    finding = None
    if held and not declared.nil_replaces:
        finding = Finding(
            code="nil_contradicts_rows",
            severity=Severity.ERROR,
            message=Text(
                f"申报期内已有 {held} 行记录，与零报告矛盾。依据：零报告表示没有车辆。"
                "处理：如确实应为零，请加 --replace，或用 fleetmon withdraw 逐车撤回。",
                f"{held} rows are held for the period, against a nil return. Why: nil says that "
                "there is no vehicle. To mend: give --replace too, or withdraw the vehicles.",
            ),
        )
    new = NewSubmission(
        kind=kind,
        division=division,
        period=period,
        period_declared=True,
        received_at=declared.received_at,
        mode=Mode.REPLACE if declared.nil_replaces else Mode.NIL,
        status=Status.REFUSED if finding else Status.NIL,
        findings=(finding,) if finding else (),
        coverage=() if finding else tuple((code, period) for code in members),
    )
    with store.transaction():
        seq = recorder.next_seq()
        recorder.open(seq, new, asked_text(kind, period))
        if new.mode is Mode.REPLACE:
            nothing = recorder.add_rows(
                *(seq, new, store.facet_book(), None, 0, {}),
                reach=partial(policy.reach_of_any, kind),
                links_within=False,
            )
            new = replace(new, changes=nothing.changes)
        return recorder.close(seq, new)
