"""A message that a person brings: by card, phone, in person or through the secretary."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CallTask:
    """What an account manager is asked to do. ``words`` is what a mail would have said."""

    id: UUID
    message_id: UUID
    customer_id: UUID
    manner: str
    purpose: str
    subject: str
    words: str
    created_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
