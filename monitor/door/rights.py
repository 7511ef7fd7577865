"""Who may do what: roles, verbs, and the one function that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from monitor.policy.divisions import DivisionTable  # the command line reads roles only


class Role(StrEnum):
    """What somebody is here."""

    CLERK = "clerk"
    SIGNER = "signer"
    STEWARD = "steward"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Verb(StrEnum):
    """What may be done; each route and each command of the API is for one of them."""

    ENTER = "enter"  # whoever is signed in
    SEE = "see"  # figures, findings by count, bulletins of a division
    SEE_ROWS = "see_rows"  # cells of the sender's file: vehicles, plates, owners
    SUBMIT = "submit"  # upload, correct, explain, discard
    CONFIRM = "confirm"  # let it count, or hand it to the second person
    SIGN = "sign"  # be the second person
    REVIEW = "review"  # look at submissions, decide exemptions
    OPERATE = "operate"  # runs and deliveries
    AUDIT = "audit"  # the log of who did what
    ADMINISTER = "administer"  # accounts and tokens


_CLERK: Final = frozenset({Verb.ENTER, Verb.SEE, Verb.SEE_ROWS, Verb.SUBMIT, Verb.CONFIRM})
RIGHTS: Final = MappingProxyType(
    {
        Role.CLERK: _CLERK,
        Role.SIGNER: _CLERK | {Verb.SIGN},
        Role.STEWARD: frozenset(
            {
                *(Verb.ENTER, Verb.SEE, Verb.SEE_ROWS, Verb.SUBMIT, Verb.CONFIRM),
                *(Verb.REVIEW, Verb.OPERATE),
            }
        ),
        Role.AUDITOR: frozenset({Verb.ENTER, Verb.SEE, Verb.SEE_ROWS, Verb.OPERATE, Verb.AUDIT}),
        # Who gives rights away sees no vehicle, and changes no figure.
        Role.ADMINISTRATOR: frozenset({Verb.ENTER, Verb.OPERATE, Verb.ADMINISTER}),
    }
)
OF_A_DIVISION: Final = frozenset({Role.CLERK, Role.SIGNER})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a person signed in, or a program with a token; nobody where `role` is None.

    `division` bounds what may be seen: a code and what reports to it; None is all. `name` is how
    acts name them (`user:wangfang`, `token:t3f…`), `verbs` what a token was made for.
    """

    name: str
    role: Role | None
    division: str | None = None
    account: int | None = None
    shown_name: str = ""
    verbs: frozenset[Verb] | None = None

    def has(self, verb: Verb) -> bool:
        """Whether the verb is theirs at all."""
        held = RIGHTS[self.role] if self.role is not None else frozenset()
        return verb in held and (self.verbs is None or verb in self.verbs)


NOBODY: Final = Visitor("public", None)


def may(visitor: Visitor, verb: Verb, division: str | None, table: DivisionTable) -> bool:
    """Whether a visitor may do this about a division; None is about no one division.

    A division that is not known is nobody's.
    """
    if not visitor.has(verb):
        return False
    if division is None:
        return True
    mine = visitor.division
    return table.known(division) and (
        mine is None or division == mine or division in table.members(mine)
    )


def permitted(visitor: Visitor, verb: Verb, table: DivisionTable) -> tuple[str, ...]:
    """The provinces and divisions about which a visitor may do this, in the order of the table."""
    return tuple(code for code in table.codes if may(visitor, verb, code, table))


def scope_of(visitor: Visitor, table: DivisionTable) -> tuple[str, ...] | None:
    """The provinces and divisions whose reports a visitor sees; None is all of them.

    A token for rows alone sees the rows of its division's reports.
    """
    if visitor.division is None:
        return None
    seen = {*permitted(visitor, Verb.SEE, table), *permitted(visitor, Verb.SEE_ROWS, table)}
    return tuple(code for code in table.codes if code in seen)


def visible(visitor: Visitor, table: DivisionTable) -> tuple[str, ...]:
    """The divisions that a visitor may see, in the order of the table."""
    if not visitor.has(Verb.SEE):
        return ()
    mine = None if visitor.division is None else set(table.members(visitor.division))
    return tuple(code for code in table.divisions if mine is None or code in mine)
