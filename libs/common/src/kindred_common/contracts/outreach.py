"""Records about messages: any service requests one or takes it back, outreach says what became of it."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import Part, Record
from kindred_common.contracts.vocabulary import Manner, MessageClass, MessagePurpose, MessageResult


class CalendarEntry(Part):
    """What goes into the customer's calendar; ``uid`` stays the same and ``sequence`` rises when it changes."""

    uid: str = Field(max_length=200)
    sequence: int = Field(default=0, ge=0)
    cancelled: bool = False
    title: str = Field(max_length=200)
    starts_at: Moment
    ends_at: Moment
    zone: str
    place_name: str | None = Field(default=None, max_length=200)


class MessageRequested(Record):
    """Someone asks for one message to a customer.

    ``(customer_id, purpose, occasion)`` identifies the message: a second request for the same is the same message.
    ``data`` fills the template: titles, dates as ISO 8601, never names or addresses. ``link`` is the personal page.

    Every purpose needs ``title``; purposes about an event need ``starts_at`` too and may give ``ends_at``, ``zone``
    (IANA), ``place_name``, ``introduction`` (a sentence or two) and ``companion`` (``true``: one is welcome, or comes
    along); a survey may give ``minutes`` and ``closes_at``. What ``calendar`` says need not be repeated in ``data``. A
    message that would have to be sent anew, such as the confirmation of a second acceptance, needs an occasion of its own:
    ``<event id>/2``. A cancellation takes back what still waits about the same (before the slash).
    """

    record_type: ClassVar[str] = "kindred.message-requested.v1"

    message_id: UUID
    customer_id: UUID
    purpose: MessagePurpose
    occasion: str = Field(max_length=200)
    message_class: MessageClass
    manner: Manner = Manner.EMAIL
    data: dict[str, str] = Field(default_factory=dict)
    link: str | None = Field(default=None, max_length=500)
    calendar: CalendarEntry | None = None
    not_after: Moment | None = None


class MessagesWithdrawn(Record):
    """Whoever asked for messages about something takes them back, without a word to the customer.

    What has not gone out yet is skipped with the rule ``withdrawn``, and tasks to bring it are dropped; what has gone out
    stays out. ``about`` is what stands before the slash in their occasions. Later requests are not touched.
    """

    record_type: ClassVar[str] = "kindred.messages-withdrawn.v1"

    customer_id: UUID
    about: str = Field(max_length=200)


class MessageOutcome(Record):
    """What became of a requested message.

    A skipped message names the ``rule`` that held it back and, when there is one, the moment from which it would be
    allowed. ``uncertain`` means that the mail server may or may not have taken it; it is never sent again by itself.
    """

    record_type: ClassVar[str] = "kindred.message-outcome.v1"

    message_id: UUID
    customer_id: UUID
    purpose: MessagePurpose
    occasion: str = Field(max_length=200)
    result: MessageResult
    at: Moment
    rule: str | None = Field(default=None, max_length=60)
    allowed_from: Moment | None = None
