"""What customers do with invitations, and how much each reply says about what.

The chance to be accepted falls for whatever reason somebody declines: what does not bear on taste has full credit with the rest
(base, manner, distance, company). With taste a decline has credit by its reason: the topic for the themes, the kind of moment for
the kind; an agenda that was full says little, the employer's rules nothing. Silence until the event begins is half a decline. Who
came, or stayed away after he had accepted, teaches about himself only: he did accept.
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
    """How much a reply says, 0..1: of the themes, of the kind, of how open the customer is, and of what is true of everybody."""

    themes: float
    kind: float
    openness: float = 1.0
    everybody: float = 1.0


AFTERWARDS = frozenset({Reply.ATTENDED, Reply.NO_SHOW})
"""What can only follow an acceptance."""

_BY_REPLY: Mapping[Reply, Credit] = {
    Reply.ACCEPTED: Credit(1.0, 1.0),
    Reply.DECLINED: Credit(0.5, 0.5),
    Reply.SILENT: Credit(0.5, 0.5),
    Reply.ATTENDED: Credit(0.5, 0.5, openness=0.0, everybody=0.0),
    Reply.NO_SHOW: Credit(0.25, 0.25, openness=0.5, everybody=0.0),
}

_BY_REASON: Mapping[str, Credit] = {
    "topic": Credit(1.0, 0.5),
    "kind": Credit(0.5, 1.0),
    "date": Credit(0.2, 0.2),
    "distance": Credit(0.2, 0.2),
    "employer_rules": Credit(0.0, 0.0, openness=0.0),
}


def credit_of(reply: Reply, reason: str | None = None) -> Credit:
    """How much the reply says; ``reason`` is that of a decline, None or another word when it is not known."""
    usual = _BY_REPLY[reply]
    return _BY_REASON.get(reason or "", usual) if reply is Reply.DECLINED else usual


def is_yes(reply: Reply) -> float:
    """1 for what speaks for the event, 0 for what speaks against it."""
    return 1.0 if reply in (Reply.ACCEPTED, Reply.ATTENDED) else 0.0
