"""What customers said about being written to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

INVITATIONS = "invitations"
SURVEYS = "surveys"
ALL = "all"

GRANTED = "granted"
REVOKED = "revoked"
OBJECTED = "objected"

_PURPOSES = {
    "survey_invitation": SURVEYS,
    "feedback_request": SURVEYS,
    "event_invitation": INVITATIONS,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """The customer's last word on one purpose."""

    state: str
    stated_at: datetime


Statements = Mapping[str, Statement]
"""By purpose."""


def purpose_of(message_purpose: str) -> str | None:
    """The purpose whose consent a message needs; None for one that the customer's own step asks for."""
    return _PURPOSES.get(message_purpose)


def last_word(statements: Statements, purpose: str) -> str | None:
    """The later of what was said about the purpose and about everything; None when nothing was said."""
    said = [statements[name] for name in (purpose, ALL) if name in statements]
    return max(said, key=lambda statement: statement.stated_at).state if said else None


def refused(statements: Statements, purpose: str) -> bool:
    """Whether the customer does not want messages for this purpose."""
    return last_word(statements, purpose) not in (None, GRANTED)
