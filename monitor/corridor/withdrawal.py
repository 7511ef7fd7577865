"""Single vehicles taken back by their sender, with a reason; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor import __version__
from monitor.corridor.declared import Declared, check_declared
from monitor.errors import WrongUse
from monitor.model import Changes, Mode, Receipt, Status, Text
from monitor.policy.policy import Policy
from monitor.store.new_submission import NewSubmission
from monitor.store.recording import Recorder
from monitor.store.store import Store


def withdraw_vehicles(
    store: Store,
    policy: Policy,
    *,
    kind: str,
    division: str,
    vins: Sequence[str],
    reason: str,
    received_at: datetime,
    now: datetime,
) -> Receipt:
    """End the current rows of these vehicles in the division from the moment of receipt on.

    Raises `WrongUse` where a vehicle is not held there; then none is withdrawn.
    """
    check_declared(policy, Declared(received_at=received_at, kind=kind, division=division))
    if not reason.strip():
        raise WrongUse(Text("撤回须说明理由。", "A withdrawal needs a reason."))
    wanted = list(dict.fromkeys(vin.strip().upper() for vin in vins))
    recorder = Recorder(store, policy.ruleset, __version__, now)
    new = NewSubmission(
        kind=kind,
        division=division,
        period=None,
        period_declared=False,
        received_at=received_at,
        mode=Mode.WITHDRAW,
        status=Status.ACCEPTED,
        reason=reason.strip(),
    )
    with store.transaction():
        seq = recorder.next_seq()
        recorder.open(seq, new, "")
        withdrawn, missing = recorder.withdraw(seq, new, wanted)
        if missing:
            raise WrongUse(
                Text(
                    f"{division} 没有这些车辆的现行记录：{'、'.join(missing)}。未撤回任何车辆。",
                    f"{division} holds no current row of {', '.join(missing)}. None was withdrawn.",
                )
            )
        return recorder.close(seq, replace(new, changes=Changes(withdrawn=withdrawn)))
