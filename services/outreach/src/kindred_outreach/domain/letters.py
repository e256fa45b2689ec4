"""A written message before it is put into a mail: plain content, without a form."""

from dataclasses import dataclass
from uuid import UUID

from kindred_outreach.domain.messages import Appointment


@dataclass(frozen=True, slots=True)
class Letter:
    """What the customer reads, in his language.

    ``facts`` are label and value, such as when and where. ``action`` is the label of the button that leads to ``link``.
    """

    language: str
    subject: str
    preview: str
    greeting: str
    before: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    action: str | None
    link: str | None
    closing: str
    signature: tuple[str, ...]
    footer: str
    unsubscribe_label: str
    unsubscribe_link: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter on its way: to whom, from whom, and what goes into the calendar.

    ``sender_name`` and ``reply_to`` are those of the account manager, where there is one.
    """

    message_id: UUID
    to_name: str
    to_address: str
    sender_name: str
    reply_to: str | None
    letter: Letter
    appointment: Appointment | None
    accepted: bool


class Incomplete(Exception):  # noqa: N818 - says what the request is, not what failed
    """The request lacks what its template needs; ``variable`` names it."""

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable
