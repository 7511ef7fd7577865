"""The doctor: everything that the service needs, looked at one by one, with what to mend.

Each check stands alone: one that cannot be carried out is a fault of its own and hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.service import doctor_data, doctor_jobs, doctor_mail, doctor_service, doctor_site
from monitor.service.diagnosis import Look, Result, failed, fault_words
from monitor.service.workplace import Workplace
from monitor.store.breakdowns import breakdown

AS_TOLD: Final = Text(
    "请按上述说明处理，再运行 fleetmon doctor", "Mend it as told, then run fleetmon doctor again"
)
# In the order in which one mends: nothing later can be well where an earlier one is not.
CHECKS: dict[str, Callable[[Look], Result]] = {
    "settings": doctor_service.settings,
    "rules": doctor_service.rules,
    "templates": doctor_service.templates,
    "fonts": doctor_service.fonts,
    "disk": doctor_service.disk,
    "clock": doctor_data.clock,
    "zone": doctor_service.zone,
    "database": doctor_data.database,
    "snapshot": doctor_data.snapshot,
    "files": doctor_data.files,
    "archive": doctor_data.archive,
    "audit": doctor_data.audit,
    "backup": doctor_data.backup,
    "calendar": doctor_service.calendar,
    "schedules": doctor_service.schedules,
    "service": doctor_service.service,
    "jobs": doctor_jobs.jobs,
    "inbox": doctor_jobs.inbox,
    "door": doctor_site.door,
    "address": doctor_site.address,
    "recipients": doctor_mail.recipients,
    "operators": doctor_mail.operators,
    "mail": doctor_mail.mail,
    "mail_hold": doctor_mail.hold,
    "deliveries": doctor_mail.letters,
    "outbox": doctor_mail.outbox,
}


def examine(place: Workplace, *, whole: bool = False) -> Iterator[tuple[str, Result]]:
    """Carry out every check; `whole` hashes all of the archive instead of a sample.

    Nothing is written, and no letter is sent.
    """
    look = Look(replace(place, waiting=lambda _words: None), whole=whole)
    for code, check in CHECKS.items():
        yield code, _isolated(look, check)


def _isolated(look: Look, check: Callable[[Look], Result]) -> Result:
    try:
        return check(look)
    except FleetmonError as error:
        return failed(
            error.text,
            AS_TOLD,
        )
    except OSError as error:
        told = breakdown(error)
        return failed(
            told.text if told else fault_words(error),
            Text(
                "请检查该文件或文件夹是否存在、是否可读，并以服务的用户运行",
                "Check that it is there and may be read, and run as the service's user",
            ),
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, the others are still looked at
        told = breakdown(error)
        if told:
            return failed(told.text, AS_TOLD)
        return failed(
            Text("此项无法检查", "this could not be looked at"),
            Text(
                f"{type(error).__name__}：{error}。请加 --debug 运行相应命令，把输出交给维护人员",
                f"{type(error).__name__}: {error}. Run the command in question with --debug and "
                "give the output to the operators",
            ),
        )
