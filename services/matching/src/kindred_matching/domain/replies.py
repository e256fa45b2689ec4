"""What customers do with invitations, and how much each reply says about what.

Who declines because his agenda is full, or because his employer forbids it, says nothing of what he wants: such a reply counts among
those that were **hindered**, whatever was offered, and teaches no taste and no other weight. Every other first reply teaches the
shared weights in full, so that forecasts come true on average. About the taste of this one customer a decline has credit by its
reason: the topic for the themes, the kind of moment for the kind, the distance for neither. Acceptances, silence and declines
without a reason have the credit that declines have on average: with more, lessons would drift upwards. Who came, or stayed away
after he had accepted, teaches about himself only: he did accept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reply(StrEnum):
    """What became of an invitation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Credit:
    """How much a reply says, 0..1: of the customer's themes, kind and openness, and of what is true of everybody."""

    themes: float
    kind: float
    openness: float = 1.0
    everybody: float = 1.0


AFTERWARDS = frozenset({Reply.ATTENDED, Reply.NO_SHOW})
"""What can only follow an acceptance."""

HINDRANCES = frozenset({"date", "employer_rules"})
"""Reasons to decline that have nothing to do with what was offered."""

_BY_REPLY: Mapping[Reply, Credit] = {
    Reply.ACCEPTED: Credit(0.8, 0.8),
    Reply.DECLINED: Credit(0.8, 0.8),
    Reply.SILENT: Credit(0.8, 0.8),
    Reply.ATTENDED: Credit(0.5, 0.5, openness=0.0, everybody=0.0),
    Reply.NO_SHOW: Credit(0.25, 0.25, openness=0.5, everybody=0.0),
}

_BY_REASON: Mapping[str, Credit] = {
    "topic": Credit(1.0, 0.5),
    "kind": Credit(0.5, 1.0),
    "distance": Credit(0.2, 0.2),
    "date": Credit(0.0, 0.0, openness=0.0, everybody=0.0),
    "employer_rules": Credit(0.0, 0.0, openness=0.0, everybody=0.0),
}


def credit_of(reply: Reply, reason: str | None = None) -> Credit:
    """How much the reply says; ``reason`` is that of a decline, None or another word when it is not known."""
    usual = _BY_REPLY[reply]
    return _BY_REASON.get(reason or "", usual) if reply is Reply.DECLINED else usual


def is_yes(reply: Reply) -> float:
    """1 for what speaks for the event, 0 for what speaks against it."""
    return 1.0 if reply in (Reply.ACCEPTED, Reply.ATTENDED) else 0.0


def is_hindered(reply: Reply, reason: str | None) -> bool:
    """Whether the customer was kept from coming, whatever it was."""
    return reply is Reply.DECLINED and reason in HINDRANCES
