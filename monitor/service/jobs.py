"""What each job does: the corridor's own functions on a clock, nothing of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.corridor.correction import requests
from monitor.corridor.inbox import Inbox, take_in, waiting_files
from monitor.corridor.judge import hold, judge_and_keep
from monitor.corridor.publish import everyone_concerned, publish
from monitor.corridor.reminding import remind
from monitor.delivery.report import SendReport
from monitor.delivery.sending import has_work, send_due
from monitor.door.copying import BESIDE
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.choosing import chosen_divisions
from monitor.policy.divisions import DivisionTable
from monitor.policy.due_dates import load_reporting
from monitor.service.conductor import Do, Run
from monitor.service.door_keeping import bytes_at_the_door
from monitor.service.workplace import Workplace
from monitor.store.backup import make_backup, thin_out
from monitor.store.ledger import first_seen
from monitor.store.retention import remove
from monitor.store.store import Store

REPORTING = "data/calendars/reporting.yml"


def _always(_place: Workplace) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """What a schedule calls by name; `has_work` is a cheap look that spares an empty run."""

    do: Do
    has_work: Callable[[Workplace], bool] = _always


def look_into_inbox(place: Workplace, divisions: DivisionTable) -> Inbox:
    """What lies in the drop folder: ready, still being written, or to be told of."""
    return waiting_files(
        place.home,
        place.now(),
        place.settings.service.quiet_seconds,
        is_known=divisions.known,
    )


def _has_files(place: Workplace) -> bool:
    return bool(look_into_inbox(place, place.divisions()).ready)


def _ingest_inbox(run: Run) -> Mapping[str, int]:
    """Take in what was dropped; whoever sent something wrong is asked to mend it."""
    place, policy = run.place, run.policy
    book = place.book()
    found = look_into_inbox(place, policy.divisions)
    counts: Counter[str] = Counter(waiting=len(found.waiting))
    for file in found.ready:
        place.pause_point()
        with place.store(write=True) as store:

            def ask(seq: int, store: Store = store) -> None:
                requests(store, policy, [seq], book=book, at=place.now())

            report = take_in(
                *(store, policy, [file]),
                now=place.now(),
                after=ask,
                second_person=place.settings.site.second_person,
            )
        for outcome in ("taken", "duplicates", "refused"):
            for submission in getattr(report, outcome):
                place.tell("file", outcome=outcome, submission=submission)
        counts.update(report.counts)
        run.faults += report.failed
    return counts


def _nightly_checks(run: Run) -> Mapping[str, int]:
    """Judge everything that is held as of the day, with every suite, and keep what was found."""
    place = run.place
    with place.store(write=True) as store:
        held = hold(store, run.key.as_of, None)
        judge_and_keep(
            store,
            run.policy,
            held,
            kind="nightly",
            started_at=place.now(),
            settle=lambda rows: run.settle(
                store,
                {
                    "assessments": len(rows),
                    "violations": sum(row.consequence == "violation" for row in rows),
                },
            ),
        )
    return run.settled


def _weekly_bulletins(run: Run) -> Mapping[str, int]:
    """Bulletins for every division that a mandate concerns; all are sent or none."""
    place, policy = run.place, run.policy
    with place.store(write=True) as store:
        held = hold(store, run.key.as_of, None)
        publish(
            store,
            policy,
            held,
            divisions=_divisions(run),
            languages=_languages(run),
            book=place.book(),
            started_at=place.now(),
            is_late=run.attempt.is_late,
            others_go_on=True,
            progress=place.pause_point,
            note=run.faults.append,
            settle=run.settle,
        )
    return run.settled


def _divisions(run: Run) -> tuple[str, ...]:
    """The divisions that the schedule names, provinces with their members; else all concerned."""
    named = run.schedule.options.get("divisions")
    if not isinstance(named, tuple):
        return everyone_concerned(run.policy)
    table = run.policy.divisions
    codes = [code for one in named for code in (one, *table.members(one))]
    return chosen_divisions(run.policy, tuple(dict.fromkeys(codes))) or ()


def _languages(run: Run) -> tuple[Language, ...] | None:
    """The languages that the schedule names; else those that each recipient reads."""
    named = run.schedule.options.get("languages")
    if not isinstance(named, tuple):
        return None
    return tuple("en" if one == "en" else "zh" for one in named)


def _reminders(run: Run) -> Mapping[str, int]:
    place, policy = run.place, run.policy
    rules = load_reporting(
        policy.project.file(REPORTING), policy.divisions, frozenset(policy.rules)
    )
    with place.store(write=True) as store:
        since = first_seen(store).get(run.key.job)
        reminded = remind(
            store,
            policy,
            rules,
            place.calendar(),
            place.book(),
            today=run.key.as_of,
            at=place.now(),
            since=since.astimezone(SHANGHAI).date() if since else None,
        )
    if reminded.unaddressed:
        run.faults.append(_nobody_to_tell(reminded.unaddressed))
    return reminded.counts


def _nobody_to_tell(divisions: tuple[str, ...]) -> Text:
    listed = "、".join(divisions)
    return Text(
        f"{listed} 有到期或逾期的报送要提醒，但没有收件人。请在 data/recipients.yml 中补上。",
        f"Something is due from {', '.join(divisions)} and nobody there receives reminders. Add "
        "recipients in data/recipients.yml.",
    )


def _is_due(place: Workplace) -> bool:
    return has_work(
        place.home,
        place.settings.mail,
        open_store=place.store,
        now=place.now(),
        book=place.book,
    )


def _send_due(run: Run) -> Mapping[str, int]:
    report = send(run.place)
    run.faults += report.faults
    return report.counts()


def send(place: Workplace) -> SendReport:
    """Send what is due, by the job or by hand."""
    return send_due(
        place.home,
        place.settings.mail,
        open_store=place.store,
        now=place.now,
        tell=place.tell,
        stop=place.stop.is_set,
        book=place.book,
    )


def _retention(run: Run) -> Mapping[str, int]:
    place = run.place
    with place.store(write=True) as store:
        wanted = bytes_at_the_door(place)
        return remove(store, place.settings.retention, at=place.now(), wanted=wanted)


def _backup(run: Run) -> Mapping[str, int]:
    place = run.place
    target = place.settings.backup.folder or place.home.backups
    made = make_backup(place.home, target, beside=BESIDE, at=place.now(), actor=place.actor)
    kept = place.settings.retention.backups_kept
    return {
        "files": made.files,
        "bytes": made.size,
        "thinned": thin_out(target, kept) if kept else 0,
    }


JOBS: Mapping[str, Job] = {
    "ingest_inbox": Job(_ingest_inbox, _has_files),
    "nightly_checks": Job(_nightly_checks),
    "weekly_bulletins": Job(_weekly_bulletins),
    "reminders": Job(_reminders),
    "retention": Job(_retention),
    "backup": Job(_backup),
    "send_due": Job(_send_due, _is_due),
}
