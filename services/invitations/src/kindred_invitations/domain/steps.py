"""The steps of an invitation's life, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum


class Step(StrEnum):
    """Where an invitation stands."""

    DRAFTED = "drafted"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    SENT = "sent"
    NOT_SENT = "not_sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


_S = Step

HOLDING = frozenset({_S.APPROVED, _S.SENT, _S.NOT_SENT, _S.ACCEPTED, _S.ATTENDED})
"""Steps in which the invitation holds its seats. A no-show's seat is free again, for who stands at the door."""

ANSWERABLE = frozenset({_S.APPROVED, _S.SENT, _S.NOT_SENT, _S.ACCEPTED, _S.DECLINED})
"""Steps in which the customer is invited and can say yes or no, also after having said the other."""

WITHDRAWABLE = frozenset({_S.DRAFTED, _S.APPROVED, _S.SENT, _S.NOT_SENT, _S.ACCEPTED})

CANCELLABLE = WITHDRAWABLE
"""Steps that a cancelled event ends; who declined, was withdrawn or came keeps what he did."""

_ANSWERS = frozenset({_S.ACCEPTED, _S.DECLINED})

LEGAL: Mapping[Step | None, frozenset[Step]] = {
    # An external system may know of a guest before we drafted anything.
    None: _ANSWERS | {_S.DRAFTED, _S.APPROVED, _S.ATTENDED},
    _S.DRAFTED: _ANSWERS | {_S.DRAFTED, _S.WITHDRAWN, _S.APPROVED, _S.CANCELLED, _S.ATTENDED},
    _S.WITHDRAWN: _ANSWERS | {_S.DRAFTED, _S.APPROVED, _S.ATTENDED},
    _S.APPROVED: _ANSWERS | {_S.SENT, _S.NOT_SENT, _S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED},
    _S.SENT: _ANSWERS | {_S.NOT_SENT, _S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED},
    _S.NOT_SENT: _ANSWERS | {_S.SENT, _S.APPROVED, _S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED},
    _S.ACCEPTED: _ANSWERS | {_S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED, _S.NO_SHOW},
    _S.DECLINED: _ANSWERS | {_S.ATTENDED},
    # A cancelled event that is planned again.
    _S.CANCELLED: frozenset({_S.DRAFTED, _S.APPROVED}),
    # Corrections of what was reported at the door.
    _S.ATTENDED: frozenset({_S.NO_SHOW}),
    _S.NO_SHOW: frozenset({_S.ATTENDED}),
}
"""What may follow each step; None stands for no invitation yet."""


def may_follow(before: Step | None, after: Step) -> bool:
    """Whether an invitation that stands at ``before`` may take the step ``after``."""
    return after in LEGAL[before]
