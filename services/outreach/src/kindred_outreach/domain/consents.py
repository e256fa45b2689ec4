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
    """What was said about the purpose itself, unless everything was refused then or later; None for nothing.

    A later yes to everything does not lift a refusal of the purpose: only a yes to just that does.
    """
    narrow, broad = statements.get(purpose), statements.get(ALL)
    if narrow is None or broad is None:
        said = narrow or broad
        return said.state if said else None
    refuses_all = broad.state != GRANTED and broad.stated_at >= narrow.stated_at
    return broad.state if refuses_all else narrow.state


def already_said(statements: Statements, purpose: str, state: str) -> bool:
    """Whether the customer said just this, and nothing else since about what it is about."""
    said = statements.get(purpose)
    if said is None or said.state != state:
        return False
    touching = statements if purpose == ALL else statements.keys() & {ALL}
    others = [statements[name] for name in touching]
    return all(other.state == state or other.stated_at < said.stated_at for other in others)


def refused(statements: Statements, purpose: str) -> bool:
    """Whether the customer does not want messages for this purpose."""
    return last_word(statements, purpose) not in (None, GRANTED)
