"""From facts to a letter: who writes to whom, under which name and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from email.headerregistry import Address
from typing import Final

from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.rendered import RenderedBulletin
from monitor.delivery.message import DOMAIN, build_message, digest_of
from monitor.delivery.outbox import letter_name
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.policy import Policy

_SENDER: Final = Text("新能源汽车推广应用监测", "New-energy vehicle monitoring")
_BUREAU: Final = Text("交通运输局", "transport bureau")
_DEPARTMENT: Final = Text("交通运输厅", "department of transport")
_UNKNOWN: Final = Text("报送单位", "sender of the file")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and the name that it has in the outbox."""

    name: str
    message: bytes


def compose(
    facts: BulletinFacts, policy: Policy, rendered: RenderedBulletin, language: Language
) -> Letter:
    """Address a rendered bulletin to its division; the same bulletin makes the same letter.

    The letter is dated by what it knows, not by a clock: the moment of knowledge, else the end
    of the day judged.
    """
    end_of_day = datetime.combine(facts.as_of, time(23, 59, 59), SHANGHAI)
    message = build_message(
        rendered,
        sender=Address(_SENDER.to(language), "bulletin", DOMAIN),
        recipient=recipient_of(facts.division, policy, language),
        message_id=_message_id(facts, rendered, language),
        date=(facts.known_at or end_of_day).astimezone(SHANGHAI),
        headers=headers_of(facts),
    )
    return Letter(letter_name(facts.as_of, facts.division, language, message), message)


def compose_correction(
    facts: CorrectionFacts, policy: Policy, rendered: RenderedBulletin, language: Language
) -> Letter:
    """Address a correction request to the division that sent the file, dated by its receipt."""
    summary = facts.summary
    digest = digest_of(rendered)
    number = summary.submission.lower()
    message = build_message(
        rendered,
        sender=Address(_SENDER.to(language), "correction", DOMAIN),
        recipient=recipient_of(summary.division, policy, language),
        message_id=f"<correction.{number}.{language}.{digest}@{DOMAIN}>",
        date=summary.received_at.astimezone(SHANGHAI),
        headers={
            **({"X-Fleetmon-Division": summary.division} if summary.division else {}),
            "X-Fleetmon-Submission": summary.submission,
            "X-Fleetmon-Receipt": summary.receipt,
            "X-Fleetmon-Ruleset": summary.ruleset,
        },
    )
    whose = f"{summary.division or 'unknown'}_{summary.submission}"
    day = summary.received_at.astimezone(SHANGHAI).date()
    return Letter(letter_name(day, whose, language, message), message)


def recipient_of(division: str | None, policy: Policy, language: Language) -> Address:
    """Name a transport authority, or a sender that is not known, at an unreachable address."""
    if division is None:
        return Address(_UNKNOWN.to(language), "unknown-sender", DOMAIN)
    name = policy.divisions.name(division).to(language)
    is_province = division in policy.divisions.provinces
    office = (_DEPARTMENT if is_province else _BUREAU).to(language)
    shown = f"{name}{office}" if language == "zh" else f"{name} {office}"
    return Address(" ".join(shown.split()), division.lower(), DOMAIN)


def headers_of(facts: BulletinFacts) -> dict[str, str]:
    """Say what the letter is about, for those who file letters by program."""
    return {
        "X-Fleetmon-Division": facts.division,
        "X-Fleetmon-As-Of": facts.as_of.isoformat(),
        "X-Fleetmon-Issue": str(facts.issue_number),
        "X-Fleetmon-Ruleset": facts.ruleset,
        "X-Fleetmon-History": str(facts.history),
    }


def _message_id(facts: BulletinFacts, rendered: RenderedBulletin, language: Language) -> str:
    day = facts.as_of.strftime("%Y%m%d")
    parts = (day, facts.division.lower(), language, digest_of(rendered))
    return f"<{'.'.join(parts)}@{DOMAIN}>"
