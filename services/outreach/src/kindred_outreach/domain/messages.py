"""A message to a customer and the states it goes through.

::

    waiting ──> claimed ──> handed over ──> sent
       ^           │             ├────────> bounced
       │           │             └────────> uncertain    the server may or may not have it
       ├───────────┴── surely not taken
       ├──> skipped    a rule forbids it
       └──> task       a person brings it, then sent

A claim is committed before the mail server is called, and the hand-over before the message itself goes out. So a crash
leaves a claimed message that surely was not sent, or one handed over of which nobody knows: that one becomes uncertain and
is sent again only when a person asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    BOUNCED = "bounced"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    TASK = "task"


REPEATABLE = frozenset({State.SKIPPED, State.UNCERTAIN, State.BOUNCED})
"""States from which a person may have the message tried again; the rules then count as for a new one."""

CALLED_OFF = "called_off"
WITHDRAWN = "withdrawn"
TAKEN_BACK = frozenset({CALLED_OFF, WITHDRAWN})
"""Rules of those who asked: nobody sends the message again. One that is on its way bears the rule until that has ended."""

SERVICE = "service"
RELATIONSHIP = "relationship"
SURVEY = "survey"
EMAIL = "email"
INVITATION = "event_invitation"
CONFIRMATION = "event_confirmation"
CANCELLATION = "event_cancellation"


@dataclass(frozen=True, slots=True)
class Origin:
    """The record that asked for the message, as the cause of what follows."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """What goes into the customer's calendar."""

    uid: str
    sequence: int
    cancelled: bool
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place_name: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A requested message.

    ``(customer_id, purpose, occasion)`` identifies it. ``rule`` says why it is skipped, or what it waits for;
    ``allowed_from`` when that ends, if it does. ``refusals`` counts the times a mail server put it off.
    """

    id: UUID
    customer_id: UUID
    purpose: str
    occasion: str
    message_class: str
    manner: str
    requested_at: datetime
    due_at: datetime
    changed_at: datetime
    origin: Origin
    data: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    calendar: Appointment | None = None
    not_after: datetime | None = None
    state: State = State.WAITING
    rule: str | None = None
    allowed_from: datetime | None = None
    attempt_id: UUID | None = None
    claimed_at: datetime | None = None
    refusals: int = 0

    @property
    def subject(self) -> str:
        """What the message is about: the occasion without what tells one occasion from the next (``<event>/<n>``)."""
        return self.occasion.partition("/")[0]

    @property
    def by_email(self) -> bool:
        return self.manner == EMAIL
