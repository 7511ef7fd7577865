"""The press: each bulletin set in all forms, a letter for each recipient, recorded at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from monitor.bulletins.digest import DigestEntry, digest_entry, digest_letter
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.forms import Forms, make_forms
from monitor.delivery.bulletin_archive import keep_forms
from monitor.delivery.compose import BULLETIN, Letter, address_letter, bulletin_about, compose
from monitor.delivery.message import digest_of
from monitor.delivery.outbox import put
from monitor.errors import FleetmonError
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import (
    Delivery,
    NewDelivery,
    State,
    add_deliveries,
    deliveries,
    sent_of_day,
    subject_of,
    supersede,
)
from monitor.store.holds import add_holds
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Published:
    """One bulletin: its letters in the outbox, or held for the reasons given; its forms' folder.

    `path` is the first letter; None where nobody receives it, or where it could not be set.
    """

    division: str
    language: Language
    issue_number: int
    path: Path | None
    forms: Path | None
    letters: tuple[Path, ...] = ()
    holds: tuple[Text, ...] = ()


@dataclass
class Press:
    """Lays bulletins of one run down as files; nothing is promised before `record`.

    What was sent before about the day is looked up once, for all letters of the run.
    """

    store: Store
    policy: Policy
    run: int
    book: RecipientBook
    languages: Sequence[Language] | None
    as_of: date
    is_late: bool
    made_at: datetime
    others_go_on: bool
    published: list[Published] = field(default_factory=list)
    _issues: list[tuple[BulletinFacts, Language, str, str]] = field(default_factory=list)
    _holds: list[tuple[str, Text]] = field(default_factory=list)
    _deliveries: list[NewDelivery] = field(default_factory=list)
    _lost: list[NewDelivery] = field(default_factory=list)
    _digests: dict[tuple[Addressee, Language], list[DigestEntry]] = field(default_factory=dict)
    _known: dict[str, Delivery] = field(init=False)
    _sent: dict[tuple[str | None, ...], list[Delivery]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look up what is there already."""
        self._known = {one.id: one for one in deliveries(self.store, days=[self.as_of])}
        for one in sent_of_day(self.store, BULLETIN, self.as_of):
            whose = (subject_of(one.about), one.language, one.role, one.recipient)
            self._sent.setdefault(whose, []).append(one)

    def lay_down(self, facts: BulletinFacts, reasons: tuple[Text, ...], *, is_issue: bool) -> None:
        """Set one division's bulletin for its recipients.

        Where `others_go_on`, one that cannot be set is held, and its error goes no further.
        """
        desks = self._desks(facts.division)
        for language in self.languages or _read_by(desks):
            readers = [one for one in desks if self.languages or language in one.languages]
            try:
                self._set(facts, language, readers, reasons, is_issue=is_issue)
            except Exception as error:
                if not self.others_go_on:
                    raise
                text = error.text if isinstance(error, FleetmonError) else None
                self._not_set(facts, language, text or _fault(facts.division, error))
        self._holds += [(facts.division, reason) for reason in reasons]

    def _desks(self, division: str) -> list[Addressee]:
        """Who receives a division's bulletin: its own desks, and digests of the province."""
        above = self.policy.divisions.province_of(division)
        return [
            *self.book.of(division, BULLETIN),
            *(one for one in self.book.of(above, BULLETIN) if one.is_digest and above != division),
        ]

    def _set(
        self,
        facts: BulletinFacts,
        language: Language,
        readers: Sequence[Addressee],
        reasons: tuple[Text, ...],
        *,
        is_issue: bool,
    ) -> None:
        made = make_forms(facts, self.policy, language)
        name = _name(facts, language, made)
        forms = keep_forms(self.store.home.bulletins, name, made.files)
        about = bulletin_about(facts, made.letter)
        letters = []
        for addressee in readers:
            if addressee.is_digest:
                entry = digest_entry(made.view, made.letter, reasons)
                self._digests.setdefault((addressee, language), []).append(entry)
                continue
            letter = compose(
                facts,
                made,
                language,
                addressee=addressee,
                book=self.book,
                run=self.run,
                is_late=self.is_late,
                earlier=self._earlier(about, addressee, language),
            )
            letters.append(self._put(letter, is_held=bool(reasons)))
        if is_issue and not reasons:
            self._issues.append((facts, language, name, digest_of(made.letter)))
        self.published.append(
            Published(
                facts.division,
                language,
                facts.issue_number,
                next(iter(letters), None),
                forms,
                tuple(letters),
                reasons,
            )
        )

    def _earlier(self, about: str, addressee: Addressee, language: Language) -> tuple[str, ...]:
        """The Message-IDs of earlier contents of a bulletin that this desk was sent."""
        whose = (subject_of(about), language, addressee.role, addressee.address)
        sent = self._sent.get(whose, ())
        return tuple(one.message_id for one in sent if one.about != about)

    def _put(self, letter: Letter, *, is_held: bool) -> Path:
        """Lay a letter down where it is not there already; gives where it lies."""
        home = self.store.home
        if is_held:
            return put(home.held, letter.name, letter.message)
        known = self._known.get(letter.delivery.id)
        # The same letter is on its way, perhaps in other clothes: late by now, or sent.
        if known is not None and known.state is not State.SUPERSEDED:
            places = (home.sent / known.file_name, home.outbox / known.file_name)
            lies = next((path for path in places if path.exists()), None)
            if lies is not None or known.settled_at is not None:
                self._deliveries.append(letter.delivery)
                return lies or places[0]
            self._lost.append(letter.delivery)  # promised, not sent, and gone: once more
        self._deliveries.append(letter.delivery)
        return put(home.outbox, letter.name, letter.message)

    def lay_down_digests(self, known_at: datetime | None) -> None:
        """One letter for each recipient who wants all bulletins of a run in one."""
        dated = known_at or datetime.combine(self.as_of, time(23, 59, 59), SHANGHAI)
        for (addressee, language), entries in self._digests.items():
            try:
                self._set_digest(addressee, language, entries, dated)
            except Exception as error:
                if not self.others_go_on:
                    raise
                text = error.text if isinstance(error, FleetmonError) else None
                why = text or _fault(addressee.division, error)
                self._holds.append((addressee.division, why))
                self.published.append(
                    Published(addressee.division, language, 0, None, None, (), (why,))
                )

    def _set_digest(
        self,
        addressee: Addressee,
        language: Language,
        entries: Sequence[DigestEntry],
        dated: datetime,
    ) -> None:
        rendered = digest_letter(
            entries,
            self.policy,
            language,
            division=addressee.division,
            as_of=self.as_of,
            forms=addressee.forms,
        )
        letter = address_letter(
            rendered,
            language,
            addressee=addressee,
            book=self.book,
            kind="digest",
            about=f"{addressee.division} {self.as_of.isoformat()} {digest_of(rendered)}",
            division=addressee.division,
            day=self.as_of,
            date=dated.astimezone(SHANGHAI),
            headers={},
            run=self.run,
        )
        self._put(letter, is_held=all(entry.holds for entry in entries))

    def _not_set(self, facts: BulletinFacts, language: Language, why: Text) -> None:
        self._holds.append((facts.division, why))
        self.published.append(
            Published(facts.division, language, facts.issue_number, None, None, (), (why,))
        )

    def record(self) -> Mapping[str, int]:
        """Write down all that was laid down, within the caller's transaction; gives the counts."""
        add_holds(self.store, self.run, list(dict.fromkeys(self._holds)))
        for facts, language, name, digest in self._issues:
            self.store.add_bulletin(
                self.run,
                division=facts.division,
                as_of=facts.as_of,
                issue_number=facts.issue_number,
                language=language,
                name=name,
                digest=digest,
            )
        new = add_deliveries(self.store, self._deliveries, self.made_at)
        supersede(self.store, self._deliveries, self.made_at)
        for one in self._lost:
            self.store.connection.execute(
                "UPDATE delivery SET file_name = ?, sha256 = ?, next_try_at = NULL WHERE id = ?",
                [one.file_name, one.sha256, one.id],
            )
        counts = {
            "bulletins": len(self._issues),
            "letters": len(new),
            "held": sum(bool(one.holds) for one in self.published),
        }
        audit.record(
            self.store, "bulletins", f"run {self.run}", detail=dict(counts), at=self.made_at
        )
        return counts

    def clear_released(self) -> None:
        """Take away the held copies of bulletins that have gone out now."""
        for facts, language, _, _ in self._issues:
            for path in self.store.home.held.glob(f"{_stem(facts.as_of, facts, language)}_*.eml"):
                path.unlink()


def _read_by(addressees: Sequence[Addressee]) -> list[Language]:
    """The languages that recipients read, each once; Chinese where there is no recipient."""
    read: list[Language] = [language for one in addressees for language in one.languages]
    return list(dict.fromkeys(read)) or ["zh"]


def _stem(as_of: date, facts: BulletinFacts, language: Language) -> str:
    return f"{as_of.isoformat()}_{facts.division}_{language}"


def _name(facts: BulletinFacts, language: Language, made: Forms) -> str:
    """The name of a bulletin's folder: other content, other name."""
    return f"{_stem(facts.as_of, facts, language)}_{digest_of(made.letter)}"


def _fault(division: str, error: Exception) -> Text:
    return Text(
        f"{division} 的通报未能生成（{type(error).__name__}），其余地区不受影响。"
        f"请运行 fleetmon --debug bulletin --division {division} 查看细节，并交维护人员。",
        f"The bulletin of {division} could not be set ({type(error).__name__}); the others are "
        f"not touched. Run fleetmon --debug bulletin --division {division} for details and tell "
        "the maintainers.",
    )
