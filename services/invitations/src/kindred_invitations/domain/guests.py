"""Whether a customer may be invited to an event at all: rules that bind people as well as the matcher."""

from dataclasses import dataclass
from datetime import UTC

from kindred_invitations.domain.event import EventDetails

SOCIAL_KINDS = frozenset({"sport", "culture", "dinner", "outing"})
"""Kinds whose main content is not professional."""


OF_AGE = 18
"""The age of contacts who told none: who does business is of age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """What is known of a customer that decides whether he may be invited.

    ``norm_max_value`` is the most he may accept, in euro per invitation; ``refused`` that he last said no to invitations.
    """

    active: bool = True
    may_be_invited: bool = False
    objected: bool = False
    refused: bool = False
    open_case: bool = False
    norm_max_value: float | None = None
    business_only: bool = False
    manner: str | None = None
    birth_year: int | None = None


def refusals(guest: Guest, details: EventDetails, seats: int) -> tuple[str, ...]:
    """The code of every rule that bars the invitation; empty when it may be given."""
    social = details.kind in SOCIAL_KINDS
    rules = (
        ("inactive", not guest.active),
        ("objection", guest.objected or guest.refused),
        ("consent", not guest.may_be_invited),
        ("open_case", guest.open_case and social),
        ("norm", (guest.business_only and social) or _too_valuable(guest, details, seats)),
        ("age", _surely_reached(guest, details) < details.minimum_age),
    )
    return tuple(code for code, barred in rules if barred)


def companion_possible(guest: Guest | None, details: EventDetails) -> bool:
    """Whether the guest may bring someone: the event allows it and his norm bears the value of both."""
    bearable = guest is None or not _too_valuable(guest, details, 2)
    return details.companion_allowed and bearable


def _surely_reached(guest: Guest, details: EventDetails) -> int:
    """The age that the guest has at the event, whenever his birthday is; who told no year has just come of age."""
    if guest.birth_year is None:
        return OF_AGE
    return details.starts_at.astimezone(UTC).year - guest.birth_year - 1


def _too_valuable(guest: Guest, details: EventDetails, seats: int) -> bool:
    most = guest.norm_max_value
    return most is not None and details.hospitality_value * seats > most
